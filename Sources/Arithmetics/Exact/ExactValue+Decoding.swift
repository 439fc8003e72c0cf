// The way back from the bytes of digests and traces: contract, section 1.

extension Format {
    /// Is the contract's encoding of a number the format's own bits? Otherwise it is that of `mpfr:P`.
    private var hasOwnEncoding: Bool { name != nil && range != nil }

    /// Bytes of the contract's encoding of one number.
    public var contractByteCount: Int {
        if hasOwnEncoding, let bits = encodedBits { return bits / 8 }
        return 9 + (precision + 7) / 8
    }

    /// The contract's encoding of a number that the format holds: its own bits if it is one of the named formats, else the
    /// encoding of `mpfr:P`.
    public func contractEncode(_ x: ExactValue, into bytes: inout [UInt8]) {
        if hasOwnEncoding { encode(x, into: &bytes) } else { x.encode(precision: precision, into: &bytes) }
    }

    /// The number that the contract's encoding stands for; nil for bytes that no number has. Every NaN of a format with its own
    /// bits is the one NaN.
    ///
    /// - Parameter bytes: `contractByteCount` bytes, little-endian.
    public func contractDecode(_ bytes: [UInt8]) -> ExactValue? {
        guard bytes.count == contractByteCount else { return nil }
        let layout = self == .tf32 ? Format.binary32 : self
        guard hasOwnEncoding, let range = layout.range, let width = layout.encodedBits else {
            return decodeRecord(bytes)
        }
        let p = layout.precision
        let words = Format.words(bytes)
        let isNegative = words[(width - 1) / 64] >> UInt64((width - 1) % 64) & 1 == 1
        var fraction = words
        Format.clear(&fraction, from: p - 1)
        let isWhole = fraction.allSatisfy { $0 == 0 }
        var field = 0
        for bit in p - 1..<width - 1 where words[bit / 64] >> UInt64(bit % 64) & 1 == 1 { field |= 1 << (bit - p + 1) }
        let top = layout.overflow == .infinity ? range.emax - range.emin + 2 : range.emax - range.emin + 1
        if field == top {
            if layout.overflow == .infinity {
                return isWhole ? (isNegative ? .negativeInfinity : .infinity) : .nan
            }
            if fraction[0] == 1 << UInt64(p - 1) - 1 { return .nan }
        }
        if field > 0 { fraction[(p - 1) / 64] |= 1 << UInt64((p - 1) % 64) }
        let value = ExactValue(isNegative, fraction, scale: range.emin + max(field, 1) - 1 - (p - 1))
        // A number written as binary32 may have more digits than tf32 holds.
        return self == .tf32 && !holds(value) ? nil : value
    }

    /// The encoding of `mpfr:P`.
    private func decodeRecord(_ bytes: [UInt8]) -> ExactValue? {
        let isNegative = bytes[0] & 128 != 0
        let exponent = Int(Int64(bitPattern: Format.words(Array(bytes[1..<9]))[0]))
        let m = Format.words(Array(bytes[9...]))
        let isEmpty = exponent == 0 && m.allSatisfy { $0 == 0 }
        switch bytes[0] & 127 {
        case 0 where isEmpty: return isNegative ? .negativeZero : .zero
        case 2 where isEmpty: return isNegative ? .negativeInfinity : .infinity
        case 3 where isEmpty: return .nan
        case 1:
            let (emin, emax) = mpfrRange
            var above = m
            Format.clear(&above, from: precision)
            guard above == m, m[(precision - 1) / 64] >> UInt64((precision - 1) % 64) & 1 == 1,
                (emin...emax).contains(exponent)
            else { return nil }
            return ExactValue(isNegative, m, scale: exponent - precision)
        default: return nil
        }
    }

    /// Little-endian bytes as words, least significant first; at least one.
    private static func words(_ bytes: [UInt8]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: max(1, (bytes.count + 7) / 8))
        for (i, byte) in bytes.enumerated() { words[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8)) }
        return words
    }

    /// Zeros all bits from one on.
    private static func clear(_ words: inout [UInt64], from bit: Int) {
        for i in words.indices where (i + 1) * 64 > bit {
            let kept = bit - i * 64
            words[i] = kept > 0 ? words[i] & (1 << UInt64(kept) - 1) : 0
        }
    }
}

extension ExactValue {
    /// ±m·2^scale, m least significant word first.
    fileprivate init(_ isNegative: Bool, _ m: [UInt64], scale: Int) {
        guard let high = m.lastIndex(where: { $0 != 0 }) else {
            self = isNegative ? .negativeZero : .zero
            return
        }
        let shift = UInt64(m[high].leadingZeroBitCount)
        let limbs = (0...high).map { i in
            m[i] << shift | (i > 0 && shift > 0 ? m[i - 1] >> (64 - shift) : 0)
        }
        self.init(isNegative: isNegative, exponent: scale + 64 * (high + 1) - Int(shift), normalised: limbs)
    }

    /// An integer.
    public init(_ x: UInt64) { self.init(false, [x], scale: 0) }
}
