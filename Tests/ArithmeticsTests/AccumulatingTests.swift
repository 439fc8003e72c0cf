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

/// The direction is that of the wide roundings and of the last one: 2^-30 moves binary32's 1 up to 1 + 2^-23, and that moves
/// bfloat16's 1 up to 1 + 2^-7.
@Test(arguments: [
    ("nearest", 1.0, 1.0), ("zero", 1, 0x1.fep-1), ("up", 0x1.02p0, 1), ("down", 1, 0x1.fep-1),
])
func theDirectionAppliesToWideRoundingsToo(_ direction: String, above: Double, below: Double) throws {
    var mixed = try arithmetic(named: "bfloat16,accumulate=float,round=\(direction)")
    func sum(_ a: some Arithmetic, _ terms: [Double]) -> ExactValue {
        var a = a
        let x = a.array(ExactArray(terms))
        return a.exactValue(a.sum(x.span))
    }
    #expect(sum(mixed, [1, 0x1p-30]) == ExactValue(above))
    // 1 - 2^-30 is 1 to nearest in binary32 and 1 - 2^-24 downward, which bfloat16 rounds down to 1 - 2^-8.
    #expect(sum(mixed, [1, -0x1p-30]) == ExactValue(below))
    mixed = try arithmetic(named: "bfloat16,round=\(direction)")
    #expect(sum(mixed, [1, 0x1p-30]) == ExactValue(above))
}
