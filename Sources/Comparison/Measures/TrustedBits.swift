import Arithmetics
import CMPFR

/// The least over tensors of ⌊-log₂(max|a - b| / max|b|)⌋: how many bits of a the more precise b bears out. Int.max when
/// all are identical, 0 at least.
///
/// - Source: contract, section 6, trusted bits.
func matchingBits(_ a: [ExactArray], _ b: [ExactArray]) -> Int {
    withWidestExponentRange { zip(a, b).map { matchingBits($0, $1) }.min() ?? Int.max }
}

private func matchingBits(_ a: ExactArray, _ b: ExactArray) -> Int {
    let largest = Scratch()
    let scale = Scratch()
    var difference = ExactDifference(precision: max(a.precision, b.precision) + 128)
    var finite = true
    for i in 0..<a.count {
        a.withElement(i) { x in
            b.withElement(i) { y in
                if mpfr_number_p(x) == 0 || mpfr_number_p(y) == 0 {
                    if !a.isIdentical(at: i, to: b) { finite = false }
                    return
                }
                if mpfr_cmpabs(y, scale.pointer) > 0 { mpfr_abs(scale.pointer, y, MPFR_RNDN) }
                if mpfr_equal_p(x, y) == 0 {
                    let d = difference(x, y)
                    if mpfr_greater_p(d, largest.pointer) != 0 { mpfr_set(largest.pointer, d, MPFR_RNDN) }
                }
            }
        }
    }
    guard finite else { return 0 }
    if mpfr_zero_p(largest.pointer) != 0 { return Int.max }
    if mpfr_zero_p(scale.pointer) != 0 { return 0 }
    mpfr_div(largest.pointer, largest.pointer, scale.pointer, MPFR_RNDN)
    mpfr_log2(largest.pointer, largest.pointer, MPFR_RNDN)
    mpfr_neg(largest.pointer, largest.pointer, MPFR_RNDN)
    return max(0, mpfr_get_si(largest.pointer, MPFR_RNDD))
}
