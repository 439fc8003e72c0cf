import Arithmetics
import Testing
import Training

@Suite struct BatchOrderTests {
    // The words are NumPy 2.4's, np.random.Philox(key=[1, 2], counter=[0, epoch, 0, 0] - 1).random_raw; bounded draws and
    // exchanges were done in Python from the contract's text.
    @Test func shufflesAreTheRecordedOnes() throws {
        var order = try BatchOrder(sampleCount: 12, batchSize: 12, seed: 1)
        #expect(order.batch(0) == [6, 8, 1, 5, 4, 0, 7, 2, 9, 10, 11, 3])
        #expect(order.batch(1) == [7, 3, 1, 5, 0, 4, 9, 2, 10, 11, 8, 6])
    }

    @Test(arguments: BatchOrder.LastBatch.allCases, BatchOrder.Order.allCases)
    func epochsTakeEverySampleOnce(lastBatch: BatchOrder.LastBatch, kind: BatchOrder.Order) throws {
        var order = try BatchOrder(sampleCount: 100, batchSize: 32, order: kind, lastBatch: lastBatch, seed: 3)
        let perEpoch = lastBatch == .drop ? 3 : 4
        #expect(order.updatesPerEpoch == perEpoch)
        var epochs: [[Int]] = []
        for epoch in 0..<3 {
            let batches = (0..<perEpoch).map { order.batch(epoch * perEpoch + $0) }
            #expect(batches.map(\.count) == (lastBatch == .drop ? [32, 32, 32] : [32, 32, 32, 4]))
            let taken = batches.flatMap(\.self)
            #expect(Set(taken).count == taken.count && Set(taken).isSubset(of: 0..<100))
            if kind == .sequential { #expect(taken == Array(0..<taken.count)) }
            epochs.append(taken)
        }
        if kind == .shuffled { #expect(Set(epochs).count == 3, "every epoch has an order of its own") }
        #expect(order.epoch(of: perEpoch - 1) == 0 && order.epoch(of: perEpoch) == 1)
    }

    @Test func batchesDependOnNothingButTheirNumber() throws {
        let fresh = try BatchOrder(sampleCount: 50, batchSize: 8, seed: 9)
        var used = fresh
        for update in [0, 17, 3, 4, 17, 100, 0] {
            var other = fresh
            #expect(used.batch(update) == other.batch(update), "update \(update)")
        }
        var reseeded = try BatchOrder(sampleCount: 50, batchSize: 8, seed: 10)
        #expect(used.batch(0) != reseeded.batch(0))
    }

    @Test func aReversedStudyTakesTheSameBatchesLastSampleFirst() throws {
        var study = Study()
        study.arithmetics = [try ArithmeticName("float")]
        let prepared = try PreparedStudy(study)
        var (batches, reversed) = (prepared.batches, prepared.updating(reversed: true).batches)
        for update in [0, 7, 100] {
            #expect(reversed.batch(update) == batches.batch(update).reversed())
            #expect(Set(batches.batch(update)).count > 1)
        }
    }

    @Test func aKeptBatchMayHoldEverything() throws {
        var order = try BatchOrder(sampleCount: 3, batchSize: .max, order: .sequential, lastBatch: .keep, seed: 0)
        #expect(order.updatesPerEpoch == 1)
        #expect(order.batch(5) == [0, 1, 2])
    }

    @Test func impossibleBatchesAreRefused() {
        #expect(message { try BatchOrder(sampleCount: 5, batchSize: 0, seed: 0) } == "batch: is 0; expected 1 or more")
        #expect(
            message { try BatchOrder(sampleCount: 5, batchSize: 6, seed: 0) }
                == "batch: 6 is more than the 5 training samples, so no batch is complete; "
                + "expected at most 5, or last-batch: keep")
        #expect(
            message { try BatchOrder(sampleCount: 0, batchSize: 6, lastBatch: .keep, seed: 0) }
                == "batch: there are no training samples to take batches from")
    }
}
