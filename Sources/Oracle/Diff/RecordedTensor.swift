import Arithmetics
import TensorFiles
import Training

/// A tensor as something saved it: its values, or only their digest.
struct RecordedTensor {
    enum Content {
        case stored(StoredTensor)
        case exact(ExactArray)
        /// SHA-256 of the contract's encoding in the tensor's format.
        case digest(String)
    }

    var name: String
    /// nil where it was not saved, as in traces.
    let shape: [Int]?
    /// Whose numbers the values are; nil where the file does not say, as in JSON.
    let format: Format?
    /// The format for people: `float32`, `mpfr:256`.
    let type: String?
    let content: Content

    init(_ name: String, _ tensor: StoredTensor) {
        self.name = name
        shape = tensor.shape
        format = Format(numbersOf: tensor.type)
        type = tensor.type.rawValue
        content = .stored(tensor)
    }

    init(_ name: String, shape: [Int]?, _ values: ExactArray, _ arithmetic: ArithmeticName?) {
        self.name = name
        self.shape = shape
        format = arithmetic?.stateFormat
        type = arithmetic?.typeOfStates
        content = .exact(values)
    }

    init(_ name: String, digest: String, _ arithmetic: ArithmeticName) {
        self.name = name
        shape = nil
        format = arithmetic.stateFormat
        type = arithmetic.typeOfStates
        content = .digest(digest)
    }

    /// The values; nil for a digest.
    var values: ExactArray? {
        switch content {
        case .stored(let tensor): tensor.exactValues
        case .exact(let values): values
        case .digest: nil
        }
    }

    /// Are these the same bytes of the same type? Then nothing has to be converted.
    func hasSameBytes(as other: RecordedTensor) -> Bool {
        guard case .stored(let mine) = content, case .stored(let theirs) = other.content else { return false }
        return mine.type == theirs.type && mine.bytes == theirs.bytes
    }
}

extension Format {
    /// The numbers of any element type. Integers and truth values are numbers one apart, below 2^64: a format whose ulp is 1.
    init(numbersOf type: ElementType) {
        self = Format(type) ?? Format(precision: 64, range: ExponentRange(emin: 63, emax: 64))
    }
}

extension ArithmeticName {
    /// What files call the numbers of its states, where they have a name: `float32`; else the arithmetic's own: `mpfr:256`.
    fileprivate var typeOfStates: String {
        ElementType.allCases.first { Format($0) == stateFormat }?.rawValue ?? stateKind.description
    }
}

extension StoredTensor {
    /// Every element exactly.
    fileprivate var exactValues: ExactArray {
        if let values = try? doubles() { return ExactArray(values) }
        // 64-bit integers beyond binary64.
        if let values = try? integers() { return ExactArray(values.map { ExactValue($0) }) }
        let words: [UInt64] = (try? encodings()) ?? []
        return ExactArray(words.map { ExactValue($0) })
    }
}

/// Reads the tensors of a file: safetensors, npz, npy, or the JSON that `compare --save` writes.
///
/// - Parameter arithmetic: whose numbers a JSON file holds, where that is known.
/// - Throws: `FileError`.
func recordedTensors(of path: String, _ arithmetic: ArithmeticName? = nil) throws(FileError) -> [RecordedTensor] {
    if path.hasSuffix(".json") {
        return try TensorStore.read(path).map { RecordedTensor($0.name, shape: $0.shape, $0.values, arithmetic) }
    }
    return try TensorArchive.read(path).entries.map { RecordedTensor($0.name, $0.tensor) }
}
