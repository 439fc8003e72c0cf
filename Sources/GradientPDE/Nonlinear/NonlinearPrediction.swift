import Arithmetics
import Training

/// What the reduced map says of a rate, before a network is looked at.
public struct NonlinearPrediction: Sendable {
    /// η as written, and as used where the numbers of all arithmetics start.
    public let written: Rational
    public let map: ReducedMap
    /// Bounds of 1 - η·λ at each fixed point.
    public let multipliers: [RecordedValue]
    /// 1 - η·α and the logarithm of its size.
    public let orthogonalFactor: Rational
    public let orthogonalExponent: Double
    /// No orbit leaves [-radius, radius] once there, and all come there; nil unless |1 - η·α| < 1.
    public let trappingRadius: Double?
    /// Mean ln|f′| along the orbit from the network's own ⟨c, K⟩.
    public let exponent: LyapunovEstimate?
    /// The orbit that it ends in, proved; nil where it does not repeat itself or nothing could be proved.
    public let orbit: PeriodicOrbit?
    public let behaviour: Behaviour

    /// Steps of the orbit, and how many of them are left out at the beginning.
    public static let steps = 3000
    public static let transient = 1000
    public static let precision = 256

    /// - Parameters:
    ///   - start: ⟨c, K⟩ at the beginning.
    ///   - steps: of the network's run, over which marginal is judged.
    init(_ map: ReducedMap, written: Rational, from start: ExactValue, fixedPoints: FixedPoints, steps: Int) {
        self.written = written
        self.map = map
        orthogonalFactor = map.orthogonalFactor
        orthogonalExponent = map.orthogonalExponent
        trappingRadius = map.trappingRadius.map { Format.binary64.round($0, .up).double }
        func bounds(_ a: some Arithmetic) -> [RecordedValue] { NonlinearPrediction.multipliers(map, fixedPoints, a) }
        multipliers = bounds(intervalArithmetic(precision: 128))
        func follow(_ a: some Arithmetic) -> Orbit { Orbit(map, start, a) }
        let followed = follow(mpfrArithmetic(precision: NonlinearPrediction.precision))
        exponent = LyapunovEstimate(followed.growths, .tangent, transient: NonlinearPrediction.transient)
        orbit = followed.period.flatMap { PeriodicOrbit(map, near: followed.last, period: $0) }
        let one = Rational(1)
        if map.marginality(steps: steps) == true {
            behaviour = .marginal
        } else if orthogonalFactor < Rational(-1) || one < orthogonalFactor {
            behaviour = .blowsUp
        } else if let orbit, orbit.stability == .attracting {
            behaviour = orbit.period == 1 ? .converges : .periodic
        } else if followed.period == nil, let exponent, exponent.exponent.low > 0 {
            behaviour = .restrained
        } else {
            behaviour = .undecided
        }
    }

    private static func multipliers<I: Arithmetic>(
        _ map: ReducedMap, _ fixedPoints: FixedPoints, _ arithmetic: I
    ) -> [RecordedValue] {
        var program = map.program(in: arithmetic)
        let tools = EnclosedPoint(in: arithmetic)
        return fixedPoints.points.map { point in
            guard let bounds = point.z.bounds else { preconditionFailure("fixed points are enclosed") }
            return RecordedValue(program.derivative(tools.interval(bounds.lower, bounds.upper)), in: arithmetic)
        }
    }

    private struct Orbit {
        let growths: [Double]
        let period: Int?
        let last: ExactValue

        init<A: Arithmetic>(_ map: ReducedMap, _ start: ExactValue, _ a: A) {
            var program = map.program(in: a)
            var z = a.constant(start)
            var orbit: [A.Scalar] = []
            var growths: [Double] = []
            for _ in 0..<NonlinearPrediction.steps {
                orbit.append(z)
                growths.append(a.exactValue(a.absolute(program.derivative(z))).double)
                z = program.step(z)
            }
            self.growths = growths
            last = a.exactValue(z)
            period = recurrencePeriod(orbit.suffix(256), in: a, tolerance: 0x1p-100)
        }
    }
}
