import CKernels
import Foundation
import Testing

/// Counts by iteration, added to from several threads.
private final class Tally: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var counts: [Int]
    private(set) var nested = 0

    init(_ count: Int) { counts = Array(repeating: 0, count: count) }

    func add(_ i: Int, wasNested: Bool = false) {
        lock.withLock {
            counts[i] += 1
            if wasNested { nested += 1 }
        }
    }
}

/// The threads that regions share (pool.h).
@Suite struct PoolTests {
    private func run(_ iterations: Int, threads: Int32, _ tally: Tally) -> Bool {
        ls_run_concurrently(
            Int64(iterations), threads,
            { context, i in
                guard let context else { return }
                let tally = Unmanaged<Tally>.fromOpaque(context).takeUnretainedValue()
                // A region inside a region is refused: this one holds the threads.
                let wasNested = ls_run_concurrently(2, 2, { _, _ in }, nil)
                tally.add(Int(i), wasNested: wasNested)
            }, Unmanaged.passUnretained(tally).toOpaque())
    }

    /// Callers that come at the same time are refused and try again; nothing is lost, nothing is done twice.
    @Test func everyIterationIsMadeOnce() {
        DispatchQueue.concurrentPerform(iterations: 4) { caller in
            for region in 0..<200 {
                let iterations = (region * 7 + caller) % 9
                let tally = Tally(iterations)
                while !run(iterations, threads: Int32(1 + region % 4), tally) {}
                #expect(tally.counts == Array(repeating: 1, count: iterations))
                #expect(tally.nested == 0)
            }
        }
    }
}
