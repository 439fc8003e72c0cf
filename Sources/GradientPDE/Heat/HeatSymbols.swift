import Arithmetics
import CMPFR

/// The von Neumann symbols of the heat scheme, enclosed: mode k, sin(πki/30) at node i, is multiplied each step by
/// g(k) = 1 - 4·dt·sin²(πk/60), in exact arithmetic and for every dt.
///
/// - Source: Strikwerda, *Finite Difference Schemes and Partial Differential Equations*, 2nd ed., section 2.2.
struct HeatSymbols<I: Arithmetic> {
    let arithmetic: I
    /// sin²(πk/60) for k = 0 … 30.
    private let squaredSines: [I.Scalar]
    /// sin(πj/30) for j = 0 … 15.
    private let sines: [I.Scalar]

    /// - Parameter arithmetic: one that encloses.
    init(in arithmetic: I) {
        var a = arithmetic
        let pi = a.array(enclosureOfPi(precision: a.format.precision))[0]
        // sin 0 is 0 exactly; every other angle is k times an enclosure of π, divided by 60.
        let quarter = (0...30).map { k in
            k == 0 ? a.zero : a.elementary(.sin, a.divide(a.multiply(pi, byInteger: k), byInteger: 60))
        }
        squaredSines = quarter.map { a.multiply($0, $0) }
        sines = stride(from: 0, through: 30, by: 2).map { quarter[$0] }
        self.arithmetic = arithmetic
    }

    func symbol(mode k: Int, timeStep: I.Scalar) -> I.Scalar {
        var a = arithmetic
        return a.subtract(a.one, a.multiply(a.multiply(timeStep, byInteger: 4), squaredSines[k]))
    }

    /// 2 ÷ (4·sin²(29π/60)): the time step at which the symbol of the highest mode is -1. Mode 30, with which it would be 1/2,
    /// is 0 at every node.
    var threshold: I.Scalar {
        var a = arithmetic
        return a.divide(a.constant(Rational(2)), a.multiply(squaredSines[29], byInteger: 4))
    }

    /// sin(πn/30) for any n >= 0, by the symmetries of the sine: exactly 0 and exactly opposite where it is.
    private func sine(_ n: Int) -> I.Scalar {
        let half = n % 30
        let value = sines[half <= 15 ? half : 30 - half]
        return n % 60 < 30 ? value : arithmetic.negate(value)
    }

    /// Amplitudes of the modes: b(k) = (2/30)·Σ u_i·sin(πki/30), k = 1 … 29.
    ///
    /// - Parameter u: 31 values, the ends 0.
    func amplitudes(_ u: [I.Scalar]) -> [I.Scalar] {
        HeatEquation.modes.map { k in
            var a = arithmetic
            let inner = Array(u[1...29])
            let mode = (1...29).map { sine(k * $0) }
            let sum = a.dot(inner.span, mode.span)
            return a.divide(sum, byInteger: 15)
        }
    }

}

/// π between two neighbours of a precision.
private func enclosureOfPi(precision: Int) -> Enclosure {
    func bound(_ direction: mpfr_rnd_t) -> ExactArray {
        let x = MPFRVariable(precision: precision)
        mpfr_const_pi(x.pointer, direction)
        return ExactArray([ExactValue(x.pointer)])
    }
    return Enclosure(lower: bound(MPFR_RNDD), upper: bound(MPFR_RNDU))
}
