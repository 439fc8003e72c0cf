/// A JSON value: strict on the way in, deterministic on the way out. Numbers keep their text and objects their order.
///
/// Source: RFC 8259, *The JavaScript Object Notation (JSON) Data Interchange Format*.
public indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    public init(_ value: Bool) { self = .bool(value) }
    public init(_ value: Int) { self = .number(JSONNumber(value)) }
    public init(_ value: String) { self = .string(value) }
    public init(_ values: [JSONValue]) { self = .array(values) }
    public init(_ object: JSONObject) { self = .object(object) }

    /// The shortest decimal that reads back as the same binary64; `"NaN"`, `"Infinity"` and `"-Infinity"` as strings,
    /// because JSON has no such numbers.
    public init(_ value: Double) {
        self = JSONValue.number(value.description, orNamed: value)
    }

    /// The shortest decimal that reads back as the same binary32; otherwise as for binary64.
    public init(_ value: Float) {
        self = JSONValue.number(value.description, orNamed: Double(value))
    }

    /// Swift's `description` is the shortest round-trip text, and for finite values always a JSON number.
    private static func number(_ shortest: String, orNamed value: Double) -> JSONValue {
        if value.isFinite { return .number(JSONNumber(scanned: shortest)) }
        return .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    }
}

extension JSONValue {
    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The value of a number written as an integer that fits `Int`.
    public var int: Int? { number?.int }

    /// The nearest binary64 of a number, or the value that one of the three strings of `init(_: Double)` stands for.
    public var double: Double? {
        switch self {
        case .number(let value): value.double
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: nil
        }
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of an object; nil when this is no object or has no such key.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// The element of an array; nil when this is no array or the index lies outside.
    public subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self.init(value) }
    public init(integerLiteral value: Int) { self.init(value) }
    public init(floatLiteral value: Double) { self.init(value) }
    public init(stringLiteral value: String) { self.init(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// Keeps the literal's order. A key written twice is a mistake in the program and traps.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        precondition(Set(elements.map(\.0)).count == elements.count, "a JSON object literal repeats a key")
        self = .object(JSONObject(distinct: elements.map { JSONObject.Member(key: $0.0, value: $0.1) }))
    }
}
