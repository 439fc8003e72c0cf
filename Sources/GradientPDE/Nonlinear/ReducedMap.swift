import Arithmetics
import Training

/// The reduced map: what one update of the checkerboard network does to z = ⟨c, K⟩, one number instead of a kernel.
///
/// With S = ‖c‖², q the share of patches -c, σ the logistic function, in exact arithmetic and written so that
/// no digits cancel:
///
///     s(z) = z·(σ(z) - q)                     the mean of swish(±z)
///     h(z) = σ(z)·(1 + z·(1 - σ(z))) - q      its derivative
///     r(z) = 1 - σ(s) = 1/(1 + e^s)
///     f(z) = z - η·(α·z - S·r·h)
///     λ(z) = α - S·r·(h′ - (1 - r)·h²),  h′ = σ(1 - σ)(2 + z·(1 - 2σ));   f′(z) = 1 - η·λ(z)
///
/// The part of K orthogonal to c is only multiplied, by 1 - η·α. λ is the curvature of the loss along c, α that in every other
/// direction.
///
/// Named for what it is: not the network, whose roundings differ, but the map that the network would be without any.
public struct ReducedMap: Sendable, Equatable {
    /// ‖c‖².
    public let scale: Int
    /// Share of patches that are -c.
    public let share: Rational
    /// α and η as they are used.
    public let decay: Rational
    public internal(set) var rate: Rational

    public init(_ network: CheckerboardNetwork, decay: Rational, rate: Rational) {
        scale = network.weights
        share = Rational(network.negativePositions, network.positions)
        self.decay = decay
        self.rate = rate
    }

    /// 1 - η·α: what an update multiplies the part of K orthogonal to c by.
    public var orthogonalFactor: Rational { Rational(1) - rate * decay }

    /// The map in one arithmetic, every operation rounded there. q is rounded from its exact value.
    public func program<A: Arithmetic>(in arithmetic: A) -> ReducedMapProgram<A> { ReducedMapProgram(self, arithmetic) }
}

/// See `ReducedMap`. Operations in the order written.
public struct ReducedMapProgram<A: Arithmetic>: Sendable {
    /// What computes; where roundings depend on place, as it stands.
    public var arithmetic: A
    private let scale, share, decay, rate, two: A.Scalar

    init(_ map: ReducedMap, _ arithmetic: A) {
        self.arithmetic = arithmetic
        scale = arithmetic.constant(Rational(map.scale))
        share = arithmetic.constant(map.share)
        decay = arithmetic.constant(map.decay)
        rate = arithmetic.constant(map.rate)
        two = arithmetic.constant(Rational(2))
    }

    private struct Parts {
        let sigmoid, rest, slope, miss: A.Scalar
    }

    /// σ, 1 - σ, h, r.
    private mutating func parts(_ z: A.Scalar) -> Parts {
        let one = arithmetic.one
        let e = arithmetic.elementary(.exp, arithmetic.negate(z))
        let sigmoid = arithmetic.divide(one, arithmetic.add(one, e))
        let s = arithmetic.multiply(z, arithmetic.subtract(sigmoid, share))
        let rest = arithmetic.subtract(one, sigmoid)
        let t = arithmetic.add(one, arithmetic.multiply(z, rest))
        let h = arithmetic.subtract(arithmetic.multiply(sigmoid, t), share)
        let r = arithmetic.divide(one, arithmetic.add(one, arithmetic.elementary(.exp, s)))
        return Parts(sigmoid: sigmoid, rest: rest, slope: h, miss: r)
    }

    /// α·z - S·(r·h): the derivative of the loss by z, times S.
    public mutating func force(_ z: A.Scalar) -> A.Scalar {
        let p = parts(z)
        let pull = arithmetic.multiply(scale, arithmetic.multiply(p.miss, p.slope))
        return arithmetic.subtract(arithmetic.multiply(decay, z), pull)
    }

    /// f(z).
    public mutating func step(_ z: A.Scalar) -> A.Scalar {
        let force = force(z)
        return arithmetic.subtract(z, arithmetic.multiply(rate, force))
    }

    /// λ(z).
    public mutating func curvature(_ z: A.Scalar) -> A.Scalar {
        let p = parts(z)
        let one = arithmetic.one
        let twice = arithmetic.multiply(two, p.sigmoid)
        let t = arithmetic.add(two, arithmetic.multiply(z, arithmetic.subtract(one, twice)))
        let bend = arithmetic.multiply(arithmetic.multiply(p.sigmoid, p.rest), t)
        let square = arithmetic.multiply(p.slope, p.slope)
        let u = arithmetic.subtract(bend, arithmetic.multiply(arithmetic.subtract(one, p.miss), square))
        return arithmetic.subtract(decay, arithmetic.multiply(scale, arithmetic.multiply(p.miss, u)))
    }

    /// f′(z) = 1 - η·λ(z).
    public mutating func derivative(_ z: A.Scalar) -> A.Scalar {
        let curvature = curvature(z)
        return arithmetic.subtract(arithmetic.one, arithmetic.multiply(rate, curvature))
    }
}
