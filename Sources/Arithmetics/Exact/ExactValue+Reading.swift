import CMPFR

// Numbers as people and other programs write them: C's hexadecimal floats, integers with a scale, quotients.

extension ExactValue {
    /// A hexadecimal float as C's `%a`, Python's `float.hex` and Swift write them: `0x1.8p-3`, `-0x0.0001p-1022`, `0X1.F`,
    /// `0x10`. Exact. nil for anything else, for more than 8192 digits, and for exponents beyond
    /// ±2^29, short of where MPFR's own formats end.
    public init?(hexadecimalFloat text: String) {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        guard rest.hasPrefix("0x") || rest.hasPrefix("0X") else { return nil }
        rest.removeFirst(2)
        let pieces = rest.split(omittingEmptySubsequences: false) { $0 == "p" || $0 == "P" }
        guard pieces.count <= 2 else { return nil }
        let halves = pieces[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? halves[1] : ""
        let digits = (halves[0] + fraction).utf8.compactMap { hexadecimalDigit($0) }
        guard (1...8192).contains(digits.count), digits.count == halves[0].utf8.count + fraction.utf8.count else {
            return nil
        }
        var exponent = 0
        if pieces.count == 2 {
            guard let written = Int(pieces[1]), abs(written) <= 1 << 29 else { return nil }
            exponent = written
        }
        // Sixteen digits a limb, the last digit lowest.
        var limbs: [UInt64] = []
        for (i, digit) in digits.reversed().enumerated() {
            if i % 16 == 0 { limbs.append(0) }
            limbs[i / 16] |= UInt64(digit) << UInt64(4 * (i % 16))
        }
        self.init(isNegative: isNegative, integer: limbs, quantum: exponent - 4 * fraction.utf8.count)
    }

    /// ±m × 2^quantum exactly, m as limbs, least significant first; a signed zero for m = 0.
    init(isNegative: Bool, integer limbs: [UInt64], quantum: Int) {
        var limbs = limbs
        while limbs.last == 0 { limbs.removeLast() }
        guard let top = limbs.last else {
            self = isNegative ? .negativeZero : .zero
            return
        }
        let shift = UInt64(top.leadingZeroBitCount)
        let normalised = limbs.indices.map { i in
            shift == 0 ? limbs[i] : limbs[i] << shift | (i > 0 ? limbs[i - 1] >> (64 - shift) : 0)
        }
        self.init(
            isNegative: isNegative, exponent: quantum + 64 * limbs.count - Int(shift), normalised: normalised)
    }

    /// A quotient that needs no more than 16384 bits, exactly; nil for any other.
    public init?(exactly x: Rational) {
        let rounded = Format.mpfr(precision: Format.precisions.upperBound).round(x)
        guard Rational(rounded) == x else { return nil }
        self = rounded
    }

    /// A value that rounds like the quotient in every direction, stochastic too, in every format whose precision is at most
    /// `precision`: 130 more bits toward zero, the last one odd if anything was cut off (rounding to odd). The 128 bits below
    /// the format's last hold more than the 64 of a draw.
    public init(rounding x: Rational, likeInPrecision precision: Int) {
        let head = MPFRVariable(precision: (precision + 130 + 63) / 64 * 64)
        self = withWidestExponentRange {
            let ternary = x.withGMP { mpfr_set_q(head.pointer, $0, MPFR_RNDZ) }
            if ternary != 0 { head.pointer.pointee._mpfr_d[0] |= 1 }
            return ExactValue(head.pointer)
        }
    }

    public var magnitude: ExactValue { isNegative ? negated : self }
}

/// Value of a hexadecimal digit of either case; nil for any other byte.
@inlinable
public func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
