/// The part of Python's literals that npy headers are made of.
enum PythonLiteral: Equatable, CustomStringConvertible {
    case string(String)
    case bool(Bool)
    case integer(Int)
    case tuple([Int])

    var description: String {
        switch self {
        case .string(let text): "'\(text)'"
        case .bool(let flag): flag ? "True" : "False"
        case .integer(let value): "\(value)"
        case .tuple(let values): "(" + values.map { "\($0)" }.joined(separator: ", ") + (values.count == 1 ? ",)" : ")")
        }
    }
}

/// Reads `{'key': value, …}` with any spacing, either quote and an optional last comma; nothing else.
struct PythonLiteralParser {
    private let text: [UInt8]
    private var index = 0

    private init(_ text: [UInt8]) {
        self.text = text
    }

    /// The pairs of one dictionary in their order, each key once.
    ///
    /// - Throws: `FileError` with the offset within the header text.
    static func parseDictionary(_ text: [UInt8]) throws(FileError) -> [(key: String, value: PythonLiteral)] {
        var parser = PythonLiteralParser(text)
        let pairs = try parser.parseDictionary()
        parser.skipSpace()
        guard parser.index == text.count else { throw parser.unexpected("the end of the header") }
        return pairs
    }

    private mutating func parseDictionary() throws(FileError) -> [(key: String, value: PythonLiteral)] {
        var pairs: [(key: String, value: PythonLiteral)] = []
        guard takes("{") else { throw unexpected("'{'") }
        while !takes("}") {
            guard pairs.isEmpty || takes(",") else { throw unexpected("',' or '}'") }
            if !pairs.isEmpty, takes("}") { break }
            let key = try parseString()
            guard !pairs.contains(where: { $0.key == key }) else {
                throw FileError(place: "header field '\(key)'", problem: "occurs twice")
            }
            guard takes(":") else { throw unexpected("':'") }
            pairs.append((key, try parseValue(of: key)))
        }
        return pairs
    }

    private mutating func parseValue(of key: String) throws(FileError) -> PythonLiteral {
        skipSpace()
        guard index < text.count else { throw unexpected("a value") }
        switch text[index] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "("): return .tuple(try parseTuple())
        case UInt8(ascii: "["):
            throw FileError(
                place: "header field '\(key)'", problem: "a list, as NumPy writes for structured arrays",
                remedy: "only arrays of plain numbers or bools can be read")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try parseInteger())
        default:
            if takesWord("True") { return .bool(true) }
            if takesWord("False") { return .bool(false) }
            throw unexpected("a value")
        }
    }

    private mutating func parseTuple() throws(FileError) -> [Int] {
        var values: [Int] = []
        guard takes("(") else { throw unexpected("'('") }
        var endsInComma = true
        while !takes(")") {
            guard endsInComma else { throw unexpected("',' or ')'") }
            values.append(try parseInteger())
            endsInComma = takes(",")
        }
        // In Python, (3) is the number 3.
        guard values.count != 1 || endsInComma else {
            throw failure("(\(values[0])) is no tuple", "expected (\(values[0]),)")
        }
        return values
    }

    private mutating func parseInteger() throws(FileError) -> Int {
        skipSpace()
        let start = index
        if index < text.count, text[index] == UInt8(ascii: "-") { index += 1 }
        while index < text.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[index] { index += 1 }
        guard let value = Int(String(decoding: text[start..<index], as: UTF8.self)) else {
            guard index > start else { throw unexpected("an integer") }
            throw failure("an integer beyond 64 bits or without digits")
        }
        return value
    }

    private mutating func parseString() throws(FileError) -> String {
        skipSpace()
        guard index < text.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(text[index]) else {
            throw unexpected("a string in quotes")
        }
        let quote = text[index]
        let start = index + 1
        guard let end = text[start...].firstIndex(of: quote) else { throw failure("the string has no closing quote") }
        guard !text[start..<end].contains(UInt8(ascii: "\\")) else { throw failure("an escape in a string") }
        index = end + 1
        return String(decoding: text[start..<end], as: UTF8.self)
    }

    private mutating func skipSpace() {
        while index < text.count, text[index] == 0x20 || 0x09...0x0D ~= text[index] { index += 1 }
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func takesWord(_ word: String) -> Bool {
        guard text[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    private func unexpected(_ wanted: String) -> FileError {
        guard index < text.count else { return failure("the header ends where \(wanted) was expected") }
        let found = Unicode.Scalar(text[index])
        return failure("found '\(found)' where \(wanted) was expected")
    }

    private func failure(_ problem: String, _ remedy: String? = nil) -> FileError {
        FileError(place: "header text offset \(index)", problem: problem, remedy: remedy)
    }
}
