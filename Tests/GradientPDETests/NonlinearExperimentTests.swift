import Arithmetics
import Comparison
import GradientPDE
import Testing
import Training

@Suite struct NonlinearExperimentTests {
    @Test func everyBehaviourIsPredictedAndShown() throws {
        var experiment = try SmallBoard.experiment([3, 4, 7, 10, 11], ["double"], steps: 400)
        experiment.run()
        let expected: [Behaviour] = [.converges, .periodic, .restrained, .marginal, .blowsUp]
        #expect(experiment.predictions.map(\.behaviour) == expected)
        #expect(experiment.trajectories.map(\.behaviour) == expected)
        #expect(experiment.trajectories[1].period == 2 && experiment.predictions[1].orbit?.period == 2)
        #expect(experiment.isFinished)
        for claim in experiment.claims { #expect(claim.holds == true, "\(claim)") }
        for trajectory in experiment.trajectories {
            let expected: Bool? = trajectory.behaviour == .marginal ? nil : true
            #expect(trajectory.exponentsAgree == expected, "lr \(trajectory.written)")
        }
        // Bounded, in floating point as in the proof.
        let radius = try #require(experiment.predictions[2].trappingRadius)
        #expect(experiment.trajectories[2].records.dropFirst(50).allSatisfy { abs($0.projection.double) < radius })
        // Copies: the relative L1 difference stays at rounding level where it converges, and is of order 1 where it does not.
        #expect(experiment.trajectories[0].copies[0].lastMean < 1e-14)
        #expect(experiment.trajectories[2].copies[0].lastMean > 0.3)
        #expect(experiment.trajectories[2].copies[0].relativeL1.count == 401)
    }

    @Test func recordsAreThinnedAndRatesRoundedOntoTheGrid() throws {
        var experiment = try SmallBoard.experiment(
            [7], ["float", "mpfr:90"], steps: 25, factors: [1, 2, 3], every: 10)
        experiment.run()
        for trajectory in experiment.trajectories {
            #expect(trajectory.records.map(\.step) == [0, 10, 20, 25])
            #expect(trajectory.rate == ExactValue(Float(4.48)) && trajectory.grid == .binary32)
            #expect(trajectory.copies.map(\.factor) == [2, 3])
            #expect(trajectory.copies[0].relativeL1.allSatisfy { $0 == 0 })
            #expect(trajectory.copies[1].relativeL1.contains { $0 > 0 })
        }
        let (float, big) = (experiment.trajectories[0], experiment.trajectories[1])
        #expect(float.records[0].projection.double - big.records[0].projection.double < 1e-6)
        #expect(float.kernel != big.kernel)
        #expect(float.method == "patch classes")
    }

    @Test func slidingMeansBeginShort() {
        let copy = NonlinearTrajectory.Copy(factor: 3, relativeL1: [0, 1, 2, 3])
        #expect(copy.slidingMean(2) == [0, 0.5, 1.5, 2.5])
        #expect(copy.slidingMean(100) == [0, 0.5, 1, 1.5])
    }

    @Test func anInterruptedRunKeepsWhatIsFinished() throws {
        var experiment = try SmallBoard.experiment([3, 7], ["double"], steps: 20)
        experiment.run { $0 < 25 }
        #expect(experiment.trajectories.count == 1 && !experiment.isFinished)
        experiment.run()
        #expect(experiment.isFinished)
        var whole = try SmallBoard.experiment([3, 7], ["double"], steps: 20)
        whole.run()
        #expect(whole.trajectories[1].kernel == experiment.trajectories[1].kernel)
    }

    @Test func theLadderOfPrecisionsFindsTheExponent() throws {
        let nonlinear = try NonlinearSettings(
            network: SmallBoard.network(), decay: SmallBoard.decay, rates: [SmallBoard.rate(7), SmallBoard.rate(3)],
            start: .normal(seed: 1))
        let request = try NonlinearLadder.Request(bits: [24, 40, 56, 72, 88, 104], steps: 300)
        let chaotic = try #require(try NonlinearLadder(nonlinear, rate: SmallBoard.rate(7), request))
        #expect(chaotic.reference == 204)
        for ladder in [chaotic.ofMap, chaotic.ofNetwork] {
            #expect(ladder.verdict == .grows)
            let fit = try #require(ladder.fit)
            // The exponent of the map at this rate is 0.78; 100 steps of it scatter by a tenth or two.
            #expect(fit.regression.exponent > 0.5 && fit.regression.exponent < 1.1)
            let delays = ladder.rungs.compactMap(\.delay)
            #expect(delays.count == 6 && delays == delays.sorted())
        }
        let short = try NonlinearLadder.Request(bits: [24, 40], steps: 60)
        let still = try #require(try NonlinearLadder(nonlinear, rate: SmallBoard.rate(3), short))
        #expect(still.ofMap.verdict == .never && still.ofNetwork.verdict == .never)
        #expect(try NonlinearLadder(nonlinear, rate: SmallBoard.rate(3), short) { false } == nil)
    }

    @Test func unusableSettingsSaySo() throws {
        func complaint(_ body: () throws -> Void) -> String {
            do {
                try body()
                return ""
            } catch { return "\(error)" }
        }
        let network = try SmallBoard.network()
        func settings(_ decay: Rational, _ rates: [Rational], _ factors: [Int] = [1]) throws {
            _ = try NonlinearSettings(
                network: network, decay: decay, rates: rates, factors: factors, start: .normal(seed: 1))
        }
        #expect(complaint { try settings(Rational(0), [Rational(1)]) } == "alpha: 0 is not above 0")
        #expect(complaint { try settings(Rational(1), []) } == "lr: no rate is given")
        #expect(complaint { try settings(Rational(1), [Rational(-1, 2)]) } == "lr: -0.5 is not above 0")
        #expect(complaint { try settings(Rational(1), [Rational(1)], [3, 3]) } == "k: 3 is given twice")
        #expect(
            complaint { _ = try CheckerboardNetwork(imageSide: 4, kernelSide: 5) }
                == "kernel: a side of 5 does not fit an image of 4×4")
        #expect(complaint { _ = try NonlinearLadder.Request(bits: [53, 24], steps: 1) }.contains("does not rise"))
        #expect(complaint { _ = try NonlinearLadder.Request(bits: [24, 53], reference: 53, steps: 1) }.contains("53"))
        let file = KernelStart.values(ExactArray([1.0, 2]), source: "k.npy")
        let tiny = try NonlinearSettings(network: network, decay: Rational(1), rates: [Rational(1)], start: file)
        let double = try PDESettings(arithmetics: [ArithmeticName("double")], steps: 1)
        #expect(
            complaint { _ = try NonlinearExperiment(tiny, double) }
                == "init-from: k.npy holds 2 numbers, but the kernel has 16")
    }
}
