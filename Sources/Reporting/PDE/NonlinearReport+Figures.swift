import Arithmetics
import Comparison
import GradientPDE
import TensorFiles
import Training

extension NonlinearReport {
    /// Loss and relative L1 of every arithmetic, the map's bifurcations, the ladders, and the numbers behind them.
    public var exhibits: Exhibits {
        var figures: [(name: String, picture: any Picture)] = []
        for (arithmetic, trajectories) in groups {
            let name = TensorStore.folderName(for: arithmetic)
            figures.append(("loss-\(name)", loss(trajectories, arithmetic)))
            if experiment.nonlinear.factors.count > 1 {
                figures.append(("relative-l1-\(name)", relativeL1(trajectories, arithmetic)))
            }
        }
        let bifurcation = bifurcation
        figures.append(("bifurcation", picture(bifurcation)))
        if !ladders.isEmpty { figures.append(("ladder", ladder)) }
        var tables = [("trajectories", trajectoryTable), ("bifurcation", bifurcation.table)]
        if !ladders.isEmpty { tables.append(("ladder", ladderTable)) }
        return Exhibits(figures: figures, tables: tables)
    }

    /// Total loss against step, both logarithmic, as in the paper. The axis begins at step 1 and ends where the loss is 10^12 times
    /// its start.
    private func loss(_ trajectories: [NonlinearTrajectory], _ arithmetic: ArithmeticName) -> Figure {
        let start = trajectories.compactMap { $0.records.first?.totalLoss.double }.max() ?? 1
        var figure = Figure(
            "Total loss, \(arithmetic)", x: Axis("step", .logarithmic), y: Axis("cross-entropy + α/2 |K|²", .logarithmic),
            curves: trajectories.map { run in
                Figure.Curve(
                    "lr \(run.written), \(run.behaviour.rawValue)",
                    run.records.filter { $0.totalLoss.double < 1e12 * start }.map {
                        (Double($0.step), $0.totalLoss.double)
                    })
            })
        figure.colors = .ordered
        figure.legend = .outside
        figure.size = (900, 500)
        return figure
    }

    /// Mean of the relative L1 difference over a sliding window.
    private func relativeL1(_ trajectories: [NonlinearTrajectory], _ arithmetic: ArithmeticName) -> Figure {
        let factors = experiment.nonlinear.factors
        var curves: [Figure.Curve] = []
        for run in trajectories {
            for copy in run.copies {
                let means = copy.slidingMean()
                let name = factors.count > 2 ? "lr \(run.written), k \(copy.factor)" : "lr \(run.written)"
                let steps = means.indices.filter { experiment.settings.records($0) }
                curves.append(Figure.Curve(name, steps.map { (Double($0), means[$0]) }))
            }
        }
        let pair = factors.dropFirst().map(String.init).joined(separator: ", ")
        var figure = Figure(
            "Relative L1 of k = \(factors[0]) and \(pair), mean over \(NonlinearSettings.window) steps, \(arithmetic)",
            x: Axis("step"), y: Axis("relative L1", .logarithmic), curves: curves)
        figure.colors = .ordered
        figure.legend = .outside
        figure.size = (900, 500)
        return figure
    }

    // MARK: the map

    /// 400 rates up to 1.02 times the largest that is bounded.
    private var bifurcation: Bifurcation {
        let last = Format.binary64.round(Rational(2) / experiment.nonlinear.decay).double
        let first = last / 10
        let rates = (0..<400).map { first + (1.02 * last - first) * Double($0) / 399 }
        let map = ReducedMap(experiment.nonlinear.network, decay: experiment.nonlinear.decay, rate: Rational(1))
        return Bifurcation(of: map, rates: rates, start: experiment.fixedPoints.radius / 4)
    }

    private func picture(_ bifurcation: Bifurcation) -> Figure {
        let reach = experiment.fixedPoints.radius
        var figure = Figure(
            "Where orbits of the map end", x: Axis("learning rate"), y: Axis("z = ⟨c, K⟩", range: -reach...reach),
            curves: [Figure.Curve("", bifurcation.points.map { ($0.rate, $0.z) }, .dots)])
        figure.markers = experiment.nonlinear.rates.map {
            Figure.Marker(.vertical, at: Format.binary64.round($0).double, "\($0)")
        }
        figure.legend = .none
        return figure
    }

    // MARK: the ladder

    private var ladder: Figure {
        var curves: [Figure.Curve] = []
        for ladder in ladders {
            for (name, climbed) in [("map", ladder.ofMap), ("network", ladder.ofNetwork)] {
                let points = climbed.rungs.compactMap { rung in
                    rung.delay.map { (x: Double(rung.bits), y: Double($0)) }
                }
                curves.append(Figure.Curve("lr \(ladder.written), \(name)", points, .points))
                if let fit = climbed.fit, let first = points.first, let last = points.last {
                    curves.append(
                        Figure.Curve(
                            "", [first.x, last.x].map { ($0, fit.intercept + fit.regression.slope * $0) }, .dashes))
                }
            }
        }
        var figure = Figure(
            "Precision ladder: first step off by \(Numbers.percent(ladders[0].ofMap.threshold))", x: Axis("bits"),
            y: Axis("step"), curves: curves)
        figure.legend = .topLeft
        return figure
    }

    // MARK: tables

    private var trajectoryTable: CSVTable {
        let factors = experiment.nonlinear.factors.dropFirst()
        var rows: [[String]] = []
        for run in experiment.trajectories {
            let means = run.copies.map { $0.slidingMean() }
            for record in run.records {
                func text(_ value: RecordedValue) -> String { value.value.decimal(digits: value.digits) }
                rows.append(
                    ["\(run.written)", "\(run.arithmetic)", "\(record.step)", text(record.totalLoss)]
                        + [text(record.crossEntropy), text(record.projection), text(record.squaredNorm)]
                        + run.copies.indices.flatMap { i in
                            ["\(run.copies[i].relativeL1[record.step])", "\(means[i][record.step])"]
                        })
            }
        }
        return CSVTable(
            columns: ["lr", "arithmetic", "step", "total_loss", "cross_entropy", "projection", "squared_norm"]
                + factors.flatMap { ["relative_l1_k\($0)", "relative_l1_k\($0)_mean\(NonlinearSettings.window)"] },
            rows: rows)
    }

    private var ladderTable: CSVTable {
        var rows: [[String]] = []
        for ladder in ladders {
            for (name, climbed) in [("map", ladder.ofMap), ("network", ladder.ofNetwork)] {
                for rung in climbed.rungs {
                    rows.append(
                        [
                            "\(ladder.written)", name, "\(rung.bits)", rung.delay.map(String.init) ?? "never",
                            "\(rung.steps)",
                        ])
                }
            }
        }
        return CSVTable(columns: ["lr", "of", "bits", "first_step_off", "steps"], rows: rows)
    }
}

extension Bifurcation {
    fileprivate var table: CSVTable {
        CSVTable(columns: ["lr", "z"], rows: points.map { ["\($0.rate)", "\($0.z)"] })
    }
}
