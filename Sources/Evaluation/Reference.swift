import Arithmetics

/// What results are measured against: the same operation in `mpfr:P`, P so large that its own error does not show.
///
/// An operation of the contract is rounded once there; a composite function, whose terms all have one sign, a few times, so
/// its relative error stays below 2^(3-P). Sums are exact before their one rounding.
public struct Reference: Sendable {
    public let precision: Int

    public var name: ArithmeticName { ArithmeticName(.mpfr(precision: precision, range: nil)) }
    var format: Format { .mpfr(precision: precision) }

    /// Enough for all of some arithmetics: 64 bits more than the most precise, and no less than 256.
    public init(for arithmetics: [ArithmeticName]) {
        let most = arithmetics.map(\.format.precision).max() ?? 0
        precision = min(max(256, most + 64), Format.precisions.upperBound)
    }

    /// - Throws: `EvaluationError` for anything but an `mpfr:P` that holds the numbers of all the arithmetics.
    public init(_ name: ArithmeticName, for arithmetics: [ArithmeticName]) throws(EvaluationError) {
        guard case .mpfr(let precision, range: nil) = name.kind, name == ArithmeticName(name.kind) else {
            throw EvaluationError("reference: \"\(name)\" is not mpfr:P alone, such as mpfr:256")
        }
        for other in arithmetics where other.format.precision > precision {
            throw EvaluationError(
                "reference: \(name) does not hold the numbers of \(other); mpfr:\(Reference(for: arithmetics).precision) would"
            )
        }
        self.precision = precision
    }

    /// The arithmetic, with room for inputs of more bits.
    func arithmetic(holding bits: Int = 0, instructionSet: InstructionSet = .best) -> any Arithmetic {
        let bits = min(max(precision, bits), Format.precisions.upperBound)
        return mpfrArithmetic(precision: bits, instructionSet: instructionSet)
    }

    /// The operation on numbers as they are.
    func value(of operation: Operation, at inputs: [ExactValue]) -> ExactValue {
        func evaluate(_ a: some Arithmetic) -> ExactValue {
            var a = a
            return a.exactValue(operation.apply(inputs.map { a.constant($0) }, in: &a))
        }
        return evaluate(arithmetic(holding: inputs.map(\.significantBits).max() ?? 0))
    }

    /// The operation on numbers as they were written; nil where a pattern has no value of its own.
    func value(of operation: Operation, exactly operands: [Operand]) -> ExactValue? {
        if operands.contains(where: \.isPattern) { return nil }
        let exact = operands.compactMap(\.exactValue)
        if exact.count == operands.count { return value(of: operation, at: exact) }
        let rationals = operands.compactMap(\.rational)
        guard rationals.count == operands.count else {
            // A zero, an infinity or a NaN beside a quotient: what the quotient's last bits are does not matter.
            return value(of: operation, at: operands.map { approximation($0, bits: precision + 64) })
        }
        let x = rationals
        switch operation {
        case .add: return format.round(x[0] + x[1])
        case .subtract: return format.round(x[0] - x[1])
        case .multiply: return format.round(x[0] * x[1])
        case .divide: return format.round(x[0] / x[1])
        case .fma: return format.round(x[0] * x[1] + x[2])
        default: return bracketed(operation, x[0])
        }
    }

    /// A function of a quotient: between the function's values at the neighbours of the quotient, once those round alike.
    private func bracketed(_ operation: Operation, _ x: Rational) -> ExactValue {
        var bits = precision + 64
        while true {
            let middle = Format.mpfr(precision: bits)
            let near = middle.round(x)
            let low = format.round(value(of: operation, at: [middle.next(below: near)]))
            let high = format.round(value(of: operation, at: [middle.next(above: near)]))
            if low == high || 2 * bits > Format.precisions.upperBound {
                return format.round(value(of: operation, at: [near]))
            }
            bits *= 2
        }
    }

    func approximation(_ operand: Operand, bits: Int) -> ExactValue {
        switch operand.number {
        case .exact(let value): value
        case .quotient(let quotient): Format.mpfr(precision: bits).round(quotient)
        case .pattern: .nan
        }
    }
}

extension Operand {
    var exactValue: ExactValue? {
        if case .exact(let value) = number { value } else { nil }
    }
}
