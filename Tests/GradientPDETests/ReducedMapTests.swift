import Arithmetics
import GradientPDE
import Testing
import Training

@Suite struct ReducedMapTests {
    private func map(_ hundredths: Int, image: Int = 12) throws -> ReducedMap {
        ReducedMap(
            try SmallBoard.network(image: image), decay: SmallBoard.decay, rate: SmallBoard.rate(hundredths))
    }

    /// The network in MPFR at 400 bits against the map: nothing of the one is used by the other.
    @Test(arguments: [3, 7, 11]) func theMapIsTheNetworkWithoutRounding(_ hundredths: Int) throws {
        func check(_ a: some Arithmetic) throws {
            for image in [12, 13] {
                let network = try SmallBoard.network(image: image)
                let map = try map(hundredths, image: image)
                let kernel = SmallBoard.kernel(16, seed: 7)
                let format = Format.mpfr(precision: 400)
                var run = NonlinearRun(
                    network, rate: format.round(map.rate), decay: format.round(map.decay), kernel: kernel, in: a,
                    classes: PatchClasses(network))
                var orbit = MapOrbit(map, from: a.exactValue(run.advance().projection), in: a)
                for step in 1...6 {
                    orbit.advance()
                    let z = try #require(Rational(a.exactValue(run.advance().projection)))
                    let predicted = try #require(Rational(orbit.state[0]))
                    let gap = Format.binary64.round(z - predicted).double
                    // 6 steps that stretch errors by at most 2^5 each, from 2^-400 times the terms.
                    #expect(abs(gap) < 0x1p-350, "step \(step), image \(image): \(gap)")
                    #expect(step > 1 || abs(Format.binary64.round(z).double) > 1e-3)
                }
            }
        }
        try check(arithmetic(named: "mpfr:400"))
    }

    /// What is orthogonal to c is multiplied by 1 - ηα and by nothing else.
    @Test func orthogonalPartsAreMultiplied() throws {
        let network = try SmallBoard.network()
        let map = try map(7)
        // Only neighbours of different sign: orthogonal to c.
        var values = [Double](repeating: 0, count: 16)
        values[0] = 0.5
        values[1] = 0.5
        let a = Binary64()
        var run = NonlinearRun(
            network, rate: Format.binary64.round(map.rate), decay: Format.binary64.round(map.decay),
            kernel: ExactArray(values), in: a, classes: nil)
        let record = run.advance()
        #expect(record.projection == 0)
        let kernel = run.kernel.elements
        // The gradient along c is the same for all weights but for the sign; half a sum of neighbours has none of it.
        let left = (kernel[0] + kernel[1]) / 2
        let factor = Format.binary64.round(map.orthogonalFactor).double
        #expect(abs(left - 0.5 * factor) < 1e-12)
        #expect(abs(map.orthogonalExponent - (-0.916290731874155)) < 1e-9)
    }

    @Test func theDerivativeIsTheLimitOfDifferences() throws {
        func check<A: Arithmetic>(_ arithmetic: A) throws {
            var a = arithmetic
            var program = try map(5).program(in: a)
            let h = a.constant(Rational(1) / Rational(2).power(100))
            for z in [-30.0, -3.9, -0.5, 0, 0.01, 2.5, 7, 40] {
                let x = a.constant(ExactValue(z))
                let rise = a.subtract(program.step(a.add(x, h)), program.step(a.subtract(x, h)))
                let slope = a.divide(rise, a.add(h, h))
                let gap = a.exactValue(a.subtract(slope, program.derivative(x))).double
                #expect(abs(gap) < 1e-50, "at \(z): \(gap)")
            }
        }
        try check(mpfrArithmetic(precision: 400))
    }

    /// Far out the exponentials overflow, and the map is linear.
    @Test func farOutNothingIsNaN() throws {
        for z in [1e5, -1e5, 1e300, -1e300] {
            var program = try map(11).program(in: Binary64())
            let next = program.step(z)
            let factor = Format.binary64.round(try map(11).orthogonalFactor).double
            #expect(abs(next / z - factor) < 1e-3)
            #expect(program.derivative(z).isFinite)
        }
    }

    /// The bound behind the trapping radius, held against the function itself.
    @Test func thePullStaysBelowItsBound() throws {
        let map = try map(5)
        let bound = Format.binary64.round(map.pullBound).double
        var program = map.program(in: Binary64())
        var largest = 0.0
        for i in -4000...4000 {
            let z = Double(i) / 100
            // force = αz - S·r·h
            let pull = (Format.binary64.round(map.decay).double * z - program.force(z)) / Double(map.scale)
            largest = max(largest, abs(pull))
        }
        #expect(largest <= bound && largest > bound / 3)
        let radius = try #require(map.trappingRadius)
        var z = 1e6
        for _ in 0..<5000 { z = program.step(z) }
        #expect(abs(z) <= Format.binary64.round(radius).double)
        #expect(try self.map(10).trappingRadius == nil && self.map(11).trappingRadius == nil)
    }
}
