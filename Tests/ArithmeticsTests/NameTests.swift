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
    ])
    func namesArePrintedInOneForm(text: String, canonical: String) throws {
        let name = try ArithmeticName(text)
        #expect(name.description == canonical)
        #expect(try ArithmeticName(canonical) == name)
        let arithmetic = arithmetic(name)
        #expect(arithmetic.name == canonical && arithmetic.format == name.format)
        #expect(arithmetic.reduction == name.reduction)
    }

    static let formats = "the formats are float, double, mpfr:P, mpfr:P@FORMAT"
    static let ranges = "the formats are half, bfloat16, tf32, float, double, binary128"
    static let reductions = "the reductions are sequential, pairwise, blocked:N, kahan, exact"

    @Test(arguments: [
        ("", "no format \"\"; \(formats)"), ("Float", "no format \"Float\"; \(formats)"),
        ("reduction=exact", "no format; \(formats)"), ("float,", "no format \"\"; \(formats)"),
        ("float,double", "two formats; one is wanted"),
        ("float,round=up", "no part \"round=up\"; a format may be followed by ,reduction=R"),
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
