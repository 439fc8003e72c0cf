import Comparison
import Foundation
import Testing

/// First steps off at known places.
private func ladder(_ points: [(Int, Int?)], threshold: Double = 0.01) -> Ladder {
    Ladder(points.map { Ladder.Rung(bits: $0, delay: $1, steps: $1 ?? 1000) }, threshold: threshold)
}

@Suite struct LadderTests {
    /// A worked regression, by hand: x = 10, 20, 30, 40, y = 12, 21, 33, 40: x̄ 25, ȳ 26.5, Sxx 500, Sxy 480, slope 0.96,
    /// intercept 2.5, residuals -0.1 -0.7 1.7 -0.9, their squares 4.2, variance 2.1; t(0.975, 2) = 4.302653.
    @Test func theLineIsThatOfLeastSquares() throws {
        let fit = try #require(ladder([(30, 33), (10, 12), (40, 40), (20, 21)]).fit)
        #expect(abs(fit.regression.slope - 0.96) <= 1e-15)
        #expect(abs(fit.intercept - 2.5) <= 1e-14)
        #expect(abs(try #require(fit.scatter) - 2.1.squareRoot()) <= 1e-15)
        let half = 4.302653 * (2.1 / 500).squareRoot()
        #expect(abs(try #require(fit.regression.slopeLow) - (0.96 - half)) <= 1e-7)
        #expect(abs(try #require(fit.regression.slopeHigh) - (0.96 + half)) <= 1e-7)
        // The exponent and its limits are ln 2 by the slope's, the other way round.
        #expect(abs(fit.regression.exponent - log(2) / 0.96) <= 1e-15)
        #expect(abs(try #require(fit.regression.exponentLow) - log(2) / (0.96 + half)) <= 1e-7)
        #expect(abs(try #require(fit.regression.exponentHigh) - log(2) / (0.96 - half)) <= 1e-7)
        // Neighbours are 9, 12 and 7 steps apart over 10 bits each: slope 28/30, deviations -1/3, 8/3, -7/3, variance of the
        // slope ((1 + 64 + 49)/9)/10/2/30.
        #expect(abs(fit.increments.slope - 28.0 / 30) <= 1e-15)
        let own = 4.302653 * (114.0 / 9 / 600).squareRoot()
        #expect(abs(try #require(fit.increments.slopeHigh) - (28.0 / 30 + own)) <= 1e-7)
        #expect(abs(try #require(fit.increments.exponentHigh) - log(2) / (28.0 / 30 - own)) <= 1e-6)
    }

    /// A step is a whole number: points that lie on a line are known no better than that allows.
    @Test func aPerfectLineKeepsTheVarianceOfWholeSteps() throws {
        let fit = try #require(ladder([(24, 50), (34, 70), (44, 90)]).fit)
        #expect(fit.scatter == 0)
        let half = 12.7062 * (1.0 / 12 / 200).squareRoot()
        #expect(abs(try #require(fit.regression.slopeLow) - (2 - half)) <= 1e-5)
        #expect(fit.increments.slopeLow == 2)
    }

    @Test func bitsNeededAreTheFirstBeyondTheLine() throws {
        let rungs = ladder([(20, 43), (40, 83), (60, 123), (80, 163)])
        // d = 2P + 3: step 163 is off at 80 bits, and on at 81.
        #expect(rungs.bitsNeeded(toTrust: 162)?.expected == 80)
        #expect(rungs.bitsNeeded(toTrust: 163)?.expected == 81)
        let needed = try #require(rungs.bitsNeeded(toTrust: 1003))
        #expect(needed.expected == 501 && needed.perStep == 0.5 && needed.offset == -1.5)
        // 95 %: t(0.975, 2) × √(1/12 × (1 + 1/4 + (P - 50)²/2000)), from the line.
        let sure = try #require(needed.sure)
        func low(_ p: Double) -> Double {
            2 * p + 3 - 4.302653 * ((1.25 + (p - 50) * (p - 50) / 2000) / 12).squareRoot()
        }
        #expect(low(Double(sure)) > 1003 && low(Double(sure - 1)) <= 1003)
        #expect(sure > 501)
        #expect(rungs.bitsNeeded(toTrust: 0)?.expected == 2)
    }

    @Test func twoRungsGiveALineWithoutLimits() throws {
        let two = ladder([(24, 40), (53, 98), (113, nil)])
        let fit = try #require(two.fit)
        #expect(fit.regression.slope == 2 && fit.regression.slopeLow == nil && fit.scatter == nil)
        #expect(two.verdict == .undetermined)
        #expect(two.bitsNeeded(toTrust: 100) == nil)
    }

    /// A slope of 1/2 that its scatter hides, one that falls, one point, and none.
    @Test func whatDoesNotRiseClearlyIsUndetermined() {
        #expect(ladder([(10, 5), (20, 35), (30, 3), (40, 30)]).verdict == .undetermined)
        #expect(ladder([(10, 5), (20, 5), (30, 5)]).fit == nil)
        #expect(ladder([(10, 9), (20, 7), (30, 5)]).verdict == .undetermined)
        #expect(ladder([(10, 9)]).verdict == .undetermined)
        #expect(ladder([(10, 9), (20, 19), (30, 29), (40, nil)]).verdict == .grows)
    }

    @Test func whereNothingGoesOffTheAnswerIsAConstant() {
        let quiet = Ladder(
            [
                Ladder.Rung(bits: 24, delay: nil, steps: 500, largestError: 0x1p-20),
                Ladder.Rung(bits: 53, delay: nil, steps: 500, largestError: 0x1.8p-48),
                Ladder.Rung(bits: 113, delay: nil, steps: 500, largestError: 0),
            ], threshold: 0x1p-7)
        #expect(quiet.verdict == .never && quiet.fit == nil && quiet.bitsNeeded(toTrust: 10) == nil)
        // 24 - 20 + 7 = 11 bits by the first rung, 53 - 47.4 + 7 = 12.6 by the second.
        #expect(quiet.constantBits == 13)
        #expect(ladder([(24, 3)]).constantBits == nil)
        #expect(ladder([(24, nil)]).constantBits == nil)
        #expect(Ladder([], threshold: 0.01).verdict == .never)
    }
}
