// The bytes that stand for a number in digests and traces: contract, section 1.

import CKernels

extension ExactValue {
    /// Encoding of a number of `mpfr:P`: one byte (0 zero, 1 finite, 2 infinite, 3 NaN, plus 128 if negative), MPFR's exponent
    /// e as int64, the integer m in ⌈P/8⌉ bytes, value m·2^(e-P); little-endian, e = m = 0 unless finite.
    public func encode(precision: Int, into bytes: inout [UInt8]) {
        let code: UInt8 =
            switch kind {
            case .zero: 0
            case .finite: 1
            case .infinite: 2
            case .nan: 3
            }
        bytes.append(code | (isNegative ? 128 : 0))
        let e = UInt64(bitPattern: Int64(exponent))
        for i in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: e >> UInt64(8 * i))) }
        let m = significand(bits: precision)
        for i in 0..<(precision + 7) / 8 {
            bytes.append(i / 8 < m.count ? UInt8(truncatingIfNeeded: m[i / 8] >> UInt64(8 * (i % 8))) : 0)
        }
    }

    /// The significand as an integer of `bits` bits, least significant word first; 0 unless finite. The value must fit.
    func significand(bits: Int) -> [UInt64] {
        guard kind == .finite else { return [] }
        let words = (bits + 63) / 64
        let padded = [UInt64](repeating: 0, count: max(0, words - limbs.count)) + limbs
        let shift = UInt64(words * 64 - bits)
        guard shift > 0 else { return padded }
        return padded.indices.map { i in
            let high = i + 1 < padded.count ? padded[i + 1] << (64 - shift) : 0
            return padded[i] >> shift | high
        }
    }
}

extension Format {
    /// Bits of an encoding: sign, exponent, significand without its leading bit; 32 for tf32, which is written as the
    /// binary32 of its value. nil without a range.
    public var encodedBits: Int? {
        guard let range else { return nil }
        if self == .tf32 { return 32 }
        return precision + Int.bitWidth - topField(range).leadingZeroBitCount
    }

    /// The largest exponent field: infinities and NaN have it to themselves, except where there are no infinities.
    private func topField(_ range: ExponentRange) -> Int {
        range.emax - range.emin + (overflow == .infinity ? 2 : 1)
    }

    /// Appends the format's own bits of a number it holds, little-endian; NaN is the positive quiet one (E4M3: 7f).
    public func encode(_ x: ExactValue, into bytes: inout [UInt8]) {
        let layout = self == .tf32 ? Format.binary32 : self
        guard let range = layout.range, let width = layout.encodedBits else {
            return x.encode(precision: precision, into: &bytes)
        }
        let p = layout.precision
        let topExponent = UInt64(layout.topField(range))
        var field: UInt64 = 0
        var fraction = [UInt64](repeating: 0, count: (p + 63) / 64)
        switch x.kind {
        case .zero: break
        case .infinite: field = topExponent
        case .nan:
            field = topExponent
            fraction[(p - 2) / 64] = 1 << UInt64((p - 2) % 64)
            // E4M3's only NaN has all ones.
            if layout.overflow != .infinity { fraction[0] = 1 << UInt64(p - 1) - 1 }
        case .finite:
            let e = x.exponent - 1
            // A subnormal has fewer significant bits by as much as its exponent lies below emin.
            fraction = x.significand(bits: max(1, p - max(0, range.emin - e)))
            fraction += [UInt64](repeating: 0, count: (p + 63) / 64 - fraction.count)
            if e >= range.emin {
                field = UInt64(e - range.emin + 1)
                fraction[(p - 1) / 64] &= ~(1 << UInt64((p - 1) % 64))
            }
        }
        // Lay the exponent and sign above the fraction.
        var words = fraction + [0]
        func put(_ value: UInt64, at bit: Int) {
            words[bit / 64] |= value << UInt64(bit % 64)
            if bit % 64 != 0, bit / 64 + 1 < words.count { words[bit / 64 + 1] |= value >> UInt64(64 - bit % 64) }
        }
        put(field, at: p - 1)
        if x.isNegative { put(1, at: width - 1) }
        for i in 0..<width / 8 { bytes.append(UInt8(truncatingIfNeeded: words[i / 8] >> UInt64(8 * (i % 8)))) }
    }
}

extension Format {
    /// Appends what `encode` does of every number: of a format with a range, of at most 53 bits.
    func encode(_ x: Span<Double>, into bytes: inout [UInt8]) {
        let layout = self == .tf32 ? Format.binary32 : self
        guard let range = layout.range, let width = layout.encodedBits, layout.precision <= 53 else {
            return (0..<x.count).forEach { encode(ExactValue(x[$0]), into: &bytes) }
        }
        bytes.append(count: width / 8 * x.count) { out in
            x.withUnsafeBufferPointer { x in
                guard layout != .binary64 else { return ls_encode_f64(Int64(x.count), x.baseAddress, out) }
                let p = layout.precision
                let infinity = UInt32(layout.topField(range)) << UInt32(p - 1)
                // E4M3's only NaN has all ones.
                let quiet = UInt32(1) << UInt32(p - 2)
                let nan = layout.overflow == .infinity ? quiet : 2 * quiet - 1
                var kernel = ls_layout(
                    precision: Int32(p), emin: Int32(range.emin), bytes: Int32(width / 8), infinity: infinity,
                    nan: infinity | nan)
                ls_encode_narrow(Int64(x.count), x.baseAddress, &kernel, out)
            }
        }
    }
}

extension [UInt8] {
    /// Appends so many bytes, which `body` sets.
    mutating func append(count: Int, filling body: (UnsafeMutablePointer<UInt8>) -> Void) {
        guard count > 0 else { return }
        let start = self.count
        // In place: what is hashed comes through here a piece at a time.
        append(contentsOf: repeatElement(0, count: count))
        withUnsafeMutableBufferPointer { body($0.baseAddress! + start) }
    }
}
