import CKernels
import CMPFR

extension Format {
    /// Exponent range in MPFR's convention (significand in [1/2, 1)).
    ///
    /// MPFR's least exponent belongs to the smallest subnormal: for binary32 -148, since 2^-149 = 0.5 × 2^-148.
    public var mpfrRange: (emin: Int, emax: Int) {
        guard let range else { return (-(1 << 30) + 1, 1 << 30 - 1) }
        return (range.emin - precision + 2, range.emax + 1)
    }

    /// The number of the format that the direction picks for x, overflow and gradual underflow included: one rounding.
    ///
    /// - Parameter word: the draw of a stochastic direction.
    public func round(_ x: ExactValue, _ direction: RoundingDirection = .nearest, word: UInt64 = 0) -> ExactValue {
        let source = ExactArray([x])
        let limbs = (precision + 63) / 64
        return ExactArray(count: 1, precision: precision, limbs: limbs) { out in
            var kernel = kernel(limbs: limbs, .best, direction, word: word)
            ls_big_round(out, source.words, Int32(source.limbs), &kernel)
        }[0]
    }

    /// The number of the format that the direction picks for x, to nearest unless said otherwise: one rounding.
    public func round(_ x: Rational, _ direction: RoundingDirection = .nearest) -> ExactValue {
        round(ExactValue(rounding: x, likeInPrecision: precision), direction)
    }

    /// The nearest number of the format to factor × (1 + cos(π·q))/2, for 0 <= q <= 1: cosine schedules.
    ///
    /// cos is rational only at q = 0, 1/3, 1/2, 2/3, 1 (Niven's theorem) and exact there; elsewhere the value is irrational, no
    /// midpoint of two numbers, so a longer evaluation settles the rounding at last.
    public func round(raisedCosine factor: Rational, at q: Rational) -> ExactValue {
        let special: [(Rational, Rational)] = [
            (Rational(0), Rational(1)), (Rational(1, 3), Rational(3, 4)), (Rational(1, 2), Rational(1, 2)),
            (Rational(2, 3), Rational(1, 4)), (Rational(1), Rational(0)),
        ]
        if let exact = special.first(where: { $0.0 == q }) { return round(factor * exact.1) }
        if factor == Rational(0) { return .zero }
        // (1 + cos(π·q))/2 = cos²(π·q/2): no cancellation. Bracketed below and above with growing precision until both ends
        // round to one number.
        let half = q * Rational(1, 2)
        var bits = precision + 64
        while true {
            let low = cosineSquared(half, times: factor, bits: bits, MPFR_RNDD, angle: MPFR_RNDU)
            let high = cosineSquared(half, times: factor, bits: bits, MPFR_RNDU, angle: MPFR_RNDD)
            if round(low) == round(high) { return round(low) }
            bits *= 2
        }
    }

    /// A bound of factor × cos²(π·h), 0 < h < 1/2, in the given direction; the cosine falls, so its angle is rounded the other
    /// way. Factors are not negative.
    private func cosineSquared(
        _ h: Rational, times factor: Rational, bits: Int, _ direction: mpfr_rnd_t, angle: mpfr_rnd_t
    ) -> ExactValue {
        let x = MPFRVariable(precision: bits)
        return withWidestExponentRange {
            mpfr_const_pi(x.pointer, angle)
            h.withGMP { _ = mpfr_mul_q(x.pointer, x.pointer, $0, angle) }
            mpfr_cos(x.pointer, x.pointer, direction)
            mpfr_sqr(x.pointer, x.pointer, direction)
            factor.withGMP { _ = mpfr_mul_q(x.pointer, x.pointer, $0, direction) }
            return ExactValue(x.pointer)
        }
    }

    /// The least number of the format above x: IEEE 754-2019's nextUp. -0 above the greatest negative number; infinity (E4M3:
    /// what it delivers for one) above the largest; NaN for NaN.
    public func next(above x: ExactValue) -> ExactValue {
        if x.isNaN { return x }
        // Anything above x that lies below the next number, rounded up.
        let above = MPFRVariable(precision: max(precision, x.significantBits) + 2)
        return withWidestExponentRange {
            x.withMPFR { _ = mpfr_set(above.pointer, $0, MPFR_RNDN) }
            mpfr_nextabove(above.pointer)
            return round(ExactValue(above.pointer), .up)
        }
    }

    /// The greatest number of the format below x.
    public func next(below x: ExactValue) -> ExactValue { next(above: x.negated).negated }

    /// Does the format hold this number? True of NaN, zeros and infinities.
    public func holds(_ x: ExactValue) -> Bool { round(x) == x }

    /// Does the format hold every number of the other?
    public func contains(_ other: Format) -> Bool {
        guard precision >= other.precision else { return false }
        guard let range else { return true }
        guard let inner = other.range, let quantum = quantumExponent, let innerQuantum = other.quantumExponent else {
            return false
        }
        guard quantum <= innerQuantum, range.emax >= inner.emax else { return false }
        return overflow == .infinity || other.overflow != .infinity || range.emax > inner.emax
    }

    /// The largest finite number, as an exact value.
    public var largest: ExactValue {
        let x = MPFRVariable(precision: precision)
        let (emin, emax) = mpfrRange
        withExponentRange(emin: emin, emax: emax) {
            mpfr_set_inf(x.pointer, 1)
            mpfr_nextbelow(x.pointer)
            if overflow != .infinity { mpfr_set_ui_2exp(x.pointer, 7, mpfr_exp_t(emax - 3), MPFR_RNDZ) }
        }
        return ExactValue(x.pointer)
    }

    /// The numbers that all of these formats hold: least precision, coarsest quantum, least greatest exponent.
    /// MPFR's own formats limit the precision only.
    ///
    /// - Source: contract, section 5.
    public static func coarsest(_ formats: [Format]) -> Format {
        let precision = formats.map(\.precision).min() ?? 53
        let bounded = formats.compactMap { f in
            f.range.map { (emax: $0.emax, quantum: $0.emin - f.precision + 1, overflow: f.overflow) }
        }
        guard let emax = bounded.map(\.emax).min(), let quantum = bounded.map(\.quantum).max() else {
            return .mpfr(precision: precision)
        }
        let overflow = bounded.first { $0.emax == emax && $0.overflow != .infinity }?.overflow ?? .infinity
        return Format(
            precision: precision, range: ExponentRange(emin: quantum + precision - 1, emax: emax), overflow: overflow)
    }
}
