import Comparison
import Perturbation
import Training

extension AccuracyReport {
    /// Lines for a place of the given style.
    public func text(_ style: TextStyle) -> String {
        let vary =
            request.orderAlone
            ? "a seed decides the order of the samples and their augmentation; all start from the weights of seed \(request.study.initSeed ?? request.study.seed)"
            : "a seed decides initial weights, the order of the samples and their augmentation"
        var sections = [
            heading.lines(style)
                + Paragraph.lines(
                    (vary + "; all train and test on the same parts of the data").split(separator: " ").map(
                        String.init),
                    after: "seeds", separator: " ", style)
        ]
        if isInterrupted {
            let made = table.cells.joined().filter { $0 != nil }.count
            sections.append([
                style.bold("Interrupted: \(made) of \(table.seeds.count * table.rows.count) cells are finished")
            ])
        }
        let epochs = request.lastEpochs == 1 ? "last epoch" : "last \(Numbers.grouped(request.lastEpochs)) epochs"
        sections.append(
            [style.bold("Final test accuracy in percent, mean of the \(epochs), by perturbation and seed")]
                + tableLines(style))
        sections.append(spreadLines(style))
        sections.append(controlLines(style))
        sections.append(Paragraph.lines([resultDigest ?? "none: not everything is finished"], after: "digest", style))
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    /// Percent, to a hundredth.
    private func percent(_ share: Double) -> String {
        let scaled = Int((share * 10_000).rounded())
        let cents = "\(scaled % 100)"
        return "\(scaled / 100).\(cents.count == 1 ? "0" : "")\(cents)"
    }

    private func tableLines(_ style: TextStyle) -> [String] {
        let isMarked = table.cells.joined().contains { $0?.blowUp != nil }
        func cell(_ cell: AccuracyTable.Cell?) -> String {
            guard let cell else { return "-" }
            return percent(cell.accuracy) + (cell.blowUp != nil ? "*" : isMarked ? " " : "")
        }
        let factors = table.factorRows
        // The rows of factors, their spread, and then the others.
        let others = table.rows.indices.filter { !factors.contains($0) }
        func column(_ heading: String, startsPart: Bool = false, _ row: (Int) -> String, _ below: String)
            -> Table.Column
        {
            Table.Column(
                heading, startsPart: startsPart, cells: factors.map(row) + [below] + others.map(row))
        }
        let text = Table(
            keys: [
                Table.Column(
                    "perturbation", .left,
                    cells: factors.map { "\(table.rows[$0])" } + ["sd over k"] + others.map { "\(table.rows[$0])" })
            ],
            table.seeds.indices.map { s in
                column(
                    "seed \(table.seeds[s])", { cell(table.cells[$0][s]) },
                    spread.map { percent($0.roundingBySeed[s]) + (isMarked ? " " : "") } ?? "")
            } + [
                column(
                    "sd over\nseeds",
                    { r in
                        factors.firstIndex(of: r).flatMap { i in spread.map { percent($0.seedByPerturbation[i]) } }
                            ?? ""
                    },
                    ""),
                column(
                    "bits of\nk=1",
                    { r in table.isUnchanged(row: r).map { $0 ? "all" : "CHANGED" } ?? "" }, ""),
            ])
        var lines = text.lines(style)
        if isMarked { lines.append("  * a weight or loss was not finite") }
        return lines
    }

    private func spreadLines(_ style: TextStyle) -> [String] {
        guard let spread else { return [] }
        var lines = [style.bold("Spread, in percentage points of accuracy")]
        let table = Table(
            keys: [
                Table.Column(
                    "", .left,
                    cells: ["from rounding: over k, at one seed", "from seeds: over seeds, at one k", "ratio"])
            ],
            [
                Table.Column(
                    "mean of\nsd",
                    cells: [
                        percent(spread.rounding), percent(spread.seed),
                        spread.ratio.map { Numbers.short($0) } ?? "none",
                    ]),
                Table.Column(
                    "root of mean\nvariance",
                    cells: [
                        percent(spread.pooledRounding), percent(spread.pooledSeed),
                        spread.pooledRatio.map { Numbers.short($0) } ?? "none",
                    ]),
                Table.Column(
                    "95% interval\n(bootstrap)",
                    cells: [
                        "", "",
                        spread.interval.map { "\(Numbers.short($0.low)) to \(Numbers.short($0.high))" } ?? "none",
                    ]),
            ])
        lines += table.lines(style)
        lines +=
            [""]
            + Paragraph.lines(
                verdict(spread).split(separator: " ").map(String.init), after: "verdict", separator: " ", style)
        return lines
    }

    /// What this run says of the claim that rounding makes a spread comparable to that of data order.
    func verdict(_ spread: Spread) -> String {
        guard let ratio = spread.ratio, let interval = spread.interval else {
            return spread.rounding == 0 && spread.seed == 0
                ? "no accuracy differs from any other: this training tells nothing of rounding"
                : "one seed or one factor has no ratio"
        }
        guard spread.rounding > 0 else {
            return "rounding changed no accuracy here, seeds did: the claim is not borne out by this training"
        }
        let share = "rounding alone makes about \(Numbers.percent(min(1, ratio * ratio))) of the variance between runs"
        let between = "(\(Numbers.short(interval.low)) to \(Numbers.short(interval.high)))"
        if interval.low > 1 { return "rounding spreads accuracies more than seeds do \(between); \(share)" }
        if interval.high < 1 {
            return "rounding spreads accuracies less than seeds do, the interval \(between) lies below 1; \(share)"
        }
        return
            "the interval of the ratio \(between) holds 1, where seeds add nothing to what rounding does: this table does not tell the two spreads apart; \(share)"
    }

    private func controlLines(_ style: TextStyle) -> [String] {
        let made = controls.compactMap { $0 }
        guard !made.isEmpty else { return [] }
        func events(_ control: Control) -> String {
            guard case .factor = control.perturbation else { return "" }
            return Numbers.grouped(control.events.count)
        }
        let table = Table(
            keys: [
                Table.Column("arithmetic", .left, cells: made.map { "\($0.arithmetic)" }),
                Table.Column("against k=1", .left, cells: made.map { "\($0.perturbation)" }),
            ],
            [
                Table.Column("steps\ncompared", cells: made.map { Numbers.grouped($0.steps) }),
                Table.Column("under- and\noverflows", cells: made.map(events)),
                Table.Column(
                    "weights", .left,
                    cells: made.map { control in
                        switch control.verdict {
                        case .identical: "identical"
                        case .explained: "differ from step \(control.firstDifference?.step ?? 0), as they may"
                        case .broken: "DIFFER from step \(control.firstDifference?.step ?? 0)"
                        }
                    }),
            ])
        return [style.bold("Negative controls: what must change no bit")] + table.lines(style)
    }
}
