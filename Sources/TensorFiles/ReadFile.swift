#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The whole content of a file.
///
/// - Parameters:
///   - path: The file; a pipe or device is read to its end.
///   - limit: Most bytes to accept.
/// - Throws: `FileError` for a missing or unreadable file, a folder, or more than `limit` bytes.
public func readFile(_ path: String, limit: Int = 1 << 36) throws(FileError) -> [UInt8] {
    try checkPath(path)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, problem: systemMessage(errno), remedy: "cannot be read") }
    defer { _ = close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, problem: systemMessage(errno)) }
    guard !status.isFolder else { throw FileError(path: path, problem: "is a folder, not a file") }
    let tooLarge = FileError(path: path, problem: "holds more than \(limit) bytes, the most that is accepted here")
    var bytes: [UInt8] = []
    if status.isRegularFile {
        guard Int(status.st_size) <= limit else { throw tooLarge }
        bytes.reserveCapacity(Int(status.st_size))
    }

    // The size may change while we read, and pipes have none: the end is where `read` says so.
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(descriptor, &block, block.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else {
            throw FileError(path: path, place: "offset \(bytes.count)", problem: systemMessage(errno))
        }
        if count == 0 { return bytes }
        guard count <= limit - bytes.count else { throw tooLarge }
        bytes.append(contentsOf: block[..<count])
    }
}
