extension ArithmeticName {
    /// - Throws: `ArithmeticNameError` saying what is wrong and what exists.
    public init(_ text: String) throws(ArithmeticNameError) {
        func fail(_ message: String) -> ArithmeticNameError { ArithmeticNameError("\"\(text)\": \(message)") }
        var kind: Kind?
        var parts: [(key: Substring, value: Substring)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = part.drop { $0 == " " }
            if let mark = part.firstIndex(of: "=") {
                let key = part[..<mark]
                guard ArithmeticName.keys.contains(String(key)) else {
                    throw fail("no part \"\(part)\"; a format may be followed by \(ArithmeticName.partChoices)")
                }
                guard !parts.contains(where: { $0.key == key }) else { throw fail("\(key)= is given twice") }
                parts.append((key, part[part.index(after: mark)...]))
            } else {
                let parsed = try Kind(part, in: text)
                guard kind == nil else { throw fail("two formats; one is wanted") }
                kind = parsed
            }
        }
        guard let kind else { throw fail("no format; the formats are \(ArithmeticName.choices)") }
        if case .interval = kind, let part = parts.first(where: { $0.key != "reduction" }) {
            throw fail(
                "\(part.key)= has no meaning for \(kind), whose bounds are rounded outward; reduction=R may follow it")
        }

        func value<T>(
            of key: String, called what: String, choices: String, _ parse: (Substring) -> T?
        ) throws(ArithmeticNameError) -> T? {
            guard let part = parts.first(where: { $0.key == key }) else { return nil }
            guard let parsed = parse(part.value) else {
                throw fail("no \(what) \"\(part.value)\"; the \(what)s are \(choices)")
            }
            return parsed
        }
        func format(of key: String) throws(ArithmeticNameError) -> Kind? {
            guard let part = parts.first(where: { $0.key == key }) else { return nil }
            let other = try Kind(part.value, in: text)
            if case .interval = other {
                throw fail("\(key)=\(other) holds enclosures, which \(kind) cannot; a format of single numbers could")
            }
            guard other.format.contains(kind.format) else {
                throw fail("\(key)=\(other) does not hold every number of \(kind); a wider format would")
            }
            return other
        }
        let reduction = try value(of: "reduction", called: "reduction", choices: Reduction.choices) { Reduction($0) }
        let direction = try value(of: "round", called: "direction", choices: RoundingDirection.choices) {
            RoundingDirection($0)
        }
        let overflow = try value(of: "overflow", called: "overflow rule", choices: "nan, saturate") { text in
            [Format.Overflow.nan, .saturate].first { $0.rawValue == text }
        }
        guard overflow == nil || kind.format.overflow != .infinity else {
            throw fail("overflow= is for formats without infinities, which is fp8-e4m3; \(kind) overflows to infinity")
        }
        self.init(
            kind, reduction: reduction, accumulate: try format(of: "accumulate"), master: try format(of: "master"),
            direction: direction ?? .nearest, overflow: overflow ?? .nan)
    }

    private static let keys = ["reduction", "accumulate", "master", "round", "overflow"]
    private static let partChoices = "reduction=R, accumulate=FORMAT, master=FORMAT, round=D, overflow=nan|saturate"

    /// What exists, for messages.
    public static let choices =
        "half, bfloat16, tf32, fp8-e4m3, fp8-e5m2, float, double, mpfr:P, mpfr:P@FORMAT, interval:P"
}

extension ArithmeticName.Kind {
    /// `bfloat16`, `float`, `mpfr:P`, `mpfr:P@FORMAT`, `interval:P`; `text` is the whole name, for messages.
    fileprivate init(_ part: Substring, in text: String) throws(ArithmeticNameError) {
        if part.hasPrefix("interval:") {
            self = .interval(precision: try Self.precision(part.dropFirst("interval:".count), "interval:P", in: text))
            return
        }
        if !part.hasPrefix("mpfr:") {
            // binary128 exists only as a range: no other format here has more than 53 bits.
            guard let format = Format.named(String(part)), Format.binary64.contains(format) else {
                throw ArithmeticNameError(
                    "\"\(text)\": no format \"\(part)\"; the formats are \(ArithmeticName.choices)")
            }
            self.init(format)
            return
        }
        let pieces = part.dropFirst("mpfr:".count).split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let precision = try Self.precision(pieces[0], "mpfr:P", in: text)
        guard pieces.count > 1 else {
            self = .mpfr(precision: precision, range: nil)
            return
        }
        guard let format = Format.named(String(pieces[1])) else {
            let names = Format.named.map { $0.names[0] }.joined(separator: ", ")
            throw ArithmeticNameError("\"\(text)\": no format \"\(pieces[1])\" after @; the formats are \(names)")
        }
        self = .mpfr(precision: precision, range: format)
    }

    private static func precision(
        _ digits: Substring, _ form: String, in text: String
    ) throws(ArithmeticNameError) -> Int {
        guard let precision = Int(digits), Format.precisions.contains(precision) else {
            let least = Format.precisions.lowerBound
            let most = Format.precisions.upperBound
            throw ArithmeticNameError("\"\(text)\": \(form) wants a whole precision from \(least) to \(most)")
        }
        return precision
    }
}
