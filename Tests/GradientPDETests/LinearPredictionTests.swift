import Arithmetics
import Foundation
import GradientPDE
import Testing
import Training

@Suite struct LinearPredictionTests {
    private func coefficients(_ decay: Double, _ timeStep: Double) -> LinearCoefficients {
        LinearCoefficients(
            decay: ExactValue(decay), timeStep: ExactValue(timeStep), slope: ExactValue(-0.5), beta: .one)
    }

    /// The patch matrix itself, in integers: XXᵀ is N·c·cᵀ, and so is its eigenvalue.
    @Test(arguments: [(6, 3), (7, 2), (8, 5), (5, 5), (4, 1)])
    func theGramMatrixHasOneEigenvalueAndItIsThatInteger(image: Int, side: Int) throws {
        let network = try SmallBoard.network(image: image, kernel: side)
        let (n, m, o) = (image, side, network.outputSide)
        func pixel(_ row: Int, _ column: Int) -> Int { (row + column) % 2 == 0 ? -1 : 1 }
        let weights = m * m
        var gram = [Int](repeating: 0, count: weights * weights)
        for p in 0..<o * o {
            let patch = (0..<weights).map { pixel(p / o + $0 / m, p % o + $0 % m) }
            for i in 0..<weights { for j in 0..<weights { gram[i * weights + j] += patch[i] * patch[j] } }
        }
        let c = (0..<weights).map { pixel($0 / m, $0 % m) }
        let eigenvalue = LinearPrediction(network, coefficients(1, 1)).eigenvalue
        for i in 0..<weights {
            #expect((0..<weights).map { gram[i * weights + $0] * c[$0] }.reduce(0, +) == eigenvalue * c[i])
            // Rank one: every row is ± the first.
            for j in 0..<weights { #expect(gram[i * weights + j] == c[i] * c[0] * gram[j]) }
        }
        #expect(n >= m && eigenvalue == network.positions * weights)
    }

    @Test func thePublishedBoundsAreWhatThePaperSays() throws {
        let network = try CheckerboardNetwork(imageSide: 256, kernelSide: 32)
        let prediction = LinearPrediction(network, coefficients(1.3e7, 1e-8))
        #expect(prediction.eigenvalue == 225 * 225 * 1024 && prediction.eigenvalue == 51_840_000)
        #expect(prediction.leastDecay == Rational(12_960_000))
        // 1e-8 lies on no binary grid: 2/Δt is near 2e8, and not that.
        #expect(prediction.greatestDecay != Rational(200_000_000))
        #expect(abs(Format.binary64.round(prediction.greatestDecay).double - 2e8) < 1e-6)
        let expected: [(Double, Behaviour)] = [
            (1.1e7, .grows), (1.2e7, .grows), (1.3e7, .decays), (1.9e8, .decays), (2.1e8, .blowsUp), (2.2e8, .blowsUp),
        ]
        for (decay, behaviour) in expected {
            let prediction = LinearPrediction(network, coefficients(decay, 1e-8))
            #expect(prediction.behaviour == behaviour, "alpha \(decay)")
            let factors = [1 - 1e-8 * (decay - 12_960_000), 1 - 1e-8 * decay]
            #expect(abs(prediction.exponent.double - log(factors.map(abs).max() ?? 0)) < 1e-12, "alpha \(decay)")
        }
        // Binary32 has it too small, binary64 too large.
        #expect(LinearPrediction(network, coefficients(2e8, Double(Float(1e-8)))).behaviour == .decays)
        #expect(LinearPrediction(network, coefficients(2e8, 1e-8)).behaviour == .blowsUp)
    }

    @Test func theBoundsThemselvesAreMarginal() throws {
        let network = try CheckerboardNetwork(imageSide: 256, kernelSide: 32)
        #expect(LinearPrediction(network, coefficients(12_960_000, 1e-8)).behaviour == .marginal)
        #expect(LinearPrediction(network, coefficients(12_960_000.nextDown, 1e-8)).behaviour == .grows)
        #expect(LinearPrediction(network, coefficients(12_960_000.nextUp, 1e-8)).behaviour == .decays)
        #expect(LinearPrediction(network, coefficients(0x1p28, 0x1p-27)).behaviour == .marginal)
        #expect(LinearPrediction(network, coefficients(0x1p28.nextUp, 0x1p-27)).behaviour == .blowsUp)
        // A kernel of one weight has no other direction.
        let one = try CheckerboardNetwork(imageSide: 4, kernelSide: 1)
        #expect(LinearPrediction(one, coefficients(5, 0.5)).behaviour == .decays)
    }
}
