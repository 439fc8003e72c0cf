import Arithmetics
import Comparison
import GradientPDE
import Training

extension NonlinearReport {
    public func text(_ style: TextStyle) -> String {
        var sections = [heading(style), fixedPoints(style), predictions(style), trajectories(style)]
        sections += ladders.map { $0.lines(toTrust: experiment.settings.steps, style) }
        sections.append(claims(style))
        sections.append(experiment.notes.map { "  note: \($0)" })
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func heading(_ style: TextStyle) -> [String] {
        let nonlinear = experiment.nonlinear
        let (image, kernel) = (nonlinear.network.imageSide, nonlinear.network.kernelSide)
        let start =
            switch nonlinear.start {
            case .normal(let seed): "standard normal, seed \(seed)"
            case .values(_, let source): "from \(source)"
            }
        return [
            style.bold(
                "One-layer network on a checkerboard, \(Numbers.count(experiment.settings.steps, "step")) of SGD"),
            "  image \(image)x\(image), kernel \(kernel)x\(kernel) \(start), alpha \(nonlinear.decay)",
        ]
    }

    // MARK: predicted

    private func fixedPoints(_ style: TextStyle) -> [String] {
        let found = experiment.fixedPoints
        let count = Numbers.count(found.points.count, "fixed point")
        let proof =
            found.isComplete
            ? "proved to be all, on \(Numbers.grouped(found.intervals)) intervals" : "NOT proved to be all"
        func closing(_ point: FixedPoint) -> String {
            guard let window = experiment.windows.first(where: { $0.point == point }) else { return "" }
            return Format.binary64.round(window.closes.lower).decimal(digits: 8)
        }
        let table = Table(
            keys: [Table.Column("z", cells: found.points.map { $0.z.certainText(digits: 12) })],
            [
                Table.Column("curvature", cells: found.points.map { $0.curvature.certainText(digits: 12) }),
                Table.Column(
                    "attracts below\n2/curvature",
                    cells: found.points.map { $0.threshold?.certainText(digits: 12) ?? "never" }),
                Table.Column("period two\nattracts until", cells: found.points.map { Numbers.readable(closing($0)) }),
            ])
        return ["  Map of z = <c, K>: \(count), \(proof)"] + table.lines(style) + [
            "  beyond 2/alpha = \(Rational(2) / experiment.nonlinear.decay) everything orthogonal to c grows"
        ]
    }

    private func predictions(_ style: TextStyle) -> [String] {
        let all = experiment.predictions
        let table = Table(
            keys: [Table.Column("lr", cells: all.map { "\($0.written)" })],
            [
                Table.Column("predicted", .left, cells: all.map { $0.behaviour.rawValue }),
                Table.Column("exponent along c,\nper step", cells: all.map { $0.exponent?.text(style) ?? "" }),
                Table.Column("exponent\nacross", cells: all.map { Numbers.short($0.orthogonalExponent, digits: 4) }),
                Table.Column(
                    "multiplier at the\nlast fixed point",
                    cells: all.map { $0.multipliers.last?.certainText(digits: 6) ?? "" }),
                Table.Column(
                    "orbit,\nproved", .left,
                    cells: all.map { prediction in
                        prediction.orbit.map { "period \($0.period), \($0.stability.rawValue)" } ?? ""
                    }),
                Table.Column(
                    "|z| ends\nbelow", cells: all.map { $0.trappingRadius.map { Numbers.short($0) } ?? "" }),
            ])
        return table.lines(style)
    }

    // MARK: shown

    private func trajectories(_ style: TextStyle) -> [String] {
        let all = experiment.trajectories
        guard !all.isEmpty else { return ["  no trajectory was finished"] }
        var columns = [
            Table.Column("the network", .left, cells: all.map { shown($0) }),
            Table.Column("exponent along c,\nits own orbit", cells: all.map { $0.alongPatch?.text(style) ?? "" }),
            Table.Column("exponent, two\ntrajectories", cells: all.map { $0.shadow?.text(style) ?? "" }),
            Table.Column(
                "last\nloss",
                cells: all.map { $0.records.last.map { Numbers.short($0.totalLoss.value, digits: 5) } ?? "" }
            ),
        ]
        for (i, factor) in experiment.nonlinear.factors.dropFirst().enumerated() {
            columns.append(
                Table.Column(
                    "relative L1,\nk \(experiment.nonlinear.factors[0]) and \(factor)",
                    cells: all.map { Numbers.short($0.copies[i].lastMean) }))
        }
        let written = all.enumerated().map { i, run in
            i > 0 && all[i - 1].written == run.written ? "" : "\(run.written)"
        }
        let table = Table(
            keys: [
                Table.Column("lr", cells: written),
                Table.Column("arithmetic", .left, cells: all.map { "\($0.arithmetic)" }),
            ], columns)
        return table.lines(style) + [
            "", "  exponents: mean logarithm of growth per step, 95 % interval by batch means",
            "  relative L1: of two kernels that only rounding tells apart, mean over the last \(NonlinearSettings.window) steps",
        ]
    }

    private func shown(_ run: NonlinearTrajectory) -> String {
        var text = run.behaviour.rawValue
        if let period = run.period, period > 1 {
            text += run.behaviour == .restrained ? ", closed by rounding: period \(period)" : ", period \(period)"
        }
        if let step = run.blowUp { text += " (numbers end at step \(step))" }
        return text
    }

    private func claims(_ style: TextStyle) -> [String] {
        experiment.claims.flatMap { claim in
            let verdict = claim.holds.map { $0 ? "borne out" : "NOT BORNE OUT" } ?? "not asked"
            return Paragraph.lines([style.ascii(claim.text)] + claim.exceptions, after: verdict, margin: 18, style)
        }
    }
}

extension TextStyle {
    /// Greek letters by name where there is no Unicode.
    fileprivate func ascii(_ text: String) -> String {
        hasUnicode ? text : text.replacing("λ", with: "curvature").replacing("α", with: "alpha")
    }
}
