/// Forward-mode differentiation as an arithmetic: each number carries its derivative along one direction of whatever was given
/// a tangent. A network, a loss, a backward pass or a whole update run in `Dual(A)` yields the update in A and its tangent map;
/// a backward pass yields Hessian-vector products.
///
/// Values are A's, bit for bit: every operation is A's own, at A's own place. Tangents follow the formulas below, each operation
/// rounded in A, in its direction. Where roundings depend on place, those of tangents stand at the same step and element, at the
/// operation's ordinal + 2⁶³, and are counted by themselves: they draw nothing that belongs to a value. ȧ is the tangent of a.
///
/// - Sums, differences, sign: (a ± b)˙ = ȧ ± ḃ, (-a)˙ = -ȧ. |a|˙ = ȧ where a > 0 or a is NaN, else -ȧ.
/// - Products: (ȧ × b) + (a × ḃ). Quotient q = a ÷ b: (ȧ - (q × ḃ)) ÷ b. fma(a, b, c): fma(a, ḃ, fma(ȧ, b, ċ)). Products and
///   quotients by an integer: of ȧ.
/// - s = √a: ȧ ÷ (s + s), so ±∞ or NaN at 0.
/// - exp: ȧ × y. expm1: ȧ × (y + 1). log: ȧ ÷ a. log1p: ȧ ÷ (1 + a). sin: ȧ × cos a. cos: -(ȧ × sin a).
/// - tanh, sigmoid, softplus, swish and relu: what the contract's backward formula (section 3a) makes of ȧ as arriving gradient.
///   The backward formulas themselves are differentiated operation by operation, the gradient of relu by its gradient alone.
/// - Reductions: the tangent of Σ a is A's sum of all ȧ. That of Σ a × b is one dot product of A over twice the terms, all ȧ × b
///   in order, then all a × ḃ: so A's own kernels make it, whatever the reduction and the shape.
/// - Choices (comparisons, maxima, predicted classes) go by the values; what is kept keeps its tangent. Where an enclosing
///   arithmetic leaves a choice open, values and tangents of both are enclosed.
/// - Constants have tangent 0, the factors of an update and β of swish too.
///
/// - Source: Griewank and Walther, *Evaluating Derivatives*, 2nd ed., chapters 3 and 5.
public struct Dual<Base: Arithmetic>: Arithmetic {
    public typealias Scalar = DualNumber<Base.Scalar>

    /// Where values are computed.
    var base: Base
    /// The same arithmetic as it stands where tangents are rounded.
    var slope: Base

    public init(_ base: Base) {
        precondition(
            MemoryLayout<Scalar>.stride == 2 * MemoryLayout<Base.Scalar>.stride, "a pair is two numbers side by side")
        self.base = base
        slope = base
        slope.operationLog = nil
        slope.place = base.place?.ofTangent
    }

    public var name: String { base.name }
    public var format: Format { base.format }
    public var reduction: Reduction { base.reduction }
    public var direction: RoundingDirection { base.direction }
    public var place: RoundingPlace? {
        get { base.place }
        set {
            base.place = newValue
            slope.place = newValue?.ofTangent
        }
    }
    public var operationLog: OperationLog? {
        get { base.operationLog }
        set { base.operationLog = newValue }
    }

    public func at(_ site: Site, element: Int) -> Self {
        var copy = self
        copy.base = base.at(site, element: element)
        copy.slope = slope.at(site.ofTangents, element: element)
        return copy
    }

    func dual(_ value: Base.Scalar, _ tangent: Base.Scalar) -> Scalar { Scalar(value: value, tangent: tangent) }
    /// Tangent 0.
    func still(_ value: Base.Scalar) -> Scalar { Scalar(value: value, tangent: base.zero) }

    // MARK: One at a time

    public var zero: Scalar { still(base.zero) }
    public var one: Scalar { still(base.one) }

