/// The definition of an arithmetic, callable: forwards its scalars and overrides no bulk operation and no reduction, so
/// that its bulk operations are the protocol's defaults. Tests hold every fast path to it, bit for bit.
public struct Plain<Base: Arithmetic>: Arithmetic {
    public typealias Scalar = Base.Scalar
    public var base: Base

    public init(_ base: Base) { self.base = base }

    public var name: String { base.name }
    public var format: Format { base.format }
    public var reduction: Reduction { base.reduction }
    public var direction: RoundingDirection { base.direction }
    public var place: RoundingPlace? {
        get { base.place }
        set { base.place = newValue }
    }
    public var zero: Scalar { base.zero }
    public var one: Scalar { base.one }

    public mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar { base.add(a, b) }
    public mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar { base.subtract(a, b) }
    public mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar { base.multiply(a, b) }
    public mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar { base.divide(a, b) }
    public mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar { base.fma(a, b, c) }
    public mutating func squareRoot(_ x: Scalar) -> Scalar { base.squareRoot(x) }
    public mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar { base.elementary(f, x) }
    public mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar { base.multiply(a, byInteger: k) }
    public mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar { base.divide(a, byInteger: k) }
    public mutating func round(_ x: ExactValue) -> Scalar { base.round(x) }
    public mutating func sum(_ x: Span<Scalar>) -> Scalar { base.sumByDefinition(x) }
    public mutating func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar { base.dotByDefinition(x, y) }
    public mutating func sumExactly(_ x: Span<Scalar>) -> Scalar { base.sumExactly(x) }
    public mutating func dotExactly(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar { base.dotExactly(x, y) }
    public mutating func apply(_ f: UnaryFunction<Scalar>, _ x: Scalar) -> Scalar { base.apply(f, x) }
    public mutating func descend(
        _ w: Scalar, _ v: Scalar, _ gradient: Scalar, _ constants: DescentConstants<Scalar>
    ) -> (weight: Scalar, velocity: Scalar) { base.descend(w, v, gradient, constants) }
    public func negate(_ x: Scalar) -> Scalar { base.negate(x) }
    public func absolute(_ x: Scalar) -> Scalar { base.absolute(x) }
    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering { base.compare(a, b) }

    public var operationLog: OperationLog? {
        get { base.operationLog }
        set { base.operationLog = newValue }
    }
    public func exceeds(_ a: Scalar, _ b: Scalar) -> Bool? { base.exceeds(a, b) }
    public func maximum(_ a: Scalar, _ b: Scalar) -> Scalar { base.maximum(a, b) }
    public func hull(_ a: Scalar, _ b: Scalar) -> Scalar { base.hull(a, b) }
    public func contenders(_ x: Span<Scalar>, _ lists: IndexLists, at site: Site) -> IndexLists? {
        base.contenders(x, lists, at: site)
    }
    public func enclosure(_ x: Span<Scalar>) -> Enclosure? { base.enclosure(x) }
    public func array(_ x: Enclosure) -> [Scalar] { base.array(x) }

    public func tangents(_ x: Span<Scalar>) -> ExactArray? { base.tangents(x) }
    public func attaching(_ tangents: ExactArray, to x: Span<Scalar>) -> [Scalar] {
        base.attaching(tangents, to: x)
    }

    public func constant(_ x: ExactValue) -> Scalar { base.constant(x) }
    public func constant(_ x: Rational) -> Scalar { base.constant(x) }
    public func exactValue(_ x: Scalar) -> ExactValue { base.exactValue(x) }
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) { base.encode(x, into: &bytes) }
    public func at(_ site: Site, element: Int) -> Self { Plain(base.at(site, element: element)) }
}
