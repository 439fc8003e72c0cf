import Arithmetics
import Training

/// Test accuracy at some moment of training.
public struct EvaluationRecord: Sendable, Codable, Hashable {
    /// Whole epochs completed.
    public var epoch: Int
    /// Updates made.
    public var step: Int
    /// Share of test samples whose predicted class is their label; nil without test samples.
    public var accuracy: Double?
    /// Mean of the batch losses since the evaluation before, in binary64.
    public var loss: Double

    public init(epoch: Int, step: Int, accuracy: Double?, loss: Double) {
        self.epoch = epoch
        self.step = step
        self.accuracy = accuracy
        self.loss = loss
    }
}

/// Batch losses since the last evaluation.
struct PendingLosses: Sendable, Codable {
    var sums: [Double]
    var count = 0

    init(runs: Int) { sums = Array(repeating: 0, count: runs) }

    mutating func add(_ updates: [Update]) {
        for i in sums.indices { sums[i] += updates[i].loss.double }
        count += 1
    }
}

extension ComparisonOptions {
    /// Is test accuracy asked for after this step? The last step always counts where any does.
    func evaluates(_ step: Int, of steps: Int, updatesPerEpoch: Int) -> Bool {
        guard let evaluateEvery else { return false }
        return step % evaluateEvery.updates(perEpoch: updatesPerEpoch) == 0 || step == steps
    }
}

extension LockstepRuns {
    /// What is known only at the end: growth exponents of runs that never reached the threshold, accuracy and churn.
    public mutating func finish() {
        for i in result.runs.indices where result.runs[i].growthExponent == nil {
            if let kept = amplifications[i] { result.runs[i].growthExponent = GrowthExponent(kept) }
        }
        for i in result.runs.indices { result.runs[i].settleTangent() }
        guard let classes = testClasses() else { return }
        for i in result.runs.indices {
            var churn: Double?
            if let referenceIndex, i != referenceIndex {
                let different = zip(classes[i], classes[referenceIndex]).filter { $0 != nil && $1 != nil && $0 != $1 }
                churn = Double(different.count) / Double(classes[i].count)
            }
            let undecided = participants[i].arithmetic.isEnclosing ? classes[i].filter { $0 == nil }.count : nil
            result.runs[i].test = TestRecord(accuracy: accuracy(classes[i]), churn: churn, undecided: undecided)
        }
    }

    /// Adds the test accuracy of the present step.
    mutating func evaluate() {
        let classes = testClasses()
        for i in result.runs.indices {
            result.runs[i].evaluations.append(
                EvaluationRecord(
                    epoch: step / prepared.batches.updatesPerEpoch, step: step,
                    accuracy: classes.map { accuracy($0[i]) },
                    loss: pendingLosses.sums[i] / Double(pendingLosses.count)))
        }
        pendingLosses = PendingLosses(runs: result.runs.count)
    }

    /// Predicted classes of all test samples, run by run; nil where there are none.
    private func testClasses() -> [[Int?]]? {
        let samples = Array(0..<prepared.data.test.count)
        guard !samples.isEmpty else { return nil }
        var classes = result.runs.map { _ in [Int?]() }
        forEachConcurrently(
            &classes, threads: options.threads,
            indexed: { [runs] i, found in
                found = runs[i].classes(of: samples)
            })
        return classes
    }

    private func accuracy(_ classes: [Int?]) -> Double {
        let right = zip(classes, prepared.data.test.labels).filter { $0 == $1 }.count
        return Double(right) / Double(classes.count)
    }
}
