import Arithmetics

/// Numbers as people read them in a table. Through MPFR, so that every machine prints the same.
enum Numbers {
    /// A few significant digits, without an exponent where that stays short: `0.0123`, `21.6`, `4210`, `3.1e-7`.
    static func short(_ x: Double, digits: Int = 3) -> String {
        if x.isNaN { return "NaN" }
        if x.isInfinite { return x < 0 ? "-inf" : "inf" }
        return short(ExactValue(x), digits: digits)
    }

    static func short(_ x: ExactValue, digits: Int) -> String {
        let text = x.decimal(digits: digits)
        guard x.isFinite, x.kind != .zero else { return text }
        let parts = text.split(separator: "e")
        let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        let sign = text.hasPrefix("-") ? "-" : ""
        let places = max(digits, (0..<6).contains(exponent) ? exponent + 1 : 0)
        var significand = parts[0].filter(\.isNumber)
        significand += String(repeating: "0", count: max(0, places - significand.count))
        switch exponent {
        case -4..<0: return sign + "0." + String(repeating: "0", count: -exponent - 1) + significand
        case 0..<max(6, digits): return sign + point(significand, after: exponent + 1)
        default: return sign + point(significand, after: 1) + "e\(exponent)"
        }
    }

    private static func point(_ digits: String, after count: Int) -> String {
        digits.count > count ? "\(digits.prefix(count)).\(digits.dropFirst(count))" : digits
    }

    /// A decimal with all its digits, without an exponent where that stays short: `0.1`, `120`, `1.25e-9`.
    static func readable(_ decimal: String) -> String {
        let parts = decimal.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return decimal }
        let sign = decimal.hasPrefix("-") ? "-" : ""
        let digits = String(parts[0].filter(\.isNumber))
        switch exponent {
        case -5..<0: return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
        case 0..<max(7, digits.count):
            return sign
                + point(
                    digits + String(repeating: "0", count: max(0, exponent + 1 - digits.count)), after: exponent + 1)
        default: return decimal
        }
    }

    /// Bits, to a tenth.
    static func bits(_ x: Double) -> String {
        x.isFinite ? tenths(x) : x.isNaN ? "NaN" : x < 0 ? "-inf" : "all"
    }

    static func percent(_ x: Double) -> String { tenths(100 * x) + "%" }

    private static func tenths(_ x: Double) -> String {
        let scaled = Int((abs(x) * 10).rounded())
        return "\(x < 0 && scaled > 0 ? "-" : "")\(scaled / 10).\(scaled % 10)"
    }

    /// Digits in groups of three: `2,410`.
    static func grouped(_ n: Int) -> String {
        var text = ""
        for (i, digit) in String(n.magnitude).reversed().enumerated() {
            if i > 0, i % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (n < 0 ? "-" : "") + String(text.reversed())
    }

    /// A count with its noun: `1 step`, `100 steps`.
    static func count(_ n: Int, _ noun: String) -> String { "\(grouped(n)) \(noun)\(n == 1 ? "" : "s")" }
}
