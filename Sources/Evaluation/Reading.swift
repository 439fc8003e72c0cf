import Arithmetics

/// One scalar of an arithmetic as people and programs read it. Everything that is printed of a scalar is here.
public struct Reading: Sendable {
    /// The number; of an enclosure, its middle.
    public let value: ExactValue
    /// All digits where nine are enough; else the shortest decimal that rounds to the number, to nearest; of long significands,
    /// enough digits to tell them apart. Of an enclosure, as many digits of each bound, `[lower, upper]`, rounded outward.
    public let decimal: String
    /// Exact.
    public let hexadecimal: String
    /// The contract's encoding.
    public let bits: String
    /// Do the bits lay out the number, as an interchange format's do?
    public let isInterchange: Bool
    /// The bounds, where the arithmetic gives them; nil for a single number.
    public let bounds: Bounds?

    public struct Bounds: Sendable {
        public let lower: ExactValue
        public let upper: ExactValue
        /// Enough to tell the bounds of any two enclosures apart.
        public let digits: Int

        public var isSingle: Bool { lower == upper }

        /// `[lower, upper]` with so many significant digits, rounded outward: an enclosure of what is enclosed.
        public func decimal(digits: Int) -> String {
            "[\(lower.decimal(digits: digits, .down)), \(upper.decimal(digits: digits, .up))]"
        }
    }

    init<A: Arithmetic>(_ scalar: A.Scalar, in a: A, _ patterns: BitPatterns) {
        value = a.exactValue(scalar)
        bits = patterns.text(of: scalar, in: a)
        isInterchange = patterns.isInterchange
        bounds = a.enclosure([scalar].span).map {
            Bounds(lower: $0.lower[0], upper: $0.upper[0], digits: Reading.mostDigits(a.format))
        }
        if let bounds {
            decimal = bounds.decimal(digits: bounds.digits)
            hexadecimal = "[\(bounds.lower.hexadecimal), \(bounds.upper.hexadecimal)]"
        } else {
            decimal = Reading.shortestDecimal(value, a.format)
            hexadecimal = value.hexadecimal
        }
    }

    /// Digits that tell all numbers of p bits apart: ⌈1 + p·log₁₀2⌉.
    ///
    /// - Source: Matula, *In-and-out conversions*, Communications of the ACM 11 (1968).
    private static func mostDigits(_ format: Format) -> Int {
        // 30103/100000 lies above log₁₀2.
        2 + format.precision * 30103 / 100_000
    }

    private static func shortestDecimal(_ x: ExactValue, _ format: Format) -> String {
        guard x.kind == .finite else { return x.decimal(digits: 1) }
        // 448 in E4M3, where 450 would do, is 448.
        let short = x.decimal(digits: 9)
        if let read = Rational(decimal: short), ExactValue(exactly: read) == x { return short }
        let most = mostDigits(format)
        guard most <= 20 else { return x.decimal(digits: most) }
        for digits in 1..<most {
            let text = x.decimal(digits: digits)
            if let read = Rational(decimal: text), format.round(read) == x { return text }
        }
        return x.decimal(digits: most)
    }
}
