import Arithmetics

/// A number as it was written: exact until an arithmetic takes it.
public struct Operand: Hashable, Sendable {
    public enum Number: Hashable, Sendable {
        /// A binary fraction, an infinity, NaN or a signed zero.
        case exact(ExactValue)
        /// A quotient that no binary format holds.
        case quotient(Rational)
        /// Hexadecimal digits of each arithmetic's own format.
        case pattern(String)
    }

    public let text: String
    public let number: Number

    /// Decimals (`0.1`, `-1e-7`), quotients (`1/3`), hexadecimal floats (`0x1.8p-3`), `inf`, `nan`, `-0`, patterns
    /// (`bits:3f800000`).
    ///
    /// - Throws: `EvaluationError`.
    public init(_ text: String) throws(EvaluationError) {
        self.text = text
        let lower = text.lowercased()
        if lower.hasPrefix("bits:") {
            number = .pattern(String(lower.dropFirst("bits:".count)))
        } else if let named = Operand.named[lower] {
            number = .exact(named)
        } else if let value = ExactValue(hexadecimalFloat: text) {
            number = .exact(value)
        } else if let quotient = Rational(decimal: text) {
            if quotient == Rational(0) {
                number = .exact(text.hasPrefix("-") ? .negativeZero : .zero)
            } else {
                number = ExactValue(exactly: quotient).map { .exact($0) } ?? .quotient(quotient)
            }
        } else {
            throw EvaluationError(
                "\"\(text)\" is no number; write a decimal (0.1, 1e-7), a quotient (1/3), a hexadecimal float (0x1.8p-3), "
                    + "inf, nan, or bits (bits:3f800000)")
        }
    }

    /// The long names are those that results are printed with.
    private static let named: [String: ExactValue] = [
        "nan": .nan, "+nan": .nan, "-nan": .nan, "inf": .infinity, "+inf": .infinity, "-inf": .negativeInfinity,
        "infinity": .infinity, "+infinity": .infinity, "-infinity": .negativeInfinity,
    ]

    var isPattern: Bool {
        if case .pattern = number { true } else { false }
    }

    /// The number of the format nearest to this one, or bounds around it: how every input enters an arithmetic.
    func constant<A: Arithmetic>(in a: A, _ patterns: BitPatterns, _ name: ArithmeticName) throws(EvaluationError)
        -> A.Scalar
    {
        switch number {
        case .exact(let value): return a.constant(value)
        case .quotient(let quotient): return a.constant(quotient)
        case .pattern(let digits):
            do { return try patterns.scalar(digits, in: a) } catch {
                throw EvaluationError("\"\(text)\" \(error), in \(name)")
            }
        }
    }

    /// One rounding in the arithmetic's direction.
    func rounded<A: Arithmetic>(
        in a: inout A, _ patterns: BitPatterns, _ name: ArithmeticName
    ) throws(EvaluationError) -> A.Scalar {
        switch number {
        case .exact(let value): return a.round(value)
        case .quotient(let quotient):
            return a.round(ExactValue(rounding: quotient, likeInPrecision: a.format.precision))
        case .pattern: return try constant(in: a, patterns, name)
        }
    }

    /// Exact as a rational number; nil for infinities, NaN, zeros (whose sign would be lost), patterns and exponents far
    /// outside of every format with a range.
    var rational: Rational? {
        switch number {
        case .exact(let value): value.kind == .finite ? Rational(value) : nil
        case .quotient(let quotient): quotient
        case .pattern: nil
        }
    }
}
