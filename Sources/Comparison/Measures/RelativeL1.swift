import Arithmetics
import CMPFR

/// 2·mean(|x - y| / (|x| + |y|)), in [0, 2]: one measure alone, for where it is wanted at every step. Equal to
/// `ErrorMeasures.relativeL1`.
///
/// - Source: Sun et al. (arXiv 2206.02001); contract, section 6. Identical pairs count 0, non-finite ones that are not identical 1.
public func relativeL1(_ x: ExactArray, _ y: ExactArray) -> Double {
    precondition(x.count == y.count && x.count > 0, "arrays of different lengths, or none")
    guard x.firstDifference(from: y) != nil else { return 0 }
    return withWidestExponentRange {
        let terms = Column(count: x.count)
        var difference = ExactDifference(precision: max(x.precision, y.precision) + 128)
        for i in 0..<x.count {
            x.withElement(i) { p in y.withElement(i) { q in setRelative(terms[i], p, q, &difference) } }
        }
        let total = terms.sum(0..<x.count)
        mpfr_div_ui(total.pointer, total.pointer, UInt(x.count), MPFR_RNDN)
        mpfr_mul_2ui(total.pointer, total.pointer, 1, MPFR_RNDN)
        return total.double
    }
}

/// term ← |x - y| / (|x| + |y|), 0 where they are identical or both zero.
private func setRelative(
    _ term: mpfr_ptr, _ x: mpfr_srcptr, _ y: mpfr_srcptr, _ difference: inout ExactDifference
) {
    guard mpfr_number_p(x) != 0, mpfr_number_p(y) != 0 else {
        let bothNaN = mpfr_nan_p(x) != 0 && mpfr_nan_p(y) != 0
        if !bothNaN, mpfr_inf_p(x) == 0 || mpfr_equal_p(x, y) == 0 { mpfr_set_ui(term, 1, MPFR_RNDN) }
        return
    }
    guard mpfr_equal_p(x, y) == 0 else { return }
    if (mpfr_signbit(x) != 0) == (mpfr_signbit(y) != 0) {
        mpfr_add(term, x, y, MPFR_RNDN)
    } else {
        mpfr_sub(term, x, y, MPFR_RNDN)
    }
    mpfr_abs(term, term, MPFR_RNDN)
    mpfr_div(term, difference(x, y), term, MPFR_RNDN)
}
