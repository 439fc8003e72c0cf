import Foundation
import TensorFiles

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Standard output or standard error, and what may be drawn there.
public struct TextOutput: Sendable {
    public let descriptor: Int32
    public let style: TextStyle

    public static let standardOutput = TextOutput(descriptor: STDOUT_FILENO)
    public static let standardError = TextOutput(descriptor: STDERR_FILENO)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        style = TextStyle(descriptor: descriptor)
    }

    /// Writes all of the text. A reader that has gone away (`| head -1`) is no failure: the rest is dropped.
    ///
    /// - Throws: `FileError` when the text cannot be written, as on a full disk.
    public func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

    public func write(_ bytes: [UInt8]) throws(FileError) { _ = try deliver(bytes) }

    /// The same.
    ///
    /// - Returns: whether there still is a reader.
    public func deliver(_ bytes: [UInt8]) throws(FileError) -> Bool {
        var failure: Int32 = 0
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var done = 0
            while done < buffer.count {
                #if canImport(Darwin)
                    let count = Darwin.write(descriptor, base + done, buffer.count - done)
                #elseif canImport(Glibc)
                    let count = Glibc.write(descriptor, base + done, buffer.count - done)
                #else
                    let count = Musl.write(descriptor, base + done, buffer.count - done)
                #endif
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    failure = errno
                    return
                }
                done += count
            }
        }
        guard failure == 0 || failure == EPIPE else {
            throw FileError(path: "standard output", problem: systemMessage(failure))
        }
        return failure == 0
    }

    /// Makes writing safe, once, before anything is opened: a write to a closed pipe or beyond the permitted file size fails
    /// instead of ending the process, and a closed standard stream becomes the null device, lest a file take its number.
    public static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }
}

/// What a place for text can show.
public struct TextStyle: Sendable, Equatable {
    /// Columns.
    public var width: Int
    /// A person watches: lines may be redrawn.
    public var isTerminal: Bool
    public var hasColor: Bool
    /// Characters beyond ASCII.
    public var hasUnicode: Bool

    /// A file or a pipe: 80 columns of ASCII.
    public static let plain = TextStyle(width: 80, isTerminal: false, hasColor: false, hasUnicode: false)

    public init(width: Int, isTerminal: Bool, hasColor: Bool, hasUnicode: Bool) {
        self.width = width
        self.isTerminal = isTerminal
        self.hasColor = hasColor
        self.hasUnicode = hasUnicode
    }

    init(descriptor: Int32) {
        self = .plain
        let environment = ProcessInfo.processInfo.environment
        guard isatty(descriptor) == 1 else { return }
        var size = winsize()
        if let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 {
            width = columns
        } else if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            width = Int(size.ws_col)
        }
        width = min(max(width, 40), 200)
        isTerminal = environment["TERM"] != "dumb"
        hasColor = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        hasUnicode = locale.lowercased().contains("utf-8") || locale.lowercased().contains("utf8")
    }

    public enum Color: Int, Sendable {
        case red = 31
        case green, yellow, blue, magenta, cyan
    }

    public func bold(_ text: String) -> String { escape("1", text) }
    public func dim(_ text: String) -> String { escape("2", text) }
    public func colored(_ text: String, _ color: Color) -> String { escape("\(color.rawValue)", text) }

    private func escape(_ code: String, _ text: String) -> String {
        hasColor && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
