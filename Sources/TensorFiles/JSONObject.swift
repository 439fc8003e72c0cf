/// The members of a JSON object in their written order, each key once.
///
/// Keys are compared as Swift compares strings, so two spellings of the same Unicode text count as one key.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let key: String
        public let value: JSONValue

        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// For members whose keys are already known to differ.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// Reading: nil when the key is absent. Writing: in place when the key is there, else as the last; nil removes.
    public subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let position = members.firstIndex { $0.key == key }
            switch (position, newValue) {
            case (let position?, let value?): members[position] = Member(key: key, value: value)
            case (let position?, nil): members.remove(at: position)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    public var keys: [String] { members.map(\.key) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Keeps the literal's order. A key written twice is a mistake in the program and traps.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (i, element) in elements.enumerated() {
            precondition(!elements[..<i].contains { $0.0 == element.0 }, "a JSON object literal repeats a key")
        }
        members = elements.map { Member(key: $0.0, value: $0.1) }
    }
}
