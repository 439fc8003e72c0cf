import Arithmetics
import CMPFR

// What IEEE 754-2019 says the results are, over exact values: sections 6.1 to 6.3 for special operands and the signs of
// zeros, quotients of integers (GMP) for everything finite, and one rounding by `Format.round`, which has tests of its own.
// Nothing here calls an arithmetic.

extension ExactValue {
    var isInfinite: Bool { kind == .infinite }
    var isZero: Bool { kind == .zero }
    /// The quotient of integers that a finite value is; 0 for anything else.
    var rational: Rational { Rational(self) ?? Rational(0) }
    var magnitude: ExactValue { isNegative ? negated : self }
    func withSign(_ negative: Bool) -> ExactValue { isNegative == negative ? self : negated }

    /// The exact sum of two finite values.
    func plus(_ other: ExactValue) -> ExactValue {
        Format.mpfr(precision: Format.precisions.upperBound).round(rational + other.rational)
    }
}

public enum ExactResult {
    static func signedZero(_ negative: Bool) -> ExactValue { negative ? .negativeZero : .zero }
    static func signedInfinity(_ negative: Bool) -> ExactValue { negative ? .negativeInfinity : .infinity }

    public static func sum(_ x: ExactValue, _ y: ExactValue, _ format: Format) -> ExactValue {
        if x.isNaN || y.isNaN { return .nan }
        if x.isInfinite && y.isInfinite { return x == y ? x : .nan }
        if x.isInfinite { return x }
        if y.isInfinite { return y }
        // Opposite zeros, and numbers that cancel, give +0 to nearest.
        if x.isZero && y.isZero { return signedZero(x.isNegative && y.isNegative) }
        return format.round(x.rational + y.rational)
    }

    public static func product(_ x: ExactValue, _ y: ExactValue, _ format: Format) -> ExactValue {
        if x.isNaN || y.isNaN { return .nan }
        let negative = x.isNegative != y.isNegative
        if x.isInfinite || y.isInfinite { return x.isZero || y.isZero ? .nan : signedInfinity(negative) }
        if x.isZero || y.isZero { return signedZero(negative) }
        return format.round(x.rational * y.rational)
    }

    public static func fma(_ x: ExactValue, _ y: ExactValue, _ z: ExactValue, _ format: Format) -> ExactValue {
        if x.isNaN || y.isNaN || z.isNaN { return .nan }
        let negative = x.isNegative != y.isNegative
        if x.isInfinite || y.isInfinite {
            if x.isZero || y.isZero || (z.isInfinite && z.isNegative != negative) { return .nan }
            return signedInfinity(negative)
        }
        if z.isInfinite { return z }
        if (x.isZero || y.isZero) && z.isZero { return signedZero(negative && z.isNegative) }
        return format.round(x.rational * y.rational + z.rational)
    }

    /// The quotient where it is not a rounded one; nil where both operands are finite and not 0.
    static func specialQuotient(_ x: ExactValue, _ y: ExactValue) -> ExactValue? {
        if x.isNaN || y.isNaN { return .nan }
        let negative = x.isNegative != y.isNegative
        if x.isInfinite { return y.isInfinite ? .nan : signedInfinity(negative) }
        if y.isInfinite { return signedZero(negative) }
        if y.isZero { return x.isZero ? .nan : signedInfinity(negative) }
        return x.isZero ? signedZero(negative) : nil
    }

    static func specialSquareRoot(_ x: ExactValue) -> ExactValue? {
        if x.isNaN || x.isZero { return x }
        if x.isNegative { return .nan }
        return x.isInfinite ? x : nil
    }

    /// An elementary function: special cases from IEEE 754-2019, section 9.2.1; else MPFR with twice the format's bits and 464
    /// more, then rounded.
    ///
    /// Two roundings are one here unless a value lies that near to a midpoint. Beyond the special cases all values are
    /// irrational (Lindemann), none a midpoint itself. The nearest ones are exp and log1p of x = ±2^-p: they miss a midpoint by
    /// the next term of their series, 2^-2p relative; hence twice the bits.
    public static func elementary(_ f: ElementaryFunction, _ x: ExactValue, _ format: Format) -> ExactValue {
        if x.isNaN { return .nan }
        switch f {
        case .exp:
            if x.isZero { return .one }
            if x.isInfinite { return x.isNegative ? .zero : .infinity }
        case .expMinusOne:
            if x.isZero { return x }
            if x.isInfinite { return x.isNegative ? ExactValue(-1.0) : .infinity }
        case .log:
            if x.isZero { return .negativeInfinity }
            if x.isNegative { return .nan }
            if x.isInfinite { return .infinity }
            if x == .one { return .zero }
        case .logOnePlus:
            if x.isZero { return x }
            if x == ExactValue(-1.0) { return .negativeInfinity }
            if x.isNegative && (x.isInfinite || x.rational < Rational(-1)) { return .nan }
            if x.isInfinite { return .infinity }
        case .tanh:
            if x.isZero { return x }
            if x.isInfinite { return x.isNegative ? ExactValue(-1.0) : .one }
        case .sin:
            if x.isZero { return x }
            if x.isInfinite { return .nan }
        case .cos:
            if x.isZero { return .one }
            if x.isInfinite { return .nan }
        }
        let y = MPFRVariable(precision: 2 * format.precision + 464)
        return withWidestExponentRange {
            x.withMPFR { x in
                _ =
                    switch f {
                    case .exp: mpfr_exp(y.pointer, x, MPFR_RNDN)
                    case .expMinusOne: mpfr_expm1(y.pointer, x, MPFR_RNDN)
                    case .log: mpfr_log(y.pointer, x, MPFR_RNDN)
                    case .logOnePlus: mpfr_log1p(y.pointer, x, MPFR_RNDN)
                    case .tanh: mpfr_tanh(y.pointer, x, MPFR_RNDN)
                    case .sin: mpfr_sin(y.pointer, x, MPFR_RNDN)
                    case .cos: mpfr_cos(y.pointer, x, MPFR_RNDN)
                    }
            }
            return format.round(ExactValue(y.pointer))
        }
    }
}
