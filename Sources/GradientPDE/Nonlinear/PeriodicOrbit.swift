import Arithmetics

/// A periodic orbit of the reduced map, proved by intervals.
public struct PeriodicOrbit: Sendable, Equatable {
    /// Bounds of the points, in the order visited: the least period is their number.
    public let points: [RecordedValue]
    /// Bounds of the product of f′ over the orbit.
    public let multiplier: RecordedValue

    public enum Stability: String, Sendable {
        case attracting, repelling, undecided
    }
    public let stability: Stability

    public var period: Int { points.count }

    /// Proves that there is an orbit of this least period near z.
    ///
    /// Interval Newton on f^p(z) - z over an interval around z; that its points are distinct, by disjoint bounds.
    ///
    /// - Parameters:
    ///   - z: one of its points, to about 100 bits.
    ///   - precision: of the proof.
    /// - Returns: nil where the proof does not succeed.
    public init?(_ map: ReducedMap, near z: ExactValue, period: Int, precision: Int = 256) {
        func prove(_ a: some Arithmetic) -> PeriodicOrbit? { PeriodicOrbit(map, z, period, a) }
        guard let proved = prove(intervalArithmetic(precision: precision)) else { return nil }
        self = proved
    }

    private init?<I: Arithmetic>(_ map: ReducedMap, _ z: ExactValue, _ period: Int, _ arithmetic: I) {
        precondition(period >= 1, "periods begin at 1")
        guard z.isFinite else { return nil }
        var a = arithmetic
        let tools = EnclosedPoint(in: a)
        var program = map.program(in: a)
        let half = a.constant(ExactValue(0x1p-80))
        let reach = a.multiply(half, a.add(a.one, a.absolute(tools.interval(z, z))))
        let wide = tools.interval(.one.negated, .one)
        let x = a.add(tools.interval(z, z), a.multiply(reach, wide))

        /// Once around from an interval: where it ends, the product of slopes on the way, and the points.
        func around(_ start: I.Scalar) -> (end: I.Scalar, product: I.Scalar, points: [I.Scalar]) {
            var (here, product, points) = (start, a.one, [I.Scalar]())
            for _ in 0..<period {
                points.append(here)
                product = a.multiply(product, program.derivative(here))
                here = tools.image(here, &program)
            }
            return (here, product, points)
        }
        let whole = around(x)
        let middle = tools.middle(x)
        let gap = a.subtract(around(middle).end, middle)
        let slope = a.subtract(whole.product, a.one)
        guard tools.excludesZero(slope) else { return nil }
        let root = tools.newton(x, value: gap, slope: slope)
        guard tools.isInside(root, x) else { return nil }
        let orbit = around(root)
        for i in 0..<period {
            for j in 0..<i where !tools.areDisjoint(orbit.points[i], orbit.points[j]) { return nil }
        }
        points = orbit.points.map { RecordedValue($0, in: a) }
        multiplier = RecordedValue(orbit.product, in: a)
        stability =
            tools.isContraction(orbit.product)
            ? .attracting : tools.isExpansion(orbit.product) ? .repelling : .undecided
    }
}

/// The least p <= `longest` after which a sequence repeats itself to within a tolerance, over its whole length.
///
/// - Parameters:
///   - tolerance: largest |z[i] - z[i - p]|, relative to the largest |z|.
/// - Returns: nil where it does not, or is shorter than two of the periods asked for.
func recurrencePeriod<A: Arithmetic>(
    _ z: ArraySlice<A.Scalar>, in arithmetic: A, tolerance: Double, longest: Int = 64
) -> Int? {
    var a = arithmetic
    var largest = a.zero
    for value in z where a.compare(a.absolute(value), largest) == .greater { largest = a.absolute(value) }
    let limit = a.multiply(largest, a.constant(ExactValue(tolerance)))
    let values = Array(z)
    for p in 1...longest where 2 * p <= values.count {
        let repeats = (p..<values.count).allSatisfy { i in
            let gap = a.absolute(a.subtract(values[i], values[i - p]))
            let order = a.compare(gap, limit)
            return order == .less || order == .equal
        }
        if repeats { return p }
    }
    return nil
}
