// The C library under its platform's name, and its error numbers in words that do not change with the platform.
#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The meaning of an `errno` value: fixed words for the everyday ones, the system's own for the rest.
package func systemMessage(_ number: Int32) -> String {
    switch number {
    case ENOENT: "no such file or folder"
    case EACCES, EPERM: "permission denied"
    case EISDIR: "is a folder, not a file"
    case ENOTDIR: "a part of the path is not a folder"
    case ENOSPC: "no space left on the device"
    case EROFS: "the file system is read-only"
    default: String(cString: strerror(number))
    }
}

/// A path the system can be asked about: C strings end at the first zero byte, so a path holding one would name another
/// file.
func checkPath(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw FileError(problem: "the path is empty", remedy: "name a file") }
    guard !path.utf8.contains(0) else { throw FileError(path: path, problem: "the path holds a zero byte") }
}

/// What `stat` says of a path, links followed; nil when nothing is there or it cannot be asked.
func fileStatus(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
}
