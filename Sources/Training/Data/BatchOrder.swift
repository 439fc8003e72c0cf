import Arithmetics

/// Which training samples each update sees: a pure function of the seed and the number of the update.
public struct BatchOrder: Sendable {
    public enum Order: String, CaseIterable, Sendable { case sequential, shuffled }

    /// What becomes of the samples left over when the batch size does not divide their number.
    public enum LastBatch: String, CaseIterable, Sendable { case drop, keep }

    public let sampleCount: Int
    public let batchSize: Int
    public internal(set) var order: Order
    public let lastBatch: LastBatch
    public let seed: UInt64
    /// Batches of one epoch; the next epoch begins with the update after them.
    public let updatesPerEpoch: Int
    /// Update t takes the samples that are update t + offset's; 0 but for a varied study.
    var offset = 0
    /// Each batch takes its samples last first; false but for a varied study.
    var isReversed = false
    /// The permutation last used: consecutive updates mostly need the same.
    private var cached: (epoch: Int, permutation: [Int])?

    /// - Throws: `DataError` for an impossible batch size: below 1, or above the number of samples when the last,
    ///   partial batch is dropped.
    public init(
        sampleCount: Int, batchSize: Int, order: Order = .shuffled, lastBatch: LastBatch = .drop, seed: UInt64
    ) throws(DataError) {
        guard batchSize >= 1 else { throw DataError("batch", "is \(batchSize)", remedy: "expected 1 or more") }
        guard sampleCount >= 1 else { throw DataError("batch", "there are no training samples to take batches from") }
        guard batchSize <= sampleCount || lastBatch == .keep else {
            throw DataError(
                "batch", "\(batchSize) is more than the \(sampleCount) training samples, so no batch is complete",
                remedy: "expected at most \(sampleCount), or last-batch: keep")
        }
        self.sampleCount = sampleCount
        self.batchSize = batchSize
        self.order = order
        self.lastBatch = lastBatch
        self.seed = seed
        let (whole, rest) = sampleCount.quotientAndRemainder(dividingBy: batchSize)
        updatesPerEpoch = whole + (rest > 0 && lastBatch == .keep ? 1 : 0)
    }

    /// The epoch, from 0, that the samples of an update belong to.
    public func epoch(of update: Int) -> Int { max(0, update + offset) / updatesPerEpoch }

    /// Numbers of the samples of update 0, 1, …, in the order they are taken in.
    public mutating func batch(_ update: Int) -> [Int] {
        isReversed ? samples(of: update).reversed() : samples(of: update)
    }

    private mutating func samples(of update: Int) -> [Int] {
        precondition(update >= 0, "updates are counted from 0")
        let (epoch, position) = max(0, update + offset).quotientAndRemainder(dividingBy: updatesPerEpoch)
        let start = position * batchSize
        // Not start + batchSize, which may overflow when one batch holds everything.
        let range = start..<start + min(batchSize, sampleCount - start)
        guard order == .shuffled else { return Array(range) }
        if cached?.epoch != epoch {
            var stream = RandomStream(seed: seed, .shuffle, UInt64(epoch))
            cached = (epoch, stream.shuffled(sampleCount))
        }
        return cached.map { Array($0.permutation[range]) } ?? []
    }
}