    public mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar {
        dual(base.add(a.value, b.value), slope.add(a.tangent, b.tangent))
    }
    public mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar {
        dual(base.subtract(a.value, b.value), slope.subtract(a.tangent, b.tangent))
    }
    public mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar {
        let left = slope.multiply(a.tangent, b.value)
        let right = slope.multiply(a.value, b.tangent)
        return dual(base.multiply(a.value, b.value), slope.add(left, right))
    }
    public mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar {
        let q = base.divide(a.value, b.value)
        let moved = slope.subtract(a.tangent, slope.multiply(q, b.tangent))
        return dual(q, slope.divide(moved, b.value))
    }
    public mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar {
        let inner = slope.fma(a.tangent, b.value, c.tangent)
        return dual(base.fma(a.value, b.value, c.value), slope.fma(a.value, b.tangent, inner))
    }
    public mutating func squareRoot(_ x: Scalar) -> Scalar {
        let s = base.squareRoot(x.value)
        return dual(s, slope.divide(x.tangent, slope.add(s, s)))
    }
    public mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar {
        let y = base.elementary(f, x.value)
        let t = x.tangent
        switch f {
        case .exp: return dual(y, slope.multiply(t, y))
        case .expMinusOne: return dual(y, slope.multiply(t, slope.add(y, base.one)))
        case .log: return dual(y, slope.divide(t, x.value))
        case .logOnePlus: return dual(y, slope.divide(t, slope.add(base.one, x.value)))
        case .tanh: return dual(y, slope.apply(.tanhGradient, y, t))
        case .sin: return dual(y, slope.multiply(t, slope.elementary(.cos, x.value)))
        case .cos: return dual(y, slope.negate(slope.multiply(t, slope.elementary(.sin, x.value))))
        }
    }
    public mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar {
        dual(base.multiply(a.value, byInteger: k), slope.multiply(a.tangent, byInteger: k))
    }
    public mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar {
        dual(base.divide(a.value, byInteger: k), slope.divide(a.tangent, byInteger: k))
    }
    public mutating func round(_ x: ExactValue) -> Scalar { still(base.round(x)) }
    public func negate(_ x: Scalar) -> Scalar { dual(base.negate(x.value), base.negate(x.tangent)) }
    public func absolute(_ x: Scalar) -> Scalar {
        let tangent =
            switch base.compare(x.value, base.zero) {
            case .greater, .unordered: x.tangent
            case .less, .equal: base.negate(x.tangent)
            case .undecided: base.hull(x.tangent, base.negate(x.tangent))
            }
        return dual(base.absolute(x.value), tangent)
    }

    public mutating func apply(_ f: UnaryFunction<Scalar>, _ x: Scalar) -> Scalar {
        switch f {
        case .negate: return negate(x)
        case .absolute: return absolute(x)
        case .squareRoot: return squareRoot(x)
        case .elementary(let function): return elementary(function, x)
        case .relu: return rectified(x)
        case .sigmoid:
            let y = base.apply(.sigmoid, x.value)
            return dual(y, slope.apply(.sigmoidGradient, y, x.tangent))
        case .softplus:
            return dual(base.apply(.softplus, x.value), slope.apply(.softplusGradient, x.value, x.tangent))
        case .swish(let beta):
            let y = base.apply(.swish(beta: beta.value), x.value)
            return dual(y, slope.apply(.swishGradient(beta: beta.value), x.value, x.tangent))
        }
    }

    /// The update is linear in weight, buffer and gradient: its tangent is the update of their tangents.
    public mutating func descend(
        _ w: Scalar, _ v: Scalar, _ gradient: Scalar, _ constants: DescentConstants<Scalar>
    ) -> (weight: Scalar, velocity: Scalar) {
        let constants = constants.values()
        let values = base.descend(w.value, v.value, gradient.value, constants)
        let tangents = slope.descend(w.tangent, v.tangent, gradient.tangent, constants)
        return (dual(values.weight, tangents.weight), dual(values.velocity, tangents.velocity))
    }

    // MARK: Choices go by the values

    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering { base.compare(a.value, b.value) }
    public func exceeds(_ a: Scalar, _ b: Scalar) -> Bool? { base.exceeds(a.value, b.value) }
    public func maximum(_ a: Scalar, _ b: Scalar) -> Scalar {
        switch base.compare(b.value, a.value) {
        case .greater: b
        case .undecided: dual(base.maximum(a.value, b.value), base.hull(a.tangent, b.tangent))
        case .less, .equal, .unordered: a
        }
    }
    public func hull(_ a: Scalar, _ b: Scalar) -> Scalar {
        dual(base.hull(a.value, b.value), base.hull(a.tangent, b.tangent))
    }

    // MARK: In and out, by the values; constants do not move

    public func constant(_ x: ExactValue) -> Scalar { still(base.constant(x)) }
    public func constant(_ x: Rational) -> Scalar { still(base.constant(x)) }
    public func exactValue(_ x: Scalar) -> ExactValue { base.exactValue(x.value) }
}

extension RoundingPlace {
    /// Where a tangent's roundings stand.
    var ofTangent: RoundingPlace {
        RoundingPlace(step: step, operation: operation | 1 << 63, element: element, roundings: roundings)
    }
}

extension Site {
    /// Where the roundings of an operation's tangents stand.
    var ofTangents: Site {
        var site = self
        site.operation |= 1 << 63
        return site
    }
}

extension DescentConstants {
    /// Without tangents.
    func values<Part>() -> DescentConstants<Part> where Scalar == DualNumber<Part> {
        DescentConstants<Part>(
            rate: rate.value, momentum: momentum?.value, weightDecay: weightDecay?.value, nesterov: nesterov,
            isFirst: isFirst, k: k, scaledRate: scaledRate?.value, fused: fused)
    }
}
