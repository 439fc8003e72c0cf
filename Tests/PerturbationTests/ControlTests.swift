import Arithmetics
import Comparison
import Perturbation
import Testing
import Training

@Suite struct ControlTests {
    private func controls(_ names: [String], _ more: String = "", factors: [Int] = [2, 8]) throws -> [Control?] {
        let study = try study("steps: 12\narithmetics: [float]\n" + more)
        let request = ControlRequest(
            study: study, factors: factors, threads: [2], arithmetics: try names.map { try ArithmeticName($0) },
            steps: 12)
        try request.check()
        return request.controls(of: try JobQueue(request.jobs(), data: dataSet(study), folder: nil).run())
    }

    @Test func powersOfTwoAndThreadsChangeNoBit() throws {
        let found = try controls(["float", "double"])
        #expect(found.count == 6)
        for control in found {
            #expect(control?.verdict == .identical && control?.events == RangeEvents() && control?.steps == 12)
        }
    }

    @Test func whatLeavesItsRangeIsCountedAndExcused() throws {
        let found = try controls(["half", "fp8-e5m2"], factors: [64])
        for control in found.compactMap(\.self) {
            guard case .factor = control.perturbation else {
                #expect(control.verdict == .identical)
                continue
            }
            // In fp8 most updates are lost in the weights either way, and no weight need change.
            #expect(control.events.quotients > 0 && control.verdict != .broken, "\(control)")
            if control.arithmetic.description == "half" { #expect(control.verdict == .explained) }
        }
    }

    @Test func aChangeThatNothingExcusesIsADefect() throws {
        let study = try study("steps: 2\narithmetics: [float]")
        let data = try dataSet(study)
        let pair = try JobQueue([GrowthRequest(study: study).job(on: data)], data: data, folder: nil).run()
        let change = try #require(pair[0]?.runs.last?.firstDifference)
        func verdict(_ events: RangeEvents, _ change: FirstDifference?) throws -> Control.Verdict {
            Control(
                arithmetic: try ArithmeticName("float"), perturbation: .factor(2), steps: 5, events: events,
                firstDifference: change
            ).verdict
        }
        #expect(try verdict(RangeEvents(), change) == .broken)
        #expect(try verdict(RangeEvents(quotients: 1), change) == .explained)
        #expect(try verdict(RangeEvents(quotients: 1), nil) == .identical)
    }

    @Test func factorsThatMayChangeBitsAreNoControls() throws {
        #expect(
            message { try controls(["float"], factors: [2, 6]) }
                == "control-k: 6 is no power of two above 1; others may change every bit")
    }
}
