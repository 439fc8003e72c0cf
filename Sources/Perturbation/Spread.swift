import Arithmetics

/// How far accuracies lie apart over perturbations, and how far over seeds.
///
/// Population standard deviations, as in the published table. The spread over seeds at one factor k holds that of rounding as
/// well: two runs of one seed would lie apart by that already. So the ratio is at most about 1, and its square is about the share
/// of the variance between runs that rounding alone makes.
public struct Spread: Sendable, Equatable {
    /// Standard deviation over the perturbations, seed by seed.
    public let roundingBySeed: [Double]
    /// Standard deviation over the seeds, perturbation by perturbation.
    public let seedByPerturbation: [Double]
    /// Mean of `roundingBySeed`.
    public let rounding: Double
    /// Mean of `seedByPerturbation`.
    public let seed: Double
    /// The same, root of the mean variance.
    public let pooledRounding: Double
    public let pooledSeed: Double
    /// rounding ÷ seed; nil where there is one seed or one perturbation, or where both are 0.
    public let ratio: Double?
    public let pooledRatio: Double?
    /// 95 % percentile interval of the ratio; nil where there is no ratio.
    public let interval: Interval?

    public struct Interval: Sendable, Equatable {
        public let low: Double
        public let high: Double
        /// Resampled tables with a ratio; the others had no spread at all.
        public let tables: Int
    }

    /// Tables resampled for the interval.
    public static let bootstrapTables = 10_000
    /// The first counter of the bootstrap's streams (purpose "other").
    public static let bootstrapStream: UInt64 = 1 << 32

    /// - Parameters:
    ///   - accuracies: perturbation by perturbation, one a seed.
    ///   - bootstrapSeed: of the resampling.
    public init(_ accuracies: [[Double]], seed bootstrapSeed: UInt64) {
        let seeds = accuracies.first?.count ?? 0
        precondition(accuracies.allSatisfy { $0.count == seeds }, "an accuracy for each seed")
        let columns = (0..<seeds).map { s in accuracies.map { $0[s] } }
        roundingBySeed = columns.map(deviation)
        seedByPerturbation = accuracies.map(deviation)
        rounding = mean(roundingBySeed)
        seed = mean(seedByPerturbation)
        pooledRounding = mean(roundingBySeed.map { $0 * $0 }).squareRoot()
        pooledSeed = mean(seedByPerturbation.map { $0 * $0 }).squareRoot()
        guard seeds > 1, accuracies.count > 1, let ratio = quotient(rounding, seed) else {
            (ratio, pooledRatio, interval) = (nil, nil, nil)
            return
        }
        self.ratio = ratio
        pooledRatio = quotient(pooledRounding, pooledSeed)
        interval = Spread.interval(accuracies, seed: bootstrapSeed)
    }

    /// Seeds and perturbations are drawn again independently, each as many as there are, with repetition; of each table drawn so
    /// the ratio, with both spreads times √(n ÷ (n - 1)), by which repetition makes them too small.
    ///
    /// - Source: Owen, *The pigeonhole bootstrap*, Annals of Applied Statistics 1 (2007): rows and columns resampled; Efron and
    ///   Tibshirani, *An Introduction to the Bootstrap* (1993), section 13.3: percentile intervals.
    private static func interval(_ accuracies: [[Double]], seed: UInt64) -> Interval? {
        let (rows, columns) = (accuracies.count, accuracies[0].count)
        func correction(_ n: Int) -> Double { (Double(n) / Double(n - 1)).squareRoot() }
        var ratios: [Double] = []
        for table in 0..<bootstrapTables {
            var stream = RandomStream(seed: seed, .other, bootstrapStream, UInt64(table))
            let drawnColumns = (0..<columns).map { _ in Int(stream.bounded(UInt64(columns))) }
            let drawnRows = (0..<rows).map { _ in Int(stream.bounded(UInt64(rows))) }
            let overRows = mean(drawnColumns.map { s in deviation(drawnRows.map { accuracies[$0][s] }) })
            let overColumns = mean(drawnRows.map { r in deviation(drawnColumns.map { accuracies[r][$0] }) })
            if let ratio = quotient(overRows * correction(rows), overColumns * correction(columns)) {
                ratios.append(ratio)
            }
        }
        guard !ratios.isEmpty else { return nil }
        ratios.sort()
        let tail = ratios.count / 40
        return Interval(low: ratios[tail], high: ratios[ratios.count - 1 - tail], tables: ratios.count)
    }
}

private func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

/// Population standard deviation, in binary64.
private func deviation(_ x: [Double]) -> Double {
    // Their mean may be rounded away from them.
    if x.allSatisfy({ $0 == x[0] }) { return 0 }
    let m = mean(x)
    return mean(x.map { ($0 - m) * ($0 - m) }).squareRoot()
}

/// a ÷ b, infinite for b = 0; nil where both are 0 or one is no number.
private func quotient(_ a: Double, _ b: Double) -> Double? {
    let ratio = a / b
    return ratio.isNaN ? nil : ratio
}
