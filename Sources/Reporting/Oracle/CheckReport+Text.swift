import Arithmetics
import Oracle
import Training

extension CheckReport {
    /// Lines for a place of the given style.
    public func text(_ style: TextStyle) -> String {
        [headLines(style), verdictLines(style), tensorLines(style), operationLines(style), trajectoryLines(style)]
            .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func headLines(_ style: TextStyle) -> [String] {
        let judged = findings.judgements
        func count(_ subject: CheckFindings.Subject, _ noun: String) -> String? {
            let steps = Set(judged.filter { $0.subject == subject }.map(\.step)).count
            return steps == 0 ? nil : Numbers.count(steps, noun)
        }
        let given = [
            count(.weights, "state"), count(.gradient, "gradient"), count(.momentum, "momentum buffer"),
            count(.loss, "loss").map { $0.hasSuffix("losss") ? String($0.dropLast()) + "es" : $0 },
        ].compactMap { $0 }
        let format = findings.format.name ?? "?"
        return Paragraph.lines([study.model.summary, study.loss.rawValue], after: "study", style)
            + Paragraph.lines(["\(study.data)", "\(study.order) batches of \(study.batch)"], after: "data", style)
            + Paragraph.lines([format] + given, after: "theirs", style)
            + Paragraph.lines(
                [
                    "exact results by \(findings.reference)",
                    "\(findings.ensemble.count) equally valid roundings for the yardstick",
                ], after: "judged by", style)
    }

    private func verdictLines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        switch findings.verdict {
        case .agrees:
            let how =
                findings.limits.bitwise ? "every bit is the one Lockstep has" : "what is seen is rounding"
            lines.append("\(style.bold("Agrees")): \(how)")
        case .undetermined: lines.append("\(style.bold("Undetermined"))")
        case .differs:
            let of = findings.limits.bitwise ? "the bits are others" : "this is more than rounding"
            lines.append("\(style.bold("Differs")): \(of)")
        }
        for reason in findings.reasons { lines += Paragraph.lines(words(reason), after: "why", separator: " ", style) }
        if let first = findings.firstDifference {
            lines += Paragraph.lines(
                words(CheckReport.sentence(first, findings.limits)), after: "first", separator: " ", style)
            let differing = findings.judgements.filter { $0.verdict == .differs }
            let tensors = Set(differing.map { "\($0.subject) \($0.tensor)" }).count
            let all = Set(findings.judgements.map { "\($0.subject) \($0.tensor)" }).count
            let updates = Set(differing.map(\.update))
            let judged = Set(findings.judgements.map(\.update))
            lines += Paragraph.lines(
                [
                    "from update \(first.update) on", "in \(updates.count) of \(judged.count) updates judged",
                    "\(tensors) of \(all) tensors",
                ],
                after: "since", style)
        }
        if let fault = findings.firstOperation {
            lines += Paragraph.lines(
                words(
                    "\(fault.pass) of update \(fault.update), \(fault.place)[\(fault.worst.element)]: \(fault.worst.foreign.decimal(digits: 9)), from the same operands it would be \(fault.worst.reference.decimal(digits: 9)); \(Numbers.short(fault.ratio)) times the ensemble"
                ), after: "fault", separator: " ", style)
        } else if findings.verdict == .differs, !findings.operations.isEmpty {
            lines += Paragraph.lines(
                words(
                    "every operation whose operands were given is right; what differs lies between them or in the update"
                ),
                after: "fault", separator: " ", style)
        }
        if let explanation = findings.explanation {
            lines += Paragraph.lines(
                words(
                    "\(explanation.name): \(explanation.sentence). With that the error is \(Numbers.short(explanation.remaining)) times the ensemble's: rounding"
                ), after: "likely", separator: " ", style)
        } else if findings.verdict == .differs, !findings.limits.bitwise, findings.limits.maxUlp == nil {
            lines += Paragraph.lines(
                words("none of the common deviations accounts for it"), after: "likely", separator: " ", style)
        }
        for note in findings.notes { lines += Paragraph.lines(words(note), after: "note", separator: " ", style) }
        return lines
    }

