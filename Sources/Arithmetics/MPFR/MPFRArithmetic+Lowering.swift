import CKernels

extension MPFRArithmetic: PatchLowering {
    public func canLower(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Bool {
        check(x)
        check(y)
        // Rounding down, 0 × a negative weight is a -0 that turns an empty sum's +0 into -0.
        guard reduction == .exact, direction != .down else { return false }
        return allFinite(x) && allFinite(y)
    }

    private func allFinite(_ x: Span<Scalar>) -> Bool {
        x.withUnsafeBufferPointer { ls_big_all_finite(Int64($0.count), $0.baseAddress, Int32(limbs)) }
    }

    public func gathered(_ x: Span<Scalar>, _ indices: [Int32]) -> [Scalar] {
        [Scalar](unsafeUninitializedCapacity: indices.count) { out, count in
            x.withUnsafeBufferPointer {
                ls_big_gather(
                    Int64(indices.count), indices, $0.baseAddress, out.baseAddress, Int32(format.precision),
                    Int32(limbs))
            }
            count = indices.count
        }
    }
}
