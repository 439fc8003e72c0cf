import Arithmetics
import Comparison

extension Exact {
    /// The bits that are tried, one after the other. The last holds every sum of products of binary64 numbers within a few
    /// thousand binary orders of magnitude exactly, ties between two numbers included.
    private static let precisions = [192, 768, 3072]

    /// How close the bounds have to be.
    enum Need {
        /// So that an error in ulps of the format is known to 2^-32 ulp.
        case ulps
        /// So that all between them rounds to one number of the format.
        case rounding
    }

    /// Every value as `mpfr:P` gives it, with P so large that the bounds of the same expression, rounded outward and holding
    /// that value, are as close as needed.
    ///
    /// Where bounds claim nothing, because the value is infinite or NaN or comes from such operands, it is what IEEE 754's
    /// rules give with the most bits; a divisor that those do not tell from 0 counts as 0. An exact zero has the sign of those
    /// rules.
    func values(for format: Format, _ need: Need) throws(ExpectationError) -> ExactArray {
        _ = try node.count()
        for bits in Exact.precisions {
            let values = Exact.evaluate(node, mpfrArithmetic(precision: bits)).values
            guard let bounds = Exact.evaluate(node, intervalArithmetic(precision: bits)).bounds else { continue }
            let isLast = bits == Exact.precisions.last
            var lower: [ExactValue] = []
            var upper: [ExactValue] = []
            var isSettled = true
            for i in 0..<bounds.count {
                let (l, u) = (bounds.lower[i], bounds.upper[i])
                if l.isFinite, u.isFinite {
                    lower.append(l)
                    upper.append(u)
                } else if !isLast || (values[i].isFinite && node.isFinite) {
                    isSettled = false
                }
            }
            if isSettled, Exact.areClose(lower, upper, format, need) { return values }
        }
        throw ExpectationError(
            description:
                "the exact value is not settled with \(Exact.precisions.last ?? 0) bits; does it lie halfway between two numbers?"
        )
    }

    private static func areClose(
        _ lower: [ExactValue], _ upper: [ExactValue], _ format: Format, _ need: Need
    ) -> Bool {
        switch need {
        case .ulps:
            return measure([ExactArray(upper)], against: [ExactArray(lower)], in: format).all.maxUlp <= 0x1p-32
        case .rounding:
            return zip(lower, upper).allSatisfy { l, u in
                let (a, b) = (format.round(l), format.round(u))
                return a == b || (a.kind == .zero && b.kind == .zero)
            }
        }
    }

    private static func evaluate(_ node: Node, _ arithmetic: some Arithmetic) -> (
        values: ExactArray, bounds: Enclosure?
    ) {
        var arithmetic = arithmetic
        let scalars = node.scalars(in: &arithmetic)
        return (arithmetic.exactArray(scalars.span), arithmetic.enclosure(scalars.span))
    }
}

extension Exact.Node {
    /// Elements of the result.
    func count() throws(ExpectationError) -> Int {
        func common(_ x: Exact.Node, _ y: Exact.Node) throws(ExpectationError) -> Int {
            let (n, m) = (try x.count(), try y.count())
            guard n == m || n == 1 || m == 1 else {
                throw ExpectationError(description: "the exact expression joins \(n) elements with \(m)")
            }
            return n == 1 ? m : n
        }
        switch self {
        case .numbers(let array): return array.count
        case .rational: return 1
        case .unary(_, let x): return try x.count()
        case .binary(_, let x, let y): return try common(x, y)
        case .sum(let x):
            _ = try x.count()
            return 1
        case .dot(let x, let y):
            guard try x.count() == y.count() else {
                throw ExpectationError(description: "a dot product of \(try x.count()) elements with \(try y.count())")
            }
            return 1
        }
    }

    /// Are all operands finite numbers?
    var isFinite: Bool {
        switch self {
        case .numbers(let array): array.firstNonFinite == nil
        case .rational: true
        case .unary(_, let x), .sum(let x): x.isFinite
        case .binary(_, let x, let y), .dot(let x, let y): x.isFinite && y.isFinite
        }
    }

    func scalars<A: Arithmetic>(in a: inout A) -> [A.Scalar] {
        switch self {
        case .numbers(let array): return a.array(array)
        case .rational(let value): return [a.constant(value)]
        case .unary(let operation, let x):
            var result = x.scalars(in: &a)
            for i in result.indices { result[i] = a.apply(operation.function(), result[i]) }
            return result
        case .binary(let operation, let x, let y):
            let (left, right) = (x.scalars(in: &a), y.scalars(in: &a))
            let count = left.count == 1 ? right.count : left.count
            var result: [A.Scalar] = []
            for i in 0..<count {
                result.append(
                    a.apply(
                        operation.function(), left[left.count == 1 ? 0 : i], right[right.count == 1 ? 0 : i]))
            }
            return result
        case .sum(let x):
            let terms = x.scalars(in: &a)
            return [a.sum(terms.span)]
        case .dot(let x, let y):
            let (left, right) = (x.scalars(in: &a), y.scalars(in: &a))
            return [a.dot(left.span, right.span)]
        }
    }
}

extension Exact.UnaryOperation {
    func function<Scalar>() -> UnaryFunction<Scalar> {
        switch self {
        case .negate: .negate
        case .absolute: .absolute
        case .squareRoot: .squareRoot
        case .elementary(let function): .elementary(function)
        }
    }
}

extension Exact.BinaryOperation {
    func function<Scalar>() -> BinaryFunction<Scalar> {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        }
    }
}
