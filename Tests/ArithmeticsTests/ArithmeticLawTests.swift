import Arithmetics
import LawSupport
import Testing

/// The law suite over every arithmetic there is.
@Suite struct ArithmeticLawTests {
    private func check(_ name: String, effort: Int = 3) throws {
        let arithmetic = try arithmetic(named: name)
        #expect(arithmetic.name == name)
        #expect(checkLaws(of: arithmetic, seed: 2, effort: effort) == [])
    }

    @Test(arguments: ["float", "double"]) func nativeFormatsObeyTheLaws(name: String) throws { try check(name) }

    @Test(arguments: ["half", "bfloat16", "tf32", "fp8-e5m2"]) func smallFormatsObeyTheLaws(name: String) throws {
        try check(name, effort: 1)
    }

    @Test(arguments: ["mpfr:2", "mpfr:24", "mpfr:53", "mpfr:64", "mpfr:113", "mpfr:256", "mpfr:300"])
    func arbitraryPrecisionObeysTheLaws(name: String) throws { try check(name) }

    @Test func aThousandBitsObeyTheLaws() throws { try check("mpfr:1000", effort: 1) }
    @Test func theLongestPrecisionObeysTheLaws() throws { try check("mpfr:16384", effort: 0) }

    @Test(arguments: [
        "mpfr:24@binary32", "mpfr:53@binary64", "mpfr:11@binary16", "mpfr:113@binary128", "mpfr:5@binary32",
    ])
    func emulatedFormatsObeyTheLaws(name: String) throws { try check(name, effort: name.contains("128") ? 0 : 2) }

    @Test(
        arguments: ["float", "double", "mpfr:64", "mpfr:24@binary32", "mpfr:130"],
        ["pairwise", "blocked:3", "kahan", "exact", "sequential"])
    func everyReductionObeysTheLaws(format: String, reduction: String) throws {
        let arithmetic = try arithmetic(named: "\(format),reduction=\(reduction)")
        #expect("\(arithmetic.reduction)" == reduction)
        #expect(checkReductionLaws(of: arithmetic, seed: 3) == [])
    }

    /// Every format in every direction, each with one reduction in turn; in the long run with all, and on every pair.
    @Test(arguments: EveryArithmetic.names) func everyDirectionObeysTheLaws(name: String) throws {
        let arithmetic = try arithmetic(named: name)
        #expect(checkDirectedLaws(of: arithmetic, seed: 4, share: EveryArithmetic.long ? 1 : 17) == [])
    }

    /// up(x) = -down(-x) for every operation, and the directions that know no sign commute with it, sums of 0 apart.
    @Test(arguments: ["float", "double", "half", "bfloat16", "tf32", "fp8-e5m2", "fp8-e4m3", "mpfr:30"])
    func directionsAreMirrorImages(format: String) throws {
        func check<A: Arithmetic>(_ first: A, _ secondName: String) throws {
            let second = try #require(try arithmetic(named: secondName) as? A)
            #expect(checkMirror(first, second, seed: 6) == [])
        }
        func open(_ first: String, _ second: String) throws { try check(try arithmetic(named: first), second) }
        try open("\(format),round=up", "\(format),round=down")
        for direction in ["nearest", "zero", "stochastic:3"] {
            try open("\(format),round=\(direction)", "\(format),round=\(direction)")
        }
    }

    /// The judge is judged: every fault must be found, and nothing where there is none.
    @Test(arguments: [
        Faulty.Fault.addition, .product, .quotient, .fusion, .root, .exponential, .integerQuotient, .positiveZeros,
    ])
    func theLawsOfDirectionsFindFaults(fault: Faulty.Fault) {
        #expect(!checkDirectedLaws(of: Faulty(fault: fault), seed: 4).isEmpty)
        #expect(checkDirectedLaws(of: Faulty(fault: .none), seed: 4, share: 5) == [])
        guard [.addition, .product, .quotient, .fusion].contains(fault) else { return }
        #expect(!checkMirror(Faulty(fault: fault), Faulty(fault: .none), seed: 6).isEmpty)
    }

    /// The judge is judged: every fault must be found, and nothing where there is none.
    @Test(arguments: Faulty.Fault.ofScalars) func everyFaultIsFound(fault: Faulty.Fault) {
        #expect(!checkLaws(of: Faulty(fault: fault), seed: 2, effort: 1).isEmpty)
        #expect(checkLaws(of: Faulty(fault: .none), seed: 2, effort: 1) == [])
    }

    /// The contract, section 1: with a format's own precision, its digests.
    @Test func emulatedFormatsAreEncodedAsNativeOnes() throws {
        func encodings(_ arithmetic: some Arithmetic, _ values: [ExactValue]) -> [UInt8] {
            var bytes: [UInt8] = []
            arithmetic.encode(arithmetic.array(ExactArray(values)).span, into: &bytes)
            return bytes
        }
        var narrow = Operands(.binary32, seed: 5)
        var wide = Operands(.binary64, seed: 6)
        let floats = narrow.edges(random: 20)
        let doubles = wide.edges(random: 20)
        #expect(encodings(try arithmetic(named: "mpfr:24@binary32"), floats) == encodings(Binary32(), floats))
        #expect(encodings(try arithmetic(named: "mpfr:53@binary64"), doubles) == encodings(Binary64(), doubles))
        #expect(encodings(Binary32(), [ExactValue(-1.5)]) == [0, 0, 0xc0, 0xbf])
        #expect(encodings(Binary64(), [.nan]) == [0, 0, 0, 0, 0, 0, 0xf8, 0x7f])
        #expect(
            encodings(try arithmetic(named: "mpfr:11@binary16"), [ExactValue(-65504.0), power(-24)]) == [
                0xff, 0xfb, 1, 0,
            ])
        // -3 = 0.11 (binary) × 2^2: the integer 11 followed by eight zeros.
        #expect(
            encodings(try arithmetic(named: "mpfr:10"), [ExactValue(-3.0)])
                == [129, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3])
        #expect(encodings(try arithmetic(named: "mpfr:10"), [.negativeZero])[0] == 128)
        #expect(encodings(try arithmetic(named: "mpfr:10"), [.negativeInfinity])[0] == 130)
        #expect(encodings(try arithmetic(named: "mpfr:10"), [.nan])[0] == 3)
    }
}
