import Arithmetics

/// The inputs of a data set as numbers on the grid: a table of the values that occur, and samples as codes into it.
///
/// A run converts the table into its arithmetic once and then only looks up. Bytes have 256 values for each normalization of
/// a channel, whatever the number of samples; files of floating-point numbers one for each number that is there.
///
/// - Source: contract, section 5.
public struct Inputs: Sendable {
    /// On the grid, each rounded once, to nearest-even, from its exact value.
    public internal(set) var table: ExactArray
    public internal(set) var training: CodedSamples
    public let test: CodedSamples
    /// What is done to training images, if anything.
    private let cropFlip: CropFlip?
    /// How many inputs of both parts are not 0 but became 0 on the grid: for the report.
    public let roundedToZero: Int

    /// - Parameters:
    ///   - augmentation: Of training images.
    ///   - seed: The study's; only augmentation depends on it.
    ///   - grid: The numbers that every compared arithmetic holds.
    /// - Throws: `DataError` when normalization or augmentation do not fit the data, and naming the first input that overflows.
    public init(
        _ data: DataSet, normalization: Normalization = .none, augmentation: Augmentation = .none, seed: UInt64 = 0,
        grid: Format
    ) throws(DataError) {
        guard augmentation == .none || data.shape.count == 3 else {
            throw DataError(
                "augment", "\(augmentation.rawValue) moves images, and samples of \(data.name) are rows of numbers",
                remedy: "expected none")
        }
        let pairs = normalization.channels
        guard pairs.count == 1 || pairs.count == data.channels else {
            throw DataError(
                "normalization '\(normalization)'",
                "has \(pairs.count) pairs, and \(data.name) \(data.channels) channels",
                remedy: "expected one for all channels or one for each")
        }
        let plane = data.sampleSize / pairs.count
        // The code of 0 for each normalization.
        let blanks: [Int32]
        switch (data.training.pixels, data.test.pixels) {
        case (.bytes(let first, let white), .bytes(let second, _)):
            training = CodedSamples(data.training.labels, data.sampleSize, .bytes(first, plane: plane))
            test = CodedSamples(data.test.labels, data.sampleSize, .bytes(second, plane: plane))
            blanks = pairs.indices.map { Int32(256 * $0) }
            let exact = pairs.flatMap { pair in (0..<256).map { pair(Rational($0, white)) } }
            table = ExactArray(exact.map { grid.round($0) }).rounded(to: grid)
            roundedToZero = try Inputs.check(table, training, test, data.name, grid) { exact[$0] }
        case (.numbers(let first), .numbers(let second)):
            var book = CodeBook(channels: pairs.count)
            training = CodedSamples(data.training.labels, data.sampleSize, .codes(book.encode(first, plane: plane)))
            test = CodedSamples(data.test.labels, data.sampleSize, .codes(book.encode(second, plane: plane)))
            blanks = augmentation == .none ? [] : pairs.indices.map { book.code(of: 0, channel: $0) }
            let numbers = book.numbers
            func exact(_ code: Int) -> Rational {
                // Readers let no other than finite binary64 numbers pass, which are always quotients.
                Rational(ExactValue(numbers[code].value)).map { pairs[numbers[code].channel]($0) } ?? Rational(0)
            }
            // As they are: the difference from the line below is speed, and a zero that keeps its sign.
            table =
                normalization.isIdentity
                ? ExactArray(numbers.map(\.value)).rounded(to: grid)
                : ExactArray(numbers.indices.map { grid.round(exact($0)) }).rounded(to: grid)
            roundedToZero = try Inputs.check(table, training, test, data.name, grid, exact)
        default:
            preconditionFailure("both parts of a data set hold bytes, or both hold numbers")
        }
        let values = table
        switch augmentation {
        case .none: cropFlip = nil
        case .cropFlip:
            if let channel = blanks.firstIndex(where: { !values[Int($0)].isFinite }) {
                throw DataError(
                    data.name, "channel \(channel): black, which crop-flip puts outside, overflows the grid",
                    remedy: "the largest number there is \(grid.largest.decimal(digits: 6))")
            }
            cropFlip = CropFlip(
                seed: seed, channels: data.shape[0], height: data.shape[1], width: data.shape[2],
                blanks: blanks.count == 1 ? Array(repeating: blanks[0], count: data.shape[0]) : blanks)
        }
    }

