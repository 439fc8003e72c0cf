import Arithmetics

/// Labelled samples of one shape, divided into a training and a test part.
public struct DataSet: Sendable {
    /// As the user wrote it: `mnist:DIR`.
    public let name: String
    /// One sample: [F] features, or [C, H, W] channels of pixels.
    public let shape: [Int]
    /// 1 + the largest label of both parts.
    public let classes: Int
    /// Never empty.
    public let training: Samples
    public let test: Samples

    /// Elements of one sample.
    public var sampleSize: Int { shape.reduce(1, *) }
    /// What a normalization may differ in; features are one channel.
    public var channels: Int { shape.count == 3 ? shape[0] : 1 }

    /// Most bytes any data set may take: a mistyped size is told apart from a large set before it fills the memory.
    static let byteLimit = 1 << 33
    /// Labels beyond are taken for damage: every class costs an output of the network.
    static let labelLimit = 1_000_000

    /// - Parameters:
    ///   - loaded: What the files hold.
    ///   - testFraction: f, 0 <= f < 1. Without a test part of their own the last ⌊f·n⌋ samples become it.
    /// - Throws: `DataError` for a fraction out of range and for no samples at all.
    init(name: String, _ loaded: LoadedData, testFraction f: Rational) throws(DataError) {
        guard Rational(0) <= f, f < Rational(1) else {
            throw DataError("test-fraction", "is out of range", remedy: "expected 0 <= fraction < 1, such as 0.2")
        }
        let n = loaded.training.count
        guard n > 0, !loaded.shape.contains(0) else { throw DataError(name, "the data set is empty") }
        self.name = name
        shape = loaded.shape
        let all = loaded.training.labels + (loaded.test?.labels ?? [])
        classes = 1 + (all.max() ?? 0)
        if let test = loaded.test {
            training = loaded.training
            self.test = test
        } else {
            // 0 <= f·n < n, so the floor fits.
            let kept = n - ((f * Rational(n)).floor ?? 0)
            training = loaded.training[0..<kept]
            test = loaded.training[kept..<n]
        }
    }
}

/// Samples and their labels; sample after sample, each in row-major order.
public struct Samples: Sendable {
    public let labels: [Int]
    public let pixels: Pixels

    public enum Pixels: Sendable {
        /// The input is byte ÷ white, before normalization: 16 for the digits, else 255.
        case bytes([UInt8], white: Int)
        /// The inputs themselves. Every floating-point format that files hold fits binary64 exactly.
        case numbers([Double])
    }

    public var count: Int { labels.count }

    init(labels: [Int], pixels: Pixels) {
        self.labels = labels
        self.pixels = pixels
    }

    subscript(range: Range<Int>) -> Samples {
        func part<Element>(of all: [Element]) -> [Element] {
            let size = labels.isEmpty ? 0 : all.count / labels.count
            return Array(all[range.lowerBound * size..<range.upperBound * size])
        }
        let pixels: Pixels =
            switch self.pixels {
            case .bytes(let bytes, let white): .bytes(part(of: bytes), white: white)
            case .numbers(let numbers): .numbers(part(of: numbers))
            }
        return Samples(labels: Array(labels[range]), pixels: pixels)
    }
}

/// What a reader hands over: the shape of one sample, and a test part where the files have one.
struct LoadedData {
    var shape: [Int]
    var training: Samples
    var test: Samples?
}
