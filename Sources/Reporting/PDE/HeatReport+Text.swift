import Arithmetics
import GradientPDE

extension HeatReport {
    public func text(_ style: TextStyle) -> String {
        var sections = [heading(style), threshold(style), outcomes(style)]
        for group in groups { sections.append(modes(of: group.trajectories, timeStep: group.timeStep, style)) }
        if !experiment.notes.isEmpty { sections.append(experiment.notes.map { "  note: \($0)" }) }
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func heading(_ style: TextStyle) -> [String] {
        let steps = Numbers.count(experiment.settings.steps, "step")
        return [style.bold("Heat equation on 31 nodes, explicit Euler, \(steps)")]
    }

    private func threshold(_ style: TextStyle) -> [String] {
        let threshold = experiment.threshold
        let steps = Numbers.count(HeatThreshold.steps, "step")
        func side(_ side: HeatThreshold.Side, _ sign: String) -> String {
            let verb =
                side.proof.behaviour == .decays
                ? "every mode decays" : side.proof.behaviour == .blowsUp ? "a mode grows" : "NOT DECIDED"
            let symbol = side.proof.radius.certainText(digits: 16)
            let run = Numbers.short(side.shown.value, digits: 6)
            return
                "  at threshold \(sign) 2^-40: \(verb), largest |symbol| \(symbol);\n"
                + "      mpfr:\(HeatThreshold.precision), \(steps): ln|growth of mode 29| = \(run) a step"
        }
        return [
            "  Stability threshold of dt: 2/(4 sin^2(29 pi/60)) = \(threshold.value.certainText(digits: 20))",
            "  Proved by intervals, and shown by running:", side(threshold.below, "less"),
            side(threshold.above, "plus"),
        ]
    }

    private func outcomes(_ style: TextStyle) -> [String] {
        let all = experiment.trajectories
        let written = groups.flatMap { group in
            group.trajectories.indices.map { $0 == 0 ? "\(group.timeStep)" : "" }
        }
        let table = Table(
            keys: [
                Table.Column("dt", cells: written),
                Table.Column("arithmetic", .left, cells: all.map { "\($0.arithmetic)" }),
            ],
            [
                Table.Column("behaviour", .left, cells: all.map { $0.prediction.behaviour.text(shown: $0.behaviour) }),
                Table.Column(
                    "ln|largest\nsymbol|", cells: all.map { Numbers.short($0.prediction.exponent.value, digits: 6) }),
                Table.Column("exponent,\ntangent map", cells: all.map { $0.tangent?.text(style) ?? "" }),
                Table.Column(
                    "exponent, two\ntrajectories",
                    cells: all.map { run in
                        run.mergedAt.map { "identical from \($0)" } ?? run.twoTrajectories?.text(style) ?? ""
                    }),
                Table.Column("max |u|\nat the end", cells: all.map { Numbers.short($0.records.last?.peak ?? 0) }),
                Table.Column(
                    "even\nmodes", .left,
                    cells: all.map { $0.asymmetry == 0 ? "none" : "seeded: \(Numbers.short($0.asymmetry, digits: 2))" }),
            ])
        return table.lines(style)
            + [
                "", "  exponents: mean logarithm of growth per step, 95 % interval by batch means",
                "  even modes: none, where every state is its own mirror image to the bit; else the largest asymmetry",
            ]
    }

    /// Measured growth beside the symbol, for the modes that the tent holds.
    private func modes(of trajectories: [HeatTrajectory], timeStep: Rational, _ style: TextStyle) -> [String] {
        guard let first = trajectories.first else { return [] }
        let odd = HeatEquation.modes.filter { $0 % 2 == 1 }
        var columns = [
            Table.Column("symbol", cells: odd.map { Numbers.short(first.prediction.symbols[$0 - 1].value, digits: 6) })
        ]
        for trajectory in trajectories {
            columns.append(
                Table.Column(
                    "\(trajectory.arithmetic)",
                    cells: odd.map { k in
                        guard let mode = trajectory.modes.first(where: { $0.mode == k }), let deviation = mode.deviation
                        else { return "-" }
                        return "\(Numbers.short(deviation, digits: 2)) (\(mode.steps))"
                    }))
        }
        return [
            style.bold(
                "Each mode's growth a step, dt = \(timeStep): modulus measured / |symbol| - 1 (over so many steps)")
        ] + Table(keys: [Table.Column("mode", cells: odd.map { "\($0)" })], columns).lines(style)
    }
}
