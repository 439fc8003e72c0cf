import Arithmetics
import Comparison
import Perturbation
import Testing
import Training

@Suite struct RateDivergenceTests {
    private func request(_ more: String = "", divisors: [Int] = [1, 3]) throws -> RateDivergenceRequest {
        RateDivergenceRequest(study: try study("steps: 5\narithmetics: [float]\n" + more), divisors: divisors)
    }

    /// 2·mean(|a - b| / (|a| + |b|)) in binary64, which is near enough to tell.
    private func relativeL1(_ a: [Double], _ b: [Double]) -> Double {
        let terms = zip(a, b).map { $0 == $1 ? 0 : abs($0 - $1) / (abs($0) + abs($1)) }
        return 2 * terms.reduce(0, +) / Double(terms.count)
    }

    @Test func curvesAreTwoRunsSideBySide() throws {
        let request = try request()
        let data = try dataSet(request.study)
        try request.check(on: data)
        let curves = request.curves(of: try JobQueue(request.jobs(on: data), data: data, folder: nil).run())
        for (n, curve) in zip(request.divisors, curves) {
            let curve = try #require(curve)
            #expect(curve.divisor == n && curve.rate == Rational(3, 10 * n) && curve.blowUp == nil)
            #expect(
                curve.points.map(\.scaledIteration) == Array(0...5)
                    && curve.points.map(\.step) == (0...5).map { $0 * n })
            #expect(curve.tensorNames == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
            var runs = try [1, 3].map { k in
                var own = request.study
                own.optimizer.rate = Rational(3, 10 * n)
                own.optimizer.k = k
                return try makeRun(PreparedStudy(own, data: data), in: ArithmeticName("float"))
            }
            for point in curve.points {
                while runs[0].step < point.step { for i in runs.indices { _ = runs[i].advance(observe: []) } }
                let (a, b) = (runs[1].state.parameters, runs[0].state.parameters)
                for t in a.indices {
                    let expected = relativeL1(a[t].doubles, b[t].doubles)
                    #expect(abs(point.tensors[t] - expected) <= 1e-12 * expected, "n = \(n), step \(point.step)")
                }
                let all = relativeL1(a.flatMap(\.doubles), b.flatMap(\.doubles))
                #expect(abs(point.all - all) <= 1e-12 * all)
            }
            #expect(try #require(curve.points.last).all > 0 && curve.points[0].all == 0)
            #expect(try #require(curve.values(of: "fc2.weight")) == curve.points.map { $0.tensors[2] })
            #expect(curve.values(of: "fc9.weight") == nil)
        }
    }

    @Test func unusableRequestsGetOneLine() throws {
        func told(_ more: String = "", divisors: [Int] = [2], factors: (Int, Int) = (1, 3)) throws -> String {
            var request = try request(more, divisors: divisors)
            request.factors = factors
            return message { try request.check(on: dataSet(request.study)) }
        }
        #expect(try told() == "(no error)")
        #expect(
            try told("schedule: cosine:5") == "schedule: cosine:5 is not constant; a rate is divided, not its schedule")
        #expect(try told(divisors: []) == "learning-rates: wants at least one divisor of the rate")
        #expect(try told(divisors: [2, 2]) == "learning-rates: 2 is given twice")
        #expect(try told(factors: (3, 3)) == "k: wants two different factors, not 3 twice")
        #expect(try told(divisors: [1 << 60]).hasSuffix("times 5 steps are none, or too many"))
    }
}
