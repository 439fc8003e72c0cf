import Arithmetics
import GradientPDE
import TensorFiles
import Training

extension HeatReport {
    /// Profiles of every run, the largest value of all runs against step, and the numbers behind both.
    public var exhibits: Exhibits {
        var figures: [(name: String, picture: any Picture)] = []
        for trajectory in experiment.trajectories {
            let name = TensorStore.folderName(for: trajectory.arithmetic)
            figures.append(("profiles-dt\(fileName(trajectory.written))-\(name)", profiles(trajectory)))
        }
        figures.append(("peaks", peaks))
        return Exhibits(figures: figures, tables: [("profiles", table)])
    }

    private func fileName(_ x: Rational) -> String { "\(x)".replacing("/", with: "-over-") }

    /// u over the nodes at a few steps: to the end, or as long as nothing stands above twice the tent.
    private func profiles(_ trajectory: HeatTrajectory) -> Figure {
        let shown = trajectory.records.prefix { $0.peak <= 3 }
        let last = shown.count - 1
        var indices: [Int] = []
        for i in [0, last / 8, last / 4, last / 2, 3 * last / 4, last] where i >= 0 && !indices.contains(i) {
            indices.append(i)
        }
        let curves = indices.map { i in
            let record = shown[shown.startIndex + i]
            return Figure.Curve(
                "step \(record.step)", record.values.enumerated().map { (Double($0.offset), $0.element.double) },
                .linesPoints)
        }
        let verdict = trajectory.prediction.behaviour == .decays ? "stable" : "unstable"
        var figure = Figure(
            "Heat equation, dt = \(trajectory.written) (\(verdict)), \(trajectory.arithmetic)",
            x: Axis("node", range: 0...30), y: Axis("u"), curves: curves)
        figure.colors = .ordered
        figure.legend = .topRight
        return figure
    }

    private var peaks: Figure {
        var figure = Figure(
            "Heat equation: largest |u| by step", x: Axis("step"), y: Axis("largest |u|", .logarithmic),
            curves: experiment.trajectories.map { trajectory in
                Figure.Curve(
                    "dt = \(trajectory.written), \(trajectory.arithmetic)",
                    trajectory.records.map { (Double($0.step), $0.peak) })
            })
        figure.legend = .topLeft
        return figure
    }

    private var table: CSVTable {
        CSVTable(
            columns: ["dt", "arithmetic", "step"] + (0..<HeatEquation.nodes).map { "u\($0)" },
            rows: experiment.trajectories.flatMap { trajectory in
                trajectory.records.map { record in
                    ["\(trajectory.written)", "\(trajectory.arithmetic)", "\(record.step)"]
                        + record.values.map { $0.value.decimal(digits: 17) }
                }
            })
    }
}
