import Arithmetics
import Comparison
import Foundation
import Perturbation
import Testing
import Training

@Suite struct JobQueueTests {
    private func request() throws -> TableRequest {
        TableRequest(
            study: try study("epochs: 2\narithmetics: [float]"), seeds: [1, 2], factors: [1, 3],
            others: [try RoundingPerturbation("flip=fc2.weight[1]@7")], lastEpochs: 1)
    }

    /// Digests of the cells, row by row; nil for those not finished.
    private func digests(_ request: TableRequest, _ found: [ComparisonFindings?]) -> [[String?]] {
        request.table(of: found).cells.map { $0.map { $0?.digest } }
    }

    // 6 cells of 12 updates. Stopped wherever it may be, and gone on with, they have the bits of an unbroken run.
    @Test(arguments: [0, 5, 12, 31, 60])
    func stoppedAndGoneOnWithGivesTheSameBits(updates: Int) throws {
        let request = try request()
        let data = try dataSet(request.study)
        let unbroken = try JobQueue(request.jobs(on: data), data: data, folder: nil).run()
        let folder = try TemporaryFolder()
        let queue = JobQueue(try request.jobs(on: data), data: data, folder: folder.path)
        let stopped = try queue.run(updates: updates)
        #expect(stopped.filter { $0 != nil }.count == updates / 12)
        let names = try folder.names()
        #expect(names.filter { $0.hasSuffix(".json") }.count == updates / 12)
        #expect(names.filter { $0.hasSuffix(".running") }.count == (updates % 12 == 0 ? 0 : 1))
        let resumed = try queue.run(atOnce: 2)
        #expect(digests(request, resumed) == digests(request, unbroken))
        #expect(
            request.table(of: resumed).cells.joined().map { $0?.evaluations }
                == request.table(of: unbroken).cells.joined().map { $0?.evaluations })
        #expect(try folder.names().count == 6, "only finished cells are left")
        // Finished cells are read, not made again.
        let read = try queue.run(updates: 1)
        #expect(read.filter { $0 != nil }.count == 1)
    }

    @Test func cellsOfAnotherStudyAreRefused() throws {
        let request = try request()
        let data = try dataSet(request.study)
        let folder = try TemporaryFolder()
        _ = try JobQueue(request.jobs(on: data), data: data, folder: folder.path).run(updates: 15)
        var other = request
        other.study.optimizer.rate = Rational(1, 5)
        let queue = JobQueue(try other.jobs(on: data), data: data, folder: folder.path)
        let told = message { try queue.run() }
        #expect(
            told.hasPrefix(folder.path + "/seed=1,k=1.json: is of another study; it lacks \"optimizer: {lr: 0.2,"),
            "\(told)")
        // Other data of the same name, too.
        let otherData = try DataSet(named: request.study.data, testFraction: request.study.testFraction, seed: 9)
        let mixed = JobQueue(try request.jobs(on: otherData), data: otherData, folder: folder.path)
        #expect(message { try mixed.run() }.contains("is of another study; it lacks \"data: "))
        let damaged = folder.path + "/seed=1,k=1.json"
        try Data("{\"contract\":1".utf8).write(to: URL(fileURLWithPath: damaged))
        let again = JobQueue(try request.jobs(on: data), data: data, folder: folder.path)
        #expect(message { try again.run() } == "\(damaged): is damaged; remove it, and it is made again")
    }
}
