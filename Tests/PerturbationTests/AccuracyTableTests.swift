import Arithmetics
import Comparison
import Perturbation
import Testing
import Training

@Suite struct AccuracyTableTests {
    private func request(_ more: String = "", seeds: [UInt64] = [1, 2]) throws -> TableRequest {
        TableRequest(
            study: try study("epochs: 3\narithmetics: [float]\n" + more), seeds: seeds, factors: [1, 3],
            others: try ["flip=fc1.weight[3]@2", "reduction=pairwise", "threads=2"].map {
                try RoundingPerturbation($0)
            },
            lastEpochs: 2)
    }

    private func table(_ request: TableRequest, atOnce: Int = 2) throws -> AccuracyTable {
        let data = try dataSet(request.study)
        try request.check(on: data)
        return request.table(of: try JobQueue(request.jobs(on: data), data: data, folder: nil).run(atOnce: atOnce))
    }

    /// Each cell by hand: its study, epoch by epoch.
    @Test func cellsAreTheRunsOfTheirStudies() throws {
        let request = try request()
        let table = try table(request)
        #expect(
            table.rows.map { "\($0)" } == ["k=1", "k=3", "flip=fc1.weight[3]@2", "reduction=pairwise", "threads=2"])
        #expect(table.isComplete && table.factorRows == [0, 1])
        let data = try dataSet(request.study)
        for (s, seed) in request.seeds.enumerated() {
            for (r, row) in table.rows.enumerated() {
                var own = request.study
                own.seed = seed
                if row == .factor(3) { own.optimizer.k = 3 }
                if r == 3 { own.arithmetics = [try ArithmeticName("float,reduction=pairwise")] }
                let prepared = try PreparedStudy(own, data: data)
                var run = try makeRun(prepared, in: own.arithmetics[0])
                var accuracies: [Double] = []
                for step in 0..<18 {
                    if r == 2, step == 2 {
                        let old = run.state.parameters[0][3]
                        let new = Float(old.double) < 0 ? Float(old.double).nextDown : Float(old.double).nextUp
                        run.adopt(run.state.replacing(parameter: 0, element: 3, by: ExactValue(new)))
                    }
                    _ = run.advance(observe: [])
                    if step % 6 == 5 {
                        let classes = run.classes(of: Array(0..<data.test.count))
                        let right = zip(classes, data.test.labels).filter { $0 == $1 }.count
                        accuracies.append(Double(right) / Double(data.test.count))
                    }
                }
                let cell = try #require(table.cells[r][s])
                #expect(cell.digest == run.digest, "\(row), seed \(seed)")
                #expect(cell.evaluations.map(\.accuracy) == accuracies)
                #expect(cell.accuracy == (accuracies[1] + accuracies[2]) / 2 && cell.blowUp == nil)
            }
        }
        let digests = Set(table.cells.joined().compactMap { $0?.digest })
        #expect(digests.count == 8, "all but the two of more threads are different runs")
        #expect(table.isUnchanged(row: 4) == true && table.isUnchanged(row: 1) == nil)
    }

    @Test func jobsAtOnceChangeNothing() throws {
        let request = try request()
        let (one, many) = (try table(request, atOnce: 1), try table(request, atOnce: 4))
        for (a, b) in zip(one.cells.joined(), many.cells.joined()) {
            #expect(a?.digest == b?.digest && a?.evaluations == b?.evaluations && a != nil)
        }
    }

    @Test func aSeedMayDecideTheOrderAlone() throws {
        func starts(_ alone: Bool) throws -> [String] {
            var request = try request()
            request.orderAlone = alone
            let data = try dataSet(request.study)
            return try request.jobs(on: data).filter { $0.labels == ["k=1"] }.map {
                try $0.comparison(on: data).result.runs[0].steps[0].digest
            }
        }
        let (all, order) = (try starts(false), try starts(true))
        #expect(all.count == 2 && all[0] != all[1] && order[0] == order[1])
        var one = try request()
        one.orderAlone = true
        let ends = try table(one).cells[0].compactMap { $0?.digest }
        #expect(ends.count == 2 && ends[0] != ends[1])
    }

    @Test func unusableRequestsGetOneLine() throws {
        func told(_ change: (inout TableRequest) throws -> Void) throws -> String {
            var request = try request()
            try change(&request)
            return message { try request.check(on: dataSet(request.study)) }
        }
        #expect(try told { _ in } == "(no error)")
        #expect(
            try told { $0.study.arithmetics.append(try ArithmeticName("double")) }
                == "arithmetics: the table is of one arithmetic, not 2")
        #expect(try told { $0.study.epochs = nil }.hasPrefix("epochs: wants at least 1"))
        #expect(try told { $0.lastEpochs = 4 } == "last-epochs: 4 is not a whole number from 1 to 3, the epochs")
        #expect(try told { $0.seeds = [] } == "seeds: wants at least one")
        #expect(try told { $0.seeds = [3, 3] } == "seeds: 3 is given twice")
        #expect(try told { $0.factors = [3, 5] } == "k: wants 1 among them: the study as it is")
        #expect(try told { $0.others.append(.factor(5)) } == "perturb: k=5 belongs to --k")
        #expect(try told { $0.study.testFraction = Rational(0) }.hasSuffix("has no test samples to be judged by"))
        #expect(
            try told { $0.others = [.flip(.init(tensor: "fc1.weight", element: 0, step: 18))] }
                == "perturb: flip=fc1.weight[0]@18 comes after the last of 18 updates")
    }
}
