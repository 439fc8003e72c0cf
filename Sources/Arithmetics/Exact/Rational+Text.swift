extension Rational: CustomStringConvertible {
    /// Decimal where it ends (`0.1`, `-0.0005`, `1.25e-12`), else a quotient (`1/3`): text that `init(decimal:)` reads back exactly.
    public var description: String {
        guard endsInDecimal else { return quotient }
        var scaled = self
        var places = 0
        while !scaled.isInteger {
            scaled = scaled * Rational(10)
            places += 1
        }
        var digits = scaled.decimalNumerator
        let sign = digits.hasPrefix("-") ? "-" : ""
        if !sign.isEmpty { digits.removeFirst() }
        if places == 0 {
            let zeros = digits.reversed().prefix { $0 == "0" }.count
            return zeros > 5 && digits != "0" ? "\(sign)\(digits.dropLast(zeros))e\(zeros)" : sign + digits
        }
        if digits.count + 4 < places {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            return "\(sign)\(digits.prefix(1))\(fraction)e-\(places - digits.count + 1)"
        }
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
    }

    private var quotient: String { "\(decimalNumerator)/\(decimalDenominator)" }
}
