import Arithmetics
import Comparison
import Networks
import Training

// The report for people. Nothing depends on colour, and in a file or a pipe it is plain ASCII.

extension ComparisonReport {
    /// Lines for a place of the given style.
    public func text(_ style: TextStyle) -> String {
        var sections = [studyLines(style), verdictLines(style)]
        sections.append(runTable.lines(style))
        sections.append(chart.lines(style))
        sections.append(evaluationLines(style))
        sections.append(tensorLines(style))
        sections.append(enclosureLines(style))
        sections.append(operationLines(style))
        sections.append(remarkLines(style))
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    // MARK: what was run

    private func studyLines(_ style: TextStyle) -> [String] {
        let optimizer = study.optimizer
        let epochs = study.epochs.map { " (\(Numbers.count($0, "epoch")))" } ?? ""
        var training = ["\(Numbers.count(study.steps, "step"))\(epochs) of SGD", "lr \(optimizer.rate)"]
        if study.schedule.description != "constant" { training.append(study.schedule.description) }
        if optimizer.momentum != Rational(0) {
            training.append("\(optimizer.nesterov ? "Nesterov " : "")momentum \(optimizer.momentum)")
        }
        if optimizer.weightDecay != Rational(0) { training.append("weight decay \(optimizer.weightDecay)") }
        if optimizer.k != 1 { training.append("k \(optimizer.k)") }
        if let clip = study.clip { training.append("clip \(clip)") }
        let last = study.lastBatch == .keep ? ", last batch kept" : ""
        return [
            ("model", [study.model.summary, Numbers.count(network.parameterCount, "parameter")]),
            (
                "start",
                [study.initFrom.map { "weights from \($0)" } ?? "init \(study.initializer)", "seed \(study.seed)"]
            ),
            (
                "data",
                [
                    study.data,
                    "\(Numbers.grouped(data.training)) samples to train on, \(Numbers.grouped(data.test)) to test",
                ] + (study.augmentation == .none ? [] : [study.augmentation.rawValue])
            ),
            (
                "batches",
                [
                    "\(study.order) batches of \(study.batch)\(last)",
                    Numbers.count(data.updatesPerEpoch, "update") + " an epoch",
                ]
            ),
            ("training", [study.loss.rawValue] + training),
            ("grid", ["\(study.grid)", gridSummary]),
        ].flatMap { name, parts in
            Paragraph.lines(parts, after: name, style)
        }
    }

    private var gridSummary: String {
        let precisions = startingValues.map(\.grid.precision)
        let bits = Array(Set(precisions)).sorted().map(String.init).joined(separator: ", ")
        return "start and hyper-parameters have \(bits) bits"
    }

    // MARK: what was found

    private func verdictLines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        if isInterrupted {
            lines.append(
                style.bold("Interrupted after step \(Numbers.grouped(step)) of \(Numbers.grouped(study.steps))"))
        }
        let after = "After \(Numbers.count(step, "step"))"
        guard let reference = result.reference else {
            lines.append("\(style.bold(after)), one arithmetic alone: nothing to compare it with")
            return lines
        }
        let middles = study.effectiveReference?.isEnclosing == true ? "the middles of " : ""
        lines.append("\(style.bold("\(after), compared with \(middles)\(reference.arithmetic)"))\(trust(reference))")
        return lines
    }

    /// How far the reference can be believed.
    private func trust(_ reference: ComparisonFindings.Reference) -> String {
        guard let trusted = reference.trustedBits, let name = study.effectiveReference,
            case .mpfr(let precision, range: nil) = name.kind
        else { return "" }
        let wider = "mpfr:\(precision + 64)"
        return " (\(trusted == precision ? "all" : "\(trusted)") of its \(precision) bits borne out by \(wider))"
    }

    private var runTable: Table {
        func column(
            _ heading: String, _ alignment: Table.Alignment = .right, startsPart: Bool = false,
            _ cell: (RunRecord) -> String?
        ) -> Table.Column {
            Table.Column(heading, alignment, startsPart: startsPart, cells: result.runs.map { cell($0) ?? "" })
        }
        func error(_ heading: String, _ cell: @escaping (ErrorMeasures) -> String) -> Table.Column {
            column(heading) { $0.steps.last?.error.map(cell) }
        }
        return Table(
            keys: [column("arithmetic", .left) { $0.arithmetic }],
            [
                column("relative\nL2 error") { run in
                    isReference(run) ? "reference" : run.steps.last?.error.map { Numbers.short($0.relativeL2) }
                },
                column("matching\nbits") { matchingBits($0) },
                error("max\nulp") { Numbers.short($0.maxUlp) },
                error("median\nulp") { Numbers.short($0.medianUlp) },
                error("max ulp\nof scale") { Numbers.short($0.maxUlpOfScale) },
                column("last\nloss", startsPart: true) { $0.steps.last?.loss.map { Numbers.short($0, digits: 8) } },
                column("test\naccuracy") { $0.test.map { Numbers.percent($0.accuracy) } },
                column("\nchurn") { $0.test?.churn.map { Numbers.percent($0) } },
                column("first\ndifference", .left, firstDifference),
                column("last local\nerror", startsPart: true) { $0.steps.last?.localError.map { Numbers.short($0) } },
                column("last ampli-\nfication") { $0.steps.last?.amplification.map { Numbers.short($0) } },
                column("growth exponent\nper step, 95%") {
                    $0.growthExponent.map {
                        "\(Numbers.short($0.value)) (\(Numbers.short($0.low)) to \(Numbers.short($0.high)))"
                    }
                },
                column("Lyapunov exponent\nper step, 95%") {
                    $0.lyapunovExponent.map {
                        "\(Numbers.short($0.value)) (\(Numbers.short($0.low)) to \(Numbers.short($0.high)))"
                    }
                },
            ])
    }

