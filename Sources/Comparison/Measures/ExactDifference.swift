import Arithmetics
import CMPFR

/// |x - y| exactly, element after element, in memory that is used again.
struct ExactDifference: ~Copyable {
    private let variable: MPFRVariable
    private var precision: Int

    /// Beyond this many bits a difference is cut off toward zero and its last bit made odd, which rounds to 128 bits like the
    /// exact one.
    private static let most = 1 << 17

    init(precision: Int) {
        self.precision = min(max(256, precision), ExactDifference.most)
        variable = MPFRVariable(precision: self.precision)
    }

    /// Both finite. The result lives until the next call.
    mutating func callAsFunction(_ x: mpfr_srcptr, _ y: mpfr_srcptr) -> mpfr_srcptr {
        let d = variable.pointer
        var ternary = mpfr_sub(d, x, y, MPFR_RNDZ)
        if ternary != 0, precision < ExactDifference.most {
            // Both have their bits between the greater exponent and the lesser last bit.
            let high = max(mpfr_get_exp(x), mpfr_get_exp(y))
            let low = min(mpfr_get_exp(x) - mpfr_get_prec(x), mpfr_get_exp(y) - mpfr_get_prec(y))
            precision = min(Int(high - low) + 1, ExactDifference.most)
            mpfr_set_prec(d, mpfr_prec_t(precision))
            ternary = mpfr_sub(d, x, y, MPFR_RNDZ)
        }
        if ternary != 0 { d.pointee._mpfr_d[0] |= 1 }
        mpfr_abs(d, d, MPFR_RNDN)
        return UnsafePointer(d)
    }
}
