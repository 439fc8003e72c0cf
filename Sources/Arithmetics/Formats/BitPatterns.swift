/// The numbers of an arithmetic as texts of hexadecimal digits, there and back: the contract's encodings (section 1).
///
/// A format's own bits are written as one number, the sign first (`3f800000`); tf32 as the binary32 of its value; the byte
/// encoding of `mpfr:P` byte after byte, and that of `interval:P` likewise: lower bound, upper bound. NaN is written as the canonical
/// one; any NaN is read.
public struct BitPatterns: Sendable {
    /// The format whose bits are written; nil for MPFR's bytes.
    private let interchange: Format?
    /// The numbers that there are.
    private let format: Format
    /// Does a pattern hold two of them, as bounds?
    let isEnclosing: Bool

    public init(_ name: ArithmeticName) {
        format = name.format
        isEnclosing = name.isEnclosing
        interchange =
            switch name.kind {
            case .binary32, .binary64, .small: name.format
            case .mpfr(let precision, let range): range.flatMap { $0.precision == precision ? name.format : nil }
            case .interval: nil
            }
    }

    /// Do the bits lay out the number as a format of its own, not as MPFR's bytes?
    public var isInterchange: Bool { interchange != nil }

    private var byteCount: Int { interchange?.encodedBits.map { $0 / 8 } ?? 9 + (format.precision + 7) / 8 }

    /// Digits of the pattern of a number.
    var numberDigits: Int { 2 * byteCount }
    /// Digits of every pattern.
    public var digits: Int { isEnclosing ? 2 * numberDigits : numberDigits }

    /// The pattern of a number of the format; of a bound, if numbers are known between bounds only.
    public func text(_ x: ExactValue) -> String {
        var bytes: [UInt8] = []
        if let interchange {
            interchange.encode(x, into: &bytes)
            bytes.reverse()
        } else {
            x.encode(precision: format.precision, into: &bytes)
        }
        var text: [UInt8] = []
        for byte in bytes { text += [hexadecimalDigits[Int(byte >> 4)], hexadecimalDigits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The number of a pattern, digits of either case; of a bound's, as above.
    ///
    /// - Throws: `BitPatternError`.
    public func value(_ text: String) throws(BitPatternError) -> ExactValue {
        let digits = text.utf8.compactMap { hexadecimalDigit($0) }
        guard digits.count == text.utf8.count else { throw BitPatternError("is not hexadecimal") }
        guard digits.count == numberDigits else {
            throw BitPatternError("has \(digits.count) hexadecimal digits, not \(numberDigits)")
        }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        guard let interchange else { return try record(bytes) }
        if let words {
            let word = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let value = words.double(word) else { throw words.misfit }
            return ExactValue(value)
        }
        return wide(bytes, interchange)
    }

    /// Patterns as words and numbers as binary64, where both are wide enough: for speed.
    public var words: BitPatternWords? {
        interchange.flatMap { Format.binary64.contains($0) ? BitPatternWords($0) : nil }
    }

    /// IEEE's layout of any width, highest byte first.
    private func wide(_ bytes: [UInt8], _ format: Format) -> ExactValue {
        guard let range = format.range else { preconditionFailure("an interchange format has a range") }
        var limbs = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
        for (i, byte) in bytes.reversed().enumerated() { limbs[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8)) }
        let p = format.precision
        // The fraction ends within the highest limb: 112 bits of binary128.
        let (top, bits) = (limbs.count - 1, UInt64((p - 1) % 64))
        let isNegative = limbs[top] >> 63 == 1
        let field = Int((limbs[top] & lowBits(63)) >> bits)
        limbs[top] &= lowBits(bits)
        let isLast = field == range.emax - range.emin + 2
        if isLast {
            return limbs.contains { $0 != 0 } ? .nan : isNegative ? .negativeInfinity : .infinity
        }
        if field > 0 { limbs[top] |= 1 << bits }
        return ExactValue(
            isNegative: isNegative, integer: limbs, quantum: max(field, 1) - 1 + range.emin - p + 1)
    }

    /// MPFR's bytes: contract, section 1.
    private func record(_ bytes: [UInt8]) throws(BitPatternError) -> ExactValue {
        let p = format.precision
        let malformed = BitPatternError(
            "is no number of mpfr:\(p) (one byte for the kind, eight for the exponent, \((p + 7) / 8) for the significand)"
        )
        let isNegative = bytes[0] & 128 != 0
        let e = Int(Int64(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[1 + $1]) << UInt64(8 * $1) }))
        var limbs = [UInt64](repeating: 0, count: (p + 63) / 64)
        for (i, byte) in bytes[9...].enumerated() { limbs[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8)) }
        let isEmpty = e == 0 && limbs.allSatisfy { $0 == 0 }
        switch bytes[0] & 127 {
        case 0 where isEmpty: return isNegative ? .negativeZero : .zero
        case 2 where isEmpty: return isNegative ? .negativeInfinity : .infinity
        case 3 where isEmpty && !isNegative: return .nan
        case 1 where limbs[(p - 1) / 64] >> UInt64((p - 1) % 64) == 1 && abs(e) <= 1 << 40:
            let value = ExactValue(isNegative: isNegative, integer: limbs, quantum: e - p)
            guard format.holds(value) else { throw malformed }
            return value
        default: throw malformed
        }
    }
}

