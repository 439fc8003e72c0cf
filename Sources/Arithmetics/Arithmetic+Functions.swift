// The definition of every elementwise function, written from scalar operations.
// Source: contract, sections 2, 3a and 4.

extension Arithmetic {
    /// One value of `f`, each operation rounded.
    @inlinable
    public mutating func apply(_ f: UnaryFunction<Scalar>, _ x: Scalar) -> Scalar {
        switch f {
        case .negate: return negate(x)
        case .absolute: return absolute(x)
        case .squareRoot: return squareRoot(x)
        case .elementary(let function): return elementary(function, x)
        case .relu: return rectified(x)
        case .sigmoid: return sigmoid(x)
        case .softplus:
            let e = elementary(.exp, negate(absolute(x)))
            let l = elementary(.logOnePlus, e)
            return add(l, rectified(x))
        case .swish(let beta):
            let u = multiply(beta, x)
            return multiply(x, sigmoid(u))
        }
    }

    /// One value of `f`, each operation rounded.
    @inlinable
    public mutating func apply(_ f: BinaryFunction<Scalar>, _ x: Scalar, _ y: Scalar) -> Scalar {
        switch f {
        case .add: return add(x, y)
        case .subtract: return subtract(x, y)
        case .multiply: return multiply(x, y)
        case .divide: return divide(x, y)
        case .reluGradient: return passed(y, where: x)
        case .sigmoidGradient:
            let t = multiply(x, subtract(one, x))
            return multiply(y, t)
        case .tanhGradient:
            let t = subtract(one, multiply(x, x))
            return multiply(y, t)
        case .softplusGradient: return multiply(y, apply(.sigmoid, x))
        case .swishGradient(let beta):
            let u = multiply(beta, x)
            let s = apply(.sigmoid, u)
            var t = subtract(one, s)
            t = multiply(u, t)
            t = add(one, t)
            t = multiply(s, t)
            return multiply(y, t)
        }
    }

    /// 1 ÷ (1 + exp(-x)).
    @inlinable
    mutating func sigmoid(_ x: Scalar) -> Scalar {
        let e = elementary(.exp, negate(x))
        return divide(one, add(one, e))
    }

    /// One weight of one SGD update: the new weight and the new buffer.
    @inlinable
    public mutating func descend(
        _ w: Scalar, _ v: Scalar, _ gradient: Scalar, _ constants: DescentConstants<Scalar>
    ) -> (weight: Scalar, velocity: Scalar) {
        if constants.fused { return descendFused(w, v, gradient, constants) }
        let (d, velocity) = descentDirection(w, v, gradient, constants)
        let rate = constants.scaledRate ?? multiply(constants.rate, byInteger: constants.k)
        let quotient = divide(d, byInteger: constants.k)
        return (subtract(w, multiply(rate, quotient)), velocity)
    }

    /// What one weight moves along, the contract's d, and the new buffer.
    @inlinable
    mutating func descentDirection(
        _ w: Scalar, _ v: Scalar, _ gradient: Scalar, _ constants: DescentConstants<Scalar>
    ) -> (direction: Scalar, velocity: Scalar) {
        var g = gradient
        if let decay = constants.weightDecay { g = add(g, multiply(decay, w)) }
        guard let momentum = constants.momentum else { return (g, v) }
        let velocity = constants.isFirst ? g : add(multiply(momentum, v), g)
        return (constants.nesterov ? add(g, multiply(momentum, velocity)) : velocity, velocity)
    }

    /// The same with every multiplication fused into the addition that follows.
    @inlinable
    mutating func descendFused(
        _ w: Scalar, _ v: Scalar, _ gradient: Scalar, _ constants: DescentConstants<Scalar>
    ) -> (weight: Scalar, velocity: Scalar) {
        var g = gradient
        var velocity = v
        if let decay = constants.weightDecay { g = fma(decay, w, g) }
        var d = g
        if let momentum = constants.momentum {
            velocity = constants.isFirst ? g : fma(momentum, v, g)
            d = constants.nesterov ? fma(momentum, velocity, g) : velocity
        }
        return (fma(negate(constants.rate), d, w), velocity)
    }
}
