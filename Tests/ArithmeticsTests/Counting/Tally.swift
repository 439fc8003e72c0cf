import Arithmetics

/// Counts scalar operations as the definition makes them, one by one: it overrides no operation on whole arrays and no chain,
/// so nothing here knows a formula.
struct Tally<Base: Arithmetic>: Arithmetic {
    typealias Scalar = Base.Scalar
    var base: Base
    let log: OperationLog

    var name: String { base.name }
    var format: Format { base.format }
    var reduction: Reduction { base.reduction }
    var zero: Scalar { base.zero }
    var one: Scalar { base.one }

    private func count(_ operation: Operation, _ n: Int = 1) { log.note(n * OperationCounts(operation)) }

    mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.add)
        return base.add(a, b)
    }
    mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.subtract)
        return base.subtract(a, b)
    }
    mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.multiply)
        return base.multiply(a, b)
    }
    mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar {
        count(.divide)
        return base.divide(a, b)
    }
    mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar {
        count(.fma)
        return base.fma(a, b, c)
    }
    mutating func squareRoot(_ x: Scalar) -> Scalar {
        count(.squareRoot)
        return base.squareRoot(x)
    }
    mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar {
        count(Operation(rawValue: f.rawValue) ?? .round)
        return base.elementary(f, x)
    }
    mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar {
        count(.multiply)
        return base.multiply(a, byInteger: k)
    }
    mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar {
        count(.divide)
        return base.divide(a, byInteger: k)
    }
    mutating func round(_ x: ExactValue) -> Scalar {
        count(.round)
        return base.round(x)
    }
    mutating func sumExactly(_ x: Span<Scalar>) -> Scalar {
        count(.exactTerm, x.count)
        count(.round)
        return base.sumExactly(x)
    }
    mutating func dotExactly(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        count(.exactTerm, x.count)
        count(.round)
        return base.dotExactly(x, y)
    }
    func negate(_ x: Scalar) -> Scalar {
        count(.negate)
        return base.negate(x)
    }
    func absolute(_ x: Scalar) -> Scalar {
        count(.absolute)
        return base.absolute(x)
    }
    func compare(_ a: Scalar, _ b: Scalar) -> Ordering {
        count(.compare)
        return base.compare(a, b)
    }
    func constant(_ x: ExactValue) -> Scalar {
        count(.constant)
        return base.constant(x)
    }
    func constant(_ x: Rational) -> Scalar {
        count(.constant)
        return base.constant(x)
    }
    func exactValue(_ x: Scalar) -> ExactValue { base.exactValue(x) }
    func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) { base.encode(x, into: &bytes) }
}
