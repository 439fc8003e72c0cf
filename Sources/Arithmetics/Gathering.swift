import CKernels

/// The elements of x at these indices, moved as they are.
///
/// - Complexity: linear in the number of indices. The loop is in C: in code that is generic over the element, Swift's own
///   takes some twenty times as long.
public func gathered<Element: BitwiseCopyable>(_ x: [Element], at indices: [Int32]) -> [Element] {
    [Element](unsafeUninitializedCapacity: indices.count) { buffer, count in
        let complete = x.withUnsafeBytes {
            ls_gather(
                Int64(indices.count), indices, Int64(MemoryLayout<Element>.stride), Int64(x.count), $0.baseAddress,
                buffer.baseAddress)
        }
        precondition(complete, "an index that is none of the array")
        count = indices.count
    }
}
