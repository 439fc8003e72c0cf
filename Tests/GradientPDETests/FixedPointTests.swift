import Arithmetics
import GradientPDE
import Testing
import Training

@Suite struct FixedPointTests {
    private let published = ReducedMap(
        try! CheckerboardNetwork(imageSide: 256, kernelSide: 32), decay: Rational(20), rate: Rational(1, 100))

    /// Signs of the force at the bounds, in MPFR, and its changes of sign on a fine net: neither is interval arithmetic.
    @Test func threePointsAndNoMore() throws {
        let found = FixedPoints(of: published)
        #expect(found.isComplete && found.points.count == 3)
        func check<A: Arithmetic>(_ a: A) throws {
            var program = published.program(in: a)
            for point in found.points {
                let bounds = try #require(point.z.bounds)
                let signs = [bounds.lower, bounds.upper].map { a.compare(program.force(a.constant($0)), a.zero) }
                #expect(Set(signs.map { "\($0)" }) == ["less", "greater"])
                let width = bounds.upper.double - bounds.lower.double
                #expect(width < 1e-15 || bounds.upper.decimal(digits: 30) == bounds.lower.decimal(digits: 30))
            }
        }
        try check(mpfrArithmetic(precision: 300))
        var program = published.program(in: Binary64())
        let net = stride(from: -found.radius, through: found.radius, by: 1e-3).map { program.force($0 + 1e-7) > 0 }
        #expect(zip(net, net.dropFirst()).count { $0 != $1 } == 3)
        #expect(program.force(found.radius) > 0 && program.force(-found.radius) < 0)
    }

    /// 2/λ of the two that can attract; they are no mirror images, because patches c are one more than patches -c.
    @Test func thresholdsOfThePublishedSetting() throws {
        let points = FixedPoints(of: published).points
        let thresholds = points.map { $0.threshold?.value.decimal(digits: 8) }
        #expect(thresholds == ["3.2259482e-2", nil, "3.2258885e-2"])
        #expect(points[1].curvature.value.double < 0)
        let sum = points[0].z.double + points[2].z.double
        #expect(sum < 0 && sum > -1e-4)
    }

    /// As many patches c as -c: 0 itself is a fixed point, and everything is its own mirror image.
    @Test func evenSidesAreSymmetric() throws {
        let network = try CheckerboardNetwork(imageSide: 8, kernelSide: 3)
        let found = FixedPoints(of: ReducedMap(network, decay: Rational(1, 5), rate: Rational(1)))
        #expect(found.isComplete && found.points.count == 3)
        let zero = try #require(found.points[1].z.bounds)
        #expect(zero.lower.double <= 0 && zero.upper.double >= 0 && zero.upper.double - zero.lower.double < 1e-30)
        #expect(abs(found.points[0].z.double + found.points[2].z.double) < 1e-30)
    }

    /// With strong decay nothing pulls the kernel away from 0.
    @Test func strongDecayLeavesOnePoint() throws {
        let map = ReducedMap(try SmallBoard.network(), decay: Rational(20), rate: Rational(1, 100))
        let found = FixedPoints(of: map)
        #expect(found.isComplete && found.points.count == 1 && found.points[0].threshold != nil)
        #expect(abs(found.points[0].z.double) < 0.02)
    }

    @Test func orbitsAreProvedWithTheirPeriodAndStability() throws {
        func settled(_ rate: Rational, from start: Double) -> (ReducedMap, ExactValue) {
            func run<A: Arithmetic>(_ a: A) -> ExactValue {
                var orbit = MapOrbit(published.at(rate), from: ExactValue(start), in: a)
                for _ in 0..<1500 { orbit.advance() }
                return orbit.state[0]
            }
            return (published.at(rate), run(mpfrArithmetic(precision: 256)))
        }
        for (rate, period) in [(Rational(3, 100), 1), (Rational(4, 100), 2)] {
            let (map, z) = settled(rate, from: 5)
            let orbit = try #require(PeriodicOrbit(map, near: z, period: period))
            #expect(orbit.period == period && orbit.stability == .attracting)
            var program = map.program(in: Binary64())
            var product = 1.0
            var x = z.double
            for _ in 0..<period {
                product *= program.derivative(x)
                x = program.step(x)
            }
            #expect(abs(product - orbit.multiplier.double) < 1e-9)
            // No orbit of another least period, and none where there is nothing.
            #expect(PeriodicOrbit(map, near: z, period: 3 - period) == nil || period == 1)
            #expect(PeriodicOrbit(map, near: z, period: 2 * period) == nil)
            #expect(PeriodicOrbit(map, near: ExactValue(z.double + 0.01), period: period) == nil)
        }
        let repelling = FixedPoints(of: published).points[2]
        let orbit = try #require(PeriodicOrbit(published.at(Rational(5, 100)), near: repelling.z.value, period: 1))
        #expect(orbit.stability == .repelling)
    }

    /// The proved end of the window, held against plain iteration in binary64 on either side.
    @Test func theWindowOfPeriodTwoEndsInPeriodFour() throws {
        let point = try #require(FixedPoints(of: published).points.last)
        let window = try #require(PeriodTwoWindow(of: published, from: point))
        let closes = Format.binary64.round(window.closes.lower).double
        #expect(window.closes.lower < window.closes.upper)
        #expect(Format.binary64.round(window.closes.upper - window.closes.lower).double < 1e-12)
        #expect(closes > window.opens.double && abs(closes - 0.0475) < 1e-3)
        func gap(_ rate: Double, after period: Int) throws -> Double {
            let exact = try #require(Rational(ExactValue(rate)))
            var orbit = MapOrbit(published.at(exact), from: ExactValue(4.5), in: Binary64())
            for _ in 0..<20_000 { orbit.advance() }
            let z = orbit.z
            for _ in 0..<period { orbit.advance() }
            return abs(orbit.z - z)
        }
        #expect(try gap(closes - 1e-4, after: 2) < 1e-9)
        #expect(try gap(closes + 1e-4, after: 2) > 1e-3)
        #expect(try gap(closes + 1e-4, after: 4) < 1e-9)
    }
}
