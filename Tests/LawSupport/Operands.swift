import Arithmetics

/// Operands that lean on edges, as exact values of a format.
public struct Operands: Sendable {
    public enum Kind: CaseIterable, Sendable {
        /// Significands of full length, exponents near 0.
        case ordinary
        /// Few distinct magnitudes of both signs, so that sums cancel, with zeros, infinities and NaN among them.
        case special
        /// As far down as the format goes: products are subnormal or vanish.
        case tiny
        /// As far up as the format goes: products and sums overflow.
        case huge
    }

    public let format: Format
    private var words: SeededWords

    public init(_ format: Format, seed: UInt64) {
        self.format = format
        words = SeededWords(seed)
    }

    /// ±1.f × 2^exponent with random digits to the format's last one, in the format.
    public mutating func value(exponent: Int) -> ExactValue {
        var digits = ""
        for _ in 0..<(format.precision + 63) / 64 {
            let word = String(words.word(), radix: 16)
            digits += String(repeating: "0", count: 16 - word.count) + word
        }
        let sign = words.below(2) == 0 ? "" : "-"
        return format.round(exact("\(sign)0x1.\(digits)p\(exponent)"))
    }

    public mutating func value(_ kind: Kind) -> ExactValue {
        let exponents = Operands.exponents(format)
        switch kind {
        case .ordinary: return value(exponent: words.below(9) - 4)
        case .special:
            switch words.below(24) {
            case 0, 1: return .zero
            case 2, 3: return .negativeZero
            case 4: return words.below(2) == 0 ? .infinity : .negativeInfinity
            case 5: return .nan
            case 6...11: return format.round(Rational(words.below(7) - 3, 1 + words.below(3)))
            default: return value(exponent: words.below(40) - 20)
            }
        case .tiny:
            return words.below(9) == 0 ? .negativeZero : value(exponent: exponents.least / 2 - 8 + words.below(16))
        case .huge: return value(exponent: exponents.greatest / 2 - 8 + words.below(16))
        }
    }

    public mutating func values(_ count: Int, _ kind: Kind) -> [ExactValue] { (0..<count).map { _ in value(kind) } }

    /// Exponents (IEEE) that tests reach: those of the format, subnormals included; ±2000 where there is no range, since
    /// exact sums as quotients of integers must stay small. MPFR's own limits have a law of their own.
    static func exponents(_ format: Format) -> (least: Int, greatest: Int) {
        guard let range = format.range, let quantum = format.quantumExponent else { return (-2000, 2000) }
        return (quantum, range.emax)
    }

    /// Every special value, the neighbours of 1, both ends of the range, halves of the last place, and `random` more.
    public mutating func edges(random: Int) -> [ExactValue] {
        let p = format.precision
        var result: [ExactValue] = [
            .nan, .infinity, .negativeInfinity, .zero, .negativeZero, .one, ExactValue(-1.0),
            power(1 - p).plus(.one), power(-p).negated.plus(.one), power(-p), power(1 - p).negated,
            format.round(Rational(3, 2)), format.round(Rational(-1, 3)), ExactValue(2.0),
        ]
        if format.range != nil, let quantum = format.quantumExponent {
            let (_, emax) = Operands.exponents(format)
            result += [
                format.largest, format.largest.negated, power(emax), power(quantum), power(quantum).negated,
                power(quantum + p - 1), power(quantum + p - 1).plus(power(quantum).negated), power(emax - p),
                value(exponent: quantum + 1), value(exponent: quantum + p / 2), value(exponent: emax),
            ]
        }
        for _ in 0..<random { result.append(value(exponent: words.below(2 * p) - p)) }
        for _ in 0..<random { result.append(value(exponent: words.below(3) - 1)) }
        return result.map { format.round($0) }
    }
}

/// 2^e.
public func power(_ e: Int) -> ExactValue { exact("0x1p\(e)") }

/// Reads exact hexadecimal text; a text that is none gives NaN, which no law expects.
public func exact(_ hexadecimal: String) -> ExactValue { ExactValue(hexadecimal: hexadecimal) ?? .nan }
