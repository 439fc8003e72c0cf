import Arithmetics

/// The rates between which an orbit of period two, born where a fixed point loses its stability, attracts.
public struct PeriodTwoWindow: Sendable, Equatable {
    /// The fixed point it comes from.
    public let point: FixedPoint
    /// Bounds of its first rate, 2/λ.
    public let opens: RecordedValue
    /// Two rates around the last one: at the lower the orbit is proved to attract, at the upper to repel.
    public let closes: (lower: Rational, upper: Rational)

    public static func == (a: Self, b: Self) -> Bool {
        a.point == b.point && a.closes.lower == b.closes.lower && a.closes.upper == b.closes.upper
    }

    /// Follows the orbit from its birth by Newton's method, rate after rate, until its multiplier falls below -1, halves the gap,
    /// and proves both ends by intervals.
    ///
    /// - Parameters:
    ///   - map: its rate does not matter.
    ///   - point: a fixed point with a threshold.
    /// - Returns: nil where the orbit is lost or an end cannot be proved.
    public init?(of map: ReducedMap, from point: FixedPoint) {
        func follow(_ a: some Arithmetic) -> (lower: Rational, upper: Rational)? {
            PeriodTwoWindow.closing(map, point, a)
        }
        guard let opens = point.threshold, let closes = follow(mpfrArithmetic(precision: 192)) else { return nil }
        self.point = point
        self.opens = opens
        self.closes = closes
    }

    /// How far apart the two rates are, relative to the rate.
    private static let halvings = 40

    private static func closing<A: Arithmetic>(
        _ map: ReducedMap, _ point: FixedPoint, _ a: A
    ) -> (lower: Rational, upper: Rational)? {
        guard let threshold = point.threshold.flatMap({ Rational($0.value) }) else { return nil }
        let step = threshold * Rational(1, 200)
        var rate = threshold + step
        // Near its birth the orbit attracts: iterating finds it.
        var program = map.at(rate).program(in: a)
        var z = a.constant(point.z.value.times(ExactValue(1.05)))
        for _ in 0..<2000 { z = program.step(z) }
        guard var cycle = Cycle(map.at(rate), near: z, a), !cycle.isBelow else { return nil }
        var next: Rational? = nil
        for _ in 0..<400 {
            let candidate = rate + step
            guard let followed = Cycle(map.at(candidate), near: cycle.z, a) else { return nil }
            if followed.isBelow {
                next = candidate
                break
            }
            (rate, cycle) = (candidate, followed)
        }
        guard var upper = next else { return nil }
        var lower = rate
        for _ in 0..<halvings {
            // On a grid of 192 bits, so that the rates stay short.
            let exact = (lower + upper) * Rational(1, 2)
            guard let middle = Rational(a.format.round(exact)),
                let followed = Cycle(map.at(middle), near: cycle.z, a)
            else { return nil }
            if followed.isBelow { upper = middle } else { (lower, cycle) = (middle, followed) }
        }
        guard let last = Cycle(map.at(upper), near: cycle.z, a),
            let below = PeriodicOrbit(map.at(lower), near: a.exactValue(cycle.z), period: 2),
            let above = PeriodicOrbit(map.at(upper), near: a.exactValue(last.z), period: 2),
            below.stability == .attracting, above.stability == .repelling
        else { return nil }
        return (lower, upper)
    }

    /// An orbit of period two found by Newton's method on f(f(z)) - z.
    private struct Cycle<A: Arithmetic> {
        let z: A.Scalar
        /// Is the multiplier below -1?
        let isBelow: Bool

        init?(_ map: ReducedMap, near start: A.Scalar, _ arithmetic: A) {
            var a = arithmetic
            var program = map.program(in: a)
            var z = start
            var product = a.one
            let small = a.constant(ExactValue(0x1p-120))
            // Quadratic convergence takes far fewer, unless there is nothing near.
            for _ in 0..<30 {
                let y = program.step(z)
                product = a.multiply(program.derivative(y), program.derivative(z))
                let gap = a.subtract(program.step(y), z)
                z = a.subtract(z, a.divide(gap, a.subtract(product, a.one)))
                if a.compare(a.absolute(gap), small) == .less { break }
            }
            // Still of period two, and no fixed point?
            let y = program.step(z)
            let back = a.absolute(a.subtract(program.step(y), z))
            let apart = a.absolute(a.subtract(y, z))
            guard a.compare(back, small) == .less, a.compare(apart, a.constant(ExactValue(0x1p-20))) == .greater
            else { return nil }
            self.z = z
            isBelow = a.compare(product, a.negate(a.one)) == .less
        }
    }
}

extension ReducedMap {
    /// The same map at another rate.
    public func at(_ rate: Rational) -> ReducedMap {
        var map = self
        map.rate = rate
        return map
    }
}
