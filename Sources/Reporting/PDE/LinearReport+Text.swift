import Arithmetics
import GradientPDE
import Training

extension LinearReport {
    public func text(_ style: TextStyle) -> String {
        var sections = [heading(style)]
        sections += experiment.thresholds.map { thresholds($0, style) }
        sections += [trajectories(style), parts(style), experiment.notes.map { "  note: \($0)" }]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func heading(_ style: TextStyle) -> [String] {
        let linear = experiment.linear
        let network = linear.network
        let start =
            switch linear.start {
            case .normal(let seed): "standard normal, seed \(seed)"
            case .values(_, let source): "from \(source)"
            }
        let (positions, weights) = (Numbers.grouped(network.positions), Numbers.grouped(network.weights))
        let eigenvalue = Numbers.grouped(network.positions * network.weights)
        return [
            style.bold("Linearised network on a checkerboard, \(Numbers.count(experiment.settings.steps, "step"))"),
            "  image \(network.imageSide)x\(network.imageSide), kernel \(network.kernelSide)x\(network.kernelSide) \(start), dt \(linear.timeStep), k \(linear.k)",
            "  XX^T has one nonzero eigenvalue, \(positions) x \(weights) = \(eigenvalue), exactly: every patch is c or -c",
        ]
    }

    // MARK: bounds

    private func thresholds(_ thresholds: LinearThresholds, _ style: TextStyle) -> [String] {
        guard let first = experiment.trajectories.first(where: { $0.coefficients.timeStep == thresholds.timeStep })
        else {
            return []
        }
        let least = first.prediction.leastDecay
        let greatest = Format.mpfr(precision: 256).round(first.prediction.greatestDecay)
        let margin = Rational(1)
        let table = Table(
            keys: [
                Table.Column(
                    "alpha", .left,
                    cells: thresholds.sides.map { side in
                        let bound = side.bound == .least ? "alpha_min" : "alpha_max"
                        return side.factor == margin
                            ? bound : "\(bound) (1 \(side.factor < margin ? "-" : "+") 2^-40)"
                    })
            ],
            [
                Table.Column(
                    "part", .left, cells: thresholds.sides.map { $0.bound == .least ? "along c" : "across c" }),
                Table.Column("proved", .left, cells: thresholds.sides.map(\.proved.rawValue)),
                Table.Column(
                    "factor", cells: thresholds.sides.map { side in side.growthFactor.certainText(digits: 17) }),
                Table.Column("shown:\nln|growth| a step", cells: thresholds.sides.map { Numbers.short($0.shown) }),
            ])
        return [
            "  As used, dt = \(thresholds.timeStep.hexadecimal) = \(thresholds.timeStep.decimal(digits: 17))",
            "  alpha_min = \(least), exactly; alpha_max = 2/dt = \(Numbers.short(greatest, digits: 17))",
            "  Proved by intervals (at alpha_min itself by the integer), shown by \(LinearThresholds.steps) steps of mpfr:\(LinearThresholds.precision):",
            "",
        ] + table.lines(style)
    }

    // MARK: runs

    private var alphas: [String] {
        let all = experiment.trajectories
        return all.indices.map { $0 > 0 && all[$0 - 1].written == all[$0].written ? "" : all[$0].writtenShort }
    }

    private func keys() -> [Table.Column] {
        [
            Table.Column("alpha", cells: alphas),
            Table.Column("arithmetic", .left, cells: experiment.trajectories.map { "\($0.arithmetic)" }),
        ]
    }

    private func trajectories(_ style: TextStyle) -> [String] {
        let all = experiment.trajectories
        let table = Table(
            keys: keys(),
            [
                Table.Column("behaviour", .left, cells: all.map { $0.prediction.behaviour.text(shown: $0.behaviour) }),
                Table.Column(
                    "exponent\npredicted", cells: all.map { Numbers.short($0.prediction.exponent.value, digits: 6) }),
                Table.Column("exponent\nmeasured", cells: all.map { $0.tangent?.text(style) ?? "" }),
                Table.Column("last\nloss", cells: all.map { Numbers.short($0.records.last?.totalLoss.double ?? .nan) }),
                Table.Column("not finite\nfrom step", cells: all.map { $0.firstNonFinite.map { "\($0)" } ?? "" }),
            ])
        return table.lines(style)
    }

    private func parts(_ style: TextStyle) -> [String] {
        let all = experiment.trajectories
        func factor(_ x: Rational) -> String { Numbers.short(Format.mpfr(precision: 128).round(x), digits: 9) }
        func measured(_ growth: PartGrowth) -> String {
            guard let exponent = growth.exponent else { return "-" }
            return "\(Numbers.short(exponent - growth.predicted, digits: 2)) (\(growth.steps))"
        }
        let table = Table(
            keys: keys(),
            [
                Table.Column("factor\nalong c", cells: all.map { factor($0.prediction.alongFactor) }),
                Table.Column("measured", cells: all.map { measured($0.along) }),
                Table.Column("factor\nacross c", cells: all.map { factor($0.prediction.acrossFactor) }),
                Table.Column("measured", cells: all.map { measured($0.across) }),
            ])
        return [
            style.bold("Growth along c and across it")
                + ": ln|growth| a step measured - ln|factor| (over so many steps)"
        ] + table.lines(style)
    }
}
