import Arithmetics
import Comparison
import Evaluation

// The report for people. Nothing depends on colour, and in a file or a pipe it is plain ASCII.

extension EvaluationReport {
    /// Lines for a place of the given style.
    ///
    /// - Parameter full: every digit of long numbers, however wide.
    public func text(_ style: TextStyle, full: Bool = false) -> String {
        let sections =
            switch results {
            case .scalars(let results): scalarSections(results, style, full: full)
            case .vectors(let results): vectorSections(results, style, full: full)
            case .arrays(let results): arraySections(results, style, full: full)
            }
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    // MARK: values

    private func scalarSections(_ results: ScalarResults, _ style: TextStyle, full: Bool) -> [[String]] {
        let isSingle = results.groups.count == 1
        let written = results.groups.map { group in group.operands.map(\.text).joined(separator: ", ") }
        let title = isSingle ? "\(operation.name)(\(written[0]))" : operation.name
        let outcomes = results.groups.flatMap(\.outcomes)
        var keys: [Table.Column] = []
        if !isSingle {
            // A value stands beside its first row only.
            let cells = written.flatMap { [$0] + [String](repeating: "", count: results.arithmetics.count - 1) }
            keys.append(Table.Column("value", .left, cells: cells.map { Shortened.text($0, style, full: full) }))
        }
        keys.append(Table.Column("arithmetic", .left, cells: outcomes.map { "\($0.arithmetic)" }))
        let table = Table(keys: keys, columns(outcomes, style, full: full))
        return [heading(title, outcomes, style), table.lines(style), notes(outcomes, style)]
    }

    private func heading(_ title: String, _ outcomes: [Outcome], _ style: TextStyle) -> [String] {
        let isMeasured = outcomes.contains { $0.operation != nil || $0.enclosed != nil }
        return [style.bold(title) + (isMeasured ? ", errors in ulps against \(reference.name)" : "")]
    }

    /// What each arithmetic gave.
    private func columns(_ outcomes: [Outcome], _ style: TextStyle, full: Bool) -> [Table.Column] {
        func short(_ text: String) -> String { Shortened.text(text, style, full: full) }
        func hexadecimal(_ x: Reading) -> String {
            guard let bounds = x.bounds else { return short(x.hexadecimal) }
            return "[\(short(bounds.lower.hexadecimal)), \(short(bounds.upper.hexadecimal))]"
        }
        // Rounding has one error, and it is there that the input's is seen.
        let hasBoth = operation != .round
        return [
            Table.Column(
                "result", .left,
                cells: outcomes.map { outcome in
                    outcome.result.bounds.map { bounds(of: $0, full: full) }
                        ?? short(Numbers.readable(outcome.result.decimal))
                }),
            Table.Column("ulp\nerror", cells: outcomes.map { ulps($0.operation) }),
            Table.Column("with\ninput", cells: outcomes.map { hasBoth ? ulps($0.total) : "" }),
            column("width\nin ulps", outcomes.map(\.enclosed)) { ulps($0.maxWidth) },
            column("certain\nbits", outcomes.map(\.enclosed)) { Numbers.bits($0.measures.leastBits) },
            column("exact\ninside", outcomes.map(\.enclosed)) { $0.outside.map { $0 == 0 ? "yes" : "NO" } },
            Table.Column("bits", .left, cells: outcomes.map { $0.result.isInterchange ? $0.result.bits : "" }),
            Table.Column("hexadecimal", .left, startsPart: true, cells: outcomes.map { hexadecimal($0.result) }),
            Table.Column(
                "input bits", .left,
                cells: outcomes.map { outcome in
                    outcome.inputs.map { $0.isInterchange ? $0.bits : hexadecimal($0) }.joined(separator: " ")
                }),
        ]
    }

    private func ulps(_ deviation: Outcome.Deviation?) -> String {
        deviation.map { ulps($0.ulpError) } ?? ""
    }

    private func ulps(_ x: Double) -> String { x == 0 ? "0" : Numbers.short(x) }

    /// Cut short, they still enclose: they are rounded outward.
    private func bounds(of x: Reading.Bounds, full: Bool) -> String {
        let digits = full ? x.digits : min(9, x.digits)
        return
            "[\(Numbers.readable(x.lower.decimal(digits: digits, .down))), \(Numbers.readable(x.upper.decimal(digits: digits, .up)))]"
    }

    /// A column of what enclosures say, empty for other arithmetics.
    private func column(_ heading: String, _ enclosed: [Enclosed?], _ cell: (Enclosed) -> String?) -> Table.Column {
        Table.Column(heading, cells: enclosed.map { $0.flatMap(cell) ?? "" })
    }

    private func notes(_ outcomes: [Outcome], _ style: TextStyle) -> [String] {
        var notes: [String] = []
        if operation != .round, outcomes.contains(where: { $0.total != nil }) {
            notes += [
                "  ulp error: of the operation on the values as the format holds them",
                "  with input: of the result, for the values as written",
            ]
        }
        if outcomes.contains(where: { $0.enclosed?.outside != nil }) {
            notes += ["  exact inside: whether the exact result, for the values as written, lies between the bounds"]
        }
        return notes + undecided(outcomes.map { ("\($0.arithmetic)", $0.enclosed) }, style)
    }

    private func undecided(_ enclosed: [(name: String, enclosed: Enclosed?)], _ style: TextStyle) -> [String] {
        enclosed.flatMap { name, enclosed -> [String] in
            guard let count = enclosed?.undecided, count > 0 else { return [] }
            return Paragraph.lines(
                ["\(name): \(Numbers.count(count, "comparison")) could not be decided; the bounds hold every outcome"],
                after: "undecided", style)
        }
    }

    // MARK: vectors

    private func vectorSections(_ results: VectorResults, _ style: TextStyle, full: Bool) -> [[String]] {
        let names = results.operands.map { Shortened.text($0.text, style, full: full) }.joined(separator: "; ")
        var head = heading("\(operation.name)(\(names))", results.outcomes, style)
        let condition = results.conditionNumber.map {
            ", condition number " + ($0.isInfinite ? "infinite" : Numbers.short($0))
        }
        head.append("  \(Numbers.count(results.terms, "term"))" + (condition ?? ""))
        let key = Table.Column("arithmetic", .left, cells: results.outcomes.map { "\($0.arithmetic)" })
        let table = Table(keys: [key], columns(results.outcomes, style, full: full))
        return [head, table.lines(style), notes(results.outcomes, style)]
    }

    // MARK: arrays

    private func arraySections(_ results: ArrayResults, _ style: TextStyle, full: Bool) -> [[String]] {
        let names = zip(results.operands, [results.transposed.0, results.transposed.1]).map {
            $0.text + ($1 ? " transposed" : "")
        }
        let shape = results.shape.map { "\($0)" }.joined(separator: " x ")
        let head = [
            style.bold("\(operation.name)(\(names.joined(separator: ", ")))")
                + ", errors in ulps against \(reference.name)",
            "  result \(shape.isEmpty ? "a scalar" : shape)",
        ]
        let outcomes = results.outcomes
        let enclosed = outcomes.map(\.enclosed)
        func cells(_ value: (ErrorMeasures) -> Double) -> [String] {
            outcomes.map { $0.operation.map { ulps(value($0)) } ?? "" }
        }
        func worst(_ value: (ErrorMeasures.Element) -> String) -> [String] {
            outcomes.map { $0.operation?.worst.map(value) ?? "" }
        }
        let table = Table(
            keys: [Table.Column("arithmetic", .left, cells: outcomes.map { "\($0.arithmetic)" })],
            [
                Table.Column("max\nulp", cells: cells(\.maxUlp)),
                Table.Column("median\nulp", cells: cells(\.medianUlp)),
                Table.Column("max ulp\nof scale", cells: cells(\.maxUlpOfScale)),
                Table.Column("relative\nL2 error", cells: cells(\.relativeL2)),
                Table.Column(
                    "L2 error\nwith inputs",
                    cells: outcomes.map { $0.total.map { ulps($0.relativeL2) } ?? "" }),
                column("max\nwidth", enclosed) { ulps($0.maxWidth) },
                column("median\nwidth", enclosed) { ulps($0.medianWidth) },
                column("certain bits:\nleast", enclosed) { Numbers.bits($0.measures.leastBits) },
                column("\nmedian", enclosed) { Numbers.bits($0.measures.medianBits) },
                column("un-\nbounded", enclosed) {
                    $0.measures.unbounded > 0 ? Numbers.grouped($0.measures.unbounded) : nil
                },
                column("exact\noutside", enclosed) { $0.outside.map { Numbers.grouped($0) } },
                Table.Column(
                    "worst element", .left, startsPart: true,
                    cells: worst { "[\(results.position($0.index).map { "\($0)" }.joined(separator: ", "))]" }),
                Table.Column(
                    "its value", .left, cells: worst { Shortened.text($0.value.hexadecimal, style, full: full) }),
                Table.Column(
                    "reference", .left, cells: worst { Shortened.text($0.reference.hexadecimal, style, full: full) }),
            ])
        var note: [String] = []
        if outcomes.contains(where: { $0.operation != nil }) {
            note += [
                "  errors are of the operation on the elements as the format holds them;",
                "  with inputs: of the result, for the elements as given",
            ]
        }
        if enclosed.contains(where: { $0 != nil }) {
            note += [
                "  width: of enclosures, in ulps; exact outside: exact results, for the elements as given, that do not",
                "  lie between their bounds",
            ]
        }
        note += undecided(outcomes.map { ("\($0.arithmetic)", $0.enclosed) }, style)
        return [head, table.lines(style), note]
    }
}

/// Long numbers cut in the middle of their digits: what matters stands at both ends.
enum Shortened {
    static let length = 24

    static func text(_ text: String, _ style: TextStyle, full: Bool) -> String {
        guard !full, text.count > length else { return text }
        let mark = style.hasUnicode ? "\u{2026}" : "..."
        // The exponent stays: `p` in hexadecimal, `e` in decimal, where it is no digit.
        let isHexadecimal = text.drop { $0 == "-" }.hasPrefix("0x")
        let end = text.lastIndex(of: isHexadecimal ? "p" : "e").map { text[$0...] } ?? ""
        guard end.count <= length / 2 else { return text.prefix(length - mark.count) + mark }
        return text.prefix(length - mark.count - end.count) + mark + end
    }
}
