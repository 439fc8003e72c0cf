extension JSONValue {
    /// Reads one JSON text: RFC 8259 without extensions, in valid UTF-8 without byte order mark, each key once in its
    /// object, at most 64 arrays and objects inside one another.
    ///
    /// - Parameters:
    ///   - bytes: The whole text.
    ///   - path: The file it came from, for the error.
    /// - Throws: `FileError` with line and column (from 1, in characters) and byte offset (from 0).
    public init(parsing bytes: [UInt8], path: String = "") throws(FileError) {
        var parser = JSONParser(bytes: bytes, path: path)
        self = try parser.parseDocument()
    }

    /// The same for text in memory.
    public init(parsing text: String, path: String = "") throws(FileError) {
        try self.init(parsing: [UInt8](text.utf8), path: path)
    }
}

/// A recursive-descent parser; the depth limit bounds its recursion.
struct JSONParser {
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private let path: String
    private var index = 0

    init(bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func parseDocument() throws(FileError) -> JSONValue {
        if let offset = firstInvalidUTF8(in: bytes) { throw failure("invalid UTF-8", at: offset) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw failure("a byte order mark, which JSON does not allow", at: 0)
        }
        skipSpace()
        let value = try parseValue(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw unexpected("the end of the text") }
        return value
    }

    private mutating func parseValue(depth: Int) throws(FileError) -> JSONValue {
        guard index < bytes.count else { throw unexpected("a value") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: return .number(try parseNumber())
        }
    }

    private mutating func parseObject(depth: Int) throws(FileError) -> JSONObject {
        try enter(depth)
        var members: [JSONObject.Member] = []
        var keys: Set<String> = []
        if takes("}") { return JSONObject() }
        repeat {
            skipSpace()
            let start = index
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
            let key = try parseString()
            guard keys.insert(key).inserted else {
                throw failure("key \(FileError.quoted(key)) occurs twice", at: start)
            }
            guard takes(":") else { throw unexpected("':'") }
            skipSpace()
            members.append(JSONObject.Member(key: key, value: try parseValue(depth: depth)))
        } while takes(",")
        guard takes("}") else { throw unexpected("',' or '}'") }
        return JSONObject(distinct: members)
    }

    private mutating func parseArray(depth: Int) throws(FileError) -> [JSONValue] {
        try enter(depth)
        var values: [JSONValue] = []
        if takes("]") { return values }
        repeat {
            skipSpace()
            values.append(try parseValue(depth: depth))
        } while takes(",")
        guard takes("]") else { throw unexpected("',' or ']'") }
        return values
    }

    /// Past an opening bracket, unless it stands too deep.
    private mutating func enter(_ depth: Int) throws(FileError) {
        guard depth <= Self.maximumDepth else {
            throw failure("more than \(Self.maximumDepth) arrays and objects inside one another", at: index)
        }
        index += 1
    }

    private mutating func parseString() throws(FileError) -> String {
        let opening = index
        index += 1
        var text: [UInt8] = []
        var plainStart = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                text += bytes[plainStart..<index]
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += bytes[plainStart..<index]
                text += UTF8.encode(try parseEscape()).map { Array($0) } ?? []
                plainStart = index
            case 0..<0x20:
                throw failure("a control character inside a string", at: index, "write it as \\u00XX")
            default:
                index += 1
            }
        }
        throw failure("the string has no closing quote", at: opening)
    }

    private mutating func parseEscape() throws(FileError) -> Unicode.Scalar {
        let start = index
        guard index + 1 < bytes.count else { throw failure("an unfinished escape", at: start) }
        index += 2
        switch bytes[index - 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw failure("an unknown escape", at: start, "JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")
        }
        let unit = try parseHex(start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // What is no scalar is a surrogate; only a high one with a low one behind it means something.
        guard unit < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw failure("half of a surrogate pair", at: start) }
        index += 2
        let low = try parseHex(start)
        guard 0xDC00...0xDFFF ~= low, let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else {
            throw failure("half of a surrogate pair", at: start)
        }
        return scalar
    }

    private mutating func parseHex(_ escapeStart: Int) throws(FileError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw failure("\\u needs four hexadecimal digits", at: escapeStart)
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }

    private mutating func parseNumber() throws(FileError) -> JSONNumber {
        guard let end = JSONNumber.end(in: bytes, from: index) else {
            let beginsLikeOne = "-0123456789".utf8.contains(bytes[index])
            throw beginsLikeOne ? failure("an incomplete number", at: index) : unexpected("a value")
        }
        defer { index = end }
        return JSONNumber(scanned: String(decoding: bytes[index..<end], as: UTF8.self))
    }

    private mutating func parseWord(_ word: String, _ value: JSONValue) throws(FileError) -> JSONValue {
        guard bytes[index...].starts(with: word.utf8) else { throw unexpected("a value") }
        index += word.utf8.count
        return value
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    /// Past spaces and the character, when it comes next.
    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private func unexpected(_ wanted: String) -> FileError {
        guard index < bytes.count else { return failure("the text ends where \(wanted) was expected", at: index) }
        let rest = String(decoding: bytes[index...].prefix(4), as: UTF8.self)
        let found = rest.unicodeScalars.first.map { String($0) } ?? ""
        return failure("found '\(found)' where \(wanted) was expected", at: index)
    }

    private func failure(_ problem: String, at offset: Int, _ remedy: String? = nil) -> FileError {
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = before.count { $0 == 0x0A } + 1
        let column = bytes[lineStart..<offset].count { $0 & 0xC0 != 0x80 } + 1
        let place = "line \(line), column \(column) (offset \(offset))"
        return FileError(path: path, place: place, problem: problem, remedy: remedy)
    }
}
