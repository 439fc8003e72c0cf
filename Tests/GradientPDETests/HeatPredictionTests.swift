import Arithmetics
import Foundation
import GradientPDE
import Testing

/// By another formula and the host's library: 1/(1 + cos(π/30)).
@Test func theThresholdIsProvedOnBothSidesAndShown() throws {
    let threshold = HeatThreshold()
    #expect(abs(threshold.value.double - 1 / (1 + cos(Double.pi / 30))) < 1e-15)
    let bounds = try #require(threshold.value.bounds)
    let (lower, upper) = (try #require(Rational(bounds.lower)), try #require(Rational(bounds.upper)))
    #expect(lower < upper && upper - lower < Rational(1) / Rational(2).power(245))
    #expect(threshold.below.proof.behaviour == .decays && threshold.below.behaviour == .decays)
    #expect(threshold.above.proof.behaviour == .blowsUp && threshold.above.behaviour == .blowsUp)
    // The symbol of mode 29 is -(1 - 2⁻³⁹) and -(1 + 2⁻³⁹) there.
    #expect(abs(threshold.below.shown.double + 0x1p-39) < 0x1p-60)
    #expect(abs(threshold.above.shown.double - 0x1p-39) < 0x1p-60)
}

@Test func symbolsAreThoseOfTheTextbook() {
    for dt in [0.1, 0.4, 0.8, 3.0] {
        let prediction = HeatPrediction(timeStep: ExactValue(dt))
        #expect(prediction.symbols.count == 29)
        var largest = 0.0
        for k in 1...29 {
            let expected = 1 - 2 * dt * (1 - cos(Double.pi * Double(k) / 30))
            #expect(abs(prediction.symbols[k - 1].double - expected) < 1e-14, "mode \(k), dt \(dt)")
            largest = max(largest, abs(expected))
        }
        #expect(abs(prediction.exponent.double - log(largest)) < 1e-13)
        #expect(prediction.behaviour == (largest < 1 ? .decays : .blowsUp))
    }
}

@Test func neighboursOfTheThresholdAreToldApartAtAnyPrecision() throws {
    let threshold = try #require(HeatThreshold().value.bounds)
    for precision in [2, 24, 53, 200, 250] {
        let format = Format.mpfr(precision: precision)
        let below = format.round(try #require(Rational(threshold.lower)), .down)
        #expect(HeatPrediction(timeStep: below).behaviour == .decays, "\(precision) bits")
        #expect(HeatPrediction(timeStep: format.next(above: below)).behaviour == .blowsUp, "\(precision) bits")
    }
    #expect(HeatPrediction(timeStep: .zero).behaviour == .marginal)
    // Not a twice as large infinite grid's: 1/2 is stable here.
    #expect(HeatPrediction(timeStep: ExactValue(0.5)).behaviour == .decays)
}
