/// Single tensors in npy files.
///
/// Source: NumPy reference, `numpy.lib.format`: magic string, version, header length, header text, data.
public enum NumpyFile {
    private static let magic: [UInt8] = [0x93] + "NUMPY".utf8
    /// The header begins with magic, two version bytes and two (version 1) or four length bytes.
    private static let shortestPrefix = 10
    /// Far above what 64 axes need; versions 2 and 3 could claim 4 GiB.
    private static let longestHeader = 1 << 20

    /// Reads a file; Fortran order and big-endian data are brought to row-major and little-endian.
    ///
    /// - Throws: `FileError`.
    public static func read(_ path: String) throws(FileError) -> StoredTensor {
        try decode(readFile(path), path: path)
    }

    /// Reads a file's bytes.
    ///
    /// - Throws: `FileError` for a wrong magic string, version, header or amount of data.
    public static func decode(_ bytes: [UInt8], path: String = "") throws(FileError) -> StoredTensor {
        var source = MemorySource(bytes)
        do throws(FileError) {
            return try decode(&source)
        } catch {
            throw error.inside(path: path)
        }
    }

    /// Reads an array from a source that holds it and nothing else. Memory for the data is taken only after the header
    /// has been found to agree with the source's size.
    static func decode(_ source: inout some ByteSource) throws(FileError) -> StoredTensor {
        guard source.totalCount >= shortestPrefix else {
            throw FileError(problem: "\(source.totalCount) bytes are too few for an npy header")
        }
        let start = try source.next(8)
        guard start.starts(with: magic) else {
            throw FileError(problem: "not an npy array", remedy: "the first bytes must be \\x93NUMPY")
        }
        let version = (start[6], start[7])
        guard (1...3).contains(version.0), version.1 == 0 else {
            throw FileError(
                place: "offset 6", problem: "npy version \(version.0).\(version.1)",
                remedy: "known are 1.0, 2.0 and 3.0")
        }
        let lengthWidth = version.0 == 1 ? 2 : 4
        guard source.totalCount >= 8 + lengthWidth else {
            throw FileError(problem: "\(source.totalCount) bytes are too few for an npy header")
        }
        let headerCount = try source.next(lengthWidth).reversed().reduce(0) { $0 << 8 | Int($1) }
        let available = source.totalCount - 8 - lengthWidth
        guard headerCount <= min(available, longestHeader) else {
            throw FileError(
                place: "offset 8", problem: "header length \(headerCount)",
                remedy: "at most \(min(available, longestHeader)) bytes are possible here")
        }
        let header = try NumpyHeader(parsing: source.next(headerCount))
        guard header.dataCount == available - headerCount else {
            throw FileError(
                problem: "shape \(header.shape) of \(header.type.rawValue) needs \(header.dataCount) data bytes, "
                    + "the file has \(available - headerCount)")
        }
        var data = try source.next(header.dataCount)
        let width = header.type.byteWidth
        if header.isBigEndian { data = swappingBytes(of: data, width: width) }
        if header.isFortranOrder { data = rowMajor(fromColumnMajor: data, shape: header.shape, width: width) }
        return try StoredTensor(type: header.type, shape: header.shape, bytes: data)
    }

    /// The tensor as a version 1.0 file, little-endian in C order, data beginning at a multiple of 64 bytes.
    ///
    /// - Throws: `FileError` for bfloat16 and the 8-bit floats, which npy has no name for.
    public static func encode(_ tensor: StoredTensor, path: String = "") throws(FileError) -> [UInt8] {
        guard let code = tensor.type.numpyCode else {
            throw FileError(
                path: path, problem: "npy has no name for \(tensor.type.rawValue)",
                remedy: "write float32 or a safetensors file")
        }
        let order = tensor.type.byteWidth == 1 ? "|" : "<"
        let shape = PythonLiteral.tuple(tensor.shape)
        var text = [UInt8]("{'descr': '\(order)\(code)', 'fortran_order': False, 'shape': \(shape), }".utf8)
        let unpadded = shortestPrefix + text.count + 1
        text += repeatElement(UInt8(ascii: " "), count: (64 - unpadded % 64) % 64)
        text.append(UInt8(ascii: "\n"))
        // 64 axes of at most 19 digits fit the two length bytes.
        return magic + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text + tensor.bytes
    }

    /// - Throws: `FileError` as `encode` or when the file cannot be written.
    public static func write(_ tensor: StoredTensor, to path: String) throws(FileError) {
        try writeAtomically(path, encode(tensor, path: path))
    }
}
