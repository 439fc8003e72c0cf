import Arithmetics
import Foundation
import GradientPDE
import Testing
import Training

@Suite struct LinearExperimentTests {
    /// The published factors on a board of 81 positions and 16 weights: a 40,000th of the eigenvalue.
    private func experiment(
        _ decays: [Int], _ arithmetics: [String], steps: Int, every: Int = 1, image: Int = 12
    ) throws -> LinearExperiment {
        let network = try SmallBoard.network(image: image, kernel: 4)
        let ratio = Rational(51_840_000, network.positions * 16)
        let linear = try LinearSettings(
            network: network, decays: decays.map { Rational($0 * 100_000) / ratio },
            timeStep: ratio / Rational(100_000_000), start: .normal(seed: 1))
        let settings = try PDESettings(
            arithmetics: arithmetics.map { try ArithmeticName($0) }, steps: steps, every: every)
        var experiment = try LinearExperiment(linear, settings)
        experiment.run()
        return experiment
    }

    @Test func everyPublishedDecayBehavesAsPredicted() throws {
        let experiment = try experiment(
            [110, 120, 130, 1900, 2100, 2200], ["double", "mpfr:120"], steps: 240, every: 5)
        let expected: [Behaviour] = [.grows, .grows, .decays, .decays, .blowsUp, .blowsUp]
        for (i, run) in experiment.trajectories.enumerated() {
            let name = "alpha \(run.written), \(run.arithmetic)"
            #expect(run.prediction.behaviour == expected[i / 2] && run.behaviour == expected[i / 2], "\(name)")
            let exponent = try #require(run.tangent, "\(name)").exponent
            #expect(abs(exponent.value - run.prediction.exponent.double) < 1e-6, "\(name): \(exponent)")
            #expect(run.records.map(\.step) == Array(stride(from: 0, through: 240, by: 5)), "\(name)")
            for part in [run.along, run.across] {
                let measured = try #require(part.exponent, "\(name)")
                #expect(
                    part.steps > 50 && abs(measured - part.predicted) < 1e-3, "\(name): \(measured), \(part.predicted)")
            }
        }
    }

    @Test func bothBoundsAreProvedAndShown() throws {
        for image in [12, 13] {
            let thresholds = try experiment([110], ["double"], steps: 1, image: image).thresholds
            try #require(thresholds.count == 1 && thresholds[0].sides.count == 5)
            let sides = thresholds[0].sides
            #expect(sides.map(\.proved) == [.grows, .marginal, .decays, .decays, .blowsUp])
            // ln(1 ± Δt·α_min·2⁻⁴⁰), with Δt·α_min = 0.1296; ln(1 ∓ 2⁻³⁹).
            for (side, expected) in zip(sides, [0.1296 * 0x1p-40, 0, -0.1296 * 0x1p-40, -0x1p-39, 0x1p-39]) {
                #expect(abs(side.shown - expected) < 1e-22, "\(side.bound), \(side.factor): \(side.shown)")
            }
        }
    }

    @Test func eachGridHasItsOwnBounds() throws {
        let network = try SmallBoard.network()
        let linear = try LinearSettings(
            network: network, decays: [Rational(1)], timeStep: Rational(1, 10), start: .normal(seed: 1))
        var experiment = try LinearExperiment(
            linear,
            PDESettings(arithmetics: [ArithmeticName("float"), ArithmeticName("double")], grid: .exact, steps: 1))
        experiment.run()
        #expect(experiment.thresholds.map(\.timeStep.double) == [Double(Float(0.1)), 0.1])
    }

    @Test func recordingLessOftenMeasuresTheSame() throws {
        let every = try experiment([120], ["double"], steps: 200).trajectories[0]
        let seldom = try experiment([120], ["double"], steps: 200, every: 8).trajectories[0]
        #expect(seldom.records.map(\.step) == Array(stride(from: 0, through: 200, by: 8)))
        #expect(seldom.kernel == every.kernel && seldom.records[5].totalLoss == every.records[40].totalLoss)
        let (a, b) = (try #require(every.tangent).exponent.value, try #require(seldom.tangent).exponent.value)
        #expect(abs(a - b) < 1e-9)
    }

    @Test func unusableSettingsAreRefused() throws {
        let network = try SmallBoard.network()
        func settings(_ decays: [Rational], _ timeStep: Rational, _ start: KernelStart = .normal(seed: 1)) throws
            -> LinearExperiment
        {
            try LinearExperiment(
                LinearSettings(network: network, decays: decays, timeStep: timeStep, start: start),
                PDESettings(arithmetics: [ArithmeticName("half")], steps: 1))
        }
        #expect(throws: StudyError.self) { try settings([], Rational(1)) }
        #expect(throws: StudyError.self) { try settings([Rational(-1)], Rational(1)) }
        #expect(throws: StudyError.self) { try settings([Rational(1)], Rational(0)) }
        #expect(throws: StudyError.self) { try settings([Rational(11_000_000)], Rational(1)) }
        #expect(throws: StudyError.self) {
            try settings([Rational(1)], Rational(1), .values(ExactArray([1.0]), source: "one"))
        }
        #expect(throws: StudyError.self) {
            try settings(
                [Rational(1)], Rational(1), .values(ExactArray([Double](repeating: .nan, count: 16)), source: "nan"))
        }
        #expect(try settings([Rational(1)], Rational(1, 100_000_000)).notes.first?.contains("is 0 on the grid") == true)
    }
}