    private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private func tensorLines(_ style: TextStyle) -> [String] {
        let most = 24
        let all = worstOfEach
        guard !all.isEmpty else { return [] }
        let kept = Set(all.indices.sorted { all[$0].ratio > all[$1].ratio }.prefix(most))
        let rows = all.indices.filter(kept.contains).map { all[$0] }
        let some = rows.count < all.count ? ", the \(rows.count) of \(all.count) with the largest ratio" : ""
        let table = Table(
            keys: [
                Table.Column("what", .left, cells: rows.map(\.subject.rawValue)),
                Table.Column("tensor", .left, cells: rows.map(\.tensor)),
            ],
            [
                Table.Column("worst in\nupdate", cells: rows.map { "\($0.update)" }),
                Table.Column("theirs\nrms", cells: rows.map { Numbers.short($0.foreign.rms) }),
                Table.Column("Lockstep's\nrms", cells: rows.map { Numbers.short($0.own.rms) }),
                Table.Column(
                    "ensemble\nrms",
                    cells: rows.map { "\(Numbers.short($0.ensembleLeast.rms))-\(Numbers.short($0.ensemble.rms))" }),
                Table.Column("theirs\nmax", cells: rows.map { Numbers.short($0.foreign.max) }),
                Table.Column("ensemble\nmax", cells: rows.map { Numbers.short($0.ensemble.max) }),
                Table.Column("ratio", cells: rows.map { Numbers.short($0.ratio) }),
                Table.Column(
                    "would show\nfrom", cells: rows.map { $0.resolution.map { Numbers.short($0, digits: 1) } ?? "" }),
                Table.Column("", .left, cells: rows.map { $0.verdict == .agrees ? "" : $0.verdict.rawValue }),
            ])
        return [
            "  " + style.bold("Each tensor's worst update")
                + " (errors in ulps of its largest magnitude, from their own state before\(some))"
        ] + table.lines(style)
    }

    private func operationLines(_ style: TextStyle) -> [String] {
        // Each operation's worst update.
        var rows: [CheckFindings.OperationJudgement] = []
        for judged in findings.operations {
            if let i = rows.firstIndex(where: { $0.pass == judged.pass && $0.place == judged.place }) {
                if judged.ratio > rows[i].ratio { rows[i] = judged }
            } else {
                rows.append(judged)
            }
        }
        guard !rows.isEmpty else { return [] }
        let table = Table(
            keys: [
                Table.Column("pass", .left, cells: rows.map(\.pass)),
                Table.Column("operation", .left, cells: rows.map(\.place)),
            ],
            [
                Table.Column("worst in\nupdate", cells: rows.map { "\($0.update)" }),
                Table.Column("theirs\nrms", cells: rows.map { Numbers.short($0.foreign.rms) }),
                Table.Column("ensemble\nrms", cells: rows.map { Numbers.short($0.ensemble.rms) }),
                Table.Column("theirs\nmax", cells: rows.map { Numbers.short($0.foreign.max) }),
                Table.Column("ratio", cells: rows.map { Numbers.short($0.ratio) }),
                Table.Column("", .left, cells: rows.map { $0.verdict == .agrees ? "" : $0.verdict.rawValue }),
            ])
        return [
            "  " + style.bold("Each operation made once, exactly, on their own operands") + " (errors in ulps)"
        ] + table.lines(style)
    }

    private func trajectoryLines(_ style: TextStyle) -> [String] {
        let points = findings.trajectory
        guard let last = points.last else { return [] }
        func line(_ point: CheckFindings.TrajectoryPoint) -> String {
            "after step \(point.step) theirs is \(Numbers.short(point.foreign)) from the exact run, Lockstep's \(Numbers.short(point.own))"
        }
        var lines = [
            "  " + style.bold("Each on its own from step 0") + " (relative L2 of all weights; a report, no verdict)"
        ]
        if points.count > 1 { lines.append("  " + line(points[0])) }
        lines.append("  " + line(last))
        return lines
    }
}
