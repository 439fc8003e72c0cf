import Arithmetics
import Comparison
import Training

/// What must change no bit: factors k that are powers of two, and numbers of threads. Each is run beside the study itself, and
/// their weights are compared after every update.
///
/// - Source: contract, section 4: a power of two changes nothing unless a quotient or product under- or overflows.
public struct ControlRequest: Sendable {
    public var study: Study
    /// Powers of two.
    public var factors: [Int]
    public var threads: [Int]
    public var arithmetics: [ArithmeticName]
    /// Updates to compare.
    public var steps: Int

    public init(study: Study, factors: [Int], threads: [Int], arithmetics: [ArithmeticName], steps: Int) {
        self.study = study
        self.factors = factors
        self.threads = threads
        self.arithmetics = arithmetics
        self.steps = steps
    }

    /// - Throws: `StudyError` for factors that may well change bits.
    public func check() throws(StudyError) {
        if let k = factors.first(where: { $0 < 2 || $0 & ($0 - 1) != 0 }) {
            throw StudyError("control-k: \(k) is no power of two above 1; others may change every bit")
        }
    }

    private var perturbations: [RoundingPerturbation] { factors.map { .factor($0) } + threads.map { .threads($0) } }

    /// One a control, arithmetic by arithmetic.
    public func jobs() -> [Job] {
        var options = ComparisonOptions()
        options.countRangeEvents = true
        // First differences are looked for at every step whatever is measured.
        options.measureEvery = max(1, steps)
        return arithmetics.flatMap { arithmetic in
            perturbations.map { perturbation in
                var plain = study
                plain.arithmetics = [arithmetic]
                plain.optimizer.k = 1
                let threads = if case .threads(let count) = perturbation { count } else { 1 }
                let name = "control,\(arithmetic),\(perturbation.fileName)".map { ":@".contains($0) ? "-" : $0 }
                return Job(
                    String(name), [("plain", plain, 1), ("\(perturbation)", perturbation.applied(to: plain), threads)],
                    steps: steps, options)
            }
        }
    }

    /// Verdicts, out of what the jobs found, in their order; nil for those that were not finished.
    public func controls(of findings: [ComparisonFindings?]) -> [Control?] {
        let cases = arithmetics.flatMap { arithmetic in perturbations.map { (arithmetic, $0) } }
        precondition(findings.count == cases.count, "a finding for each control")
        return zip(cases, findings).map { one, findings in
            guard let run = findings?.runs.last else { return nil }
            return Control(
                arithmetic: one.0, perturbation: one.1, steps: steps, events: run.rangeEvents ?? RangeEvents(),
                firstDifference: run.firstDifference)
        }
    }
}

public struct Control: Sendable {
    public let arithmetic: ArithmeticName
    public let perturbation: RoundingPerturbation
    /// Updates compared.
    public let steps: Int
    /// What left the range in which no bit changes; 0 but for factors.
    public let events: RangeEvents
    public let firstDifference: FirstDifference?

    public init(
        arithmetic: ArithmeticName, perturbation: RoundingPerturbation, steps: Int, events: RangeEvents,
        firstDifference: FirstDifference?
    ) {
        self.arithmetic = arithmetic
        self.perturbation = perturbation
        self.steps = steps
        self.events = events
        self.firstDifference = firstDifference
    }

    public enum Verdict: String, Sendable {
        case identical
        /// Some bit changed, and some quotient or product left its range.
        case explained
        /// Some bit changed, and nothing may have changed it: a defect.
        case broken
    }

    public var verdict: Verdict {
        guard firstDifference != nil else { return .identical }
        return events.count > 0 ? .explained : .broken
    }
}
