import Arithmetics

/// One scalar of an arithmetic as people and programs read it. Everything that is printed of a scalar is here, so that an
/// arithmetic whose scalars are no single numbers has one place to say so.
public struct Reading: Sendable {
    public let value: ExactValue
    /// All digits where nine are enough; else the shortest decimal that rounds to the number, to nearest; of long significands,
    /// enough digits to tell them apart.
    public let decimal: String
    /// Exact.
    public let hexadecimal: String
    /// The contract's encoding.
    public let bits: String
    /// Do the bits lay out the number, as an interchange format's do?
    public let isInterchange: Bool

    init<A: Arithmetic>(_ scalar: A.Scalar, in a: A, _ patterns: BitPatterns) {
        value = a.exactValue(scalar)
        decimal = Reading.shortestDecimal(value, a.format)
        hexadecimal = value.hexadecimal
        bits = patterns.text(value)
        isInterchange = patterns.isInterchange
    }

    /// Digits that tell all numbers of p bits apart: ⌈1 + p·log₁₀2⌉.
    ///
    /// - Source: Matula, *In-and-out conversions*, Communications of the ACM 11 (1968).
    private static func shortestDecimal(_ x: ExactValue, _ format: Format) -> String {
        guard x.kind == .finite else { return x.decimal(digits: 1) }
        // 448 in E4M3, where 450 would do, is 448.
        let short = x.decimal(digits: 9)
        if let read = Rational(decimal: short), ExactValue(exactly: read) == x { return short }
        // 30103/100000 lies above log₁₀2.
        let most = 2 + format.precision * 30103 / 100_000
        guard most <= 20 else { return x.decimal(digits: most) }
        for digits in 1..<most {
            let text = x.decimal(digits: digits)
            if let read = Rational(decimal: text), format.round(read) == x { return text }
        }
        return x.decimal(digits: most)
    }
}
