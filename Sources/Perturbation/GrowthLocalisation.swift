import Arithmetics
import Comparison
import Training

/// Which tensors and which steps carry the growth of an error (A8).
///
/// With e the error before an update and p what the update makes of it, amplification is a = ‖p‖ ÷ ‖e‖ over all weights. Norms of
/// tensors add in squares, so a² - 1 = Σ (‖p_l‖² - ‖e_l‖²) ÷ ‖e‖² over the tensors l: each has its own part in the growth of a
/// step, negative where the error leaves it. Steps before relative L2 first reaches 0.01 count, as for the growth exponent.
public struct GrowthLocalisation: Sendable {
    public let tensors: [Tensor]
    /// Steps counted: those with an amplification.
    public let steps: Int
    /// Mean of a² - 1.
    public let squaredGrowth: Double
    /// Sum of ln a over the steps counted.
    public let logGrowth: Double
    /// Share of the sum of the positive ln a that the tenth of the steps with the largest has.
    public let shareOfLargestTenth: Double?
    /// Largest amplifications first, at most five.
    public let largest: [(step: Int, amplification: Double)]

    public struct Tensor: Sendable {
        public let name: String
        /// Share of the squared error after the last step counted.
        public let errorShare: Double
        /// Mean part in a² - 1.
        public let growth: Double
        /// Mean over the steps of ‖δ_l‖ ÷ (‖δ_l‖ + ‖p_l‖).
        public let localShare: Double
    }

    /// - Parameter run: with amplifications and parts of tensors; nil where there is no error to follow.
    public init?(_ run: RunRecord) {
        let early = run.steps.prefix { ($0.error?.relativeL2 ?? 0) < GrowthExponent.threshold }
        let counted = early.filter { step in
            (step.amplification ?? 0) > 0 && step.amplification?.isFinite == true
                && step.tensors.allSatisfy { $0.parts != nil }
        }
        guard let last = counted.last, !last.tensors.isEmpty else { return nil }
        steps = counted.count
        let amplifications = counted.compactMap(\.amplification)
        squaredGrowth = amplifications.reduce(0) { $0 + $1 * $1 - 1 } / Double(counted.count)
        // Correctly rounded, so that every machine says the same.
        let logs = amplifications.map { Binary64().elementary(.log, $0) }
        logGrowth = logs.reduce(0, +)
        let rising = logs.filter { $0 > 0 }.sorted(by: >)
        let total = rising.reduce(0, +)
        shareOfLargestTenth = total > 0 ? rising.prefix((counted.count + 9) / 10).reduce(0, +) / total : nil
        largest = zip(counted.map(\.step), amplifications).sorted { $0.1 > $1.1 }.prefix(5).map { ($0, $1) }
        let error = last.tensors.reduce(0) { $0 + square($1.parts?.error) }
        tensors = last.tensors.indices.map { t in
            let parts = counted.compactMap { step in
                step.tensors[t].parts.map { ($0, step.tensors.reduce(0) { $0 + square($1.parts?.prior) }) }
            }
            let growth = parts.reduce(0) { $0 + (square($1.0.propagated) - square($1.0.prior)) / $1.1 }
            let shares = parts.map { $0.0.local / ($0.0.local + $0.0.propagated) }.filter { !$0.isNaN }
            return Tensor(
                name: last.tensors[t].name, errorShare: square(last.tensors[t].parts?.error) / error,
                growth: growth / Double(counted.count),
                localShare: shares.reduce(0, +) / Double(max(1, shares.count)))
        }
    }
}

private func square(_ x: Double?) -> Double { (x ?? 0) * (x ?? 0) }

/// The comparison behind a localisation: the study with one factor k, and with another, measured and split at every step.
public struct GrowthRequest: Sendable {
    public var study: Study
    /// The first is the reference.
    public var factors: (Int, Int)
    public var measureEvery: Int

    public init(study: Study, factors: (Int, Int) = (1, 3), measureEvery: Int = 1) {
        self.study = study
        self.factors = factors
        self.measureEvery = measureEvery
    }

    public func job(on data: DataSet) throws -> Job {
        guard study.arithmetics.count == 1 else {
            throw StudyError("arithmetics: the map is of one arithmetic, not \(study.arithmetics.count)")
        }
        guard factors.0 != factors.1 else { throw StudyError("k: wants two different factors, not \(factors.0) twice") }
        var options = ComparisonOptions()
        options.measureEvery = measureEvery
        options.decompose = true
        options.decomposeTensors = true
        let runs = [factors.0, factors.1].map { k in ("k=\(k)", RoundingPerturbation.factor(k).applied(to: study), 1) }
        let steps = try PreparedStudy(study, data: data).study.steps
        return Job("growth", runs, steps: steps, options)
    }
}
