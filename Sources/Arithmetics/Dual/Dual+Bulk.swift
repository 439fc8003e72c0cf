// Elementwise operations, lane by lane: values by the base's own, tangents by the formulas of `Dual`, one operation on whole arrays
// for each of theirs. Where roundings depend on place, several operations on an array count otherwise than several on an
// element: then the definition is used, unless the tangent takes one operation only.

extension Dual {
    private var dependsOnPlace: Bool { base.place != nil }

    public func map(
        _ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site
    ) {
        guard let formula = TangentFormula(f), !dependsOnPlace || formula.takesOneOperation else {
            return Plain(self).map(f, x, into: &y, at: site)
        }
        let (values, t) = (x.lane(.value), x.lane(.tangent))
        let results = lane(x.count) { base.map(f.ofValues(), values.span, into: &$0, at: site) }
        let here = site.ofTangents
        func zip(_ f: BinaryFunction<Base.Scalar>, _ a: [Base.Scalar], _ b: [Base.Scalar]) -> [Base.Scalar] {
            lane(a.count) { slope.zip(f, a.span, b.span, .none(b.count), into: &$0, at: here) }
        }
        func map(_ f: UnaryFunction<Base.Scalar>, _ a: [Base.Scalar]) -> [Base.Scalar] {
            lane(a.count) { slope.map(f, a.span, into: &$0, at: here) }
        }
        func plusOne(_ a: [Base.Scalar]) -> [Base.Scalar] {
            lane(a.count) { slope.zip(.add, a.span, [base.one].span, .scalar, into: &$0, at: here) }
        }
        let tangents =
            switch formula {
            case .negated: map(.negate, t)
            case .byTwice: zip(.divide, t, zip(.add, results, results))
            case .timesResult: zip(.multiply, t, results)
            case .timesResultPlusOne: zip(.multiply, t, plusOne(results))
            case .byArgument: zip(.divide, t, values)
            case .byArgumentPlusOne: zip(.divide, t, plusOne(values))
            case .timesCosine: zip(.multiply, t, map(.elementary(.cos), values))
            case .timesSineNegated: map(.negate, zip(.multiply, t, map(.elementary(.sin), values)))
            case .gradientAtArgument(let g): zip(g, values, t)
            case .gradientAtResult(let g): zip(g, results, t)
            }
        y.set(.value, to: results)
        y.set(.tangent, to: tangents)
    }

    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        switch f {
        case .add, .subtract, .reluGradient: break
        case _ where dependsOnPlace: return Plain(self).zip(f, x, y, repetition, into: &z, at: site)
        case .multiply, .divide: break
        case .sigmoidGradient, .tanhGradient, .softplusGradient, .swishGradient:
            return zipComposed(f, x, y, repetition, into: &z, at: site)
        }
        let (left, right) = (x.lane(.value), y.lane(.value))
        let (t, u) = (x.lane(.tangent), y.lane(.tangent))
        let here = site.ofTangents
        let results = lane(x.count) {
            base.zip(f.ofValues(), left.span, right.span, repetition, into: &$0, at: site)
        }
        func zip(_ f: BinaryFunction<Base.Scalar>, _ a: [Base.Scalar], _ b: [Base.Scalar]) -> [Base.Scalar] {
            lane(a.count) { slope.zip(f, a.span, b.span, repetition, into: &$0, at: here) }
        }
        func plain(_ f: BinaryFunction<Base.Scalar>, _ a: [Base.Scalar], _ b: [Base.Scalar]) -> [Base.Scalar] {
            lane(a.count) { slope.zip(f, a.span, b.span, .none(b.count), into: &$0, at: here) }
        }
        let tangents =
            switch f {
            case .multiply: plain(.add, zip(.multiply, t, right), zip(.multiply, left, u))
            case .divide: zip(.divide, plain(.subtract, t, zip(.multiply, results, u)), right)
            case .reluGradient: zip(.reluGradient, left, u)
            default: zip(f.ofValues(), t, u)
            }
        z.set(.value, to: results)
        z.set(.tangent, to: tangents)
    }

    /// The contract's gradient formulas (`apply`), one operation on pairs after the other.
    private func zipComposed(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ g: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        let count = x.count
        func array(_ body: (inout MutableSpan<Scalar>) -> Void) -> [Scalar] {
            [Scalar](unsafeUninitializedCapacity: count) { out, used in
                var span = out.extracting(0..<count).mutableSpan
                body(&span)
                used = count
            }
        }
        func zip(_ f: BinaryFunction<Scalar>, _ a: Span<Scalar>, _ b: Span<Scalar>) -> [Scalar] {
            array { self.zip(f, a, b, .none(count), into: &$0, at: site) }
        }
        let ones = [Scalar](repeating: one, count: count)
        var t: [Scalar]
        switch f {
        case .sigmoidGradient: t = zip(.multiply, x, zip(.subtract, ones.span, x).span)
        case .tanhGradient: t = zip(.subtract, ones.span, zip(.multiply, x, x).span)
        case .softplusGradient: t = array { map(.sigmoid, x, into: &$0, at: site) }
        case .swishGradient(let beta):
            let u = array { self.zip(.multiply, x, [beta].span, .scalar, into: &$0, at: site) }
            let s = array { map(.sigmoid, u.span, into: &$0, at: site) }
            t = zip(.subtract, ones.span, s.span)
            t = zip(.multiply, u.span, t.span)
            t = zip(.add, ones.span, t.span)
            t = zip(.multiply, s.span, t.span)
        default: preconditionFailure("not a composite")
        }
        self.zip(.multiply, t.span, g, repetition, into: &z, at: site)
    }

    public func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at site: Site) {
        let values = x.lane(.value)
        base.maxima(values.span, lists, into: &kept, at: site)
    }

    public func contenders(_ x: Span<Scalar>, _ lists: IndexLists, at site: Site) -> IndexLists? {
        let values = x.lane(.value)
        return base.contenders(values.span, lists, at: site)
    }

    public func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) {
        let constants: DescentConstants<Base.Scalar> = constants.values()
        for lane in [DualLane.value, .tangent] {
            var w = weights.span.lane(lane)
            var v = velocity.span.lane(lane)
            let g = gradient.lane(lane)
            var weightSpan = w.mutableSpan
            var velocitySpan = v.mutableSpan
            if lane == .value {
                base.descend(&weightSpan, &velocitySpan, g.span, constants, at: site)
            } else {
                slope.descend(&weightSpan, &velocitySpan, g.span, constants, at: site.ofTangents)
            }
            weights.set(lane, to: w)
            velocity.set(lane, to: v)
        }
    }

    // MARK: In and out

    public func array(_ x: ExactArray) -> [Scalar] {
        pairs(base.array(x), [Base.Scalar](repeating: base.zero, count: x.count))
    }
    public func array(_ x: Enclosure) -> [Scalar] {
        let values = base.array(x)
        return pairs(values, [Base.Scalar](repeating: base.zero, count: values.count))
    }
    public func exactArray(_ x: Span<Scalar>) -> ExactArray {
        let values = x.lane(.value)
        return base.exactArray(values.span)
    }
    public func enclosure(_ x: Span<Scalar>) -> Enclosure? {
        let values = x.lane(.value)
        return base.enclosure(values.span)
    }
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) {
        let values = x.lane(.value)
        base.encode(values.span, into: &bytes)
    }
    public func tangents(_ x: Span<Scalar>) -> ExactArray? {
        let tangents = x.lane(.tangent)
        return base.exactArray(tangents.span)
    }
    public func attaching(_ tangents: ExactArray, to x: Span<Scalar>) -> [Scalar] {
        pairs(x.lane(.value), base.array(tangents))
    }
}

