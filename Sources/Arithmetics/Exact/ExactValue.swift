import CMPFR

/// One number exactly as some binary format held it: NaN, an infinity, a signed zero, or ±m·2^e.
///
/// The significand is kept in MPFR's form: limbs least significant first, the top bit of the last limb set, value
/// 0.m × 2^exponent with m in [1/2, 1). Trailing zero limbs are dropped, so equal values have equal fields whatever format
/// they came from.
public struct ExactValue: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case zero, finite, infinite, nan }

    public let kind: Kind
    public let isNegative: Bool
    /// MPFR's exponent; 0 unless finite.
    public let exponent: Int
    /// Significand, least significant limb first; empty unless finite.
    public let limbs: [UInt64]

    private init(kind: Kind, isNegative: Bool, exponent: Int = 0, limbs: [UInt64] = []) {
        self.kind = kind
        self.isNegative = isNegative
        self.exponent = exponent
        self.limbs = limbs
    }

    public static let nan = ExactValue(kind: .nan, isNegative: false)
    public static let zero = ExactValue(kind: .zero, isNegative: false)
    public static let negativeZero = ExactValue(kind: .zero, isNegative: true)
    public static let infinity = ExactValue(kind: .infinite, isNegative: false)
    public static let negativeInfinity = ExactValue(kind: .infinite, isNegative: true)
    public static let one = ExactValue(1.0)

    /// A finite number from an MPFR-normalised significand (top bit of the last limb set).
    init(isNegative: Bool, exponent: Int, normalised limbs: some BidirectionalCollection<UInt64>) {
        precondition(limbs.last.map { $0 >> 63 == 1 } ?? false, "significand is not normalised")
        self.init(kind: .finite, isNegative: isNegative, exponent: exponent, limbs: Array(limbs.drop { $0 == 0 }))
    }

    public init(_ x: Double) {
        if x.isNaN {
            self = .nan
        } else if x.isInfinite {
            self = x < 0 ? .negativeInfinity : .infinity
        } else if x == 0 {
            self = x.sign == .minus ? .negativeZero : .zero
        } else {
            let bits = x.significandBitPattern
            let full = x.isNormal ? bits | 1 << 52 : bits
            let shift = full.leadingZeroBitCount
            let quantum = (x.isNormal ? Int(x.exponentBitPattern) : 1) - 1075
            self.init(
                kind: .finite, isNegative: x < 0, exponent: quantum + 64 - shift, limbs: [full << UInt64(shift)])
        }
    }

    public init(_ x: Float) { self.init(Double(x)) }
    public init(_ x: Int) { self = Format.mpfr(precision: 64).round(Rational(x)) }

    /// The number that an MPFR variable holds.
    public init(_ x: mpfr_srcptr) {
        if mpfr_nan_p(x) != 0 {
            self = .nan
        } else if mpfr_inf_p(x) != 0 {
            self = mpfr_signbit(x) != 0 ? .negativeInfinity : .infinity
        } else if mpfr_zero_p(x) != 0 {
            self = mpfr_signbit(x) != 0 ? .negativeZero : .zero
        } else {
            let count = (Int(mpfr_get_prec(x)) + 63) / 64
            let limbs = UnsafeBufferPointer(start: x.pointee._mpfr_d, count: count)
            self.init(
                isNegative: mpfr_signbit(x) != 0, exponent: Int(mpfr_get_exp(x)), normalised: limbs.map { UInt64($0) })
        }
    }

    public var isFinite: Bool { kind == .zero || kind == .finite }
    public var isNaN: Bool { kind == .nan }

    /// Bits from the leading one to the last one: the least precision that holds the value (1 for zero and specials).
    public var significantBits: Int {
        guard let low = limbs.first else { return 1 }
        return limbs.count * 64 - low.trailingZeroBitCount
    }

    /// Lends `body` an MPFR variable holding exactly this number. (A closure, because a variable that a function returned would
    /// be freed before the C function it was made for had read it.)
    public func withMPFR<R>(_ body: (mpfr_srcptr) throws -> R) rethrows -> R {
        let x = MPFRVariable(precision: max(2, limbs.count * 64))
        let sign: Int32 = isNegative ? -1 : 1
        switch kind {
        case .nan: mpfr_set_nan(x.pointer)
        case .infinite: mpfr_set_inf(x.pointer, sign)
        case .zero: mpfr_set_zero(x.pointer, sign)
        case .finite:
            for (i, limb) in limbs.enumerated() { x.pointer.pointee._mpfr_d[i] = mp_limb_t(limb) }
            x.pointer.pointee._mpfr_exp = mpfr_exp_t(exponent)
            x.pointer.pointee._mpfr_sign = sign
        }
        return try body(x.pointer)
    }

    /// The nearest binary64 (ties to even; subnormals and overflow as in IEEE 754).
    public var double: Double { withMPFR { mpfr_get_d($0, MPFR_RNDN) } }

    public var negated: ExactValue {
        isNaN ? self : ExactValue(kind: kind, isNegative: !isNegative, exponent: exponent, limbs: limbs)
    }
}