    /// Positions in the table of training samples as an epoch shows them: augmented, in the order given.
    public func trainingCodes(of samples: [Int], epoch: Int) -> [Int32] {
        var codes = training.codes(of: samples)
        cropFlip?.apply(to: &codes, samples: samples, epoch: epoch)
        return codes
    }

    /// Only values that occur count: the table of bytes also has the others.
    ///
    /// - Returns: How many inputs became 0.
    private static func check(
        _ table: ExactArray, _ training: CodedSamples, _ test: CodedSamples, _ name: String, _ grid: Format,
        _ exact: (Int) -> Rational
    ) throws(DataError) -> Int {
        // Overflow gives NaN in a format without infinities.
        let kinds = (0..<table.count).map { table[$0].isFinite ? table[$0].kind : .infinite }
        let vanished = kinds.indices.map { kinds[$0] == .zero && exact($0) != Rational(0) }
        guard kinds.contains(.infinite) || vanished.contains(true) else { return 0 }
        var count = 0
        for (part, samples) in [("training", training), ("test", test)] {
            for sample in 0..<samples.count {
                for (element, code) in samples.codes(of: CollectionOfOne(sample)).enumerated() {
                    guard kinds[Int(code)] != .infinite else {
                        let value = Format.mpfr(precision: 64).round(exact(Int(code))).decimal(digits: 6)
                        throw DataError(
                            name, "\(part) sample \(sample), element \(element): the input \(value) overflows the grid",
                            remedy: "the largest number there is \(grid.largest.decimal(digits: 6))")
                    }
                    if vanished[Int(code)] { count += 1 }
                }
            }
        }
        return count
    }
}

/// Samples whose inputs are codes into `Inputs.table`.
public struct CodedSamples: Sendable {
    public internal(set) var labels: [Int]
    /// Codes of one sample.
    public let sampleSize: Int
    private let store: Store

    enum Store {
        /// The code of a byte is 256 times the number of its plane, plus the byte.
        case bytes([UInt8], plane: Int)
        case codes([Int32])
    }

    init(_ labels: [Int], _ sampleSize: Int, _ store: Store) {
        self.labels = labels
        self.sampleSize = sampleSize
        self.store = store
    }

    public var count: Int { labels.count }

    public func labels(of samples: some Collection<Int>) -> [Int] { samples.map { labels[$0] } }

    /// Positions in the table: sample after sample in the order given, each in row-major order.
    public func codes(of samples: some Collection<Int>) -> [Int32] {
        let numbers = Array(samples)
        precondition(numbers.allSatisfy(labels.indices.contains), "no such sample")
        // Unchecked memory: with checked elements this takes four times as long, a noticeable part of a step.
        return [Int32](unsafeUninitializedCapacity: numbers.count * sampleSize) { target, used in
            used = numbers.count * sampleSize
            switch store {
            case .codes(let codes):
                for (place, sample) in numbers.enumerated() {
                    let part = codes[sample * sampleSize..<(sample + 1) * sampleSize]
                    _ = target[(place * sampleSize)...].initialize(fromContentsOf: part)
                }
            case .bytes(let bytes, let plane):
                bytes.withUnsafeBufferPointer { source in
                    guard let from = source.baseAddress, let to = target.baseAddress else { return }
                    for (place, sample) in numbers.enumerated() {
                        for channel in 0..<sampleSize / plane {
                            let from = from + (sample * sampleSize + channel * plane)
                            let to = to + (place * sampleSize + channel * plane)
                            let base = Int32(256 * channel)
                            // Never overflows, and without the question whether it does, many at a time.
                            for i in 0..<plane { to[i] = base &+ Int32(truncatingIfNeeded: from[i]) }
                        }
                    }
                }
            }
        }
    }
}

/// The different numbers of a data set, in the order of their first appearance.
private struct CodeBook {
    private(set) var numbers: [(value: Double, channel: Int)] = []
    /// For each channel with a normalization of its own, the code of each encoding; only ever asked by key.
    private var codes: [[UInt64: Int32]]

    init(channels: Int) { codes = Array(repeating: [:], count: channels) }

    mutating func encode(_ values: [Double], plane: Int) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(values.count)
        for (position, value) in values.enumerated() {
            let channel = position / plane % codes.count
            result.append(code(of: value, channel: channel))
        }
        return result
    }

    mutating func code(of value: Double, channel: Int) -> Int32 {
        if let known = codes[channel][value.bitPattern] { return known }
        // Readers accept at most 2^30 numbers, so the code fits.
        let code = Int32(numbers.count)
        codes[channel][value.bitPattern] = code
        numbers.append((value, channel))
        return code
    }
}
