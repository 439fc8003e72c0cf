import Arithmetics

/// What a computation would give without rounding: an expression over numbers taken exactly, one value or one an element.
///
///     expectULP(mySoftplus(x), of: .log(onePlus: .exp(x)), atMost: 1)
///     expectULP(myNorm(v), of: .squareRoot(.dot(v, v)), atMost: 2)
///     expectULP(myScaled(v), of: Exact(v) / 3, atMost: 0.5)
///
/// `Float` and `Double` operands are the numbers they are: `0.1` is the binary fraction nearest to a tenth, and a tenth itself
/// is `Exact(1) / 10`. An operation on several arrays goes element by element; a single value meets every element.
///
/// Nothing is computed until a judgement needs it. Then every value is enclosed between bounds rounded outward, with more bits
/// until the bounds are close enough for that judgement; an expression that cancels therefore costs time, not truth.
public struct Exact: Sendable {
    indirect enum Node: Sendable {
        case numbers(ExactArray)
        case rational(Rational)
        case unary(UnaryOperation, Node)
        case binary(BinaryOperation, Node, Node)
        case sum(Node)
        case dot(Node, Node)
    }

    enum UnaryOperation: Sendable {
        case negate, absolute, squareRoot
        case elementary(ElementaryFunction)
    }

    enum BinaryOperation: Sendable {
        case add, subtract, multiply, divide
    }

    let node: Node

    init(_ node: Node) { self.node = node }

    /// A number as it is.
    public init(_ value: some JudgedNumber) { self.init([value]) }

    /// Numbers as they are, one an element.
    public init<Number: JudgedNumber>(_ values: [Number]) { self.init(.numbers(Number.exactValues(values))) }

    /// A decimal text or a quotient as written, such as `0.1` or `1/3`; nil for anything else.
    public init?(decimal text: String) {
        guard let value = Rational(decimal: text) else { return nil }
        self.init(.rational(value))
    }
}

extension Exact: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self.init(.rational(Rational(value))) }
}

/// What may stand in an exact expression: `Float`, `Double`, arrays of them, and expressions.
public protocol ExactOperand {
    var exact: Exact { get }
}

extension Exact: ExactOperand {
    public var exact: Exact { self }
}
extension Float: ExactOperand {
    public var exact: Exact { Exact(self) }
}
extension Double: ExactOperand {
    public var exact: Exact { Exact(self) }
}
extension Array: ExactOperand where Element: JudgedNumber {
    public var exact: Exact { Exact(self) }
}
