import CMPFR

/// A number of arbitrary precision as plain bits: MPFR's header and `limbs` words of significand, no allocation.
///
/// The layout is the twin of `ls_big` in CKernels: exponent (MPFR's own, its special values for zero, infinity and NaN
/// included), sign, precision in bits, limbs least significant first. Limbs not needed by the precision are 0.
public struct BigFloat<let limbs: Int>: BitwiseCopyable, Sendable {
    var exponent: Int64
    var sign: Int32
    /// Bits of this value: an array of another precision is recognised by it.
    public internal(set) var precision: Int32
    var words: InlineArray<limbs, UInt64>

    /// +0.
    init(zero precision: Int) {
        var variable = __mpfr_struct()
        var word: mp_limb_t = 0
        // MPFR's own mark for a zero, asked of MPFR.
        withUnsafeMutablePointer(to: &word) {
            mpfr_custom_init_set(&variable, Int32(MPFR_ZERO_KIND.rawValue), 0, 2, $0)
        }
        exponent = Int64(variable._mpfr_exp)
        sign = 1
        self.precision = Int32(precision)
        words = InlineArray(repeating: 0)
    }
}
