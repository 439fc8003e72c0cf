import Arithmetics
import Comparison

// What enclosing runs are sure of, for people.

extension ComparisonReport {
    /// The last step of every enclosing run: certain bits, loss, the reference's place, undecided comparisons.
    func enclosureLines(_ style: TextStyle) -> [String] {
        let runs = result.runs.filter { $0.steps.last?.enclosure != nil }
        guard !runs.isEmpty else { return [] }
        func column(_ heading: String, startsPart: Bool = false, _ cell: (RunRecord, EnclosureRecord) -> String?)
            -> Table.Column
        {
            Table.Column(
                heading, startsPart: startsPart,
                cells: runs.map { run in run.steps.last?.enclosure.flatMap { cell(run, $0) } ?? "" })
        }
        let table = Table(
            keys: [Table.Column("arithmetic", .left, cells: runs.map(\.arithmetic))],
            [
                column("certain bits:\nleast") { Numbers.bits($1.all.leastBits) },
                column("\nmedian") { Numbers.bits($1.all.medianBits) },
                column("\nof scale") { Numbers.bits($1.all.bitsOfScale) },
                column("\nunbounded") { $1.all.unbounded > 0 ? Numbers.grouped($1.all.unbounded) : nil },
                column("reference\noutside") { $1.all.outside.map { Numbers.grouped($0) } },
                column("undecided\ncomparisons") { run, _ in run.undecided.map { Numbers.grouped($0.count) } },
                column("undecided\nclasses") { run, _ in run.test?.undecided.map { Numbers.grouped($0) } },
                column("last loss\nfrom", startsPart: true) { $1.loss.map { Numbers.short($0.lower, digits: 17) } },
                column("\nto") { $1.loss.map { Numbers.short($0.upper, digits: 17) } },
            ])
        var lines = ["  " + style.bold("Enclosures, after step \(Numbers.grouped(step))")] + table.lines(style)
        for run in runs {
            guard let first = run.undecided?.first, let step = run.undecided?.firstStep else { continue }
            lines += [""]
            lines += Paragraph.lines(
                [
                    "\(run.arithmetic): the first comparison that could not be decided led to step \(Numbers.grouped(step)): "
                        + "\(first.part), element \(first.element)"
                ], after: "undecided", style)
        }
        return lines
    }
}
