import Arithmetics
import Comparison
import Perturbation
import Testing
import Training

@Suite struct GrowthLocalisationTests {
    private func run(_ more: String = "", factors: (Int, Int) = (1, 3)) throws -> RunRecord {
        let study = try study("steps: 14\narithmetics: [float]\n" + more)
        let data = try dataSet(study)
        let job = try GrowthRequest(study: study, factors: factors).job(on: data)
        let found = try JobQueue([job], data: data, folder: nil).run()
        return try #require(found[0]?.runs.last)
    }

    @Test func partsOfTensorsAddUpToTheWhole() throws {
        let run = try run()
        let found = try #require(GrowthLocalisation(run))
        let amplifications = run.steps.compactMap(\.amplification)
        #expect(found.steps == amplifications.count && found.steps >= 12)
        let growth = amplifications.reduce(0) { $0 + $1 * $1 - 1 } / Double(amplifications.count)
        #expect(abs(found.squaredGrowth - growth) <= 1e-12)
        #expect(abs(found.tensors.reduce(0) { $0 + $1.growth } - growth) <= 1e-9)
        #expect(abs(found.tensors.reduce(0) { $0 + $1.errorShare } - 1) <= 1e-12)
        #expect(found.tensors.map(\.name) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
        // A bias of few elements may be rounded alike every time.
        #expect(found.tensors.allSatisfy { (0...1).contains($0.localShare) })
        #expect(found.tensors.filter { $0.name.hasSuffix("weight") }.allSatisfy { $0.localShare > 0 })
        #expect(found.largest.first?.amplification == amplifications.max() && found.largest.count == 5)
        let logs = amplifications.map { Binary64().elementary(.log, $0) }
        #expect(abs(found.logGrowth - logs.reduce(0, +)) <= 1e-12)
        let rising = logs.filter { $0 > 0 }.sorted(by: >)
        let tenth = rising.prefix(2).reduce(0, +) / rising.reduce(0, +)
        #expect(abs(try #require(found.shareOfLargestTenth) - tenth) <= 1e-12)
    }

    // A last layer that is not trained by much: all error sits where the rate is.
    @Test func whereNothingPartsThereIsNothingToFollow() throws {
        #expect(GrowthLocalisation(try run(factors: (1, 2))) == nil)
    }

    @Test func stepsAfterSaturationAreLeftOut() throws {
        let run = try run()
        var late = run
        for i in late.steps.indices where late.steps[i].step > 6 { late.steps[i].error?.relativeL2 = 0.5 }
        let found = try #require(GrowthLocalisation(late))
        let early = run.steps.filter { $0.step <= 6 }.compactMap(\.amplification)
        #expect(found.steps == early.count)
    }
}
