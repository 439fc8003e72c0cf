import CKernels

/// A number and how it changes: its derivative along one direction.
public struct DualNumber<Part: BitwiseCopyable & Sendable>: BitwiseCopyable, Sendable {
    public var value: Part
    public var tangent: Part

    public init(value: Part, tangent: Part) {
        self.value = value
        self.tangent = tangent
    }
}

/// Which of the two.
enum DualLane {
    case value, tangent

    var other: DualLane { self == .value ? .tangent : .value }

    /// Where it begins in a pair, in bytes.
    func offset<Part: BitwiseCopyable & Sendable>(_: Part.Type) -> Int {
        self == .value ? 0 : MemoryLayout<Part>.stride
    }
}

extension Span {
    /// One lane of an array of pairs.
    func lane<Part>(_ lane: DualLane) -> [Part] where Element == DualNumber<Part> {
        [Part](unsafeUninitializedCapacity: count) { out, used in
            copy(lane, to: out.baseAddress, rows: 1, rowStride: 0)
            used = count
        }
    }

    /// Both lanes, one after the other, in each of `rows` parts of the array: what a dot product over twice the terms reads.
    func lanes<Part>(_ first: DualLane, rows: Int = 1) -> [Part] where Element == DualNumber<Part> {
        [Part](unsafeUninitializedCapacity: 2 * count) { out, used in
            let length = rows == 0 ? 0 : count / rows
            copy(first, to: out.baseAddress, rows: rows, rowStride: 2 * length)
            copy(first.other, to: out.baseAddress.map { $0 + length }, rows: rows, rowStride: 2 * length)
            used = 2 * count
        }
    }

    /// - Parameter rowStride: distance of rows in `out`, in numbers.
    private func copy<Part>(
        _ lane: DualLane, to out: UnsafeMutablePointer<Part>?, rows: Int, rowStride: Int
    ) where Element == DualNumber<Part> {
        guard count > 0, let out else { return }
        let length = count / rows
        let (one, pair) = (MemoryLayout<Part>.stride, MemoryLayout<DualNumber<Part>>.stride)
        withUnsafeBufferPointer { pairs in
            guard let base = pairs.baseAddress else { return }
            ls_copy_strided(
                Int64(rows), Int64(length), Int64(MemoryLayout<Part>.size),
                UnsafeRawPointer(base) + lane.offset(Part.self), Int64(length * pair), Int64(pair), out,
                Int64(rowStride * one), Int64(one))
        }
    }
}

extension MutableSpan {
    /// Writes one lane of an array of pairs.
    mutating func set<Part>(_ lane: DualLane, to part: [Part]) where Element == DualNumber<Part> {
        precondition(part.count == count, "lanes of different lengths")
        let count = count
        let (one, pair) = (MemoryLayout<Part>.stride, MemoryLayout<DualNumber<Part>>.stride)
        withUnsafeMutableBufferPointer { pairs in
            guard let base = pairs.baseAddress else { return }
            ls_copy_strided(
                1, Int64(count), Int64(MemoryLayout<Part>.size), part, 0, Int64(one),
                UnsafeMutableRawPointer(base) + lane.offset(Part.self), 0, Int64(pair))
        }
    }
}

/// Pairs from two arrays of the same length.
func pairs<Part>(_ values: [Part], _ tangents: [Part]) -> [DualNumber<Part>] {
    [DualNumber<Part>](unsafeUninitializedCapacity: values.count) { out, used in
        var span = out.extracting(0..<values.count).mutableSpan
        span.set(.value, to: values)
        span.set(.tangent, to: tangents)
        used = values.count
    }
}
