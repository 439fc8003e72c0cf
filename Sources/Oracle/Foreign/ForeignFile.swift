import Arithmetics
import TensorFiles

/// A tensor that another program saved: its numbers, exactly, and the format it kept them in.
public struct ForeignTensor: Sendable {
    public let name: String
    public let shape: [Int]
    public let format: Format
    /// Row-major. Every floating-point format that files hold fits binary64.
    public let values: [Double]
}

/// The floating-point tensors of a file. Others (counters, say) are left out.
public struct ForeignFile: Sendable {
    public let path: String
    public let tensors: [ForeignTensor]

    /// Reads safetensors, npz or npy.
    ///
    /// - Throws: `FileError` for a file that cannot be read.
    public init(_ path: String) throws(FileError) {
        var tensors: [ForeignTensor] = []
        for entry in try TensorArchive.read(path).entries {
            guard let format = Format(entry.tensor.type) else { continue }
            do {
                tensors.append(
                    ForeignTensor(
                        name: entry.name, shape: entry.tensor.shape, format: format,
                        values: try entry.tensor.doubles()))
            } catch {
                throw FileError(
                    path: path, place: "tensor \"\(entry.name)\"", problem: error.problem, remedy: error.remedy)
            }
        }
        self.path = path
        self.tensors = tensors
    }

    public subscript(name: String) -> ForeignTensor? { tensors.first { $0.name == name } }

    /// The names, for messages; the first of many.
    var listing: String {
        let some = tensors.prefix(12).map { "\"\($0.name)\"" }.joined(separator: ", ")
        return tensors.isEmpty ? "no floating-point tensors" : some + (tensors.count > 12 ? ", …" : "")
    }
}

extension Format {
    /// The numbers of a floating-point element type; nil for integers and truth values.
    public init?(_ type: ElementType) {
        switch type {
        case .float16: self = .binary16
        case .bfloat16: self = .bfloat16
        case .float32: self = .binary32
        case .float64: self = .binary64
        case .fp8e4m3: self = .e4m3
        case .fp8e5m2: self = .e5m2
        case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: return nil
        }
    }
}
