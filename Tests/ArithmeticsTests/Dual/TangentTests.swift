import Arithmetics
import LawSupport
import Testing

/// Tangents against derivatives found in other ways: by differences at 2048 bits, and exactly where they are rational.
@Suite struct TangentTests {
    typealias Tested = Dual<MPFRArithmetic<6>>
    private let tested = Tested(MPFRArithmetic<6>(precision: 300))
    private let fine = MPFRArithmetic<32>(precision: 2048)

    /// The tangents were computed with at most some dozen roundings of relative size 2^-300, none of which cancels by more than
    /// 2^6 at these operands; the central difference with step 2^-400 is off by 2^-800 times a third derivative.
    private let bound = Rational(1) / Rational(2).power(285)

    /// φ'(0) by a central difference, φ computed at 2048 bits.
    private func difference(_ phi: (Rational) -> ExactValue) throws -> Rational {
        let h = Rational(1) / Rational(2).power(400)
        let above = try #require(Rational(phi(h)))
        let below = try #require(Rational(phi(Rational(0) - h)))
        return (above - below) / (h + h)
    }

    private func expectClose(_ tangent: ExactValue, _ exact: Rational, _ what: String) throws {
        let found = try #require(Rational(tangent), "\(what)")
        let error = found - exact
        let size = exact < Rational(0) ? Rational(0) - exact : exact
        let isClose = Rational(0) - bound * (size + Rational(1)) <= error && error <= bound * (size + Rational(1))
        #expect(
            isClose, "\(what): \(tangent.decimal(digits: 20)), not \(Format.binary64.round(exact).decimal(digits: 17))")
    }

    private func pair(_ value: Rational, _ tangent: Rational) -> Tested.Scalar {
        let value = tested.constant(value)
        return tested.attaching(ExactArray([Format.mpfr(precision: 300).round(tangent)]), to: [value].span)[0]
    }

    private func tangent(_ x: Tested.Scalar) throws -> ExactValue {
        let found = tested.tangents([x].span)
        return try #require(found)[0]
    }

    @Test(arguments: [(5, 8), (-13, 8), (1, 1024), (49, 8), (-41, 8)])
    func everyFunctionOfOneNumberHasItsDerivative(numerator: Int, denominator: Int) throws {
        let (x, slope) = (Rational(numerator, denominator), Rational(-3, 4))
        let beta = Rational(5, 2)
        var functions: [(UnaryFunction<Tested.Scalar>, UnaryFunction<BigFloat<32>>)] = [
            (.negate, .negate), (.absolute, .absolute), (.relu, .relu), (.sigmoid, .sigmoid), (.softplus, .softplus),
            (.swish(beta: tested.constant(beta)), .swish(beta: fine.constant(beta))),
        ]
        for f in ElementaryFunction.allCases where numerator > 0 || (f != .log && f != .logOnePlus) {
            functions.append((.elementary(f), .elementary(f)))
        }
        if numerator > 0 { functions.append((.squareRoot, .squareRoot)) }
        for (f, g) in functions {
            var (dual, plain) = (tested, fine)
            let y = dual.apply(f, pair(x, slope))
            let exact = try difference { plain.exactValue(plain.apply(g, plain.constant(x + slope * $0))) }
            try expectClose(try tangent(y), exact, "\(f) at \(x)")
        }
    }

    @Test func everyFunctionOfTwoNumbersHasItsDerivative() throws {
        let (x, y, u, v) = (Rational(11, 8), Rational(-5, 4), Rational(3, 4), Rational(7, 8))
        let beta = Rational(5, 2)
        let functions: [(BinaryFunction<Tested.Scalar>, BinaryFunction<BigFloat<32>>)] = [
            (.add, .add), (.subtract, .subtract), (.multiply, .multiply), (.divide, .divide),
            (.reluGradient, .reluGradient), (.sigmoidGradient, .sigmoidGradient), (.tanhGradient, .tanhGradient),
            (.softplusGradient, .softplusGradient),
            (.swishGradient(beta: tested.constant(beta)), .swishGradient(beta: fine.constant(beta))),
        ]
        for (f, g) in functions {
            var (dual, plain) = (tested, fine)
            let z = dual.apply(f, pair(x, u), pair(y, v))
            let exact = try difference {
                plain.exactValue(plain.apply(g, plain.constant(x + u * $0), plain.constant(y + v * $0)))
            }
            try expectClose(try tangent(z), exact, "\(f)")
        }
        var dual = tested
        let fused = dual.fma(pair(x, u), pair(y, v), pair(u, x))
        try expectClose(try tangent(fused), u * y + x * v + x, "fma")
        try expectClose(try tangent(dual.multiply(pair(x, u), byInteger: 7)), u * Rational(7), "times 7")
        try expectClose(try tangent(dual.divide(pair(x, u), byInteger: 7)), u * Rational(1, 7), "by 7")
    }

    /// Small integers: every reduction is exact there, and so must its tangent be.
    @Test(arguments: ["sequential", "pairwise", "blocked:3", "kahan", "exact"])
    func everyReductionHasItsDerivative(reduction: String) throws {
        let order = try #require(Reduction(reduction))
        let arithmetic = MPFRArithmetic<1>(precision: 64, reduction: order)
        var dual = Dual(arithmetic)
        var words = SeededWords(4)
        func integers() -> [Double] { (0..<13).map { _ in Double(words.below(17)) - 8 } }
        let (a, b, u, v) = (integers(), integers(), integers(), integers())
        let x = dual.attaching(ExactArray(u), to: dual.array(ExactArray(a)).span)
        let y = dual.attaching(ExactArray(v), to: dual.array(ExactArray(b)).span)
        let dot = (0..<13).reduce(0.0) { $0 + u[$1] * b[$1] + a[$1] * v[$1] }
        let results = [dual.dot(x.span, y.span), dual.sum(x.span)]
        let found = dual.tangents(results.span)
        #expect(found?.doubles == [dot, u.reduce(0, +)])
        #expect(dual.exactValue(results[0]) == ExactValue((0..<13).reduce(0.0) { $0 + a[$1] * b[$1] }))
    }

    /// At kinks and ends: what the formulas promise.
    @Test func specialPointsAreAsWritten() throws {
        var dual = Dual(Binary32())
        func moving(_ x: Float, _ t: Float) -> DualNumber<Float> { DualNumber(value: x, tangent: t) }
        #expect(dual.apply(.relu, moving(0, 3)).tangent == 0)
        #expect(dual.absolute(moving(0, 3)).tangent == -3)
        #expect(dual.apply(.softplus, moving(0, 3)).tangent == 1.5)
        // exp(1000) overflows on the way to both.
        #expect(dual.apply(.sigmoid, moving(-1000, 3)).tangent == 0)
        #expect(dual.apply(.swish(beta: dual.one), moving(-1000, 3)).tangent == 0)
        #expect(dual.squareRoot(moving(0, 3)).tangent == .infinity)
        #expect(dual.squareRoot(moving(0, 0)).tangent.isNaN)
        #expect(dual.maximum(moving(2, 5), moving(2, 7)).tangent == 5)
        #expect(dual.maximum(moving(2, 5), moving(3, 7)).tangent == 7)
        #expect(dual.constant(Rational(7)).tangent == 0 && dual.array(ExactArray([7.0]))[0].tangent == 0)
    }

    /// Enclosures: the derivative of a number that may be on either side of a kink is enclosed.
    @Test func enclosuresOfTangentsHoldBothSidesOfAKink() throws {
        let base = IntervalArithmetic<1>(precision: 40)
        var dual = Dual(base)
        func interval(_ low: Double, _ high: Double) -> BigInterval<1> {
            base.array(Enclosure(lower: ExactArray([low]), upper: ExactArray([high])))[0]
        }
        func bounds(_ x: BigInterval<1>) throws -> (ExactValue, ExactValue) {
            let enclosure = base.enclosure([x].span)
            let found = try #require(enclosure)
            return (found.lower[0], found.upper[0])
        }
        let across = DualNumber(value: interval(-1, 2), tangent: interval(3, 3))
        #expect(try bounds(dual.apply(.relu, across).tangent) == (ExactValue(0.0), ExactValue(3.0)))
        #expect(try bounds(dual.absolute(across).tangent) == (ExactValue(-3.0), ExactValue(3.0)))
        let other = DualNumber(value: interval(1, 1), tangent: interval(-5, -5))
        #expect(try bounds(dual.maximum(across, other).tangent) == (ExactValue(-5.0), ExactValue(3.0)))
        // (x × x)˙ = 2 x ẋ over [2, 3].
        let x = DualNumber(value: interval(2, 3), tangent: interval(1, 1))
        #expect(try bounds(dual.multiply(x, x).tangent) == (ExactValue(4.0), ExactValue(6.0)))
    }
}
