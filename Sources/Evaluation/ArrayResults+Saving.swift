import Arithmetics
import TensorFiles
import Training

extension ArrayResults {
    /// Finds out before a long computation that its result could not be saved.
    ///
    /// - Throws: `FileError`.
    public static func checkFile(_ path: String, for name: ArithmeticName) throws(FileError) {
        let isStored = name.kind.isNative && (path.hasSuffix(".npy") || path.hasSuffix(".safetensors"))
        guard isStored || path.hasSuffix(".json") else {
            throw FileError(
                path: path, problem: "cannot hold numbers of \(name)",
                remedy: name.kind.isNative ? "end the name in .npy, .safetensors or .json" : "end the name in .json")
        }
    }

    /// Saves the result of the first arithmetic: npy (half, float and double as such, every other format as float, which holds
    /// it), safetensors with one tensor `result` (every format as such, tf32 as float), or JSON with exact texts, of
    /// an enclosure `result.lower` and `result.upper`.
    ///
    /// - Throws: `FileError`.
    public func save(to path: String) throws(FileError) {
        let outcome = outcomes[0]
        if path.hasSuffix(".json") {
            let tensor = TensorStore.NamedTensor(
                name: "result", shape: shape, values: outcome.values, bounds: outcome.enclosed?.bounds)
            return try TensorStore.write([tensor], asTextTo: path)
        }
        let isNumpy = path.hasSuffix(".npy")
        let tensor = try stored(outcome, in: outcome.arithmetic.elementType(asNumpy: isNumpy))
        if isNumpy { return try NumpyFile.write(tensor, to: path) }
        try TensorArchive(["result": tensor]).write(to: path)
    }

    private func stored(_ outcome: Outcome, in type: ElementType) throws(FileError) -> StoredTensor {
        if type == .float32 { return try StoredTensor(outcome.values.floats, shape: shape) }
        if type == .float64 { return try StoredTensor(outcome.values.doubles, shape: shape) }
        var bytes: [UInt8] = []
        for i in 0..<outcome.values.count { outcome.arithmetic.format.encode(outcome.values[i], into: &bytes) }
        return try StoredTensor(type: type, shape: shape, bytes: bytes)
    }
}

extension ArithmeticName {
    /// How a file holds the numbers; npy has no names for the formats of machine learning.
    fileprivate func elementType(asNumpy isNumpy: Bool) -> ElementType {
        switch kind.format {
        case .binary64: .float64
        case .binary16: .float16
        case .bfloat16 where !isNumpy: .bfloat16
        case .e4m3 where !isNumpy: .fp8e4m3
        case .e5m2 where !isNumpy: .fp8e5m2
        default: .float32
        }
    }
}

extension ArithmeticName.Kind {
    fileprivate var isNative: Bool {
        switch self {
        case .binary32, .binary64, .small: true
        case .mpfr, .interval: false
        }
    }
}
