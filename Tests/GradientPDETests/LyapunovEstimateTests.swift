import Foundation
import GradientPDE
import Testing

@Test func constantGrowthHasAnExponentWithoutDoubt() throws {
    let estimate = try #require(LyapunovEstimate([Double](repeating: 2, count: 100), .tangent))
    #expect(abs(estimate.exponent.value - log(2)) < 1e-15 && estimate.steps == 100)
    #expect(estimate.exponent.low == estimate.exponent.high)
}

@Test func theTransientDoesNotCount() throws {
    let growths = [Double](repeating: 1000, count: 20) + [Double](repeating: 0.5, count: 50)
    let estimate = try #require(LyapunovEstimate(growths, .twoTrajectories, transient: 20))
    #expect(abs(estimate.exponent.value + log(2)) < 1e-15 && estimate.steps == 50)
    #expect(LyapunovEstimate(growths, .tangent).map { $0.exponent.value > 1 } == true)
}

@Test func alternatingGrowthHasItsGeometricMean() throws {
    let estimate = try #require(LyapunovEstimate((0..<400).map { $0 % 2 == 0 ? 3.0 : 0.5 }, .tangent))
    #expect(abs(estimate.exponent.value - log(1.5) / 2) < 1e-12)
    #expect(estimate.exponent.low <= estimate.exponent.value && estimate.exponent.value <= estimate.exponent.high)
}

@Test func tooFewUsableGrowthsGiveNoExponent() {
    #expect(LyapunovEstimate([2, 2, 2, 2, 2, 2, 2, 2], .tangent) == nil)
    #expect(LyapunovEstimate([Double](repeating: 0, count: 100), .tangent) == nil)
    #expect(LyapunovEstimate([Double](repeating: .infinity, count: 50) + [.nan, 2], .tangent) == nil)
    #expect(LyapunovEstimate([], .tangent, transient: 5) == nil)
}
