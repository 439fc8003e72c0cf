/// What the text header of an npy file says: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
///
/// Source: NumPy reference, `numpy.lib.format`, section "Format Version 1.0" and those after it.
struct NumpyHeader: Equatable {
    var type: ElementType
    var isBigEndian: Bool
    var isFortranOrder: Bool
    var shape: [Int]
    /// Bytes of the data behind the header, known to be countable.
    var dataCount: Int

    /// - Throws: `FileError` naming the header field.
    init(parsing text: [UInt8]) throws(FileError) {
        let fields = try PythonLiteralParser.parseDictionary(text)
        if let unknown = fields.first(where: { !["descr", "fortran_order", "shape"].contains($0.key) }) {
            throw Self.error(unknown.key, "is unknown", "a header has 'descr', 'fortran_order' and 'shape'")
        }
        func value(_ key: String) throws(FileError) -> PythonLiteral {
            guard let field = fields.first(where: { $0.key == key }) else { throw Self.error(key, "is missing") }
            return field.value
        }
        let descr = try value("descr")
        guard case .string(let name) = descr else {
            throw Self.error("descr", "found \(descr)", "expected a string such as '<f4'")
        }
        (type, isBigEndian) = try Self.elementType(name)

        let order = try value("fortran_order")
        guard case .bool(let flag) = order else {
            throw Self.error("fortran_order", "found \(order)", "expected True or False")
        }
        isFortranOrder = flag

        let lengths = try value("shape")
        guard case .tuple(let shape) = lengths else {
            throw Self.error("shape", "found \(lengths)", "expected a tuple such as (3, 4)")
        }
        guard let dataCount = type.byteCount(shape: shape) else {
            throw Self.error("shape", "\(lengths) is not a possible size")
        }
        self.shape = shape
        self.dataCount = dataCount
    }

    /// The type and byte order of a `descr`. `=`, the order of the machine that wrote the file, is taken as
    /// little-endian, so that a file means the same everywhere; for single bytes the order says nothing.
    private static func elementType(_ descr: String) throws(FileError) -> (ElementType, isBigEndian: Bool) {
        let code = String(descr.dropFirst())
        guard let order = descr.first, "<>|=".contains(order) else {
            throw error("descr", "'\(descr)' has no byte order", "expected one of < > | = before the type, as in '<f4'")
        }
        if let type = ElementType(numpyCode: code) { return (type, order == ">") }
        if code.hasPrefix("V") {
            throw error(
                "descr", "'\(descr)' is raw bytes, which is how bfloat16 and 8-bit floats end up in npy",
                "the format cannot name them; save as float32 or in a safetensors file")
        }
        if code.hasPrefix("O") {
            throw error("descr", "'\(descr)' is pickled Python objects", "only plain numbers or bools can be read")
        }
        let known = ElementType.allCases.compactMap(\.numpyCode).joined(separator: " ")
        throw error("descr", "'\(descr)' is not a type that can be read", "known are \(known)")
    }

    private static func error(_ field: String, _ problem: String, _ remedy: String? = nil) -> FileError {
        FileError(place: "header field '\(field)'", problem: problem, remedy: remedy)
    }
}
