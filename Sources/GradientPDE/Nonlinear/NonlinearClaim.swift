import Arithmetics

/// One thing that the experiment is said to show, and whether this run does.
public struct NonlinearClaim: Sendable, Equatable {
    public let text: String
    /// nil where nothing in the run speaks for or against it.
    public let holds: Bool?
    /// Trajectories that speak against it: rate and arithmetic.
    public let exceptions: [String]
}

extension NonlinearExperiment {
    /// What the paper says of this network, held against the trajectories.
    public var claims: [NonlinearClaim] {
        let thresholds = fixedPoints.points.compactMap { $0.threshold.flatMap { Rational($0.value) } }
        let restrained = nonlinear.restrainedRates
        func claim(
            _ text: String, of rates: (Rational) -> Bool = { _ in true },
            where isAsked: (NonlinearTrajectory) -> Bool = { _ in true }, _ holds: (NonlinearTrajectory) -> Bool
        ) -> NonlinearClaim {
            // What a run does not decide speaks neither for nor against.
            let asked = trajectories.filter { $0.behaviour != .undecided && rates($0.written) && isAsked($0) }
            let against = asked.filter { !holds($0) }
            return NonlinearClaim(
                text: text, holds: asked.isEmpty ? nil : against.isEmpty,
                exceptions: against.map { "lr \($0.written) in \($0.arithmetic): \($0.behaviour.rawValue)" })
        }
        func limit(_ rate: Rational) -> Rational { rate * nonlinear.decay }
        var claims = [
            claim("below 2/λ training converges", of: { rate in thresholds.allSatisfy { rate < $0 } }) {
                $0.behaviour == .converges
            },
            claim("between 2/λ and 2/α it is restrained: bounded, but never at rest", of: { restrained.contains($0) }) {
                $0.behaviour == .restrained || $0.behaviour == .periodic
            },
            claim("at 2/α it is marginal", of: { limit($0) == Rational(2) }) { $0.behaviour == .marginal },
            claim("beyond 2/α it blows up", of: { Rational(2) < limit($0) }) { $0.behaviour == .blowsUp },
            claim("every run behaves as the map of one number predicts") { run in
                predictions.contains { $0.written == run.written && $0.behaviour == run.behaviour }
            },
            claim(
                "two trajectories separate at the larger of both exponents, to 1 % or the intervals"
            ) {
                $0.exponentsAgree ?? true
            },
        ]
        if nonlinear.factors.count > 1 {
            claims += [
                claim(
                    "copies that only rounding tells apart stay together where training converges",
                    where: { $0.behaviour == .converges }
                ) { $0.copies.allSatisfy { $0.lastMean < 1e-3 } },
                claim(
                    "they part where it is restrained",
                    where: { $0.behaviour == .restrained && couldPart($0) }
                ) { run in run.copies.allSatisfy { $0.lastMean > 0.1 || $0.isControl } },
            ]
        }
        return claims
    }
}

extension NonlinearExperiment {
    /// Had the run twice the steps that it takes one unit in the last place to grow to the size of the kernel?
    private func couldPart(_ run: NonlinearTrajectory) -> Bool {
        guard let exponent = run.alongPatch?.exponent.value else { return false }
        // ln 2 is a little less than 0.7.
        return exponent * Double(settings.steps) >= 2 * 0.7 * Double(run.arithmetic.format.precision)
    }
}

extension NonlinearTrajectory {
    /// Do the two estimates of the largest exponent agree: within their intervals, or to 1 %? nil where one is missing, and where
    /// the rate is marginal: both directions have an exponent near 0 then, and which of them leads shows only in the long run.
    public var exponentsAgree: Bool? {
        guard behaviour != .marginal, let expected = expectedExponent, let shadow, let alongPatch else { return nil }
        let half = max(shadow.exponent.high - shadow.exponent.value, 0)
        let other = expected == alongPatch.exponent.value ? alongPatch.exponent.high - expected : 0
        return abs(shadow.exponent.value - expected) <= max(half + other, 0.01 * abs(expected))
    }
}

extension NonlinearTrajectory.Copy {
    /// Mean of the relative L1 difference over the last window.
    public var lastMean: Double { slidingMean().last ?? 0 }

    /// A factor that changes no bit unless numbers end: a power of two.
    var isControl: Bool { factor & (factor - 1) == 0 && lastMean == 0 }
}