    private func isReference(_ run: RunRecord) -> Bool { run.arithmetic == result.reference?.arithmetic }

    /// How many of the format's bits are right: `22.2 of 24`.
    private func matchingBits(_ run: RunRecord) -> String? {
        guard let error = run.steps.last?.error,
            let name = study.participants.first(where: { $0.description == run.arithmetic })
        else { return nil }
        return "\(Numbers.bits(error.matchingBits)) of \(name.stateFormat.precision)"
    }

    private func firstDifference(_ run: RunRecord) -> String? {
        guard result.reference != nil, !isReference(run) else { return nil }
        return run.firstDifference.map { "step \($0.step), \($0.tensor)[\($0.index)]" } ?? "identical"
    }

    private var chart: Chart {
        Chart(
            "Relative L2 error of all weights, by step",
            result.runs.filter { $0.steps.contains { $0.error != nil } }.map { run in
                Chart.Curve(
                    run.arithmetic, run.steps.compactMap { step in step.error.map { (step.step, $0.relativeL2) } })
            })
    }

    /// Test accuracy on the way: at most twelve of the evaluations, evenly.
    private func evaluationLines(_ style: TextStyle) -> [String] {
        guard let all = result.runs.first?.evaluations, all.count > 1 else { return [] }
        let stride = (all.count + 11) / 12
        let shown = all.indices.filter { (all.count - 1 - $0) % stride == 0 }
        let table = Table(
            keys: [
                Table.Column("epochs", cells: shown.map { Numbers.grouped(all[$0].epoch) }),
                Table.Column("step", cells: shown.map { Numbers.grouped(all[$0].step) }),
            ],
            result.runs.flatMap { run in
                [
                    Table.Column(
                        "\(run.arithmetic)\naccuracy", startsPart: true,
                        cells: shown.map { run.evaluations[$0].accuracy.map(Numbers.percent) ?? "" }),
                    Table.Column("mean\nloss", cells: shown.map { Numbers.short(run.evaluations[$0].loss, digits: 4) }),
                ]
            })
        return ["  " + style.bold("Test accuracy on the way")] + table.lines(style)
    }

    /// The last step, tensor by tensor; of a large network the tensors with the largest errors.
    private func tensorLines(_ style: TextStyle) -> [String] {
        var rows: [(tensor: String, run: String, error: ErrorMeasures)] = []
        for run in result.runs {
            for tensor in run.steps.last?.tensors ?? [] { rows.append((tensor.name, run.arithmetic, tensor.error)) }
        }
        guard !rows.isEmpty else { return [] }
        let all = network.parameters.map(\.name)
        let most = 16
        func largest(_ name: String) -> Double { rows.filter { $0.tensor == name }.map(\.error.relativeL2).max() ?? 0 }
        let worst = Set(all.sorted { largest($0) > largest($1) }.prefix(most))
        let kept = all.filter(worst.contains)
        let ordered = kept.flatMap { name in rows.filter { $0.tensor == name } }
        func column(_ heading: String, _ cell: (ErrorMeasures) -> String) -> Table.Column {
            Table.Column(heading, cells: ordered.map { cell($0.error) })
        }
        let table = Table(
            keys: [
                Table.Column(
                    "tensor", .left,
                    cells: ordered.enumerated().map { i, row in
                        i > 0 && ordered[i - 1].tensor == row.tensor ? "" : row.tensor
                    }),
                Table.Column("arithmetic", .left, cells: ordered.map(\.run)),
            ],
            [
                column("relative\nL2 error") { Numbers.short($0.relativeL2) },
                column("matching\nbits") { Numbers.bits($0.matchingBits) },
                column("max\nulp") { Numbers.short($0.maxUlp) },
                column("at\nelement") { $0.worst.map { "\($0.index)" } ?? "" },
                column("median\nulp") { Numbers.short($0.medianUlp) },
                column("max ulp\nof scale") { Numbers.short($0.maxUlpOfScale) },
            ])
        let some = kept.count < all.count ? ": the \(kept.count) of \(all.count) tensors with the largest error" : ""
        return ["  " + style.bold("Tensor by tensor, after step \(Numbers.grouped(step))\(some)")] + table.lines(style)
    }

    private func remarkLines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        for run in result.runs {
            guard let blowUp = run.blowUp else { continue }
            let place = blowUp.tensor == "loss" ? "the loss" : "\(blowUp.tensor)[\(blowUp.index)]"
            lines += Paragraph.lines(
                ["\(run.arithmetic): \(place) is not finite from step \(blowUp.step) on"],
                after: "blow-up", style)
        }
        for values in startingValues {
            let whose = startingValues.count > 1 ? " of \(values.arithmetics[0])" : ""
            for note in values.notes { lines += Paragraph.lines([note + whose], after: "note", style) }
        }
        let digest = resultDigest ?? "none: the run was interrupted"
        lines += Paragraph.lines([digest], after: "digest", style)
        return lines
    }
}
