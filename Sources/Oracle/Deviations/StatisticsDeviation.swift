import Arithmetics
import Comparison
import Networks
import Training

/// Mistakes in keeping running statistics. Training does not see them, so that weights and losses are right all the while.
extension DeviationSearch {
    /// The plainest mistake that accounts for the running statistics of every update of a window.
    func statisticsExplanation(_ window: [UpdateHistory.Entry]) throws -> CheckFindings.Explanation? {
        let window = window.filter { $0.statistics != nil && $0.nextStatistics != nil }
        guard !window.isEmpty else { return nil }
        for (name, sentence, change) in StatisticsDeviation.all(network) {
            guard let remaining = try remaining(change, window) else { continue }
            return CheckFindings.Explanation(name: name, sentence: sentence, remaining: remaining)
        }
        guard let rho = try fittedShare(window) else { return nil }
        for (suffix, isOtherwise) in [("", false), (", and its variance is the other one", true)] {
            guard
                let remaining = try remaining(
                    { StatisticsDeviation.norm($0, rho: rho, isUnbiased: isOtherwise != $0.isUnbiased) }, window)
            else { continue }
            return CheckFindings.Explanation(
                name: "another share in running statistics",
                sentence:
                    "running statistics take \(Format.binary64.round(rho).double) of each batch\(suffix)",
                remaining: remaining)
        }
        return nil
    }

    /// Largest ratio that norms made otherwise leave; nil where it is more than rounding.
    private func remaining(_ change: (BatchNorm) -> BatchNorm, _ window: [UpdateHistory.Entry]) throws -> Double? {
        let changed = network.replacingLayers { layer in (layer as? BatchNorm).map(change) }
        guard let changed, let varied = prepared.varied(.network(changed)) else { return nil }
        var run = try run(varied)
        var largest = 0.0
        for entry in window {
            guard let next = entry.nextStatistics else { continue }
            for (i, predicted) in statistics(after: entry, &run).enumerated() {
                let name = network.statistics[i].name
                guard
                    let judged = findings.judgements.first(where: {
                        $0.subject == .statistics && $0.step == entry.step + 1 && $0.tensor == name
                    })
                else { continue }
                let scale = ErrorScale(predicted, format)
                let size = scale.size(of: next[i])
                guard !size.isBroken else { return nil }
                let ratio = max(
                    size.rms / max(judged.ensemble.rms, scale.leastRms),
                    size.max / max(judged.ensemble.max, scale.leastMax))
                guard ratio <= request.limits.maxRatio else { return nil }
                largest = max(largest, ratio)
            }
        }
        return largest
    }

    private func statistics(after entry: UpdateHistory.Entry, _ run: inout any Run) -> [ExactArray] {
        run.adopt(
            ExactState(
                step: entry.step, parameters: entry.weights, momentum: [], statistics: entry.statistics ?? []))
        _ = run.advance(observe: [])
        return run.state.statistics
    }

    /// The share ρ of the batch that running means took, by least squares: what they moved against what they should have.
    private func fittedShare(_ window: [UpdateHistory.Entry]) throws -> Rational? {
        guard let entry = window.first, let before = entry.statistics, let next = entry.nextStatistics,
            let rho = network.nodes.lazy.compactMap({ ($0.layer as? BatchNorm)?.rho }).first.flatMap({ Rational($0) })
        else { return nil }
        var run = try run(prepared)
        let exact = statistics(after: entry, &run)
        var (product, length) = (0.0, 0.0)
        for (i, statistic) in network.statistics.enumerated() where statistic.shape.name == "running_mean" {
            for (theirs, ours) in zip(differences(next[i], before[i]), differences(exact[i], before[i])) {
                product += theirs * ours
                length += ours * ours
            }
        }
        guard length > 0, (product / length).isFinite, let share = Rational(ExactValue(product / length)) else {
            return nil
        }
        // Nobody writes more than four digits, and a fit tells no more.
        let fitted = Format.binary64.round(share * rho).decimal(digits: 4)
        guard let value = Rational(decimal: fitted), Rational(0) <= value, value <= Rational(1) else { return nil }
        return value
    }
}

/// Norms that keep their running statistics otherwise.
enum StatisticsDeviation {
    typealias Change = (BatchNorm) -> BatchNorm

    static func all(_ network: Network) -> [(name: String, sentence: String, change: Change)] {
        let isUnbiased = network.nodes.lazy.compactMap { ($0.layer as? BatchNorm)?.isUnbiased }.first ?? true
        let variance =
            isUnbiased
            ? ("running variance biased", "the running variance follows the batch's own, without the factor M/(M - 1)")
            : ("running variance unbiased", "the running variance follows the batch's own times M/(M - 1)")
        let weighting = (
            "running statistics weighted the other way",
            "running statistics keep ρ of themselves and take 1 - ρ of the batch"
        )
        func opposite(_ layer: BatchNorm) -> Rational { Rational(1) - share(layer) }
        return [
            (variance.0, variance.1, { norm($0, rho: share($0), isUnbiased: !$0.isUnbiased) }),
            (weighting.0, weighting.1, { norm($0, rho: opposite($0), isUnbiased: $0.isUnbiased) }),
            (
                "\(weighting.0), \(variance.0)", "\(weighting.1); and \(variance.1)",
                { norm($0, rho: opposite($0), isUnbiased: !$0.isUnbiased) }
            ),
            (
                "running statistics not updated", "running statistics stay as they are",
                { norm($0, rho: Rational(0), isUnbiased: $0.isUnbiased) }
            ),
            (
                "running statistics of the last batch", "running statistics are the last batch's own",
                { norm($0, rho: Rational(1), isUnbiased: $0.isUnbiased) }
            ),
        ]
    }

    private static func share(_ layer: BatchNorm) -> Rational { Rational(layer.rho) ?? Rational(0) }

    /// The same norm with another share, exactly: it is no number of the study.
    static func norm(_ layer: BatchNorm, rho: Rational, isUnbiased: Bool) -> BatchNorm {
        BatchNorm(
            shape: layer.outputShape, epsilon: layer.epsilon, rho: Format(precision: 128, range: nil).round(rho),
            isUnbiased: isUnbiased)
    }
}
