import Arithmetics
import Comparison
import Networks
import Training

import func Foundation.log2

/// Tries every known deviation on the updates where a program differs: one that leaves no more than rounding explains it.
struct DeviationSearch {
    let prepared: PreparedStudy
    let network: Network
    private let history: UpdateHistory
    let format: Format
    let findings: CheckFindings
    private let reference: ArithmeticName
    let request: CheckRequest

    init(
        _ prepared: PreparedStudy, _ network: Network, _ history: UpdateHistory, _ format: Format,
        _ findings: CheckFindings, _ reference: ArithmeticName, _ request: CheckRequest
    ) {
        self.prepared = prepared
        self.network = network
        self.history = history
        self.format = format
        self.findings = findings
        self.reference = reference
        self.request = request
    }

    /// Updates a hypothesis must account for: from two before the first difference to three after it.
    private var window: [UpdateHistory.Entry] {
        guard let first = findings.firstDifference?.update else { return [] }
        return history.entries.filter { (first - 2...first + 3).contains($0.step) && $0.next != nil }
    }

    /// The plainest deviation that accounts for every update of the window; nil if none does.
    func explanation() throws -> CheckFindings.Explanation? {
        let window = window
        guard let last = window.last else { return nil }
        if !findings.judgements.contains(where: { $0.verdict == .differs && $0.subject != .statistics }) {
            return try statisticsExplanation(window)
        }
        for deviation in Deviation.all(for: prepared, network) {
            guard let remaining = try remaining(deviation, window, upTo: last.step) else { continue }
            return CheckFindings.Explanation(
                name: deviation.name, sentence: deviation.sentence, remaining: remaining)
        }
        return try fitted(window, upTo: last.step) ?? narrower(window)
    }

    /// Largest ratio that a deviation leaves; nil where it is more than rounding.
    private func remaining(
        _ deviation: Deviation, _ window: [UpdateHistory.Entry], upTo last: Int
    ) throws -> Double? {
        var gradients = history.entries.prefix(last + 1).map(\.gradients)
        if let variation = deviation.variation {
            guard let varied = prepared.varied(variation) else { return nil }
            // Without momentum only the gradients of the window matter.
            let from = prepared.study.optimizer.momentum == Rational(0) ? window[0].step : 0
            var run = try run(varied)
            for step in from...last {
                let entry = history.entries[step]
                run.adopt(
                    ExactState(
                        step: step, parameters: entry.weights, momentum: [], statistics: entry.statistics ?? []))
                gradients[step] = run.advance(observe: .gradients).gradients
                // Most hypotheses fail at the first update.
                if step == 0, window[0].step == 0,
                    try ratio(deviation.rule, gradients, window: [window[0]], upTo: 0) == nil
                {
                    return nil
                }
            }
        }
        return try ratio(deviation.rule, gradients, window: window, upTo: last)
    }

    func run(_ prepared: PreparedStudy) throws -> any Run {
        try makeRun(
            prepared, in: reference, startingAs: prepared.study.arithmetics[0],
            instructionSet: request.instructionSet, threads: request.threads)
    }

    private func ratio(
        _ rule: UpdateRule, _ gradients: [[ExactArray]], window: [UpdateHistory.Entry], upTo last: Int
    ) throws -> Double? {
        let start = try prepared.startingPoint(for: prepared.study.arithmetics[0])
        func simulate(_ arithmetic: some Arithmetic) -> Double? {
            var simulation = RuleSimulation(arithmetic, prepared, start, rule)
            var largest = 0.0
            for step in 0...last {
                let entry = history.entries[step]
                let predicted = simulation.update(step: step, weights: entry.weights, gradients: gradients[step])
                guard let tested = window.first(where: { $0.step == step }), let next = tested.next else { continue }
                for i in predicted.indices {
                    guard let ratio = ratio(next[i], predicted[i], entry.weights[i], step, i),
                        ratio <= request.limits.maxRatio
                    else { return nil }
                    largest = max(largest, ratio)
                }
            }
            return largest
        }
        return simulate(arithmetic(reference, instructionSet: request.instructionSet))
    }

    /// A foreign tensor's error against a prediction, over what rounding gave there.
    private func ratio(
        _ foreign: ExactArray, _ predicted: ExactArray, _ start: ExactArray, _ step: Int, _ tensor: Int
    ) -> Double? {
        let name = network.parameters[tensor].name
        guard
            let judged = findings.judgements.first(where: {
                $0.subject == .weights && $0.step == step + 1 && $0.tensor == name
            })
        else { return nil }
        let scale = ErrorScale(predicted, format, start: start)
        let size = scale.size(of: foreign)
        // Roundings of a larger update are larger.
        let growth = max(1, (scale.update ?? 0) / max(judged.updateSize ?? .infinity, .leastNormalMagnitude))
        guard !size.isBroken, !judged.ensemble.isBroken else { return nil }
        var ratio = max(
            size.rms / max(growth * judged.ensemble.rms, scale.leastRms),
            size.max / max(growth * judged.ensemble.max, scale.leastMax))
        if format.precision >= 24, predicted.count >= 16, let along = size.alongUpdate {
            ratio = max(ratio, abs(along) / max(judged.ensemble.alongUpdate ?? 0, scale.leastAlongUpdate))
        }
        return ratio
    }

