import CKernels

// What kernels make of differences: numbers cut off to 128 bits, and sums of them.

extension ls_wide {
    func isLess(than other: ls_wide) -> Bool {
        if high == 0 || other.high == 0 { return high == 0 && other.high != 0 }
        if exponent != other.exponent { return exponent < other.exponent }
        return high != other.high ? high < other.high : low < other.low
    }

    /// Are the two, not 0, so near that what is cut off, at most 4 units of the last place, may decide? `bound` is not less.
    func isNear(_ bound: ls_wide) -> Bool {
        guard high != 0, exponent >= bound.exponent - 1 else { return false }
        guard exponent == bound.exponent else { return high == .max && bound.high == 1 << 63 }
        let (rest, borrow) = bound.low.subtractingReportingOverflow(low)
        return bound.high - high == (borrow ? 1 : 0) && rest <= 64
    }
}

extension ls_measured {
    /// Takes other elements' terms in too.
    mutating func add(_ other: ls_measured) {
        withUnsafePointer(to: other.ulps) { ls_total_add(&ulps, $0) }
        withUnsafePointer(to: other.relative) { ls_total_add(&relative, $0) }
        withUnsafePointer(to: other.squares) { ls_total_add(&squares, $0) }
        withUnsafePointer(to: other.fourth_powers) { ls_total_add(&fourth_powers, $0) }
        withUnsafePointer(to: other.reference_squares) { ls_total_add(&reference_squares, $0) }
        scale = max(scale, other.scale)
        differing += other.differing
    }
}