/// How the tangent of a function of one number is made, where whole arrays can be.
private enum TangentFormula<Scalar: BitwiseCopyable & Sendable> {
    case negated, byTwice, timesResult, timesResultPlusOne, byArgument, byArgumentPlusOne, timesCosine, timesSineNegated
    case gradientAtArgument(BinaryFunction<Scalar>)
    case gradientAtResult(BinaryFunction<Scalar>)

    /// nil for |x|, whose sign is looked at one by one.
    init?(_ f: UnaryFunction<DualNumber<Scalar>>) {
        switch f {
        case .negate: self = .negated
        case .absolute: return nil
        case .squareRoot: self = .byTwice
        case .elementary(.exp): self = .timesResult
        case .elementary(.expMinusOne): self = .timesResultPlusOne
        case .elementary(.log): self = .byArgument
        case .elementary(.logOnePlus): self = .byArgumentPlusOne
        case .elementary(.tanh): self = .gradientAtResult(.tanhGradient)
        case .elementary(.sin): self = .timesCosine
        case .elementary(.cos): self = .timesSineNegated
        case .relu: self = .gradientAtArgument(.reluGradient)
        case .sigmoid: self = .gradientAtResult(.sigmoidGradient)
        case .softplus: self = .gradientAtArgument(.softplusGradient)
        case .swish(let beta): self = .gradientAtArgument(.swishGradient(beta: beta.value))
        }
    }

    /// One operation on whole arrays, so that its roundings are counted as those of one element.
    var takesOneOperation: Bool {
        switch self {
        case .negated, .timesResult, .byArgument, .gradientAtArgument, .gradientAtResult: true
        case .byTwice, .timesResultPlusOne, .byArgumentPlusOne, .timesCosine, .timesSineNegated: false
        }
    }
}

extension UnaryFunction {
    /// The same function of numbers without tangents.
    fileprivate func ofValues<Part>() -> UnaryFunction<Part> where Scalar == DualNumber<Part> {
        switch self {
        case .negate: .negate
        case .absolute: .absolute
        case .squareRoot: .squareRoot
        case .elementary(let f): .elementary(f)
        case .relu: .relu
        case .sigmoid: .sigmoid
        case .softplus: .softplus
        case .swish(let beta): .swish(beta: beta.value)
        }
    }
}

extension BinaryFunction {
    fileprivate func ofValues<Part>() -> BinaryFunction<Part> where Scalar == DualNumber<Part> {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .reluGradient: .reluGradient
        case .sigmoidGradient: .sigmoidGradient
        case .tanhGradient: .tanhGradient
        case .softplusGradient: .softplusGradient
        case .swishGradient(let beta): .swishGradient(beta: beta.value)
        }
    }
}
