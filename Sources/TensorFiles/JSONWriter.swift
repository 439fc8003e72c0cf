/// How JSON is laid out.
public enum JSONStyle: Sendable {
    /// No spaces, one line.
    case compact
    /// One member or element a line, two spaces a level.
    case pretty
}

extension JSONValue {
    /// The value as JSON in UTF-8. Equal values give equal bytes: order is kept, numbers keep their text, and only what
    /// must be escaped is.
    public func encoded(_ style: JSONStyle = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.write(self, level: 0)
        return writer.bytes
    }

    /// The same as a string.
    public func text(_ style: JSONStyle = .compact) -> String {
        String(decoding: encoded(style), as: UTF8.self)
    }

    /// Writes the value, pretty unless asked otherwise, and a last newline; the file appears when it is complete.
    ///
    /// - Throws: `FileError` when it cannot be written.
    public func write(to path: String, _ style: JSONStyle = .pretty) throws(FileError) {
        try writeAtomically(path, encoded(style) + [UInt8(ascii: "\n")])
    }
}

private struct JSONWriter {
    let style: JSONStyle
    private(set) var bytes: [UInt8] = []

    init(style: JSONStyle) {
        self.style = style
    }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number): bytes += number.literal.utf8
        case .string(let text): write(text)
        case .array(let elements):
            write("[", elements, "]", level: level) { writer, element in writer.write(element, level: level + 1) }
        case .object(let object):
            write("{", object.members, "}", level: level) { writer, member in
                writer.write(member.key)
                writer.bytes += (writer.style == .pretty ? ": " : ":").utf8
                writer.write(member.value, level: level + 1)
            }
        }
    }

    private mutating func write<Item>(
        _ opening: String, _ items: [Item], _ closing: String, level: Int, item: (inout JSONWriter, Item) -> Void
    ) {
        bytes += opening.utf8
        for (index, element) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            startLine(level: level + 1)
            item(&self, element)
        }
        if !items.isEmpty { startLine(level: level) }
        bytes += closing.utf8
    }

    private mutating func startLine(level: Int) {
        guard style == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: 2 * level)
    }

    /// Quotes, backslashes and control characters are escaped; nothing else has to be (RFC 8259, section 7).
    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x08: bytes += "\\b".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0..<0x20: bytes += ("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
