import Arithmetics
import CMPFR

extension Format {
    /// Exponent of one unit in the last place of y, 2^(max(e(y), emin) - p + 1); nil where there is none: y = 0 without a
    /// least exponent.
    func ulpExponent(_ y: mpfr_srcptr) -> Int? {
        if mpfr_zero_p(y) != 0 { return range.map { $0.emin - precision + 1 } }
        let e = Int(mpfr_get_exp(y)) - 1
        return max(e, range?.emin ?? e) - precision + 1
    }
}

/// Numbers the values of a format: 0 for ±0, neighbours 1 apart, infinity after the largest finite number.
struct Ordinals: ~Copyable {
    private let format: Format
    private let a: MPFRVariable
    private let b: MPFRVariable
    private let rounded: MPFRVariable
    private let least: Int
    private let (emin, emax): (Int, Int)

    init(_ format: Format) {
        self.format = format
        // An ordinal counts at most 2^32 binades of 2^(p-1) values.
        a = MPFRVariable(precision: format.precision + 64)
        b = MPFRVariable(precision: format.precision + 64)
        rounded = MPFRVariable(precision: format.precision)
        (emin, emax) = format.mpfrRange
        least = format.range?.emin ?? (emin - 1)
    }

    /// Distance of x, of the format, from y rounded to it; nil when one is NaN and the other is not.
    mutating func distance(_ x: mpfr_srcptr, _ y: mpfr_srcptr) -> Double? {
        if mpfr_nan_p(x) != 0 || mpfr_nan_p(y) != 0 { return mpfr_nan_p(x) != 0 && mpfr_nan_p(y) != 0 ? 0 : nil }
        let narrow = emax - emin < 1 << 20
        if narrow {
            let before = (mpfr_get_emin(), mpfr_get_emax())
            mpfr_set_emin(mpfr_exp_t(emin))
            mpfr_set_emax(mpfr_exp_t(emax))
            let ternary = mpfr_check_range(rounded.pointer, mpfr_set(rounded.pointer, y, MPFR_RNDN), MPFR_RNDN)
            mpfr_subnormalize(rounded.pointer, ternary, MPFR_RNDN)
            mpfr_set_emin(before.0)
            mpfr_set_emax(before.1)
        } else {
            mpfr_set(rounded.pointer, y, MPFR_RNDN)
        }
        ordinal(x, into: a.pointer)
        ordinal(rounded.pointer, into: b.pointer)
        mpfr_sub(a.pointer, a.pointer, b.pointer, MPFR_RNDN)
        return abs(mpfr_get_d(a.pointer, MPFR_RNDN))
    }

    private func ordinal(_ x: mpfr_srcptr, into o: mpfr_ptr) {
        let p = format.precision
        if mpfr_zero_p(x) != 0 {
            mpfr_set_zero(o, 1)
            return
        }
        // binades × 2^(p-1) + m, m the significand as an integer; a subnormal has only m. Without subnormals the least number
        // is the first, so what its binade lacks below is left out.
        var binades = emax - 1 - least
        if mpfr_inf_p(x) != 0 {
            mpfr_set_ui_2exp(o, 1, mpfr_exp_t(p), MPFR_RNDN)
        } else {
            let e = max(Int(mpfr_get_exp(x)) - 1, least)
            binades = e - least
            mpfr_mul_2si(o, x, p - 1 - e, MPFR_RNDN)
            mpfr_abs(o, o, MPFR_RNDN)
        }
        let shift = Scratch()
        mpfr_set_si_2exp(shift.pointer, binades, mpfr_exp_t(p - 1), MPFR_RNDN)
        mpfr_add(o, o, shift.pointer, MPFR_RNDN)
        if format.range == nil {
            mpfr_set_si_2exp(shift.pointer, 1, mpfr_exp_t(p - 1), MPFR_RNDN)
            mpfr_sub(o, o, shift.pointer, MPFR_RNDN)
            mpfr_add_ui(o, o, 1, MPFR_RNDN)
        }
        if mpfr_signbit(x) != 0 { mpfr_neg(o, o, MPFR_RNDN) }
    }
}
