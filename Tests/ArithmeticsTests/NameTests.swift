import Arithmetics
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        ("float", "float"), ("binary32", "float"), ("double", "double"), ("binary64", "double"),
        ("mpfr:2", "mpfr:2"), ("mpfr:16384", "mpfr:16384"), ("mpfr:24@float", "mpfr:24@binary32"),
        ("mpfr:11@half", "mpfr:11@binary16"), ("mpfr:8@bfloat16", "mpfr:8@bfloat16"), ("mpfr:9@tf32", "mpfr:9@tf32"),
        ("mpfr:113@binary128", "mpfr:113@binary128"), ("mpfr:53@double", "mpfr:53@binary64"),
        ("reduction=pairwise,float", "float,reduction=pairwise"), ("float, reduction=kahan", "float,reduction=kahan"),
        ("reduction=blocked:3,mpfr:64", "mpfr:64,reduction=blocked:3"),
        ("float,reduction=sequential", "float"), ("mpfr:64,reduction=exact", "mpfr:64"),
        ("mpfr:64,reduction=sequential", "mpfr:64,reduction=sequential"),
        ("float,reduction=exact", "float,reduction=exact"),
        ("mpfr:24@binary32,reduction=sequential", "mpfr:24@binary32"),
        ("mpfr:24@binary32,reduction=exact", "mpfr:24@binary32,reduction=exact"),
        ("half", "half"), ("binary16", "half"), ("mpfr:4@fp8-e4m3", "mpfr:4@fp8-e4m3"),
        ("bfloat16, round=up", "bfloat16,round=up"), ("round=nearest,tf32", "tf32"),
        (
            "round=stochastic:7,bfloat16,reduction=pairwise,accumulate=float",
            "bfloat16,reduction=pairwise,accumulate=float,round=stochastic:7"
        ),
        ("overflow=saturate,fp8-e4m3", "fp8-e4m3,overflow=saturate"), ("fp8-e4m3,overflow=nan", "fp8-e4m3"),
        ("mpfr:4@fp8-e4m3,overflow=saturate,round=zero", "mpfr:4@fp8-e4m3,round=zero,overflow=saturate"),
        ("interval:2", "interval:2"), ("interval:256,reduction=exact", "interval:256"),
        ("reduction=pairwise,interval:53", "interval:53,reduction=pairwise"),
        ("half,accumulate=half,master=half", "half"), ("half,accumulate=mpfr:100", "half,accumulate=mpfr:100"),
    ])
    func namesArePrintedInOneForm(text: String, canonical: String) throws {
        let name = try ArithmeticName(text)
        #expect(name.description == canonical)
        #expect(try ArithmeticName(canonical) == name)
        let arithmetic = arithmetic(name)
        #expect(arithmetic.name == canonical && arithmetic.format == name.format)
        #expect(arithmetic.reduction == name.reduction)
    }

    @Test func theMasterIsPartOfTheName() throws {
        let name = try ArithmeticName("master=float,round=up,bfloat16")
        #expect(name.description == "bfloat16,master=float,round=up" && name.format == .bfloat16)
        #expect(name.masterName?.description == "float,round=up" && name.stateKind == .binary32)
    }

    static let formats =
        "the formats are half, bfloat16, tf32, fp8-e4m3, fp8-e5m2, float, double, mpfr:P, mpfr:P@FORMAT, interval:P"
    static let ranges = "the formats are half, bfloat16, tf32, fp8-e4m3, fp8-e5m2, float, double, binary128"
    static let directions = "the directions are nearest, zero, up, down, stochastic:SEED"
    static let reductions = "the reductions are sequential, pairwise, blocked:N, kahan, exact"

    @Test(arguments: [
        ("", "no format \"\"; \(formats)"), ("Float", "no format \"Float\"; \(formats)"),
        ("reduction=exact", "no format; \(formats)"), ("float,", "no format \"\"; \(formats)"),
        ("float,double", "two formats; one is wanted"),
        (
            "float,precision=3",
            "no part \"precision=3\"; a format may be followed by reduction=R, accumulate=FORMAT, master=FORMAT, "
                + "round=D, overflow=nan|saturate"
        ),
        ("float,round=up,round=down", "round= is given twice"),
        ("float,round=sideways", "no direction \"sideways\"; \(directions)"),
        ("float,round=stochastic", "no direction \"stochastic\"; \(directions)"),
        ("float,round=stochastic:-1", "no direction \"stochastic:-1\"; \(directions)"),
        ("bfloat16,accumulate=fp9", "no format \"fp9\"; \(formats)"),
        ("binary128", "no format \"binary128\"; \(formats)"),
        ("float,accumulate=bfloat16", "accumulate=bfloat16 does not hold every number of float; a wider format would"),
        ("bfloat16,master=half", "master=half does not hold every number of bfloat16; a wider format would"),
        (
            "float,overflow=nan",
            "overflow= is for formats without infinities, which is fp8-e4m3; float overflows to infinity"
        ),
        ("fp8-e4m3,overflow=wrap", "no overflow rule \"wrap\"; the overflow rules are nan, saturate"),
        ("float,reduction=exact,reduction=exact", "reduction= is given twice"),
        ("float,reduction=fast", "no reduction \"fast\"; \(reductions)"),
        ("float,reduction=", "no reduction \"\"; \(reductions)"),
        ("float,reduction=blocked:0", "no reduction \"blocked:0\"; \(reductions)"),
        (
            "float,reduction=blocked:99999999999999999999",
            "no reduction \"blocked:99999999999999999999\"; \(reductions)"
        ),
        ("mpfr:1", "mpfr:P wants a whole precision from 2 to 16384"),
        ("mpfr:16385", "mpfr:P wants a whole precision from 2 to 16384"),
        ("mpfr:", "mpfr:P wants a whole precision from 2 to 16384"),
        ("mpfr:2.5", "mpfr:P wants a whole precision from 2 to 16384"),
        ("mpfr:@half", "mpfr:P wants a whole precision from 2 to 16384"),
        ("interval:1", "interval:P wants a whole precision from 2 to 16384"),
        ("interval:x", "interval:P wants a whole precision from 2 to 16384"),
        (
            "interval:53,round=up",
            "round= has no meaning for interval:53, whose bounds are rounded outward; reduction=R may follow it"
        ),
        (
            "interval:53,master=mpfr:64",
            "master= has no meaning for interval:53, whose bounds are rounded outward; reduction=R may follow it"
        ),
        (
            "float,accumulate=interval:53",
            "accumulate=interval:53 holds enclosures, which float cannot; a format of single numbers could"
        ),
        ("mpfr", "no format \"mpfr\"; \(formats)"),
        ("mpfr:24@", "no format \"\" after @; \(ranges)"), ("mpfr:24@quad", "no format \"quad\" after @; \(ranges)"),
        ("mpfr:24@float@half", "no format \"float@half\" after @; \(ranges)"),
    ])
    func textsThatAreNoNamesSayWhy(text: String, reason: String) {
        do {
            _ = try ArithmeticName(text)
            Issue.record("\(text) was accepted")
        } catch { #expect(error.description == "\"\(text)\": \(reason)") }
    }

    /// Direction, reduction and rule of overflow are those of the whole name, in the master too, whose own default reduction may
    /// be another.
    @Test(arguments: [
        ("bfloat16,master=mpfr:64", "mpfr:64,reduction=sequential"),
        ("half,reduction=pairwise,master=float,round=down", "float,reduction=pairwise,round=down"),
        ("fp8-e4m3,master=mpfr:9@fp8-e4m3,overflow=saturate", "mpfr:9@fp8-e4m3,overflow=saturate"),
    ])
    func theMasterSharesWhatTheNameSays(text: String, master: String) throws {
        #expect(try ArithmeticName(text).masterName?.description == master)
    }

    /// A block longer than any array is one block.
    @Test func theLongestBlockIsAChain() throws {
        func sum(_ a: some Arithmetic) -> [ExactValue] {
            var a = a
            let x = a.array(ExactArray([1, 0x1p-60, 0x1p-60, -1, 3]))
            return [a.exactValue(a.sum(x.span)), a.exactValue(a.dot(x.span, x.span))]
        }
        for format in ["float", "double", "mpfr:64"] {
            let chain = sum(try arithmetic(named: "\(format),reduction=sequential"))
            #expect(sum(try arithmetic(named: "\(format),reduction=blocked:\(Int.max)")) == chain)
        }
    }

    @Test func instructionSetsAreChosenByName() throws {
        #expect(InstructionSet.plain.isAvailable && InstructionSet.best.isAvailable)
        let available = InstructionSet.allCases.filter(\.isAvailable)
        for set in available { #expect(try InstructionSet(named: set.rawValue) == set) }
        let list = available.map(\.rawValue).joined(separator: ", ")
        let missing = InstructionSet.allCases.filter { !$0.isAvailable }.map(\.rawValue)
        for name in missing + ["", "AVX2", "sse2"] {
            do {
                _ = try InstructionSet(named: name)
                Issue.record("\(name) was accepted")
            } catch {
                #expect(
                    error.description == "LOCKSTEP_ISA=\(name): no such instruction set here; this machine has \(list)")
            }
        }
    }
}
