/// A JSON number, kept as it was written: no digit is lost until someone asks for a binary value.
public struct JSONNumber: Hashable, Sendable {
    public let literal: String

    /// - Returns: nil unless the text is a number by RFC 8259, section 6.
    public init?(literal: String) {
        let bytes = [UInt8](literal.utf8)
        guard !bytes.isEmpty, JSONNumber.end(in: bytes, from: 0) == bytes.count else { return nil }
        self.literal = literal
    }

    public init(_ value: Int) {
        literal = String(value)
    }

    /// For text already known to be a number.
    init(scanned literal: String) {
        self.literal = literal
    }

    /// The value when it is written as an integer (no point, no exponent) and fits `Int`.
    public var int: Int? { Int(literal) }

    /// The nearest binary64; nil when that would be infinite.
    public var double: Double? {
        guard let value = Double(literal), value.isFinite else { return nil }
        return value
    }

    /// Where the number that begins at `start` ends; nil when none begins there. Recognises as much as it can, so that
    /// `01` ends after its `0`.
    static func end(in bytes: [UInt8], from start: Int) -> Int? {
        func digits(_ from: Int) -> Int {
            var index = from
            while index < bytes.count, isDigit(bytes[index]) { index += 1 }
            return index
        }
        func holds(_ index: Int, _ characters: StaticString) -> Bool {
            index < bytes.count && characters.withUTF8Buffer { $0.contains(bytes[index]) }
        }
        var index = holds(start, "-") ? start + 1 : start
        guard index < bytes.count, isDigit(bytes[index]) else { return nil }
        index = holds(index, "0") ? index + 1 : digits(index)
        if holds(index, ".") {
            let end = digits(index + 1)
            guard end > index + 1 else { return nil }
            index = end
        }
        if holds(index, "eE") {
            let first = holds(index + 1, "+-") ? index + 2 : index + 1
            let end = digits(first)
            guard end > first else { return nil }
            index = end
        }
        return index
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
