import Arithmetics
import Comparison
import Foundation
import Testing
import Training

/// The ladder of a whole study: chaotic, where the exponent has two other estimates, and calm, where there is none.
@Suite struct LadderRunTests {
    private let chaotic = """
        model: [dense: 4, tanh, dense: 3]
        data: synthetic:1x1x4,3,24
        batch: 6
        steps: 200
        optimizer: {lr: 4, momentum: 0.9}
        """

    private func options(_ bits: [Int]) -> LadderOptions {
        var options = LadderOptions()
        options.bits = bits
        return options
    }

    private func run(_ yaml: String, _ options: LadderOptions) throws -> LadderFindings {
        let study = try LadderRuns.study(Study(yaml: yaml, path: "study.yaml"), options)
        var runs = try LadderRuns(study, options)
        while !runs.isFinished { runs.advance() }
        runs.finish()
        return runs.findings
    }

    @Test func aChaoticTrainingGivesOneExponentThreeWays() throws {
        var options = options([12, 20, 30, 41, 53])
        options.decompose = true
        options.lyapunov = true
        options.threads = 2
        let found = try run(chaotic, options)
        let ladder = found.ladder
        #expect(found.reference == "mpfr:153" && ladder.verdict == .grows)
        let fit = try #require(ladder.fit)
        let (tangent, amplification) = (
            try #require(found.lyapunovExponent), try #require(found.amplificationExponent)
        )
        // The intervals of independent estimates meet.
        let (low, high) = (try #require(fit.increments.exponentLow), try #require(fit.increments.exponentHigh))
        #expect(low <= tangent.high && tangent.low <= high && low <= amplification.high && amplification.low <= high)
        #expect(tangent.low > 0)
        // It ended when the last rung was off, and every rung's errors end there too.
        #expect(found.step == ladder.rungs.last?.delay && found.step < 200)
        for rung in found.rungs {
            #expect(try #require(rung.errors.last) >= 0.01 && rung.errors.dropLast().allSatisfy { $0 < 0.01 })
        }
        #expect(try #require(ladder.bitsNeeded(toTrust: 300)).expected > 53)
    }

    /// The error of one rung is that of the same run compared by itself.
    @Test func errorsAreThoseOfACompareRun() throws {
        var study = try Study(yaml: chaotic, path: "study.yaml")
        study.steps = 6
        let found = try run(chaotic.replacing("steps: 200", with: "steps: 6"), options([12, 24]))
        study.arithmetics = try ["mpfr:12", "mpfr:24", "mpfr:124"].map { try ArithmeticName($0) }
        var options = ComparisonOptions()
        options.trust = false
        var comparison = try LockstepRuns(PreparedStudy(study), options)
        while !comparison.isFinished { try comparison.advance() }
        for (i, rung) in found.rungs.enumerated() {
            #expect(rung.errors == comparison.result.runs[i].steps.map { $0.error?.relativeL2 ?? -1 })
            #expect(rung.errors.last ?? 0 > 0)
        }
    }

    @Test func aCalmTrainingNeedsAConstant() throws {
        var options = options([20, 40])
        options.lyapunov = true
        let calm = chaotic.replacing("{lr: 4, momentum: 0.9}", with: "{lr: 0.1, weight-decay: 0.5}")
        let found = try run(calm, options)
        #expect(found.ladder.verdict == .never && found.step == 200)
        #expect(try #require(found.lyapunovExponent).high < 0)
        let constant = try #require(found.ladder.constantBits)
        // Scaling by powers of two is no more than that: two bits more last twice as long, three fewer do not last.
        let longer = try run(calm.replacing("steps: 200", with: "steps: 400"), self.options([constant + 2, 20]))
        #expect(longer.ladder.verdict == .never && longer.step == 400)
        let fewer = try run(calm, self.options([constant - 3, 20]))
        #expect(fewer.ladder.rungs[0].delay != nil)
    }

    @Test func aReferenceThatBlowsUpEndsTheLadder() throws {
        // Each update cubes the weights, until 2^(2^30) is passed.
        let wild = chaotic.replacing("{lr: 4, momentum: 0.9}", with: "{lr: 1e6}")
            .replacing("dense: 4, tanh, dense: 3]", with: "dense: 4, dense: 3]\nloss: mse")
        let found = try run(wild, options([24, 53]))
        #expect(try #require(found.blowUp) < 60 && found.step == found.blowUp)
    }

    @Test(arguments: [
        ([24], nil, "ladder: wants two precisions"), ([24, 24], nil, "ladder: wants two precisions"),
        ([1, 24], nil, "ladder: 1 is no precision"), ([24, 53], "mpfr:60", "reference: mpfr:60 is no reference"),
        ([24, 53], "double", "reference: double is no reference"),
        ([24, 16380], nil, "ladder: 16380 bits leave no room"),
    ])
    func whatIsNoLadderIsSaid(bits: [Int], reference: String?, message: String) throws {
        var study = try Study(yaml: chaotic, path: "study.yaml")
        if let reference { study.reference = try ArithmeticName(reference) }
        #expect {
            _ = try LadderRuns.study(study, options(bits))
        } throws: { "\($0)".hasPrefix(message) }
    }
}
