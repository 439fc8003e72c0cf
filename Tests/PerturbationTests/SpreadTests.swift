import Arithmetics
import Foundation
import Perturbation
import Testing

@Suite struct SpreadTests {
    // By hand: rows of perturbations, columns of seeds.
    @Test func deviationsAreThePopulations() throws {
        let spread = Spread([[0.5, 0.75, 1], [0.25, 0.75, 0.5]], seed: 1)
        #expect(spread.roundingBySeed == [0.125, 0, 0.25] && spread.rounding == 0.125)
        let over = [(0.125 / 3).squareRoot(), (0.125 / 3).squareRoot()]
        #expect(zip(spread.seedByPerturbation, over).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(abs(spread.seed - over[0]) < 1e-15)
        #expect(abs(spread.pooledRounding - (0.078125 / 3).squareRoot()) < 1e-15)
        #expect(abs(try #require(spread.ratio) - 0.125 / over[0]) < 1e-14)
        #expect(abs(try #require(spread.pooledRatio) - spread.pooledRounding / spread.pooledSeed) < 1e-15)
    }

    @Test func whatHasNoRatioSaysSo() {
        #expect(Spread([[0.5, 0.75]], seed: 1).ratio == nil, "one perturbation")
        #expect(Spread([[0.5], [0.75]], seed: 1).ratio == nil, "one seed")
        // 0.1 three times has a mean that is not 0.1.
        let flat = Spread([[0.1, 0.1, 0.1], [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]], seed: 1)
        #expect(flat.rounding == 0 && flat.seed == 0 && flat.ratio == nil && flat.interval == nil)
        let onlySeeds = Spread([[0.1, 0.2, 0.4], [0.1, 0.2, 0.4]], seed: 1)
        #expect(onlySeeds.ratio == 0 && onlySeeds.interval?.high == 0)
        let onlyRounding = Spread([[0.1, 0.1], [0.2, 0.2]], seed: 1)
        #expect(onlyRounding.ratio == .infinity && onlyRounding.interval?.low == .infinity)
    }

    /// Accuracies with independent noise of rounding (σ = r) and of seeds (σ = s).
    private func table(_ rows: Int, _ columns: Int, rounding r: Double, seeds s: Double, seed: UInt64) -> [[Double]] {
        var stream = RandomStream(seed: seed, .other, 77)
        let ofSeed = (0..<columns).map { _ in s * stream.normals().0 }
        return (0..<rows).map { _ in ofSeed.map { 0.9 + $0 + r * stream.normals().0 } }
    }

    @Test func theIntervalHoldsTheTruthAboutAsOftenAsItSays() {
        // σ over seeds at one perturbation is √(s² + r²).
        // Each takes half a second in debug.
        let tables = ProcessInfo.processInfo.environment["LOCKSTEP_LONG"] == nil ? 8 : 40
        for (r, s) in [(0.01, 0.0), (0.01, 0.01)] {
            let truth = r / (s * s + r * r).squareRoot()
            let held = (0..<tables).filter { seed in
                let found = Spread(table(6, 6, rounding: r, seeds: s, seed: UInt64(seed)), seed: 5)
                guard let interval = found.interval else { return false }
                return interval.low <= truth && truth <= interval.high
            }.count
            #expect(held >= tables * 3 / 4, "\(held) of \(tables) for r = \(r), s = \(s)")
        }
    }

    @Test func theIntervalIsAFunctionOfItsSeed() {
        let accuracies = table(6, 5, rounding: 0.01, seeds: 0.01, seed: 3)
        let one = Spread(accuracies, seed: 1)
        #expect(one == Spread(accuracies, seed: 1))
        #expect(one.interval != Spread(accuracies, seed: 2).interval)
        #expect(one.interval.map { $0.low < $0.high && $0.tables == Spread.bootstrapTables } == true)
    }
}
