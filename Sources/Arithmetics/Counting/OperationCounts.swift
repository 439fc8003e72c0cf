/// The scalar operations that the definition of a computation writes, by kind.
public enum Operation: String, CaseIterable, Sendable, Hashable {
    case add, subtract
    /// Products and quotients by an exact integer count here too.
    case multiply, divide
    case fma, squareRoot
    case exp, expm1, log, log1p, tanh, sin, cos
    case negate, absolute, compare
    /// A term or product that an exact sum takes in, unrounded.
    case exactTerm
    /// The one rounding that ends an exact sum, or that brings a number into the format.
    case round
    /// A number put into the format to nearest: a constant, an input, a value of another arithmetic.
    case constant

    init(_ f: ElementaryFunction) {
        self =
            switch f {
            case .exp: .exp
            case .expMinusOne: .expm1
            case .log: .log
            case .logOnePlus: .log1p
            case .tanh: .tanh
            case .sin: .sin
            case .cos: .cos
            }
    }
}

/// How many operations of each kind.
public struct OperationCounts: Sendable, Hashable {
    private var counts = [Int](repeating: 0, count: Operation.allCases.count)

    public init() {}
    public init(_ operations: Operation...) {
        for operation in operations { self[operation] += 1 }
    }

    private static let positions = Dictionary(
        uniqueKeysWithValues: Operation.allCases.enumerated().map { ($0.element, $0.offset) })

    public subscript(operation: Operation) -> Int {
        get { counts[OperationCounts.positions[operation]!] }
        set { counts[OperationCounts.positions[operation]!] = newValue }
    }

    public var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

    /// What occurred, in the order of `Operation`.
    public var occurring: [(operation: Operation, count: Int)] {
        Swift.zip(Operation.allCases, counts).filter { $1 > 0 }.map { ($0, $1) }
    }

    public static func + (a: OperationCounts, b: OperationCounts) -> OperationCounts {
        var sum = a
        for i in sum.counts.indices { sum.counts[i] += b.counts[i] }
        return sum
    }

    public static func += (a: inout OperationCounts, b: OperationCounts) { a = a + b }

    public static func * (n: Int, a: OperationCounts) -> OperationCounts {
        var product = a
        for i in product.counts.indices { product.counts[i] *= n }
        return product
    }
}

extension OperationCounts: Codable {
    public init(from decoder: any Decoder) throws {
        let named = try decoder.singleValueContainer().decode([String: Int].self)
        for operation in Operation.allCases { self[operation] = named[operation.rawValue] ?? 0 }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(
            Dictionary(uniqueKeysWithValues: occurring.map { ($0.operation.rawValue, $0.count) }))
    }
}
