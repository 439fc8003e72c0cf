/// Named tensors in their file's order, with string metadata.
///
/// Names are compared as Swift compares strings, so two spellings of the same Unicode text count as one name.
public struct TensorArchive: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let name: String
        public let tensor: StoredTensor
    }

    public struct MetadataField: Hashable, Sendable {
        public let key: String
        public let value: String
    }

    public private(set) var entries: [Entry] = []
    /// Each key once; readers that know so set it whole.
    public internal(set) var metadata: [MetadataField] = []
    /// Where each name stands in `entries`; only ever asked by key.
    private var positions: [String: Int] = [:]

    public init() {}

    /// - Throws: `FileError` when a name occurs twice.
    public init(_ tensors: KeyValuePairs<String, StoredTensor>) throws(FileError) {
        for (name, tensor) in tensors { try append(name, tensor) }
    }

    public var names: [String] { entries.map(\.name) }

    public subscript(name: String) -> StoredTensor? {
        positions[name].map { entries[$0].tensor }
    }

    /// The tensor of that name.
    ///
    /// - Throws: `FileError` naming the tensors that are there.
    public func tensor(named name: String, path: String = "") throws(FileError) -> StoredTensor {
        if let tensor = self[name] { return tensor }
        let some = names.prefix(8).map { FileError.quoted($0) }.joined(separator: ", ")
        let present =
            entries.isEmpty ? "the file holds none" : "the file holds " + some + (entries.count > 8 ? ", …" : "")
        throw FileError(path: path, place: "tensor \(FileError.quoted(name))", problem: "is missing", remedy: present)
    }

    /// - Throws: `FileError` when the name is already there.
    public mutating func append(_ name: String, _ tensor: StoredTensor) throws(FileError) {
        guard positions.updateValue(entries.count, forKey: name) == nil else {
            positions[name] = entries.firstIndex { $0.name == name }
            throw FileError(place: "tensor \(FileError.quoted(name))", problem: "the name occurs twice")
        }
        entries.append(Entry(name: name, tensor: tensor))
    }

    public func metadata(for key: String) -> String? {
        metadata.first { $0.key == key }?.value
    }

    /// Sets a field, in its place when the key is already there, else as the last.
    public mutating func setMetadata(_ value: String, for key: String) {
        let field = MetadataField(key: key, value: value)
        if let position = metadata.firstIndex(where: { $0.key == key }) {
            metadata[position] = field
        } else {
            metadata.append(field)
        }
    }
}

extension TensorArchive {
    /// Reads a `.safetensors`, `.npz` or `.npy` file, told apart by the end of its name. A `.npy` file gives one tensor
    /// under the file's own name without folder and ending.
    ///
    /// - Throws: `FileError` for another ending, or what the format's reader finds wrong.
    public static func read(_ path: String) throws(FileError) -> TensorArchive {
        if path.hasSuffix(".safetensors") { return try Safetensors.read(path) }
        if path.hasSuffix(".npz") { return try NumpyArchive.read(path) }
        if path.hasSuffix(".npy") {
            let name = path.split(separator: "/").last.map { String($0.dropLast(4)) } ?? ""
            return try TensorArchive([name: NumpyFile.read(path)])
        }
        throw FileError(
            path: path, problem: "unknown kind of tensor file", remedy: "expected .safetensors, .npz or .npy")
    }

    /// Writes a `.safetensors` or `.npz` file, told apart by the end of its name.
    ///
    /// - Throws: `FileError` for another ending, or what the format cannot hold.
    public func write(to path: String) throws(FileError) {
        if path.hasSuffix(".safetensors") { return try Safetensors.write(self, to: path) }
        if path.hasSuffix(".npz") { return try NumpyArchive.write(self, to: path) }
        throw FileError(path: path, problem: "unknown kind of tensor file", remedy: "expected .safetensors or .npz")
    }
}
