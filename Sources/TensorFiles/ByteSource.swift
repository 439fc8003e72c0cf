/// Bytes handed out from front to back, so that one reader serves a file in memory and a member being inflated.
protocol ByteSource {
    /// Bytes from the first to the last, known before any is read.
    var totalCount: Int { get }

    /// The next `count` bytes, which the caller has checked to be there by `totalCount`.
    ///
    /// - Throws: `FileError` when there are fewer.
    mutating func next(_ count: Int) throws(FileError) -> [UInt8]
}

/// A file that is already in memory.
struct MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var totalCount: Int { bytes.count }

    mutating func next(_ count: Int) throws(FileError) -> [UInt8] {
        guard count <= bytes.count - position else {
            throw FileError(place: "offset \(position)", problem: "the file ends where \(count) bytes were expected")
        }
        defer { position += count }
        return [UInt8](bytes[position..<position + count])
    }
}
