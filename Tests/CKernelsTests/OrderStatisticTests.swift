import CKernels
import Testing

/// Selection against sorting.
@Suite struct OrderStatisticTests {
    private static let kinds = ["random", "few values", "wide", "rising", "falling", "mostly 0", "near", "equal"]

    /// Numbers of which none is negative.
    private func numbers(_ n: Int, _ kind: String, _ word: () -> UInt64) -> [Double] {
        (0..<n).map { i in
            let u = Double(word() >> 11) * 0x1p-53
            switch kind {
            case "few values": return (3 * u).rounded(.down)
            case "wide": return Double(sign: .plus, exponent: Int(word() % 2000) - 1000, significand: 1 + u)
            case "rising": return Double(i)
            case "falling": return Double(n - i)
            case "mostly 0": return u < 0.9 ? 0 : u
            // All in one bucket.
            case "near": return 1 + u / 32
            case "equal": return 0.5
            default: return u
            }
        }
    }

    @Test(arguments: kinds) func theKthGreatestIsThatOfTheSortedNumbers(kind: String) {
        var state: UInt64 = 12
        func word() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
        for n in [1, 2, 3, 31, 128, 129, 300, 1000, 5000] {
            let keys = numbers(n, kind, word)
            let sorted = keys.sorted(by: >)
            var room = [Double](repeating: .nan, count: n)
            // Counted with others, whose greatest may be greater.
            let greatest = sorted[0] * [1, 1.125, 1000][n % 3]
            var counts = [UInt32](repeating: 0, count: Int(LS_BUCKETS))
            ls_count_keys(Int64(n), keys, greatest, &counts)
            #expect(counts.reduce(0, +) == UInt32(n))
            for k in [1, 2, n / 100 + 1, n / 2, (n + 1) / 2, n - 1, n, Int(word() % UInt64(n)) + 1] where 1...n ~= k {
                var above: Int64 = -1
                let found = ls_order_statistic(Int64(n), keys, greatest, counts, Int64(k), &room, &above)
                #expect(found == sorted[k - 1], "\(k) of \(n)")
                #expect(above == Int64(keys.count { $0 > found }))
                #expect(ls_greatest_key(Int64(n), keys, found) == sorted.first { $0 < found } ?? 0)
                var positions = [Int64](repeating: -1, count: n)
                let count = Int(ls_keys_between(Int64(n), keys, found, sorted[0], &positions))
                #expect(positions[..<count].map(Int.init) == keys.indices.filter { keys[$0] >= found })
            }
        }
    }
}
