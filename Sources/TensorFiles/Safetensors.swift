/// Tensor archives in safetensors files: 8 bytes of header length, a JSON header, the data.
///
/// Source: safetensors README, section "Format", and the validation of its reference implementation: offsets in order,
/// without overlaps and holes, from the first data byte to the last.
public enum Safetensors {
    /// The reference implementation's limit.
    static let longestHeader = 100_000_000
    private static let lengthWidth = 8
    private static let metadataKey = "__metadata__"

    /// Reads a file; tensors in the order of its header.
    ///
    /// - Throws: `FileError` naming the tensor.
    public static func read(_ path: String) throws(FileError) -> TensorArchive {
        try decode(readFile(path), path: path)
    }

    /// Reads a file's bytes.
    ///
    /// - Throws: `FileError` naming the tensor.
    public static func decode(_ bytes: [UInt8], path: String = "") throws(FileError) -> TensorArchive {
        do throws(FileError) {
            let dataStart = try headerEnd(bytes)
            let text = [UInt8](bytes[lengthWidth..<dataStart])
            let header = try SafetensorsHeader(parsing: text, dataCount: bytes.count - dataStart)
            var archive = TensorArchive()
            archive.metadata = header.metadata
            for entry in header.entries {
                let data = [UInt8](bytes[dataStart + entry.begin..<dataStart + entry.end])
                try archive.append(entry.name, StoredTensor(type: entry.type, shape: entry.shape, bytes: data))
            }
            return archive
        } catch {
            throw error.inside(path: path)
        }
    }

    /// Where the header ends and the data begins; within the file.
    private static func headerEnd(_ bytes: [UInt8]) throws(FileError) -> Int {
        guard bytes.count >= lengthWidth else {
            throw FileError(
                problem: "\(bytes.count) bytes are too few for a safetensors file",
                remedy: "the header length alone takes 8")
        }
        let length = bytes[..<lengthWidth].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let behind = bytes.count - lengthWidth
        guard length <= longestHeader else {
            throw FileError(
                place: "header length", problem: "\(length) bytes", remedy: "at most \(longestHeader) are allowed")
        }
        guard length <= behind else {
            throw FileError(place: "header length", problem: "\(length) bytes, but only \(behind) follow")
        }
        return lengthWidth + Int(length)
    }

    /// The archive as a file: header in the archive's order, data from the widest elements to the narrowest, so that
    /// every tensor lies aligned to its element width.
    ///
    /// - Throws: `FileError` for a tensor named `__metadata__`, or names that need a header beyond the limit.
    public static func encode(_ archive: TensorArchive, path: String = "") throws(FileError) -> [UInt8] {
        guard archive[metadataKey] == nil else {
            throw FileError(
                path: path, place: "tensor \"\(metadataKey)\"", problem: "the name is reserved by the format")
        }
        // A stable order by width, spelled out: the standard library's sort does not promise stability.
        let order = archive.entries.indices.sorted { left, right in
            let widths = (archive.entries[left].tensor.type.byteWidth, archive.entries[right].tensor.type.byteWidth)
            return widths.0 != widths.1 ? widths.0 > widths.1 : left < right
        }
        var begins = [Int](repeating: 0, count: order.count)
        var data: [UInt8] = []
        data.reserveCapacity(archive.entries.reduce(0) { $0 + $1.tensor.bytes.count })
        for position in order {
            begins[position] = data.count
            data += archive.entries[position].tensor.bytes
        }

        var members: [JSONObject.Member] = []
        if !archive.metadata.isEmpty {
            let fields = archive.metadata.map { JSONObject.Member(key: $0.key, value: .string($0.value)) }
            members.append(JSONObject.Member(key: metadataKey, value: .object(JSONObject(distinct: fields))))
        }
        for (entry, begin) in zip(archive.entries, begins) {
            let tensor = entry.tensor
            let description: JSONValue = [
                "dtype": .string(tensor.type.safetensorsName),
                "shape": .array(tensor.shape.map { JSONValue($0) }),
                "data_offsets": [JSONValue(begin), JSONValue(begin + tensor.bytes.count)],
            ]
            members.append(JSONObject.Member(key: entry.name, value: description))
        }
        var header = JSONValue.object(JSONObject(distinct: members)).encoded(.compact)
        // The format allows trailing spaces; with them the data begins at a multiple of 8.
        header += repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        guard header.count <= longestHeader else {
            throw FileError(
                path: path, place: "header length", problem: "\(header.count) bytes",
                remedy: "at most \(longestHeader) are allowed")
        }
        let length = (0..<lengthWidth).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return length + header + data
    }

    /// - Throws: `FileError` as `encode` or when the file cannot be written.
    public static func write(_ archive: TensorArchive, to path: String) throws(FileError) {
        try writeAtomically(path, encode(archive, path: path))
    }
}
