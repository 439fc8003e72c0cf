import Arithmetics
import Comparison
import Testing

@Suite struct OrdinalTests {
    private func distance(_ x: ExactValue, _ y: ExactValue, _ format: Format) -> Double? {
        measure([ExactArray([x])], against: [ExactArray([y])], in: format).all.maxOrdinal
    }

    // The other route: bit patterns of IEEE formats are in the order of their values.
    private func ordinal(_ x: Float) -> Int { (x < 0 ? -1 : 1) * Int(x.magnitude.bitPattern) }
    private func ordinal(_ x: Double) -> Int { (x < 0 ? -1 : 1) * Int(x.magnitude.bitPattern) }

    @Test func floatsAreNumberedByTheirBits() {
        var stream = RandomStream(seed: 3, .other, 0)
        let special: [Float] = [
            0, -0.0, 0x1p-149, -0x1p-149, 0x1p-126, 1, -1, .greatestFiniteMagnitude, .infinity, -.infinity,
        ]
        var values = special
        while values.count < 40 {
            let x = Float(bitPattern: UInt32(truncatingIfNeeded: stream.word()))
            if !x.isNaN { values.append(x) }
        }
        for x in values {
            for y in values {
                let found = distance(ExactValue(x), ExactValue(y), .binary32)
                #expect(found == Double(abs(ordinal(x) - ordinal(y))), "\(x) \(y)")
            }
        }
    }

    @Test func doublesToo() {
        let values: [Double] = [
            0, 0x1p-1074, -0x1p-1074, 1, 1.5, -3, 1e300, .greatestFiniteMagnitude, .infinity, -.infinity,
        ]
        for x in values {
            for y in values {
                let found = distance(ExactValue(x), ExactValue(y), .binary64)
                // Beyond 2^63 the distance of opposite infinities does not fit an Int.
                let expected = Rational(ordinal(x)) - Rational(ordinal(y))
                let positive = expected < Rational(0) ? Rational(0) - expected : expected
                #expect(found == Format.binary64.round(positive).double, "\(x) \(y)")
            }
        }
    }

    @Test func neighboursOfAShortMPFRFormatAreOneApart() {
        // All numbers of mpfr:8 in three binades, from their definition.
        let format = Format.mpfr(precision: 8)
        let values = (128..<1024).filter { format.holds(ExactValue($0)) }.map { ExactValue($0) }
        #expect(values.count == 3 * 128)
        for (i, x) in values.enumerated() {
            #expect(distance(x, values[0], format) == Double(i))
            #expect(distance(values[0].negated, x.negated, format) == Double(i))
        }
        // Zero is next to the least number, which has the least exponent of MPFR's own range: 0.5 × 2^emin.
        let emin = format.mpfrRange.emin
        let least = format.round(Rational(1))
        #expect(least == .one)
        let toOne = distance(.one, .zero, format)
        #expect(toOne == Double(1 - emin) * 128 + 1)
        #expect(distance(.one, ExactValue(-1), format) == 2 * (toOne ?? 0))
        // Infinity follows the largest finite number.
        #expect(distance(.infinity, format.largest, format) == 1)
        #expect(distance(.infinity, .one, format).map { $0 > 0x1p36 } == true)
    }

    @Test func theReferenceIsRoundedIntoTheFormatFirst() {
        let third = Format.mpfr(precision: 200).round(Rational(1, 3))
        #expect(distance(ExactValue(Float(1) / 3), third, .binary32) == 0)
        #expect(distance(ExactValue((Float(1) / 3).nextUp), third, .binary32) == 1)
        // Below half the smallest subnormal lies 0, above the largest number and half an ulp infinity.
        #expect(distance(ExactValue(Float(0)), ExactValue(0x1p-150), .binary32) == 0)
        #expect(distance(ExactValue(Float(0)), ExactValue(0x1.8p-150), .binary32) == 1)
        #expect(distance(.infinity, ExactValue(0x1.ffffffp127), .binary32) == 0)
        #expect(distance(ExactValue(Float.greatestFiniteMagnitude), ExactValue(0x1p300), .binary32) == 1)
        // Subnormals are rounded once: 2^-149 × (1/2 + a little) goes up though 24 bits would not show the little.
        let above = Format.mpfr(precision: 100).round(Rational(1, 2).power(150) + Rational(1, 2).power(200))
        #expect(distance(ExactValue(Float(0)), above, .binary32) == 1)
    }

    @Test func nanHasNoDistanceFromANumber() {
        #expect(distance(.nan, .one, .binary32) == nil)
        #expect(distance(.infinity, .nan, .binary64) == nil)
        #expect(distance(.nan, .nan, .binary64) == 0)
        let two = measure([ExactArray([Float.nan, 2])], against: [ExactArray([Float(1), 1])], in: .binary32).all
        #expect(two.maxOrdinal == nil)
    }

    @Test func theLargestDistanceIsReported() {
        let x: [Float] = [1, 2, 3]
        let y = [1, Float(2).nextUp, Float(3).nextDown.nextDown]
        #expect(measure([ExactArray(x)], against: [ExactArray(y)], in: .binary32).all.maxOrdinal == 2)
    }
}
