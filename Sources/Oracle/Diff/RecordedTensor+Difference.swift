import Arithmetics
import Comparison
import TensorFiles

extension RecordedTensor {
    /// How B's tensor differs from this one of A.
    func difference(from other: RecordedTensor, _ tolerance: DifferenceTolerance) -> TensorDifference {
        var result = TensorDifference(
            name: name, otherName: other.name == name ? nil : other.name, shape: shape ?? other.shape, aType: type,
            bType: other.type, aFormat: format, bFormat: other.format, content: .incomparable)
        if let mine = shape, let theirs = other.shape, mine != theirs {
            result.content = .shapes(a: mine, b: theirs)
            return result
        }
        switch (content, other.content) {
        case (.digest(let mine), .digest(let theirs)):
            if format == other.format { result.content = .digests(a: mine, b: theirs) }
        case (.digest(let mine), _):
            result.content = RecordedTensor.digests(mine, format, other, isA: true)
        case (_, .digest(let theirs)):
            result.content = RecordedTensor.digests(theirs, other.format, self, isA: false)
        default:
            if hasSameBytes(as: other), case .stored(let tensor) = content {
                result.content = .values(ValueDifferences(identical: tensor.count))
                result.format = format
                return result
            }
            guard let mine = values, let theirs = other.values else { return result }
            // Traces know no shapes.
            guard mine.count == theirs.count else {
                result.content = .shapes(a: shape ?? [mine.count], b: other.shape ?? [theirs.count])
                return result
            }
            let common = RecordedTensor.coarser(format, other.format, mine, theirs)
            result.format = common
            result.content = .values(compareValues(theirs, against: mine, in: common, tolerance: tolerance))
        }
        return result
    }

    /// The numbers that both formats hold. Where neither is known: as many bits as the longest value has.
    private static func coarser(_ a: Format?, _ b: Format?, _ x: ExactArray, _ y: ExactArray) -> Format {
        let known = [a, b].compactMap { $0 }
        if !known.isEmpty { return known.count == 2 && known[0] == known[1] ? known[0] : .coarsest(known) }
        func bits(_ values: ExactArray) -> Int { (0..<values.count).reduce(2) { max($0, values[$1].significantBits) } }
        return .mpfr(precision: min(max(bits(x), bits(y)), Format.precisions.upperBound))
    }

    /// A digest against values: the values are encoded in the digest's format, where that holds them all.
    private static func digests(
        _ digest: String, _ format: Format?, _ tensor: RecordedTensor, isA: Bool
    ) -> TensorDifference.Content {
        guard let format, let values = tensor.values else { return .incomparable }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * format.contractByteCount)
        if let i = values.rounded(to: format).firstDifference(from: values) {
            return .unheld(index: i, value: values[i], inA: !isA)
        }
        for i in 0..<values.count { format.contractEncode(values[i], into: &bytes) }
        let own = Digest.hexadecimal(of: bytes)
        return .digests(a: isA ? digest : own, b: isA ? own : digest)
    }
}
