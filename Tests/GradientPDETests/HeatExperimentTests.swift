import Arithmetics
import Foundation
import GradientPDE
import Testing
import Training

private func names(_ texts: String...) throws -> [ArithmeticName] { try texts.map { try ArithmeticName($0) } }

private let short = HeatTrajectory.Measurement(transient: 200, measured: 100)

/// Measured over fewer steps than by default.
private func experiment(_ texts: String..., dt: [Rational] = [Rational(2, 5), Rational(4, 5)]) throws -> HeatExperiment
{
    let settings = try PDESettings(
        arithmetics: texts.map { try ArithmeticName($0) }, steps: 60, every: 4, threads: 1)
    var experiment = try HeatExperiment(timeSteps: dt, settings, measure: short)
    experiment.run()
    return experiment
}

@Test func bothPresetsBehaveAsPredictedInEveryArithmetic() throws {
    let experiment = try experiment("float", "mpfr:200")
    #expect(
        experiment.trajectories.map { "\($0.arithmetic) \($0.behaviour?.rawValue ?? "?")" } == [
            "float decays", "mpfr:200 decays", "float blows up", "mpfr:200 blows up",
        ])
    for run in experiment.trajectories {
        #expect(run.prediction.behaviour == run.behaviour)
        #expect(run.records.map(\.step) == Array(stride(from: 0, through: 60, by: 4)))
        #expect(run.records.allSatisfy { $0.values.count == 31 })
        let exponent = try #require(run.tangent).exponent
        #expect(abs(exponent.value - run.prediction.exponent.double) < 1e-3, "\(run.arithmetic), dt \(run.written)")
        let apart = try #require(run.twoTrajectories).exponent
        // Binary32 ends before mode 29 has left mode 27 far behind.
        #expect(abs(apart.value - run.prediction.exponent.double) < 0.01, "\(run.arithmetic), dt \(run.written)")
    }
}

@Test func theTangentExponentIsThatOfTheLargestSymbol() throws {
    let settings = try PDESettings(arithmetics: names("double"), steps: 10)
    var experiment = try HeatExperiment(timeSteps: [Rational(2, 5)], settings)
    experiment.run()
    let run = experiment.trajectories[0]
    let exponent = try #require(run.tangent).exponent
    #expect(exponent.low <= exponent.value && exponent.value <= exponent.high)
    #expect(abs(exponent.value - run.prediction.exponent.double) < 1e-10)
    // The rounding errors of binary64 are those of the interval.
    #expect(exponent.high - exponent.low < 1e-12)
}

/// The amplitudes come from the states, the symbols from theory: neither knows the other.
@Test func everyModeGrowsByItsSymbol() throws {
    for run in try experiment("mpfr:300", "interval:300").trajectories {
        for mode in run.modes where mode.mode % 2 == 1 {
            let deviation = try #require(mode.deviation, "mode \(mode.mode), \(run.arithmetic)")
            // The fastest decaying mode, of symbol 0.03, loses nearly all its digits in 60 steps.
            #expect(abs(deviation) < 1e-3, "mode \(mode.mode), \(run.arithmetic), dt \(run.written)")
            if abs(run.prediction.symbols[mode.mode - 1].double) > 0.3 { #expect(abs(deviation) < 1e-40) }
        }
        // 0.1·sin(πk/2)/15 ÷ 2(1 - cos(πk/30)): the sine transform of the tent.
        for k in [1, 3, 15, 29] {
            let expected = 0.2 * sin(Double.pi * Double(k) / 2) / 15 / (2 - 2 * cos(Double.pi * Double(k) / 30))
            #expect(abs(run.modes[k - 1].initial - expected) < 1e-13, "mode \(k)")
        }
    }
}

@Test func evenModesComeFromPlaceDependentRoundingOnly() throws {
    for run in try experiment(
        "float", "half,round=up", "mpfr:100,round=zero", "half,round=stochastic:5", dt: [Rational(2, 5)]
    ).trajectories {
        let isStochastic = run.arithmetic.description.contains("stochastic")
        #expect((run.asymmetry > 0) == isStochastic, "\(run.arithmetic): \(run.asymmetry)")
        // The tent on the grid is symmetric in any case.
        #expect(run.modes.allSatisfy { $0.mode % 2 == 1 || $0.steps == 0 })
    }
}

@Test func meetingAtInfinityIsNoAgreement() throws {
    let run = try experiment("half", dt: [Rational(4, 5)]).trajectories[0]
    #expect(run.firstNonFinite != nil && run.mergedAt == nil)
}

@Test func onTheCoarsestGridAllStartAlike() throws {
    let together = try experiment("half", "mpfr:100", dt: [Rational(2, 5)])
    #expect(together.trajectories[0].timeStep == together.trajectories[1].timeStep)
    var apart = try HeatExperiment(
        timeSteps: [Rational(2, 5)],
        PDESettings(arithmetics: names("half", "mpfr:100"), grid: .exact, steps: 1), measure: short)
    apart.run()
    #expect(apart.trajectories[0].timeStep != apart.trajectories[1].timeStep)
    #expect(Rational(apart.trajectories[0].timeStep) == Rational(1638, 4096))
    // A named grid that the arithmetic does not hold: rounded once more, and predicted for what is used.
    var finer = try HeatExperiment(
        timeSteps: [Rational(4, 5)],
        PDESettings(arithmetics: names("half"), grid: .format(name: "double", .binary64), steps: 1))
    finer.run()
    let run = finer.trajectories[0]
    #expect(run.timeStep == ExactValue(0x1.998p-1))
    let exponent = try #require(run.tangent).exponent.value
    // The unrounded 4/5 would be 3.6e-4 away.
    #expect(abs(exponent - run.prediction.exponent.double) < 1e-4)
}

@Test func unusableSettingsAreRefusedInOneLine() throws {
    #expect(throws: StudyError.self) { try PDESettings(arithmetics: [], steps: 1) }
    #expect(throws: StudyError.self) { try PDESettings(arithmetics: names("float", "float"), steps: 1) }
    #expect(throws: StudyError.self) { try PDESettings(arithmetics: names("half,master=float"), steps: 1) }
    #expect(throws: StudyError.self) { try experiment("float", dt: [Rational(0)]) }
    #expect(throws: StudyError.self) { try experiment("fp8-e5m2", dt: [Rational(100_000)]) }
    let small = try experiment("half", dt: [Rational(1, 1 << 30)])
    #expect(
        small.notes == ["dt 1/1073741824 is 0 on the grid"] || small.notes.first?.contains("is 0 on the grid") == true)
    #expect(small.trajectories[0].prediction.behaviour == .marginal)
}

@Test func aCancelledExperimentKeepsWhatItHasAndGoesOn() throws {
    let settings = try PDESettings(arithmetics: names("float"), steps: 50)
    var experiment = try HeatExperiment(timeSteps: [Rational(2, 5), Rational(4, 5)], settings, measure: short)
    experiment.run { $0 < 70 }
    #expect(experiment.trajectories.count == 1 && !experiment.isFinished)
    experiment.run()
    #expect(experiment.trajectories.map(\.records.count) == [51, 51] && experiment.isFinished)
}

@Test func theFirstAndTheLastStateAreAlwaysRecorded() throws {
    let settings = try PDESettings(arithmetics: names("float"), steps: 7, every: 3)
    #expect((0...7).filter { settings.records($0) } == [0, 3, 6, 7])
}