    /// Another number than the study's: the one that fits the first update that differs best, tried on all of the window.
    private func fitted(_ window: [UpdateHistory.Entry], upTo last: Int) throws -> CheckFindings.Explanation? {
        guard let first = findings.firstDifference?.update, let entry = window.first(where: { $0.step == first }),
            let next = entry.next
        else { return nil }
        let start = try prepared.startingPoint(for: prepared.study.arithmetics[0])
        let expected = simulated(UpdateRule(), start, upTo: first)
        let error = zip(next, expected).flatMap { differences($0, $1) }
        let weights = entry.weights.flatMap(\.doubles)
        let update = zip(expected, entry.weights).flatMap { differences($0, $1) }
        /// Least squares: the number that the error is of a direction.
        func share(_ direction: [Double]) -> Rational? {
            let length = direction.reduce(0) { $0 + $1 * $1 }
            let share = zip(error, direction).reduce(0) { $0 + $1.0 * $1.1 } / length
            return share.isFinite ? Rational(ExactValue(share)) : nil
        }
        /// The shortest decimal within what a fit can tell.
        func text(_ x: Rational) -> String {
            let value = Format.binary64.round(x)
            for digits in 1...5 {
                if let short = Double(value.decimal(digits: digits)), abs(short - value.double) <= 1e-4 * abs(short) {
                    return "\(short)"
                }
            }
            return "\(value.double)"
        }
        let gradients = history.entries.map(\.gradients)
        let rate = prepared.study.schedule.rate(
            prepared.study.optimizer.rate, update: first, updatesPerEpoch: prepared.batches.updatesPerEpoch,
            grid: start.grid)
        guard let rate = Rational(rate), rate != Rational(0) else { return nil }
        var attempts: [(name: String, sentence: String, rule: UpdateRule)] = []
        if let share = share(weights) {
            var rule = UpdateRule()
            let decay = prepared.study.optimizer.weightDecay - share / rate
            rule.decay = .value(decay)
            attempts.append(
                (
                    "another weight decay",
                    "the weight decay is \(text(decay)), not \(prepared.study.optimizer.weightDecay)", rule
                ))
        }
        if first > 0, prepared.study.optimizer.momentum == Rational(0) {
            let before = zip(entry.weights, history.entries[first - 1].weights).flatMap { differences($0, $1) }
            if let mu = share(before) {
                var rule = UpdateRule()
                rule.momentum = .value(mu)
                attempts.append(("momentum", "there is a momentum of \(text(mu)), the study has none", rule))
            }
        }
        if let share = share(update) {
            var rule = UpdateRule()
            rule.rateTimes = Rational(1) + share
            attempts.append(
                (
                    "update scaled",
                    "every update is \(text(rule.rateTimes)) times the studied one: another rate, or another mean", rule
                ))
        }
        for attempt in attempts {
            guard let remaining = try ratio(attempt.rule, gradients, window: window, upTo: last) else { continue }
            return CheckFindings.Explanation(name: attempt.name, sentence: attempt.sentence, remaining: remaining)
        }
        return nil
    }

    /// The weights after update `last` by a rule.
    private func simulated(_ rule: UpdateRule, _ start: StartingPoint, upTo last: Int) -> [ExactArray] {
        func simulate(_ arithmetic: some Arithmetic) -> [ExactArray] {
            var simulation = RuleSimulation(arithmetic, prepared, start, rule)
            var weights: [ExactArray] = []
            for entry in history.entries.prefix(last + 1) {
                weights = simulation.update(step: entry.step, weights: entry.weights, gradients: entry.gradients)
            }
            return weights
        }
        return simulate(arithmetic(reference, instructionSet: request.instructionSet))
    }

    /// The error is what a smaller format would make.
    private func narrower(_ window: [UpdateHistory.Entry]) throws -> CheckFindings.Explanation? {
        guard let entry = window.first(where: { $0.step == findings.firstDifference?.update }), let next = entry.next,
            prepared.study.optimizer.momentum == Rational(0) || entry.step == 0
        else { return nil }
        var exact = try run(prepared)
        let state = ExactState(step: entry.step, parameters: entry.weights, momentum: [])
        exact.adopt(state)
        _ = exact.advance(observe: [])
        let truth = exact.state.parameters
        // Roundings point every way; an error along the weights or the update has another cause.
        for i in truth.indices {
            let error = differences(next[i], truth[i])
            if isAligned(error, entry.weights[i].doubles) || isAligned(error, differences(truth[i], entry.weights[i])) {
                return nil
            }
        }
        var best: (distance: Double, name: String)?
        for narrow in [Format.binary32, .tf32, .bfloat16] where narrow.precision < format.precision {
            // Sums, weights and update stay as they are; everything else runs in the smaller format.
            guard let short = narrow.shortName, let wide = format.shortName else { continue }
            let name = try ArithmeticName("\(short),accumulate=\(wide),master=\(wide)")
            var run = try makeRun(
                prepared, in: name, startingAs: prepared.study.arithmetics[0], threads: request.threads)
            run.adopt(state)
            _ = run.advance(observe: [])
            let made = run.state.parameters
            // Binary orders of magnitude between their error and this, the most of any tensor.
            var distance = 0.0
            for i in truth.indices {
                let scale = ErrorScale(truth[i], format)
                let (theirs, ours) = (max(scale.size(of: next[i]).rms, 1), max(scale.size(of: made[i]).rms, 1))
                distance = max(distance, theirs.isFinite && ours.isFinite ? abs(log2(theirs / ours)) : .infinity)
            }
            if distance < best?.distance ?? 3 { best = (distance, short) }
        }
        return best.map { best in
            CheckFindings.Explanation(
                name: "\(best.name) arithmetic",
                sentence:
                    "the error is as large as \(best.name) operations would make it: perhaps something ran in that format",
                remaining: 1)
        }
    }

    /// Is the cosine between two directions far larger than chance makes it?
    private func isAligned(_ x: [Double], _ y: [Double]) -> Bool {
        guard x.count >= 16 else { return false }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return abs(dot(x, y)) > 0.5 * (dot(x, x) * dot(y, y)).squareRoot()
    }
}
