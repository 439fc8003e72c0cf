import Arithmetics
import CMPFR

/// The error after an update in two parts: what the update's own arithmetic added, and what became of the error before it.
///
/// With F one update in the reference arithmetic: local error = after - F(before), propagated error = F(before) - F(reference
/// before), norms over all weights.
///
/// - Source: contract, section 6.
struct ErrorParts: Sendable {
    /// ‖low - F(low before)‖.
    let local: Double
    /// ‖F(low before) - reference‖.
    let propagated: Double
    /// Norm of the propagated error by that of the error before; nil while there was none, or where both are infinite.
    let amplification: Double?

    /// - Parameters:
    ///   - before: the low state and the reference's before the update.
    ///   - image: F(low before).
    ///   - after: the low state and the reference's after it.
    init(before: ([ExactArray], [ExactArray]), image: [ExactArray], after: ([ExactArray], [ExactArray])) {
        let error = differenceNorm(before.0, before.1)
        let moved = differenceNorm(image, after.1)
        local = differenceNorm(after.0, image).double
        propagated = moved.double
        mpfr_div(moved.pointer, moved.pointer, error.pointer, MPFR_RNDN)
        let isDefined = mpfr_zero_p(error.pointer) == 0 && mpfr_nan_p(moved.pointer) == 0
        amplification = isDefined ? moved.double : nil
    }
}
