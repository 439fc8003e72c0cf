/// Counts the operations of another arithmetic, by kind, into its log; results are the other's, bit for bit. Operations on
/// whole arrays run as fast as the other has them, and count what their definition writes.
///
/// Where the other arithmetic sums in a wider format (`accumulate=`), the operations of the sum count alike, and the last
/// rounding back is not counted.
public struct Counting<Base: Arithmetic>: Arithmetic {
    public typealias Scalar = Base.Scalar

    var base: Base
    private var log: OperationLog?

    public init(_ base: Base) { self.base = base }

    public var operationLog: OperationLog? {
        get { log }
        set {
            log = newValue
            base.operationLog = newValue
        }
    }

    private func count(_ counts: @autoclosure () -> OperationCounts) { log?.note(counts()) }
    private func count(_ operation: Operation) { count(OperationCounts(operation)) }

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

    public func at(_ site: Site, element: Int) -> Self {
        var copy = self
        copy.base = base.at(site, element: element)
        return copy
    }

    // MARK: One at a time

    public mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.add)
        return base.add(a, b)
    }
    public mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.subtract)
        return base.subtract(a, b)
    }
    public mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.multiply)
        return base.multiply(a, b)
    }
    public mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.divide)
        return base.divide(a, b)
    }
    public mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar {
        count(.fma)
        return base.fma(a, b, c)
    }
    public mutating func squareRoot(_ x: Scalar) -> Scalar {
        count(.squareRoot)
        return base.squareRoot(x)
    }
    public mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar {
        count(Operation(f))
        return base.elementary(f, x)
    }
    public mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar {
        count(.multiply)
        return base.multiply(a, byInteger: k)
    }
    public mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar {
        count(.divide)
        return base.divide(a, byInteger: k)
    }
    public mutating func round(_ x: ExactValue) -> Scalar {
        count(.round)
        return base.round(x)
    }
    public mutating func apply(_ f: UnaryFunction<Scalar>, _ x: Scalar) -> Scalar {
        count(f.counts)
        return base.apply(f, x)
    }
    public mutating func descend(
        _ w: Scalar, _ v: Scalar, _ gradient: Scalar, _ constants: DescentConstants<Scalar>
    ) -> (weight: Scalar, velocity: Scalar) {
        count(constants.counts)
        return base.descend(w, v, gradient, constants)
    }
    public func negate(_ x: Scalar) -> Scalar {
        count(.negate)
        return base.negate(x)
    }
    public func absolute(_ x: Scalar) -> Scalar {
        count(.absolute)
        return base.absolute(x)
    }
    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering {
        count(.compare)
        return base.compare(a, b)
    }
    public func exceeds(_ a: Scalar, _ b: Scalar) -> Bool? {
        count(.compare)
        return base.exceeds(a, b)
    }
    public func constant(_ x: ExactValue) -> Scalar {
        count(.constant)
        return base.constant(x)
    }
    public func constant(_ x: Rational) -> Scalar {
        count(.constant)
        return base.constant(x)
    }

    // MARK: Nothing is computed here

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
    public func exactValue(_ x: Scalar) -> ExactValue { base.exactValue(x) }
    public func exactArray(_ x: Span<Scalar>) -> ExactArray { base.exactArray(x) }
    public func firstNonFinite(_ x: Span<Scalar>) -> Int? { base.firstNonFinite(x) }
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) { base.encode(x, into: &bytes) }

    // MARK: Reductions

    public mutating func sum(_ x: Span<Scalar>) -> Scalar {
        count(reduction.sumCounts(x.count))
        return base.sum(x)
    }
    public mutating func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        count(reduction.dotCounts(x.count))
        return base.dot(x, y)
    }
    public mutating func sumByDefinition(_ x: Span<Scalar>) -> Scalar {
        count(reduction.sumCounts(x.count))
        return base.sumByDefinition(x)
    }
    public mutating func dotByDefinition(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        count(reduction.dotCounts(x.count))
        return base.dotByDefinition(x, y)
    }
    public mutating func sumExactly(_ x: Span<Scalar>) -> Scalar {
        count(Reduction.exact.sumCounts(x.count))
        return base.sumExactly(x)
    }
    public mutating func dotExactly(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        count(Reduction.exact.dotCounts(x.count))
        return base.dotExactly(x, y)
    }
}
