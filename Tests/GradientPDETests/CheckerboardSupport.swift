import Arithmetics
import GradientPDE
import Training

/// A checkerboard small enough for every arithmetic: the published map with 16 weights instead of 1024.
enum SmallBoard {
    /// α of the published setting is 20 for 1024 weights.
    static let decay = Rational(20 * 16, 1024)

    static func network(image: Int = 12, kernel: Int = 4) throws -> CheckerboardNetwork {
        try CheckerboardNetwork(imageSide: image, kernelSide: kernel)
    }

    /// A published rate, scaled to the small board: the same map but for the share of patches -c.
    static func rate(_ hundredths: Int) -> Rational { Rational(hundredths * 64, 100) }

    static func kernel(_ count: Int, seed: UInt64, on grid: Format = .binary64) -> ExactArray {
        var stream = RandomStream(seed: seed, .other, 9)
        return ExactArray((0..<count).map { _ in 4 * stream.uniform() - 2 }).rounded(to: grid)
    }

    static func experiment(
        _ hundredths: [Int], _ arithmetics: [String], steps: Int, factors: [Int] = [1, 3], every: Int = 1
    ) throws -> NonlinearExperiment {
        let nonlinear = try NonlinearSettings(
            network: network(), decay: decay, rates: hundredths.map(rate), factors: factors, start: .normal(seed: 1))
        let settings = try PDESettings(
            arithmetics: arithmetics.map { try ArithmeticName($0) }, steps: steps, every: every)
        return try NonlinearExperiment(nonlinear, settings)
    }
}
