/// What a name such as `mpfr:24@binary32,reduction=pairwise` says, parsed: FORMAT[,reduction=R]. Parts come in any order;
/// the canonical text is printed in this one, defaults left out.
public struct ArithmeticName: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case binary32, binary64
        /// MPFR at a precision, in MPFR's exponent range or in that of a format.
        case mpfr(precision: Int, range: Format?)
    }

    public let kind: Kind
    public let reduction: Reduction

    public init(_ kind: Kind, reduction: Reduction? = nil) {
        self.kind = kind
        self.reduction = reduction ?? ArithmeticName.defaultReduction(kind)
    }

    /// `exact` for MPFR in its own range, a chain for everything else.
    private static func defaultReduction(_ kind: Kind) -> Reduction {
        if case .mpfr(_, range: nil) = kind { return .exact }
        return .sequential
    }

    /// - Throws: `ArithmeticNameError` saying what is wrong and what exists.
    public init(_ text: String) throws(ArithmeticNameError) {
        var kind: Kind?
        var reduction: Reduction?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = part.drop { $0 == " " }
            if part.hasPrefix("reduction=") {
                let value = part.dropFirst("reduction=".count)
                guard reduction == nil else { throw ArithmeticNameError("\"\(text)\": reduction= is given twice") }
                guard let parsed = Reduction(value) else {
                    throw ArithmeticNameError(
                        "\"\(text)\": no reduction \"\(value)\"; the reductions are \(Reduction.choices)")
                }
                reduction = parsed
            } else if part.contains("=") {
                throw ArithmeticNameError("\"\(text)\": no part \"\(part)\"; a format may be followed by ,reduction=R")
            } else {
                let parsed = try ArithmeticName.kind(part, in: text)
                guard kind == nil else { throw ArithmeticNameError("\"\(text)\": two formats; one is wanted") }
                kind = parsed
            }
        }
        guard let kind else {
            throw ArithmeticNameError("\"\(text)\": no format; the formats are \(ArithmeticName.choices)")
        }
        self.init(kind, reduction: reduction)
    }

    private static func kind(_ part: Substring, in text: String) throws(ArithmeticNameError) -> Kind {
        switch part {
        case "float", "binary32": return .binary32
        case "double", "binary64": return .binary64
        default: break
        }
        guard part.hasPrefix("mpfr:") else {
            throw ArithmeticNameError("\"\(text)\": no format \"\(part)\"; the formats are \(choices)")
        }
        let pieces = part.dropFirst("mpfr:".count).split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = pieces.first, let precision = Int(first), Format.precisions.contains(precision) else {
            let least = Format.precisions.lowerBound
            let most = Format.precisions.upperBound
            throw ArithmeticNameError("\"\(text)\": mpfr:P wants a whole precision from \(least) to \(most)")
        }
        guard pieces.count > 1 else { return .mpfr(precision: precision, range: nil) }
        guard let format = Format.named(String(pieces[1])) else {
            let names = Format.named.map { $0.names[0] }.joined(separator: ", ")
            throw ArithmeticNameError("\"\(text)\": no format \"\(pieces[1])\" after @; the formats are \(names)")
        }
        return .mpfr(precision: precision, range: format)
    }

    /// What exists, for messages.
    public static let choices = "float, double, mpfr:P, mpfr:P@FORMAT"

    public var description: String {
        let base =
            switch kind {
            case .binary32: "float"
            case .binary64: "double"
            case .mpfr(let precision, let range): "mpfr:\(precision)" + (range?.name.map { "@" + $0 } ?? "")
            }
        return base + (reduction == ArithmeticName.defaultReduction(kind) ? "" : ",reduction=\(reduction)")
    }
}

/// A name that is no arithmetic: one line that says what is wrong and what exists.
public struct ArithmeticNameError: Error, CustomStringConvertible, Sendable {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// The arithmetic that a name stands for.
///
/// - Throws: `ArithmeticNameError`.
public func arithmetic(
    named text: String, instructionSet: InstructionSet = .best
) throws(ArithmeticNameError) -> any Arithmetic {
    arithmetic(try ArithmeticName(text), instructionSet: instructionSet)
}

public func arithmetic(_ name: ArithmeticName, instructionSet: InstructionSet = .best) -> any Arithmetic {
    switch name.kind {
    case .binary32: Binary32(reduction: name.reduction, instructionSet: instructionSet)
    case .binary64: Binary64(reduction: name.reduction, instructionSet: instructionSet)
    case .mpfr(let precision, let range):
        mpfrArithmetic(
            precision: precision, range: range, reduction: name.reduction, instructionSet: instructionSet)
    }
}

extension ArithmeticName {
    /// The numbers of the arithmetic.
    public var format: Format {
        switch kind {
        case .binary32: .binary32
        case .binary64: .binary64
        case .mpfr(let precision, let range): Format(precision: precision, range: range?.range)
        }
    }
}
