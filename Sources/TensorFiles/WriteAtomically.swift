// Promises, in order: the path holds either its old content or all of the new, never a part; a failure leaves no
// temporary file behind; and it says why in one line.
#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Replaces the content of `path` in one step: a temporary file beside it is written, synchronised and renamed.
///
/// A link is followed, so that the file it names is replaced and the link stays; an existing file's permissions are
/// kept. A device or pipe (`/dev/stdout`) cannot be renamed onto and is written directly.
///
/// - Throws: `FileError` when the folder is missing or closed to us, the path is a folder, or the device is full.
public func writeAtomically(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    try writeAtomically(path, bytes, through: { write($0, $1, $2) })
}

/// The same with the system's `write` as an argument, so that a full disk can be rehearsed.
package func writeAtomically(
    _ path: String, _ bytes: [UInt8], through write: (Int32, UnsafeRawPointer, Int) -> Int
) throws(FileError) {
    try checkPath(path)
    let existing = fileStatus(path)
    if let existing {
        guard !existing.isFolder else { throw FileError(path: path, problem: "is a folder, not a file") }
        guard existing.isRegularFile else { return try writeDirectly(path, bytes, through: write) }
    }

    let target = existing == nil ? path : linkTarget(path)
    let (temporary, descriptor) = try createTemporary(beside: target, for: path)
    var succeeded = false
    defer { if !succeeded { _ = unlink(temporary) } }
    if let existing { _ = fchmod(descriptor, existing.st_mode & 0o7777) }
    try fill(descriptor, bytes, path: path, through: write)
    guard rename(temporary, target) == 0 else {
        throw FileError(
            path: path, problem: systemMessage(errno), remedy: "the finished file could not be put in its place")
    }
    succeeded = true
}

/// Writes and closes a file whose name is about to replace another's.
private func fill(
    _ descriptor: Int32, _ bytes: [UInt8], path: String, through write: (Int32, UnsafeRawPointer, Int) -> Int
) throws(FileError) {
    defer { _ = close(descriptor) }
    try writeAll(bytes, to: descriptor, path: path, through: write)
    // Without this a crash after the rename could leave the new name on unwritten blocks.
    guard fsync(descriptor) == 0 else { throw FileError(path: path, problem: systemMessage(errno)) }
}

private func writeDirectly(
    _ path: String, _ bytes: [UInt8], through write: (Int32, UnsafeRawPointer, Int) -> Int
) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        throw FileError(path: path, problem: systemMessage(errno), remedy: "cannot be written")
    }
    defer { _ = close(descriptor) }
    try writeAll(bytes, to: descriptor, path: path, through: write)
}

private func writeAll(
    _ bytes: [UInt8], to descriptor: Int32, path: String, through write: (Int32, UnsafeRawPointer, Int) -> Int
) throws(FileError) {
    // Some systems refuse a single write of 2 GiB or more.
    let largestWrite = 1 << 30
    var failure: Int32?
    var done = 0
    bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        while done < buffer.count {
            let count = write(descriptor, base + done, min(buffer.count - done, largestWrite))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                failure = count < 0 ? errno : ENOSPC
                return
            }
            done += count
        }
    }
    if let failure {
        throw FileError(
            path: path, problem: systemMessage(failure), remedy: "\(done) of \(bytes.count) bytes were written")
    }
}

/// A new file in the folder of `target`, where a rename is one step; created with the permissions any new file would
/// get.
private func createTemporary(beside target: String, for path: String) throws(FileError) -> (
    path: String, descriptor: Int32
) {
    let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(target[...$0]) } ?? ""
    var attempts = 0
    while true {
        let name = folder + ".lockstep-\(getpid())-" + String(UInt64.random(in: 0 ... .max), radix: 36) + ".tmp"
        let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor >= 0 { return (name, descriptor) }
        attempts += 1
        guard errno == EEXIST && attempts < 100 else {
            throw FileError(
                path: path, problem: systemMessage(errno),
                remedy: "a temporary file must be created in \(FileError.quoted(folder.isEmpty ? "." : folder))")
        }
    }
}

/// The file a link leads to; the path itself when it cannot be followed.
private func linkTarget(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
}