/// Patterns of at most 64 bits in words, for a format of which binary64 holds every number.
public struct BitPatternWords: Sendable {
    private let precision: UInt64
    private let emin: Int
    private let width: UInt64
    private let infinity: UInt64?
    private let nan: UInt64
    private let unused: UInt64
    private let name: String

    init(_ format: Format) {
        let layout = format == .tf32 ? Format.binary32 : format
        guard let range = layout.range, let width = layout.encodedBits else { preconditionFailure("no pattern") }
        precision = UInt64(layout.precision)
        emin = range.emin
        self.width = UInt64(width)
        name = format.shortName ?? "this format"
        let all = lowBits(UInt64(width - 1))
        let top = all & ~lowBits(precision - 1)
        if layout.overflow == .infinity {
            infinity = top
            nan = top | 1 << (precision - 2)
        } else {
            infinity = nil
            nan = all
        }
        unused = lowBits(UInt64(layout.precision - format.precision))
    }

    /// Why `double` gives nil.
    public var misfit: BitPatternError {
        BitPatternError("is no number of \(name): its last \(64 - unused.leadingZeroBitCount) bits must be 0")
    }

    /// The number of a pattern; nil where tf32's unused bits are set.
    @inline(__always)
    public func double(_ word: UInt64) -> Double? {
        let magnitude = word & lowBits(width - 1)
        let sign: FloatingPointSign = word >> (width - 1) & 1 == 1 ? .minus : .plus
        if let infinity {
            if magnitude > infinity { return .nan }
            if magnitude == infinity { return sign == .minus ? -.infinity : .infinity }
        } else if magnitude == nan {
            return .nan
        }
        guard word & unused == 0 else { return nil }
        let field = magnitude >> (precision - 1)
        let fraction = magnitude & lowBits(precision - 1)
        // A subnormal is its fraction in units of the quantum; binary64's own have the bits already.
        if field == 0 {
            let value =
                precision == 53
                ? Double(bitPattern: fraction)
                : Double(fraction) * Double(sign: .plus, exponent: emin - Int(precision) + 1, significand: 1)
            return sign == .minus ? -value : value
        }
        return Double(
            sign: sign, exponentBitPattern: UInt(Int(field) - 1 + emin + 1023),
            significandBitPattern: fraction << (53 - precision))
    }

    /// The pattern of a number of the format; NaN is the canonical one.
    @inline(__always)
    public func word(_ x: Double) -> UInt64 {
        if x.isNaN { return nan }
        let sign: UInt64 = x.sign == .minus ? 1 << (width - 1) : 0
        if let infinity, x.isInfinite { return sign | infinity }
        let bits = x.magnitude.bitPattern
        if precision == 53 || bits == 0 { return sign | bits }
        let e = Int(bits >> 52) - 1023
        if e < emin {
            let significand = bits & lowBits(52) | 1 << 52
            return sign | significand >> UInt64(53 - Int(precision) + emin - e)
        }
        let fraction = (bits & lowBits(52)) >> (53 - precision)
        return sign | UInt64(e - emin + 1) << (precision - 1) | fraction
    }
}

/// The lowest n bits, n < 64.
@inline(__always)
private func lowBits(_ n: UInt64) -> UInt64 { (1 << n) - 1 }

/// What is wrong with a pattern, to follow its text.
public struct BitPatternError: Error, CustomStringConvertible, Sendable {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// `0` to `f`.
public let hexadecimalDigits = Array("0123456789abcdef".utf8)
