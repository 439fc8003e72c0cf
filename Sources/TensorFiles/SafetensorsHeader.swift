/// A safetensors header, checked against the amount of data behind it.
struct SafetensorsHeader {
    struct Entry {
        var name: String
        var type: ElementType
        var shape: [Int]
        /// First byte and the one past the last, counted from the start of the data.
        var begin: Int
        var end: Int
    }

    var entries: [Entry] = []
    var metadata: [TensorArchive.MetadataField] = []

    /// - Parameters:
    ///   - text: The JSON text.
    ///   - dataCount: Bytes behind it.
    /// - Throws: `FileError` naming the tensor.
    init(parsing text: [UInt8], dataCount: Int) throws(FileError) {
        guard text.first == UInt8(ascii: "{") else {
            throw FileError(place: "header", problem: "does not begin with '{'", remedy: "expected a JSON object")
        }
        let json: JSONValue
        do throws(FileError) {
            json = try JSONValue(parsing: text)
        } catch {
            throw error.inside(path: "", "header")
        }
        for member in json.object?.members ?? [] {
            if member.key == "__metadata__" {
                metadata = try Self.metadata(member.value)
            } else {
                let place = "tensor \(FileError.quoted(member.key))"
                entries.append(try Self.entry(member.key, member.value, place: place, dataCount: dataCount))
            }
        }
        try checkCoverage(of: dataCount)
    }

    private static func metadata(_ value: JSONValue) throws(FileError) -> [TensorArchive.MetadataField] {
        guard let object = value.object else {
            throw FileError(place: "__metadata__", problem: "is not an object", remedy: "expected strings by name")
        }
        var fields: [TensorArchive.MetadataField] = []
        for member in object.members {
            guard let text = member.value.string else {
                throw FileError(place: "__metadata__ \(FileError.quoted(member.key))", problem: "is not a string")
            }
            fields.append(TensorArchive.MetadataField(key: member.key, value: text))
        }
        return fields
    }

    private static func entry(
        _ name: String, _ value: JSONValue, place: String, dataCount: Int
    ) throws(FileError) -> Entry {
        func error(_ problem: String, _ remedy: String? = nil) -> FileError {
            FileError(place: place, problem: problem, remedy: remedy)
        }
        guard let object = value.object else {
            throw error("is not an object", "expected dtype, shape and data_offsets")
        }
        if let unknown = object.keys.first(where: { !["dtype", "shape", "data_offsets"].contains($0) }) {
            throw error("unknown field \(FileError.quoted(unknown))", "expected dtype, shape and data_offsets")
        }
        guard let typeName = object["dtype"]?.string else { throw error("dtype is missing or not a string") }
        guard let type = ElementType(safetensorsName: typeName) else {
            let known = ElementType.allCases.map(\.safetensorsName).joined(separator: " ")
            throw error("dtype \(FileError.quoted(typeName)) is not one that can be read", "known are \(known)")
        }
        guard let shape = naturals(object["shape"]) else { throw error("shape is missing or not a list of lengths") }
        guard let needed = type.byteCount(shape: shape) else {
            throw error("shape \(shape) of \(typeName) is not a possible size")
        }
        guard let offsets = naturals(object["data_offsets"]), offsets.count == 2 else {
            throw error("data_offsets is missing or not a pair of byte offsets")
        }
        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end else { throw error("offsets \(offsets) end before they begin") }
        guard end <= dataCount else {
            throw error("offsets \(offsets) reach beyond the file's \(dataCount) data bytes")
        }
        guard end - begin == needed else {
            throw error(
                "offsets \(offsets) hold \(end - begin) bytes, but shape \(shape) of \(typeName) needs \(needed)")
        }
        return Entry(name: name, type: type, shape: shape, begin: begin, end: end)
    }

    private static func naturals(_ value: JSONValue?) -> [Int]? {
        guard let elements = value?.array else { return nil }
        let numbers = elements.compactMap { $0.int }.filter { $0 >= 0 }
        return numbers.count == elements.count ? numbers : nil
    }

    /// Every data byte belongs to exactly one tensor: a file cannot carry hidden bytes or show one weight twice.
    private func checkCoverage(of dataCount: Int) throws(FileError) {
        let ordered = entries.sorted { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
        var covered = 0
        var last = ""
        for entry in ordered {
            let place = "tensor \(FileError.quoted(entry.name))"
            let offsets = [entry.begin, entry.end]
            guard entry.begin >= covered else {
                throw FileError(
                    place: place, problem: "offsets \(offsets) overlap those of tensor \(FileError.quoted(last))")
            }
            guard entry.begin == covered else {
                throw FileError(
                    place: place, problem: "data bytes \(covered)..<\(entry.begin) before it belong to no tensor")
            }
            covered = entry.end
            last = entry.name
        }
        guard covered == dataCount else {
            throw FileError(problem: "the last \(dataCount - covered) data bytes belong to no tensor")
        }
    }
}
