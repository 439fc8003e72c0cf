#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Standard input in blocks of complete lines.
public struct StandardInput {
    /// A line that has begun.
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var block = [UInt8](repeating: 0, count: 1 << 20)
    /// No line of text that is meant to be read is longer.
    private static let longestLine = 1 << 20

    public init() {}

    /// The complete lines of what has arrived, waiting for at least one; at the end what remains, even without a newline.
    ///
    /// - Parameter isStopped: asked several times a second while nothing comes.
    /// - Returns: nil at the end, or when stopped.
    /// - Throws: `FileError` when it cannot be read, or a line never ends.
    public mutating func nextLines(unless isStopped: () -> Bool) throws(FileError) -> [UInt8]? {
        while !isAtEnd {
            var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            // A signal does not end `read` where the system starts it again; it is asked for here.
            let ready = poll(&descriptor, 1, 200)
            if isStopped() { return nil }
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            let count = read(STDIN_FILENO, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: "standard input", problem: systemMessage(errno)) }
            guard count > 0 else {
                isAtEnd = true
                break
            }
            guard let end = block[..<count].lastIndex(of: UInt8(ascii: "\n")) else {
                rest += block[..<count]
                guard rest.count <= StandardInput.longestLine else {
                    throw FileError(
                        path: "standard input", problem: "a line is longer than \(StandardInput.longestLine) bytes")
                }
                continue
            }
            let lines = rest + block[...end]
            rest = Array(block[(end + 1)..<count])
            return lines
        }
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
