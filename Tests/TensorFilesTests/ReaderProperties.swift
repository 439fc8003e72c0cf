// Compiled twice: with the tests, and by Fuzzing/run into one module with the readers.
#if canImport(TensorFiles)
    import TensorFiles
#endif

/// What holds of a reader whatever the bytes: it returns, or throws one line; and what it returned can be written, and reads
/// back as the same. (That it does not trap shows by itself.)
enum Reader: String, CaseIterable, Sendable {
    case safetensors, npy, npz, gzip, json

    /// Most bytes of content that packed files may unpack to here.
    static let limit = 1 << 18

    /// What is wrong; nil where all is as it should be.
    func objection(to bytes: [UInt8]) -> String? {
        do throws(FileError) { return try reading(bytes) } catch {
            let line = error.description
            let isLine = !line.isEmpty && line.utf8.count < 4096 && !line.contains(where: \.isNewline)
            return isLine ? nil : "not one line: \(line)"
        }
    }

    /// Does the reader accept the bytes?
    func accepts(_ bytes: [UInt8]) -> Bool {
        do throws(FileError) {
            _ = try reading(bytes)
            return true
        } catch { return false }
    }

    private func reading(_ bytes: [UInt8]) throws(FileError) -> String? {
        switch self {
        case .safetensors:
            let archive = try Safetensors.decode(bytes)
            return use(archive.entries.map(\.tensor))
                ?? compare(archive) { () throws(FileError) in try Safetensors.decode(Safetensors.encode(archive)) }
        case .npy:
            let tensor = try NumpyFile.decode(bytes)
            return use([tensor])
                ?? compare(tensor) { () throws(FileError) in try NumpyFile.decode(NumpyFile.encode(tensor)) }
        case .npz:
            let archive = try NumpyArchive.decode(bytes, limit: Reader.limit)
            return use(archive.entries.map(\.tensor))
                ?? compare(archive) { () throws(FileError) in try NumpyArchive.decode(NumpyArchive.encode(archive)) }
        case .gzip:
            let content = try gunzip(bytes, limit: Reader.limit)
            return content.count <= Reader.limit ? nil : "\(content.count) bytes, more than the limit"
        case .json:
            let value = try JSONValue(parsing: bytes)
            return compare(value) { () throws(FileError) in try JSONValue(parsing: value.encoded(.compact)) }
                ?? compare(value) { () throws(FileError) in try JSONValue(parsing: value.encoded(.pretty)) }
        }
    }

    /// Every conversion of what was read.
    private func use(_ tensors: [StoredTensor]) -> String? {
        for tensor in tensors {
            guard tensor.bytes.count == tensor.type.byteCount(shape: tensor.shape) else {
                return "shape does not fit bytes"
            }
            _ = try? tensor.doubles()
            _ = try? tensor.floats()
            _ = try? tensor.integers()
        }
        return nil
    }

    private func compare<Value: Equatable>(_ first: Value, with read: () throws(FileError) -> Value) -> String? {
        do throws(FileError) {
            let second = try read()
            return first == second ? nil : "reads back as something else: \(first) and \(second)"
        } catch { return "what was read cannot be written and read again: \(error)" }
    }
}
