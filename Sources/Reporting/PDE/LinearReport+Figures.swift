import Arithmetics
import GradientPDE
import TensorFiles
import Training

extension LinearReport {
    /// Loss against step for each α, as in the paper, and the numbers behind it.
    public var exhibits: Exhibits {
        Exhibits(
            figures: groups.map { arithmetic, trajectories in
                ("loss-\(TensorStore.folderName(for: arithmetic))", loss(trajectories, arithmetic))
            }, tables: [("trajectories", table)])
    }

    /// Both axes logarithmic; the first begins at step 1, the second ends where the loss is 10^12 times its start.
    private func loss(_ trajectories: [LinearTrajectory], _ arithmetic: ArithmeticName) -> Figure {
        let start = trajectories.compactMap { $0.records.first?.totalLoss.double }.max() ?? 1
        var figure = Figure(
            "Linear gradient PDE, total loss, \(arithmetic)", x: Axis("step", .logarithmic),
            y: Axis("cross-entropy + α/2 |w|²", .logarithmic),
            curves: trajectories.map { run in
                Figure.Curve(
                    "α = \(run.writtenShort), \(run.prediction.behaviour.text(shown: run.behaviour))",
                    run.records.filter { isDrawn($0.step) && $0.totalLoss.double < 1e12 * start }.map {
                        (Double($0.step), $0.totalLoss.double)
                    })
            })
        figure.legend = .outside
        figure.size = (900, 500)
        return figure
    }

    /// On a logarithmic axis 32 points an octave are a line; the table has all.
    private func isDrawn(_ step: Int) -> Bool {
        var stride = 1
        while step / stride > 64 { stride *= 2 }
        return step % stride == 0 || step == experiment.settings.steps
    }

    private var table: CSVTable {
        CSVTable(
            columns: ["alpha", "arithmetic", "step", "total_loss", "cross_entropy", "projection", "squared_norm"],
            rows: experiment.trajectories.flatMap { run in
                run.records.map { record in
                    ["\(run.written)", "\(run.arithmetic)", "\(record.step)"]
                        + [record.totalLoss, record.crossEntropy, record.projection, record.squaredNorm].map {
                            $0.value.decimal(digits: $0.digits)
                        }
                }
            })
    }
}

extension LinearTrajectory {
    /// α as a table shows it: `1.1e7`, `2e8`, `8487.65`.
    var writtenShort: String {
        let value = Format.binary64.round(written)
        let text = value.decimal(digits: 6)
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]), !(7...15).contains(exponent) else { return text }
        return Numbers.readable(text)
    }
}
