import TensorFiles

/// An IDX file of unsigned bytes, plain or inside gzip.
///
/// Layout: the bytes 0, 0, 8 (the type), the number of axes, each axis' length as a big-endian 32-bit integer, the data in
/// row-major order.
///
/// - Source: LeCun, Cortes, Burges, *The MNIST database of handwritten digits*, section "File formats".
struct IDXFile {
    let dimensions: [Int]
    let data: [UInt8]

    /// - Throws: `FileError` for another type or number of axes, and where header and size do not agree.
    init(reading path: String, rank: Int) throws(FileError) {
        let raw = try readFile(path, limit: DataSet.byteLimit)
        // No IDX file begins with gzip's two bytes, so the content decides, whatever the name's ending.
        let isPacked = raw.starts(with: [0x1F, 0x8B])
        try self.init(isPacked ? gunzip(raw, limit: DataSet.byteLimit, path: path) : raw, rank: rank, path: path)
    }

    init(_ bytes: [UInt8], rank: Int, path: String) throws(FileError) {
        let header = 4 + 4 * rank
        let magic = 0x800 + rank
        guard bytes.count >= header else {
            throw FileError(
                path: path, problem: "holds \(bytes.count) bytes, too few for an IDX header",
                remedy: "expected \(header) or more")
        }
        func integer(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard integer(at: 0) == magic else {
            throw FileError(
                path: path, place: "offset 0", problem: "the magic number is \(integer(at: 0))",
                remedy: "expected \(magic), IDX with \(rank) \(rank == 1 ? "axis" : "axes") of unsigned bytes")
        }
        dimensions = (0..<rank).map { integer(at: 4 + 4 * $0) }
        let shape = dimensions.map(String.init).joined(separator: "x")
        guard let claimed = product(dimensions), claimed == bytes.count - header else {
            let claimed = product(dimensions).map { "needs \($0)" } ?? "is no possible size"
            throw FileError(
                path: path, problem: "\(bytes.count - header) bytes follow the header, whose size \(shape) \(claimed)",
                remedy: "the file is cut short, longer than it says, or damaged")
        }
        data = Array(bytes[header...])
    }
}
