import Arithmetics

/// A zero of α·z - S·r·h: a point that the reduced map leaves where it is, whatever the rate.
public struct FixedPoint: Sendable, Equatable {
    /// Bounds of z.
    public let z: RecordedValue
    /// Bounds of λ, the curvature of the loss along c.
    public let curvature: RecordedValue
    /// Bounds of 2/λ: below this rate the point attracts along c, above it does not. nil unless λ > 0 is certain.
    public let threshold: RecordedValue?
}

/// Every fixed point of the reduced map, proved by intervals: existence and uniqueness by interval Newton, absence elsewhere by
/// the sign of the force on small intervals.
///
/// Beyond `radius` there is none, because S·|r·h| <= S·`pullBound`: see `ReducedMap.pullBound`.
public struct FixedPoints: Sendable, Equatable {
    /// By rising z.
    public let points: [FixedPoint]
    /// Are these all? False where an interval was too small to be split and nothing was proved of it.
    public let isComplete: Bool
    /// S·pullBound/α, rounded up.
    public let radius: Double
    /// Intervals looked at.
    public let intervals: Int

    /// - Parameters:
    ///   - map: its rate does not matter; α must be positive.
    ///   - precision: of the bounds.
    public init(of map: ReducedMap, precision: Int = 128) {
        func search(_ a: some Arithmetic) -> FixedPoints { FixedPoints(map, a) }
        self = search(intervalArithmetic(precision: precision))
    }

    private init<I: Arithmetic>(_ map: ReducedMap, _ arithmetic: I) {
        precondition(Rational(0) < map.decay, "without decay there is no bound on z")
        let tools = EnclosedPoint(in: arithmetic)
        var program = map.program(in: arithmetic)
        let bound = Rational(map.scale) * map.pullBound / map.decay
        radius = Format.binary64.round(bound, .up).double
        // Not symmetric, so that no end of an interval falls on 0, where a zero may lie.
        var open = [tools.interval(ExactValue(-radius), ExactValue(radius * 1.25))]
        var found: [I.Scalar] = []
        var complete = true
        var count = 0
        while let x = open.popLast() {
            count += 1
            if tools.excludesZero(program.force(x)) { continue }
            let slope = program.curvature(x)
            if tools.excludesZero(slope) {
                let next = tools.newton(x, value: program.force(tools.middle(x)), slope: slope)
                guard let rest = tools.intersection(next, x) else { continue }
                if tools.isInside(next, x) {
                    found.append(FixedPoints.refined(next, &program, tools))
                    continue
                }
                // Anything shorter than half is worth another look before it is cut.
                if tools.width(rest) < 0.5 * tools.width(x) {
                    open.append(rest)
                    continue
                }
            }
            guard let (lower, upper) = tools.bounds(x), tools.width(x) > 1e-12 else {
                complete = false
                continue
            }
            let middle = arithmetic.exactValue(x)
            open += [tools.interval(middle, upper), tools.interval(lower, middle)]
        }
        isComplete = complete
        intervals = count
        let ordered = found.sorted { arithmetic.compare($0, $1) == .less }
        points = ordered.map { z in
            var a = arithmetic
            let curvature = program.curvature(z)
            let isPositive = a.compare(curvature, a.zero) == .greater
            return FixedPoint(
                z: RecordedValue(z, in: a), curvature: RecordedValue(curvature, in: a),
                threshold: isPositive ? RecordedValue(a.divide(a.constant(Rational(2)), curvature), in: a) : nil)
        }
    }

    /// Newton steps until the bounds come no closer, or are closer than the last bit of 1: around 0 they could shrink for ever.
    private static func refined<I: Arithmetic>(
        _ start: I.Scalar, _ program: inout ReducedMapProgram<I>, _ tools: EnclosedPoint<I>
    ) -> I.Scalar {
        var x = start
        var width = Double.infinity
        let enough = (Rational(1) / Rational(2).power(tools.arithmetic.format.precision))
        let smallest = Format.binary64.round(enough).double
        while let bounds = tools.bounds(x), bounds.upper != bounds.lower {
            let now = tools.width(x)
            guard now < width, now > smallest else { break }
            width = now
            let next = tools.newton(x, value: program.force(tools.middle(x)), slope: program.curvature(x))
            guard let rest = tools.intersection(next, x) else { break }
            x = rest
        }
        return x
    }
}

extension ReducedMap {
    /// An upper bound of |r·h|, whatever z. r <= 0.57, since s >= z·σ(z) >= -0.2785 for z < 0 and s >= 0 for z > 0 (q <= 1/2);
    /// |h| <= max(q, 1 - q) + 1/4, since z·σ·(1 - σ) = z/(4·cosh²(z/2)) and cosh²(y) >= 1 + y².
    public var pullBound: Rational {
        let rest = Rational(1) - share
        return Rational(57, 100) * ((share < rest ? rest : share) + Rational(1, 4))
    }

    /// While |1 - η·α| < 1: every orbit comes within this distance of 0, up to any ε, and never leaves [-radius, radius] once there:
    /// |f(z)| <= |1 - η·α|·|z| + η·S·pullBound. nil for other rates.
    public var trappingRadius: Rational? {
        let factor = orthogonalFactor
        let size = factor < Rational(0) ? Rational(0) - factor : factor
        guard size < Rational(1) else { return nil }
        return rate * Rational(scale) * pullBound / (Rational(1) - size)
    }
}
