import Arithmetics
import LawSupport
import Testing

/// Mixed precision written out once more, by hand: the chain in the wide arithmetic, one rounding at the end.
@Test func bfloat16SumsInBinary32AreChainsOfFloatsRoundedOnce() throws {
    var mixed = try #require(
        arithmetic(named: "bfloat16,accumulate=float") as? Accumulating<SoftFloat, Binary32>)
    let bfloat16 = SoftFloat(.bfloat16)
    var stream = RandomStream(seed: 8, .other)
    for count in [0, 1, 2, 7, 100] {
        let x = (0..<count).map { _ in bfloat16.constant(ExactValue(stream.uniform() - 0.5)) }
        let y = (0..<count).map { _ in bfloat16.constant(ExactValue(stream.uniform() - 0.5)) }
        var dot: Float = 0
        var sum: Float = 0
        for i in 0..<count {
            dot.addProduct(Float(x[i]), Float(y[i]))
            sum += Float(x[i])
        }
        #expect(mixed.dot(x.span, y.span) == bfloat16.constant(ExactValue(dot)))
        #expect(mixed.sum(x.span) == bfloat16.constant(ExactValue(sum)))
    }
    // 1 + 256 terms of 2^-8: lost one by one in bfloat16, kept in binary32.
    let terms = [1.0] + [Double](repeating: 0x1p-8, count: 256)
    let narrow = bfloat16
    #expect(narrow.sum(terms.span) == 1)
    #expect(mixed.sum(terms.span) == 2)
}

@Test func theNamedReductionRunsInTheWideFormat() throws {
    let terms = (0..<9).map { Double($0 + 1) / 8 }
    for reduction in ["pairwise", "blocked:4", "kahan", "exact"] {
        for format in ["half", "fp8-e5m2", "mpfr:5@bfloat16"] {
            let mixed = try arithmetic(named: "\(format),accumulate=float,reduction=\(reduction)")
            checkAgainstBinary32(mixed, Binary32(reduction: try #require(Reduction(reduction))), terms)
        }
    }
}

private func checkAgainstBinary32<A: Arithmetic>(_ arithmetic: A, _ binary32: Binary32, _ terms: [Double]) {
    var a = arithmetic
    var wide = binary32
    let x = terms.map { a.constant(ExactValue($0)) }
    let held = x.map { Float(a.exactValue($0).double) }
    let sum = wide.sum(held.span)
    let dot = wide.dot(held.span, held.span)
    let ourSum = a.sum(x.span)
    let ourDot = a.dot(x.span, x.span)
    #expect(a.exactValue(ourSum) == a.format.round(ExactValue(sum)), "\(a.name)")
    #expect(a.exactValue(ourDot) == a.format.round(ExactValue(dot)), "\(a.name)")
}

/// Roundings are counted through the wide chain and into the last one.
@Test func drawsGoOnFromTheChainToTheFinalRounding() throws {
    var mixed = try #require(
        arithmetic(named: "bfloat16,accumulate=float,round=stochastic:3")
            as? Accumulating<Stochastic<SoftFloat>, Stochastic<SoftFloat>>)
    var wide = Stochastic(SoftFloat(.binary32, direction: .stochastic(seed: 3)))
    let narrow = SoftFloat(.bfloat16)
    let x = (1...50).map { narrow.constant(Rational(1, $0)) }
    mixed = mixed.at(Site(step: 2, operation: 5), element: 17)
    wide = wide.at(Site(step: 2, operation: 5), element: 17)
    var s = 0.0
    for value in x { s = wide.fma(value, value, s) }
    var last = Stochastic(SoftFloat(.bfloat16, direction: .stochastic(seed: 3)))
    last.place = RoundingPlace(step: 2, operation: 5, element: 17, roundings: 50)
    #expect(mixed.dot(x.span, x.span) == last.round(ExactValue(s)))
    #expect(mixed.place?.roundings == 51)
}

/// Whole-array kernels of the wide arithmetic against the definition, output by output.
@Test(arguments: [
    "bfloat16,accumulate=float", "half,accumulate=float,round=down", "fp8-e4m3,accumulate=half,reduction=pairwise",
    "bfloat16,accumulate=mpfr:64", "bfloat16,accumulate=float,round=stochastic:4",
])
func wholeArraysAccumulateLikeSingleOutputs(_ name: String) throws {
    let arithmetic = try arithmetic(named: name)
    #expect(checkBulkOperations(of: arithmetic, seed: 16, threads: [2], kinds: [.special]) == [])
}
