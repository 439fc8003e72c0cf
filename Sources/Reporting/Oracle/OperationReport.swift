import Arithmetics
import Oracle
import TensorFiles
import Training

/// A check of one operation as it is shown.
public struct OperationReport: Sendable {
    public let findings: OperationFindings
    public let environment: RunEnvironment

    public init(_ findings: OperationFindings, _ environment: RunEnvironment) {
        self.findings = findings
        self.environment = environment
    }

    public func text(_ style: TextStyle) -> String {
        let rows = findings.rows
        var lines = Paragraph.lines(
            [findings.operation, findings.format.name ?? "?"], after: "operation", style)
        lines += Paragraph.lines(
            ["exact results by \(findings.reference)", "\(findings.ensemble.count) equally valid roundings"],
            after: "judged by", style)
        lines.append("")
        switch findings.verdict {
        case .agrees: lines.append("\(style.bold("Agrees")): what is seen is rounding")
        case .differs: lines.append("\(style.bold("Differs")): this is more than rounding")
        case .undetermined: lines.append(style.bold("Undetermined"))
        }
        for row in rows where row.verdict == .differs {
            lines += Paragraph.lines(words(sentence(row)), after: row.tensor, separator: " ", style)
        }
        for note in findings.notes { lines += Paragraph.lines(words(note), after: "note", separator: " ", style) }
        func column(_ heading: String, _ cell: (OperationFindings.Row) -> String) -> Table.Column {
            Table.Column(heading, cells: rows.map(cell))
        }
        let table = Table(
            keys: [Table.Column("tensor", .left, cells: rows.map(\.tensor))],
            [
                column("theirs\nrms") { Numbers.short($0.judgement.foreign.rms) },
                column("ensemble\nrms") {
                    "\(Numbers.short($0.judgement.ensembleLeast.rms))-\(Numbers.short($0.judgement.ensemble.rms))"
                },
                column("theirs\nmax") { Numbers.short($0.judgement.foreign.max) },
                column("ensemble\nmax") { Numbers.short($0.judgement.ensemble.max) },
                column("ratio") { Numbers.short($0.judgement.ratio) },
                column("condition\nmedian") { $0.conditioning.map { Numbers.short($0.median) } ?? "" },
                column("condition\nat worst") { $0.conditioning.map { Numbers.short($0.atWorst) } ?? "" },
                column("error in\nu sum|terms|") { $0.conditioning.map { Numbers.short($0.backwardError) } ?? "" },
                Table.Column("", .left, cells: rows.map { $0.verdict == .agrees ? "" : $0.verdict.rawValue }),
            ])
        lines.append("")
        lines.append("  " + style.bold("Errors in ulps of each tensor's largest magnitude"))
        lines += table.lines(style)
        return lines.joined(separator: "\n") + "\n"
    }

    private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private func sentence(_ row: OperationFindings.Row) -> String {
        let worst = row.judgement.worst
        return
            "[\(worst.element)] is \(worst.foreign.decimal(digits: 9)), exactly it would be \(worst.reference.decimal(digits: 9)): \(Numbers.short(worst.ulps)) ulps; its error is \(Numbers.short(row.judgement.ratio)) times the largest of the ensemble"
    }

    public var json: JSONValue {
        [
            "schema": JSONValue(CheckReport.schema), "contract": JSONValue(contractVersion),
            "operation": JSONValue(findings.operation), "verdict": JSONValue(findings.verdict.rawValue),
            "notes": JSONValue(findings.notes.map { JSONValue($0) }),
            "format": findings.format.name.map { JSONValue($0) } ?? .null,
            "reference": JSONValue(findings.reference.description),
            "ensemble": JSONValue(findings.ensemble.map { JSONValue($0) }),
            "tensors": JSONValue(
                findings.rows.map { row in
                    var object = row.judgement.json.object ?? JSONObject()
                    object["verdict"] = JSONValue(row.verdict.rawValue)
                    object["conditioning"] =
                        row.conditioning.map {
                            [
                                "median": JSONValue($0.median), "largest": JSONValue($0.largest),
                                "atWorst": JSONValue($0.atWorst), "backwardError": JSONValue($0.backwardError),
                                "bound": JSONValue($0.bound),
                            ] as JSONValue
                        } ?? .null
                    return JSONValue(object)
                }),
            "environment": environment.json,
        ]
    }
}
