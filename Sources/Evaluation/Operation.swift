import Arithmetics

/// What can be evaluated by name: one operation of the contract (sections 2 and 3), or a function beside it.
public enum Operation: Hashable, Sendable {
    case elementary(ElementaryFunction)
    case squareRoot, relu, sigmoid, softplus
    case swish(beta: Rational)
    /// One rounding into the format, in the arithmetic's direction.
    case round
    /// The neighbouring numbers of the format.
    case nextUp, nextDown
    case add, subtract, multiply, divide
    /// a × b + c, rounded once.
    case fma
    /// Reductions of one or two vectors, in the arithmetic's reduction; norm is √dot(x, x), each rounded.
    case sum, dot, norm
    /// Product of two matrices from files.
    case matmul

    /// What an operation takes.
    public enum Shape: Hashable, Sendable {
        /// This many values give one.
        case elementwise(Int)
        /// This many vectors give one value.
        case reduction(Int)
        case product
    }

    public var shape: Shape {
        switch self {
        case .elementary, .squareRoot, .relu, .sigmoid, .softplus, .swish, .round, .nextUp, .nextDown: .elementwise(1)
        case .add, .subtract, .multiply, .divide: .elementwise(2)
        case .fma: .elementwise(3)
        case .sum, .norm: .reduction(1)
        case .dot: .reduction(2)
        case .matmul: .product
        }
    }

    /// Operations without a parameter, in the order of the lists that name them.
    private static let plain: [Operation] =
        ElementaryFunction.allCases.map { .elementary($0) } + [
            .squareRoot, .sigmoid, .softplus, .relu, .round, .nextUp, .nextDown, .add, .subtract, .multiply, .divide,
            .fma,
            .sum, .dot, .norm, .matmul,
        ]

    public static let names: [String] = {
        var names = plain.map(\.name)
        names.insert("swish[:BETA]", at: names.firstIndex(of: "relu") ?? 0)
        return names
    }()

    public var name: String {
        switch self {
        case .elementary(let function): function.rawValue
        case .squareRoot: "sqrt"
        case .relu: "relu"
        case .sigmoid: "sigmoid"
        case .softplus: "softplus"
        case .swish(let beta): beta == Rational(1) ? "swish" : "swish:\(beta)"
        case .round: "round"
        case .nextUp: "next-up"
        case .nextDown: "next-down"
        case .add: "add"
        case .subtract: "subtract"
        case .multiply: "multiply"
        case .divide: "divide"
        case .fma: "fma"
        case .sum: "sum"
        case .dot: "dot"
        case .norm: "norm"
        case .matmul: "matmul"
        }
    }

    /// - Throws: `EvaluationError` naming what there is.
    public init(_ text: String) throws(EvaluationError) {
        if let operation = Operation.plain.first(where: { $0.name == text }) {
            self = operation
        } else if text == "swish" {
            self = .swish(beta: Rational(1))
        } else if text.hasPrefix("swish:") {
            guard let beta = Rational(decimal: String(text.dropFirst("swish:".count))) else {
                throw EvaluationError("\"\(text)\": beta is not a decimal, such as swish:1.702")
            }
            self = .swish(beta: beta)
        } else {
            throw EvaluationError("no function \"\(text)\"; there are \(Operation.names.joined(separator: ", "))")
        }
    }

    /// Is there an exact result to measure against? A neighbour is what the format says.
    var isMeasured: Bool { self != .nextUp && self != .nextDown }

    /// As the arithmetic's own operation on every element of an array, if it is one.
    func unary<A: Arithmetic>(in a: A) -> UnaryFunction<A.Scalar>? {
        switch self {
        case .elementary(let function): .elementary(function)
        case .squareRoot: .squareRoot
        case .relu: .relu
        case .sigmoid: .sigmoid
        case .softplus: .softplus
        case .swish(let beta): .swish(beta: a.constant(beta))
        default: nil
        }
    }

    func binary<A: Arithmetic>(in a: A) -> BinaryFunction<A.Scalar>? {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        default: nil
        }
    }

    /// One value of an elementwise operation on numbers of the arithmetic. They round to themselves.
    func apply<A: Arithmetic>(_ x: [A.Scalar], in a: inout A) -> A.Scalar {
        if let function = unary(in: a) { return a.apply(function, x[0]) }
        if let function = binary(in: a) { return a.apply(function, x[0], x[1]) }
        switch self {
        case .fma: return a.fma(x[0], x[1], x[2])
        case .nextUp: return a.constant(a.format.next(above: a.exactValue(x[0])))
        case .nextDown: return a.constant(a.format.next(below: a.exactValue(x[0])))
        default: return x[0]
        }
    }

    /// A reduction of vectors of one length.
    func reduce<A: Arithmetic>(_ x: [[A.Scalar]], in a: inout A) -> A.Scalar {
        let (first, last) = (x[0], x[x.count - 1])
        switch self {
        case .dot: return a.dot(first.span, last.span)
        case .norm:
            let square = a.dot(first.span, first.span)
            return a.squareRoot(square)
        default: return a.sum(first.span)
        }
    }
}

/// What cannot be evaluated: one line that says what is wrong and what would be right.
public struct EvaluationError: Error, CustomStringConvertible, Sendable {
    public let description: String
    init(_ description: String) { self.description = description }
}
