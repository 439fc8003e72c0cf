import Arithmetics
import CMPFR

/// Interval arithmetic on one number: what the proofs of this room are made of.
struct EnclosedPoint<I: Arithmetic> {
    let arithmetic: I

    /// - Parameter arithmetic: one that encloses.
    init(in arithmetic: I) { self.arithmetic = arithmetic }

    func interval(_ lower: ExactValue, _ upper: ExactValue) -> I.Scalar {
        arithmetic.array(Enclosure(lower: ExactArray([lower]), upper: ExactArray([upper])))[0]
    }

    func bounds(_ x: I.Scalar) -> (lower: ExactValue, upper: ExactValue)? {
        guard let bounds = arithmetic.enclosure([x].span) else { return nil }
        return (bounds.lower[0], bounds.upper[0])
    }

    /// Upper bound less lower bound, rounded up; infinite where nothing is enclosed.
    func width(_ x: I.Scalar) -> Double {
        guard let bounds = bounds(x), bounds.lower.isFinite, bounds.upper.isFinite else { return .infinity }
        var a = arithmetic
        let width = a.subtract(interval(bounds.upper, bounds.upper), interval(bounds.lower, bounds.lower))
        return self.bounds(width).map { Format.binary64.round($0.upper, .up).double } ?? .infinity
    }

    /// The middle, as an interval without width.
    func middle(_ x: I.Scalar) -> I.Scalar {
        let middle = arithmetic.exactValue(x)
        return interval(middle, middle)
    }

    /// Does the interior of y hold all of x?
    func isInside(_ x: I.Scalar, _ y: I.Scalar) -> Bool {
        guard let x = bounds(x), let y = bounds(y) else { return false }
        return y.lower.isLess(than: x.lower) && x.upper.isLess(than: y.upper)
    }

    func areDisjoint(_ x: I.Scalar, _ y: I.Scalar) -> Bool {
        let order = arithmetic.compare(x, y)
        return order == .less || order == .greater
    }

    func excludesZero(_ x: I.Scalar) -> Bool { areDisjoint(x, arithmetic.zero) }

    /// |x| < 1 for every number between the bounds.
    func isContraction(_ x: I.Scalar) -> Bool {
        arithmetic.compare(arithmetic.absolute(x), arithmetic.one) == .less
    }

    /// |x| > 1 for every number between the bounds.
    func isExpansion(_ x: I.Scalar) -> Bool {
        arithmetic.compare(arithmetic.absolute(x), arithmetic.one) == .greater
    }

    /// What both hold; nil where that is nothing.
    func intersection(_ x: I.Scalar, _ y: I.Scalar) -> I.Scalar? {
        guard !areDisjoint(x, y), let x = bounds(x), let y = bounds(y) else { return nil }
        return interval(
            x.lower.isLess(than: y.lower) ? y.lower : x.lower, x.upper.isLess(than: y.upper) ? x.upper : y.upper)
    }

    /// m - value ÷ slope, m the middle of x: every zero in x of a function lies there too, if `value` encloses it at m and
    /// `slope` its derivative on x. If the interior of x holds it, there is exactly one zero.
    ///
    /// - Source: Moore, Kearfott, Cloud, *Introduction to Interval Analysis*, section 8.1.
    func newton(_ x: I.Scalar, value: I.Scalar, slope: I.Scalar) -> I.Scalar {
        var a = arithmetic
        return a.subtract(middle(x), a.divide(value, slope))
    }

    /// An enclosure of f on x by the mean value form: f(m) + f′(x)·(x - m). Hardly wider than it must be where x is narrow.
    func image(_ x: I.Scalar, _ program: inout ReducedMapProgram<I>) -> I.Scalar {
        var a = arithmetic
        let m = middle(x)
        let slope = program.derivative(x)
        return a.add(program.step(m), a.multiply(slope, a.subtract(x, m)))
    }
}

extension ExactValue {
    /// False where either is NaN.
    func isLess(than other: ExactValue) -> Bool {
        withMPFR { x in other.withMPFR { y in mpfr_less_p(x, y) != 0 } }
    }
}
