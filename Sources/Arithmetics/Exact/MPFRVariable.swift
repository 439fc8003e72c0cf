import CMPFR

/// One MPFR variable with its own memory: for exact conversions and measures, not for bulk arithmetic.
///
/// `pointer` is what MPFR's functions take; it lives as long as the variable.
public struct MPFRVariable: ~Copyable {
    public let pointer: mpfr_ptr

    /// NaN of the given precision (bits, MPFR's limits).
    public init(precision: Int) {
        pointer = .allocate(capacity: 1)
        mpfr_init2(pointer, mpfr_prec_t(precision))
    }

    deinit {
        mpfr_clear(pointer)
        pointer.deallocate()
    }
}

/// Runs `body` with MPFR's exponent range widened to `emin ... emax` (MPFR's convention) on this thread, and restores it.
///
/// The range is state of the thread; `body` must not suspend or leave it.
func withExponentRange<R: ~Copyable>(emin: Int, emax: Int, _ body: () throws -> R) rethrows -> R {
    let before = (mpfr_get_emin(), mpfr_get_emax())
    mpfr_set_emin(mpfr_exp_t(emin))
    mpfr_set_emax(mpfr_exp_t(emax))
    defer {
        mpfr_set_emin(before.0)
        mpfr_set_emax(before.1)
    }
    return try body()
}

/// Runs `body` with the widest exponent range MPFR has, so that exact intermediate results neither over- nor underflow.
public func withWidestExponentRange<R: ~Copyable>(_ body: () throws -> R) rethrows -> R {
    try withExponentRange(emin: Int(mpfr_get_emin_min()), emax: Int(mpfr_get_emax_max()), body)
}
