import Arithmetics
import Comparison
import Oracle

extension DiffReport {
    /// Lines for a place of the given style.
    public func text(_ style: TextStyle) -> String {
        [headLines(style), firstLines(style), tensorLines(style), histogramLines(style), stepLines(style)]
            .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func headLines(_ style: TextStyle) -> [String] {
        let steps = findings.series.flatMap(\.steps)
        let all = totals(steps)
        let inSteps = steps.count > 1 ? " in \(Numbers.count(steps.count, "step"))" : ""
        let count = "\(Numbers.count(all.tensors, "tensor"))\(inSteps)"
        let elements = "\(Numbers.grouped(all.differing)) of \(Numbers.count(all.elements, "element"))"
        var lines: [String]
        switch findings.verdict {
        case .identical: lines = ["\(style.bold("Identical")): \(count), \(Numbers.count(all.elements, "element"))"]
        case .agrees: lines = ["\(style.bold("Agrees")): \(elements) differ, none beyond \(toleranceText)"]
        case .differs:
            let beyond =
                all.outside == all.differing ? "" : ", \(Numbers.grouped(all.outside)) beyond \(toleranceText)"
            lines = [
                "\(style.bold("Differs")): \(Numbers.grouped(all.differingTensors)) of \(count), \(elements)\(beyond)"
            ]
        }
        lines += Paragraph.lines([a.path, "\(a.kind.rawValue)\(arithmetics(\.a))"], after: "A", style)
        lines += Paragraph.lines([b.path, "\(b.kind.rawValue)\(arithmetics(\.b))"], after: "B", style)
        for series in findings.series {
            for (side, only) in [("A", series.onlyInA), ("B", series.onlyInB)] where !only.isEmpty {
                lines += Paragraph.lines(
                    ["step \(only.prefix(8).map { "\($0)" }.joined(separator: " "))\(only.count > 8 ? " …" : "")"],
                    after: "only in \(side)", style)
            }
        }
        if let step = shown?.step {
            for (side, only) in [("A", step.onlyInA), ("B", step.onlyInB)] where !only.isEmpty {
                let names = only.prefix(8) + (only.count > 8 ? ["\(only.count - 8) more"] : [])
                lines += Paragraph.lines(Array(names), after: "only in \(side)", style)
            }
        }
        for note in findings.notes {
            lines += Paragraph.lines(note.split(separator: " ").map(String.init), after: "note", separator: " ", style)
        }
        return lines
    }

    private var toleranceText: String {
        let ulps = findings.tolerance.ulps == 0 ? "0 ulps" : "\(Numbers.short(findings.tolerance.ulps)) ulps"
        return findings.tolerance.ignoresZeroSign ? "\(ulps) and the sign of zero" : ulps
    }

    private func arithmetics(_ side: (SeriesDifference) -> String?) -> String {
        let names = findings.series.compactMap(side)
        return names.isEmpty ? "" : " of " + names.joined(separator: ", ")
    }

    /// The first difference, with both values.
    private func firstLines(_ style: TextStyle) -> [String] {
        guard let (series, step) = findings.firstStep, let tensor = step.firstTensor else { return [] }
        var place: [String] = []
        if findings.series.count > 1, let name = series.a { place.append(name) }
        if let a = step.a ?? step.b {
            let other = step.b.flatMap { $0 == a || step.a == nil ? nil : " against \($0)" } ?? ""
            place.append("step \(a)\(other)")
        }
        func lines(_ what: String, _ more: [String]) -> [String] {
            let margin = String(repeating: " ", count: 12)
            return Paragraph.lines(place + [what], after: "first", style) + more.map { margin + $0 }
        }
        switch tensor.content {
        case .values(let found):
            guard let first = found.first else { return [] }
            let position = tensor.position(first.index).map { " at \($0)" } ?? ""
            return lines(
                "\(tensor.name)[\(first.index)]\(position)",
                values(first, tensor) + [distance(first, tensor)])
        case .shapes(let x, let y):
            return lines("\(tensor.name): shape \(x.map { "\($0)" } ?? "?") in A, \(y.map { "\($0)" } ?? "?") in B", [])
        case .digests(let x, let y):
            return lines("\(tensor.name), of which one side holds only a digest", ["A  \(x)", "B  \(y)"])
        case .unheld(let index, let value, let inA):
            let format = (inA ? tensor.bType : tensor.aType) ?? "the other side's format"
            return lines(
                "\(tensor.name)[\(index)]", ["\(inA ? "A" : "B")  \(value.hexadecimal), which \(format) does not hold"])
        case .incomparable: return []
        }
    }

    private func values(_ element: ElementDifference, _ tensor: TensorDifference) -> [String] {
        func cells(_ value: ExactValue, _ format: Format?) -> [String] {
            let precision = format?.precision ?? value.significantBits
            let digits = min(40, precision * 30103 / 100_000 + 2)
            return [
                Numbers.short(value, digits: digits), value.hexadecimal,
                TensorDifference.bits(value, format).map { "bits \($0)" } ?? "",
            ]
        }
        let x = cells(element.reference, tensor.aFormat ?? tensor.format)
        let y = cells(element.value, tensor.bFormat ?? tensor.format)
        func padded(_ cells: [String]) -> String {
            var line = ""
            for i in cells.indices {
                line += cells[i] + String(repeating: " ", count: max(x[i].count, y[i].count) - cells[i].count + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
        return ["A  " + padded(x), "B  " + padded(y)]
    }

    private func distance(_ element: ElementDifference, _ tensor: TensorDifference) -> String {
        if element.value.isNaN != element.reference.isNaN { return "a NaN and a number" }
        if !element.value.isFinite || !element.reference.isFinite { return "an infinity and another value" }
        if element.ulps == 0 { return "only the sign of zero differs" }
        let unit = tensor.aFormat == tensor.bFormat ? tensor.types : ""
        let ulps = "\(Numbers.short(element.ulps)) ulps\(unit.isEmpty ? "" : " of \(unit)")"
        let apart = element.ordinals.map { ", \(DiffReport.ordinals($0)) apart in order" } ?? ""
        return ulps + apart
    }

    private func tensorLines(_ style: TextStyle) -> [String] {
        guard let shown, !shown.step.tensors.isEmpty else { return [] }
        let most = 40
        let differing = shown.step.tensors.filter { !$0.isIdentical }
        let rows = Array((differing.isEmpty ? shown.step.tensors : differing).prefix(most))
        let left = shown.step.tensors.count - rows.count
        func cell(_ value: (ValueDifferences) -> String) -> [String] { rows.map { $0.values.map(value) ?? "" } }
        func measure(_ value: (ErrorMeasures) -> Double) -> [String] {
            cell { $0.measures.map { Numbers.short(value($0)) } ?? "" }
        }
        let table = Table(
            keys: [Table.Column("tensor", .left, cells: rows.map(\.name))],
            [
                Table.Column("type", .left, cells: rows.map(\.types)),
                Table.Column("elements", cells: cell { Numbers.grouped($0.count) }),
                Table.Column("differing", cells: cell { Numbers.grouped($0.differing) }),
                Table.Column("max\nulp", cells: measure(\.maxUlp)),
                Table.Column("median\nulp", cells: measure(\.medianUlp)),
                Table.Column("max\nordinal", cells: cell { $0.maxOrdinal.map { DiffReport.ordinals($0) } ?? "" }),
                Table.Column("relative\nL2", cells: measure(\.relativeL2)),
                Table.Column("worst\nelement", .left, cells: cell { $0.worst.map { "[\($0.index)]" } ?? "" }),
                Table.Column("", .left, cells: rows.map(remark)),
            ])
        let number = shown.step.a ?? shown.step.b
        let title =
            (number.map { "Step \($0), tensor by tensor" } ?? "Tensor by tensor")
            + (left > 0
                ? " (\(Numbers.grouped(left)) more\(differing.isEmpty || differing.count > most ? "" : ", identical"))"
                : "")
        return ["  " + style.bold(title)] + table.lines(style)
    }

    private func remark(_ tensor: TensorDifference) -> String {
        switch tensor.content {
        case .values(let found):
            return found.nonFinite > 0 ? "\(Numbers.grouped(found.nonFinite)) not finite" : ""
        case .shapes: return "other shape"
        case .digests(let x, let y): return x == y ? "same digest" : "digests differ"
        case .unheld: return "other numbers"
        case .incomparable: return "not compared"
        }
    }

    private func histogramLines(_ style: TextStyle) -> [String] {
        guard let step = shown?.step else { return [] }
        let histogram = totals([step]).histogram
        var rows: [(label: String, count: Int)] = histogram.ordered.map { (DiffReport.label($0.exponent), $0.count) }
        if histogram.zeroSign > 0 { rows.insert(("sign of zero", histogram.zeroSign), at: 0) }
        if histogram.infinite > 0 { rows.append(("not finite", histogram.infinite)) }
        guard let largest = rows.map(\.count).max() else { return [] }
        rows.insert(("0", histogram.identical), at: 0)
        let table = Table(
            keys: [Table.Column("ulps", cells: rows.map(\.label))],
            [
                Table.Column("elements", cells: rows.map { Numbers.grouped($0.count) }),
                // The identical ones would leave the others no room.
                Table.Column(
                    "", .left,
                    cells: rows.enumerated().map { i, row in
                        i == 0 ? "" : String(repeating: "#", count: (row.count * 40 + largest - 1) / largest)
                    }),
            ])
        return ["  " + style.bold("How far apart")] + table.lines(style)
    }

    /// A whole number.
    private static func ordinals(_ x: Double) -> String { x < 1e15 ? Numbers.grouped(Int(x)) : Numbers.short(x) }

    /// The upper end of a bin.
    static func label(_ exponent: Int) -> String {
        exponent < 0 ? "<= 0.5" : exponent <= 16 ? "<= \(1 << exponent)" : "<= 2^\(exponent)"
    }

    private func stepLines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        for series in findings.series where series.steps.count > 1 {
            let rows = DiffReport.spread(series.steps)
            let sums = rows.map { totals([$0]) }
            let table = Table(
                keys: [Table.Column("step", cells: rows.map { ($0.a ?? $0.b).map { "\($0)" } ?? "" })],
                [
                    Table.Column("tensors\ndiffering", cells: sums.map { Numbers.grouped($0.differingTensors) }),
                    Table.Column("elements\ndiffering", cells: sums.map { Numbers.grouped($0.differing) }),
                    Table.Column("max\nulp", cells: sums.map { Numbers.short($0.maxUlp) }),
                    Table.Column("largest\nrelative L2", cells: sums.map { Numbers.short($0.maxRelativeL2) }),
                ])
            let name = findings.series.count > 1 ? series.a.map { "\($0), step by step" } : nil
            let some = rows.count < series.steps.count ? " (\(rows.count) of \(series.steps.count))" : ""
            lines +=
                (lines.isEmpty ? [] : [""]) + ["  " + style.bold((name ?? "Step by step") + some)] + table.lines(style)
        }
        return lines
    }

    /// At most 16 steps: the first and last, the first that differs, others evenly between.
    private static func spread(_ steps: [StepDifference]) -> [StepDifference] {
        let most = 16
        guard steps.count > most else { return steps }
        var chosen = Set((0..<most - 1).map { $0 * (steps.count - 1) / (most - 2) })
        if let first = steps.firstIndex(where: { !$0.isIdentical }) { chosen.insert(first) }
        return chosen.sorted().map { steps[$0] }
    }
}
