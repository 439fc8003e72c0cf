import Arithmetics

/// Images made from the random streams: a fixed pattern for each class, half hidden by noise of each sample's own.
///
/// Sample i has label i mod classes and bytes ⌊(p + q)/2⌋, p from the class's stream, q from the sample's; streams of purpose
/// "other" with i₀ = label and i₀ = classes + i, eight bytes a word, lowest first.
public struct SyntheticData: Hashable, Sendable {
    /// [C, H, W].
    public let shape: [Int]
    public let classes: Int
    public let count: Int

    /// - Parameter text: `CxHxW,CLASSES,N`, such as `3x32x32,10,1000`.
    /// - Throws: `DataError` for another form, sizes of 0, too few samples to show every class, or too many bytes.
    public init(parsing text: String) throws(DataError) {
        let place = "data set 'synthetic:\(text)'"
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        let sizes = fields[0].split(separator: "x", omittingEmptySubsequences: false) + fields.dropFirst()
        let numbers = sizes.compactMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) : nil }
        guard fields.count == 3, sizes.count == 5, numbers.count == 5, !numbers.contains(0) else {
            throw DataError(
                place, "is malformed", remedy: "expected synthetic:CxHxW,CLASSES,N with whole numbers from 1")
        }
        shape = Array(numbers[0..<3])
        classes = numbers[3]
        count = numbers[4]
        guard classes <= count else {
            throw DataError(
                place, "has fewer samples than classes",
                remedy: "N must be at least CLASSES, so that every class occurs")
        }
        guard let bytes = product(shape + [count]), bytes <= DataSet.byteLimit, classes <= DataSet.labelLimit else {
            throw DataError(
                place, "is too large", remedy: "at most \(DataSet.byteLimit) bytes and \(DataSet.labelLimit) classes")
        }
    }

    func generate(seed: UInt64) -> LoadedData {
        let size = shape.reduce(1, *)
        let patterns = (0..<classes).map { bytes(size, seed: seed, stream: $0) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(count * size)
        for i in 0..<count {
            let noise = bytes(size, seed: seed, stream: classes + i)
            for (p, q) in zip(patterns[i % classes], noise) { pixels.append(UInt8((Int(p) + Int(q)) / 2)) }
        }
        let labels = (0..<count).map { $0 % classes }
        return LoadedData(shape: shape, training: Samples(labels: labels, pixels: .bytes(pixels, white: 255)))
    }

    private func bytes(_ count: Int, seed: UInt64, stream: Int) -> [UInt8] {
        var words = RandomStream(seed: seed, .other, UInt64(stream))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = words.word()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }
}

/// The product of sizes out of a specification or a header; nil where it does not fit.
func product(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
        let (next, overflow) = result.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        result = next
    }
    return result
}
