import Arithmetics

/// The first updates from foreign states: what a hypothesis about another update rule is tried on.
struct UpdateHistory {
    struct Entry {
        let step: Int
        /// Foreign weights of the step.
        let weights: [ExactArray]
        /// Foreign running statistics of the step, where they are known.
        let statistics: [ExactArray]?
        /// The reference's gradients there, before clipping and weight decay.
        let gradients: [ExactArray]
        /// Foreign weights of the next step, where they are known.
        var next: [ExactArray]?
        var nextStatistics: [ExactArray]?
    }

    /// Steps 0, 1, … without a gap.
    private(set) var entries: [Entry] = []
    /// Numbers kept at most, which bounds the memory to a few hundred megabytes.
    private static let most = 5_000_000

    mutating func append(step: Int, weights: [ExactArray], statistics: [ExactArray]?, gradients: [ExactArray]) {
        let size = 2 * weights.reduce(0) { $0 + $1.count }
        guard step == entries.count, size * (step + 1) <= UpdateHistory.most else { return }
        entries.append(Entry(step: step, weights: weights, statistics: statistics, gradients: gradients))
    }

    mutating func finish(step: Int, weights: [ExactArray], statistics: [ExactArray]?) {
        guard step < entries.count else { return }
        entries[step].next = weights
        entries[step].nextStatistics = statistics
    }
}
