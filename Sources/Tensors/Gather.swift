/// Elements of an array at given indices. Moves bits, whatever they mean: words of the usual sizes by loops that are compiled
/// for them, since a loop over elements of an unknown type costs some fifty times as much.
func gathered<Element: BitwiseCopyable>(_ source: [Element], _ indices: [Int32]) -> [Element] {
    guard let most = indices.max(), let least = indices.min() else { return [] }
    precondition(least >= 0 && Int(most) < source.count, "no such element")
    return [Element](unsafeUninitializedCapacity: indices.count) { target, count in
        source.withUnsafeBytes { from in
            let to = UnsafeMutableRawBufferPointer(target)
            switch MemoryLayout<Element>.stride {
            case 4: gatherWords(of: UInt32.self, from, indices, to)
            case 8: gatherWords(of: UInt64.self, from, indices, to)
            case let stride:
                for (i, index) in indices.enumerated() {
                    let element = UnsafeRawBufferPointer(
                        rebasing: from[Int(index) * stride..<(Int(index) + 1) * stride])
                    UnsafeMutableRawBufferPointer(rebasing: to[i * stride..<(i + 1) * stride]).copyMemory(from: element)
                }
            }
        }
        count = indices.count
    }
}

@inline(__always)
private func gatherWords<Word: FixedWidthInteger & BitwiseCopyable>(
    of type: Word.Type, _ source: UnsafeRawBufferPointer, _ indices: [Int32], _ target: UnsafeMutableRawBufferPointer
) {
    let (from, to) = (source.assumingMemoryBound(to: type), target.assumingMemoryBound(to: type))
    indices.withUnsafeBufferPointer { indices in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        for i in 0..<indices.count { to[i] = from[Int(indices[i])] }
    }
}
