import Arithmetics

/// What exact arithmetic says of one α: everything here is a rational number, and nothing is estimated.
///
/// Every patch is c or -c, so XXᵀ = N·c·cᵀ with N positions: an integer matrix with the single nonzero eigenvalue N·‖c‖², whose
/// eigenvector is c. An update multiplies the part of w along c by 1 - Δt·(α - α_min), α_min = -½aβ·N·‖c‖², and every other part
/// by 1 - Δt·α.
public struct LinearPrediction: Sendable {
    /// As used, that is, on the grid.
    public let decay, timeStep: Rational
    /// N·‖c‖².
    public let eigenvalue: Int
    /// Below it the part along c grows, however small the time step: the equation itself is unstable.
    public let leastDecay: Rational
    /// 2/Δt. Above it the parts orthogonal to c grow with alternating sign: the time step is too long.
    public let greatestDecay: Rational
    public let alongFactor, acrossFactor: Rational
    /// Enclosure of the Lyapunov exponent: the logarithm of the larger modulus.
    public let exponent: RecordedValue
    public let behaviour: Behaviour

    /// - Parameter coefficients: finite.
    public init(_ network: CheckerboardNetwork, _ coefficients: LinearCoefficients) {
        func rational(_ x: ExactValue) -> Rational {
            guard let q = Rational(x) else { preconditionFailure("coefficients are finite") }
            return q
        }
        let scale = Rational(1, 2) * rational(coefficients.slope) * rational(coefficients.beta)
        self.init(
            network, scale: scale, decay: rational(coefficients.decay), timeStep: rational(coefficients.timeStep))
    }

    /// - Parameter scale: ½aβ.
    init(_ network: CheckerboardNetwork, scale: Rational, decay: Rational, timeStep: Rational) {
        self.decay = decay
        self.timeStep = timeStep
        eigenvalue = network.positions * network.weights
        leastDecay = Rational(0) - scale * Rational(eigenvalue)
        greatestDecay = timeStep == Rational(0) ? Rational(0) : Rational(2) / timeStep
        let one = Rational(1)
        alongFactor = one - timeStep * (decay - leastDecay)
        acrossFactor = one - timeStep * decay
        // A kernel of one weight has nothing orthogonal to c.
        let factors = network.weights > 1 ? [alongFactor, acrossFactor] : [alongFactor]
        let largest = factors.map(\.magnitude).reduce(Rational(0)) { $0 < $1 ? $1 : $0 }
        func logarithm<A: Arithmetic>(_ arithmetic: A) -> RecordedValue {
            var a = arithmetic
            return RecordedValue(a.elementary(.log, a.constant(largest)), in: a)
        }
        exponent = logarithm(intervalArithmetic(precision: 256))
        if largest < one {
            behaviour = .decays
        } else if largest == one {
            behaviour = .marginal
        } else {
            behaviour = factors.contains { $0 < Rational(-1) } ? .blowsUp : .grows
        }
    }
}

extension Rational {
    var magnitude: Rational { self < Rational(0) ? Rational(0) - self : self }
}
