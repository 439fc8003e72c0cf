import CMPFR

extension ExactValue {
    /// Exact hexadecimal: `-0x1.8p-3`, `0x0p+0`, `-0x0p+0`, `Infinity`, `-Infinity`, `NaN`. The significand begins with 1 and
    /// has no trailing zeros, so equal values have equal texts.
    public var hexadecimal: String {
        switch kind {
        case .nan: return "NaN"
        case .infinite: return isNegative ? "-Infinity" : "Infinity"
        case .zero: return isNegative ? "-0x0p+0" : "0x0p+0"
        case .finite: break
        }
        // Shift the leading one out: what remains are the digits after the point, four bits each, highest first.
        var digits = ""
        var carry: UInt64 = 0
        var shifted: [UInt64] = []
        for limb in limbs {
            shifted.append(limb << 1 | carry)
            carry = limb >> 63
        }
        for limb in shifted.reversed() {
            let text = String(limb, radix: 16)
            digits += String(repeating: "0", count: 16 - text.count) + text
        }
        while digits.hasSuffix("0") { digits.removeLast() }
        let e = exponent - 1
        return (isNegative ? "-" : "") + "0x1" + (digits.isEmpty ? "" : "." + digits) + "p" + (e < 0 ? "" : "+")
            + String(e)
    }

    /// Reads what `hexadecimal` writes (also without the sign of the exponent); nil for anything else.
    public init?(hexadecimal text: String) {
        switch text {
        case "NaN": self = .nan
        case "Infinity": self = .infinity
        case "-Infinity": self = .negativeInfinity
        default:
            // Other scripts have hexadecimal digits too; none is meant here.
            guard text.utf8.allSatisfy({ $0 < 128 }) else { return nil }
            let negative = text.hasPrefix("-")
            var rest = text.dropFirst(negative ? 1 : 0)
            guard rest.hasPrefix("0x"), let mark = rest.firstIndex(of: "p"),
                let written = Int(rest[rest.index(after: mark)...])
            else { return nil }
            rest = rest[rest.index(rest.startIndex, offsetBy: 2)..<mark]
            let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].count == 1, let lead = parts[0].first?.hexDigitValue, lead <= 1 else { return nil }
            let fraction = parts.count == 2 ? parts[1] : ""
            guard fraction.allSatisfy(\.isHexDigit), fraction.count <= 2 * Format.precisions.upperBound else {
                return nil
            }
            if lead == 0 {
                guard fraction.allSatisfy({ $0 == "0" }) else { return nil }
                self = negative ? .negativeZero : .zero
                return
            }
            guard (-(1 << 40)...1 << 40).contains(written) else { return nil }
            // The significand 1.f as 64-bit limbs, most significant first: "1" then f, shifted right by one bit less.
            var words: [UInt64] = []
            var index = fraction.startIndex
            while index < fraction.endIndex {
                let next = fraction.index(index, offsetBy: 16, limitedBy: fraction.endIndex) ?? fraction.endIndex
                let piece = fraction[index..<next]
                guard let word = UInt64(piece, radix: 16) else { return nil }
                words.append(word << UInt64(4 * (16 - piece.count)))
                index = next
            }
            var limbs: [UInt64] = []
            var carry: UInt64 = 1
            for word in words {
                limbs.append(carry << 63 | word >> 1)
                carry = word & 1
            }
            limbs.append(carry << 63)
            self.init(isNegative: negative, exponent: written + 1, normalised: limbs.reversed())
        }
    }

    /// Decimal with the given number of significant digits, correctly rounded (to nearest, up or down): `1.25e-3`; specials as in
    /// `hexadecimal`.
    public func decimal(digits: Int, _ direction: RoundingDirection = .nearest) -> String {
        switch kind {
        case .nan, .infinite: return hexadecimal
        case .zero: return isNegative ? "-0" : "0"
        case .finite: break
        }
        let mode =
            switch direction {
            case .up: MPFR_RNDU
            case .down: MPFR_RNDD
            case .zero: MPFR_RNDZ
            case .nearest, .stochastic: MPFR_RNDN
            }
        var e: mpfr_exp_t = 0
        guard let raw = withMPFR({ mpfr_get_str(nil, &e, 10, digits, $0, mode) }) else { return "NaN" }
        defer { mpfr_free_str(raw) }
        var text = String(cString: raw)
        let sign = text.hasPrefix("-") ? "-" : ""
        if !sign.isEmpty { text.removeFirst() }
        while text.count > 1, text.hasSuffix("0") { text.removeLast() }
        let point = text.count > 1 ? "." : ""
        let power = e == 1 ? "" : "e\(e - 1)"
        return "\(sign)\(text.prefix(1))\(point)\(text.dropFirst())\(power)"
    }
}
