import Arithmetics
import Comparison

extension ComparisonReport {
    /// Operations of the last update, kind by kind, where they were counted.
    func operationLines(_ style: TextStyle) -> [String] {
        let counted = result.runs.compactMap { run in run.steps.last?.operations.map { (run.arithmetic, $0) } }
        guard !counted.isEmpty else { return [] }
        let occurring = Operation.allCases.filter { operation in counted.contains { $0.1[operation] > 0 } }
        let table = Table(
            keys: [Table.Column("operation", .left, cells: occurring.map(\.rawValue))],
            counted.map { name, counts in
                Table.Column(name, cells: occurring.map { counts[$0] > 0 ? Numbers.grouped(counts[$0]) : "" })
            })
        return ["  " + style.bold("Operations of the update that led to step \(Numbers.grouped(step))")]
            + table.lines(style)
    }
}
