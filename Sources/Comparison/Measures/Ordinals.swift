import Arithmetics
import CKernels
import CMPFR

extension Format {
    /// The least exponent that counts for ulps, as the kernels take it.
    var leastExponent: Int64 { range.map { Int64($0.emin) } ?? .min }

    /// Exponent of one unit in the last place of a number, 2^(max(e, emin) - p + 1), given MPFR's exponent e + 1 or nil for 0;
    /// nil where there is none: 0 without a least exponent.
    func ulpExponent(atMPFRExponent exponent: Int?) -> Int? {
        guard let e = exponent.map({ $0 - 1 }) ?? range?.emin else { return nil }
        return max(e, range?.emin ?? e) - precision + 1
    }
}

/// The largest of `ordinalDistances`, 0 of none; nil when one of them is. All numbers are finite.
///
/// - Parameter measured: what a kernel found of the two, perhaps the distance too.
func largestOrdinalDistance(
    _ x: ExactArray, _ y: ExactArray, _ format: Format, measured: ls_measured
) -> Double? {
    if measured.hasOrdinal { return Double(measured.ordinal) }
    if format.range == nil {
        let largest = ls_long_ordinal_distance(
            Int64(x.count), x.words, Int32(x.limbs), y.words, Int32(y.limbs), Int64(format.precision),
            Int64(format.mpfrRange.emin - 1))
        if largest >= 0 { return largest }
    }
    return ordinalDistances(x, y, format).reduce(0.0) { most, one in
        guard let most, let one else { return nil }
        return max(most, one)
    }
}

/// |o(x) - o(y)| element by element: x of the format, y rounded to it; nil when one is NaN and the other is not.
///
/// In binary32 and binary64 the bits of a number without its sign are its ordinal.
func ordinalDistances(_ x: ExactArray, _ y: ExactArray, _ format: Format) -> [Double?] {
    switch format {
    case .binary32:
        return zip(x.floats, y.floats).map {
            distance($0, $1, UInt64($0.magnitude.bitPattern), UInt64($1.magnitude.bitPattern))
        }
    case .binary64:
        return zip(x.doubles, y.doubles).map { distance($0, $1, $0.magnitude.bitPattern, $1.magnitude.bitPattern) }
    default:
        var numbering = Ordinals(format)
        return (0..<x.count).map { i in x.withElement(i) { p in y.withElement(i) { q in numbering.distance(p, q) } } }
    }
}

/// Ordinals stay below 2^63, so their sum fits.
private func distance<F: BinaryFloatingPoint>(_ x: F, _ y: F, _ a: UInt64, _ b: UInt64) -> Double? {
    if x.isNaN || y.isNaN { return x.isNaN && y.isNaN ? 0 : nil }
    return Double(x.sign == y.sign ? max(a, b) - min(a, b) : a + b)
}

/// Numbers the values of a format: 0 for ±0, neighbours 1 apart, infinity after the largest finite number.
struct Ordinals: ~Copyable {
    private let format: Format
    private let a: MPFRVariable
    private let b: MPFRVariable
    private let rounded: MPFRVariable
    private let shift = Scratch()
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
