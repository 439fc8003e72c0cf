import CKernels

extension IntervalArithmetic: PatchLowering {
    public func canLower(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Bool {
        check(x)
        check(y)
        return reduction == .exact && allFinite(x) && allFinite(y)
    }

    private func allFinite(_ x: Span<Scalar>) -> Bool {
        x.withUnsafeBufferPointer { ls_big_all_finite(2 * Int64($0.count), $0.baseAddress, Int32(limbs)) }
    }

    public func gathered(_ x: Span<Scalar>, _ indices: [Int32]) -> [Scalar] {
        [Scalar](unsafeUninitializedCapacity: indices.count) { out, count in
            var kernel = kernel
            x.withUnsafeBufferPointer {
                ls_interval_gather(Int64(indices.count), indices, $0.baseAddress, out.baseAddress, &kernel)
            }
            count = indices.count
        }
    }
}
