import Arithmetics
import Comparison
import GradientPDE
import TensorFiles
import Training

import func Foundation.log2

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
            "Total loss, \(arithmetic)", x: Axis("step", .logarithmic),
            y: Axis("cross-entropy + α/2 |K|²", .logarithmic),
            curves: trajectories.map { run in
                let points = run.records.filter { $0.step > 0 && $0.totalLoss.double < 1e12 * start }.map {
                    (x: Double($0.step), y: $0.totalLoss.double)
                }
                return Figure.Curve("lr \(run.written), \(run.behaviour.rawValue)", visible(points, .logarithmic))
            })
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
                let points = means.indices.filter { experiment.settings.records($0) }.map {
                    (x: Double($0), y: means[$0])
                }
                curves.append(Figure.Curve(name, visible(points, .linear)))
            }
        }
        // A little below the last bit of a number; below that are means over steps most of which had no difference at all.
        let lowest = Format.binary64.round(Rational(1) / Rational(2).power(min(arithmetic.format.precision, 900) + 4))
            .double
        let pair = factors.dropFirst().map(String.init).joined(separator: ", ")
        var figure = Figure(
            "Relative L1 of k = \(factors[0]) and \(pair), mean over \(NonlinearSettings.window) steps, \(arithmetic)",
            x: Axis("step"), y: Axis("relative L1", .logarithmic, range: lowest...4), curves: curves)
        figure.legend = .outside
        figure.size = (900, 500)
        return figure
    }

    /// The points without those that stand, to the eye, where the one before stands: within a 600th of the width and
    /// a 400th of twenty decades' height.
    private func visible(_ points: [(x: Double, y: Double)], _ scale: Axis.Scale) -> [(x: Double, y: Double)] {
        guard let last = points.last, last.x > 1 else { return points }
        func across(_ x: Double) -> Double { scale == .linear ? x / last.x : log2(x) / log2(last.x) }
        var kept: [(x: Double, y: Double)] = []
        for point in points {
            guard let before = kept.last, before.y > 0, point.y > 0 else {
                kept.append(point)
                continue
            }
            let near = abs(across(point.x) - across(before.x)) < 1 / 600.0
            if !near || abs(log2(point.y / before.y)) > 0.16 { kept.append(point) }
        }
        if let end = kept.last, end.x != last.x { kept.append(last) }
        return kept
    }

    // MARK: the map

    /// 300 rates up to the largest that is bounded.
    private var bifurcation: Bifurcation {
        let last = Format.binary64.round(Rational(2) / experiment.nonlinear.decay).double
        let first = last / 10
        let rates = (0..<300).map { first + (last - first) * Double($0) / 299 }
        let map = ReducedMap(experiment.nonlinear.network, decay: experiment.nonlinear.decay, rate: Rational(1))
        return Bifurcation(of: map, rates: rates, start: experiment.fixedPoints.radius / 4)
    }

    private func picture(_ bifurcation: Bifurcation) -> Figure {
        let reach = experiment.fixedPoints.radius
        let last = 1.04 * (bifurcation.points.last?.rate ?? 1)
        // One dot a place: twice as many as the drawing has pixels would only make the file larger.
        var seen: Set<[Int]> = []
        let points = bifurcation.points.filter { point in
            seen.insert([Int(point.rate / last * 2000), Int((point.z / reach * 400).rounded())]).inserted
        }
        var figure = Figure(
            "Where orbits of the map end; dotted: the rates of this run", x: Axis("learning rate", range: 0...last),
            y: Axis("z = ⟨c, K⟩", range: -reach...reach),
            curves: [Figure.Curve("", points.map { ($0.rate, $0.z) }, .dots)])
        for rate in experiment.nonlinear.rates.map({ Format.binary64.round($0).double }) where rate < last {
            figure.markers.append(Figure.Marker(.vertical, at: rate))
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
                            "fit, \(Numbers.short(fit.regression.slope)) steps a bit",
                            [first.x, last.x].map { ($0, fit.intercept + fit.regression.slope * $0) }, .dashes))
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
