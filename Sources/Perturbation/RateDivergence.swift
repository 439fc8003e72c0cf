import Arithmetics
import Comparison
import Training

/// How far two factors k drive the same training apart, by learning rate (A2).
///
/// The study with rate lr ÷ n makes n·T updates, with both factors side by side, and is measured every n: a scaled iteration is n
/// updates, over which every rate covers the same way. Average relative L1 distance of the weights, of every tensor and of all.
///
/// - Source: Sun, Lao, Yezzi, Sundaramoorthi (arXiv 2206.02001), section 3; the measure is the contract's, section 6.
public struct RateDivergenceRequest: Sendable {
    /// One arithmetic, constant schedule; its steps are T, its rate is lr.
    public var study: Study
    /// n of each curve.
    public var divisors: [Int]
    /// The two that are compared; the first is the reference.
    public var factors: (Int, Int)

    public init(study: Study, divisors: [Int], factors: (Int, Int) = (1, 3)) {
        self.study = study
        self.divisors = divisors
        self.factors = factors
    }

    /// - Throws: `StudyError` for a request that cannot be run.
    public func check(on data: DataSet) throws {
        guard study.arithmetics.count == 1 else {
            throw StudyError("arithmetics: the curves are of one arithmetic, not \(study.arithmetics.count)")
        }
        guard !divisors.isEmpty else { throw StudyError("learning-rates: wants at least one divisor of the rate") }
        if let n = divisors.first(where: { one in divisors.filter { $0 == one }.count > 1 }) {
            throw StudyError("learning-rates: \(n) is given twice")
        }
        guard factors.0 != factors.1 else { throw StudyError("k: wants two different factors, not \(factors.0) twice") }
        guard study.schedule == Schedule() else {
            throw StudyError("schedule: \(study.schedule) is not constant; a rate is divided, not its schedule")
        }
        let most = divisors.max() ?? 1
        let steps = try PreparedStudy(study, data: data).study.steps
        guard steps >= 1, !steps.multipliedReportingOverflow(by: most).overflow, steps * most <= 1 << 40 else {
            throw StudyError("learning-rates: \(most) times \(steps) steps are none, or too many")
        }
        for job in try jobs(on: data) { _ = try job.comparison(on: data) }
    }

    /// A job a curve.
    public func jobs(on data: DataSet) throws -> [Job] {
        let steps = try PreparedStudy(study, data: data).study.steps
        return divisors.map { n in
            var slow = study
            slow.optimizer.rate = study.optimizer.rate / Rational(n)
            var options = ComparisonOptions()
            options.measureEvery = n
            let runs = [factors.0, factors.1].map { k in
                ("k=\(k)", RoundingPerturbation.factor(k).applied(to: slow), 1)
            }
            return Job("rate=\(n)", runs, steps: n * steps, options)
        }
    }

    /// The curves, out of what the jobs found, in their order; nil for those that were not finished.
    public func curves(of findings: [ComparisonFindings?]) -> [RateDivergence?] {
        zip(divisors, findings).map { n, findings in
            guard let run = findings?.runs.last else { return nil }
            return RateDivergence(
                divisor: n, rate: study.optimizer.rate / Rational(n), tensorNames: run.steps[0].tensors.map(\.name),
                points: run.steps.compactMap { step in
                    step.error.map {
                        RateDivergence.Point(
                            scaledIteration: step.step / n, step: step.step, all: $0.relativeL1,
                            tensors: step.tensors.map(\.error.relativeL1))
                    }
                }, blowUp: run.blowUp)
        }
    }
}

/// One curve: relative L1 distance by scaled iteration.
public struct RateDivergence: Sendable {
    /// n.
    public let divisor: Int
    /// lr ÷ n.
    public let rate: Rational
    /// In declaration order.
    public let tensorNames: [String]
    public let points: [Point]
    public let blowUp: BlowUp?

    public struct Point: Sendable {
        /// Updates ÷ n.
        public let scaledIteration: Int
        public let step: Int
        /// Over all weights as one vector, in [0, 2].
        public let all: Double
        /// In the order of `tensorNames`.
        public let tensors: [Double]
    }

    /// The values of one tensor, or of all weights where none is named; nil for an unknown name.
    public func values(of tensor: String?) -> [Double]? {
        guard let tensor else { return points.map(\.all) }
        return tensorNames.firstIndex(of: tensor).map { t in points.map { $0.tensors[t] } }
    }
}
