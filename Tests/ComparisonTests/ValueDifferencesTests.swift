import Arithmetics
import Comparison
import Testing

/// Every element is counted once, in the bin that its exact distance says.
@Suite struct ValueDifferencesTests {
    static func compare(
        _ values: [Double], _ reference: [Double], _ format: Format = .binary32,
        _ tolerance: DifferenceTolerance = DifferenceTolerance()
    ) -> ValueDifferences {
        compareValues(ExactArray(values), against: ExactArray(reference), in: format, tolerance: tolerance)
    }

    static func steps(_ x: Float, _ n: Int) -> Double {
        Double(Float(bitPattern: UInt32(Int(x.bitPattern) + n)))
    }

    @Test func binsArePowersOfTwoWithTheirUpperEnd() {
        // From 1 upward an ulp of binary32 is one step: 0.25, 0.5, 0.75, 1, 2, 3, 4, 5, 8, 9 ulps.
        let ulps = [0, 0.25, 0.5, 0.75, 1, 2, 3, 4, 5, 8, 9]
        let found = ValueDifferencesTests.compare(ulps.map { 1 + $0 * 0x1p-23 }, ulps.map { _ in 1 })
        #expect(found.histogram.identical == 1)
        #expect(found.histogram.bins == [-1: 2, 0: 2, 1: 1, 2: 2, 3: 2, 4: 1])
        #expect(found.differing == 10 && found.outside == 10 && found.count == 11)
        #expect(found.worst?.index == 10 && found.worst?.ulps == 9 && found.worst?.ordinals == 9)
        #expect(found.first?.index == 1 && found.first?.ulps == 0.25)
        #expect(found.measures?.medianUlp == 2)
    }

    @Test func binsAreExactWhereBinary64WouldRound() {
        // 2 ulps and the least bit more, in 200 bits: binary64 would call it 2.
        let more = ExactValue(hexadecimal: "0x1.000004000000000000000000000001p+0")
        let value = ExactArray([ExactValue(1 + 0x1p-22), more ?? .nan])
        let found = compareValues(value, against: ExactArray([1.0, 1.0]), in: .binary32, tolerance: .init(ulps: 2))
        #expect(found.histogram.bins == [1: 1, 2: 1])
        #expect(found.outside == 1 && found.first?.index == 1)
    }

    @Test func signsOfZeroDifferUnlessIgnored() {
        let strict = ValueDifferencesTests.compare([0, -0.0, 1], [-0.0, -0.0, 1])
        #expect(strict.differing == 1 && strict.outside == 1 && strict.histogram.zeroSign == 1)
        #expect(strict.first?.index == 0 && strict.first?.ulps == 0 && strict.first?.ordinals == 0)
        let lenient = ValueDifferencesTests.compare(
            [0, -0.0, 1], [-0.0, -0.0, 1], .binary32, .init(ignoresZeroSign: true))
        #expect(lenient.differing == 1 && lenient.outside == 0 && lenient.first == nil && lenient.worst?.index == 0)
        // A tolerance in ulps says nothing about signs.
        #expect(ValueDifferencesTests.compare([0], [-0.0], .binary32, .init(ulps: 5)).outside == 1)
    }

    @Test func nonFiniteValuesAreIdenticalToThemselvesOnly() {
        let infinity = Double.infinity
        let found = ValueDifferencesTests.compare(
            [.nan, infinity, -infinity, .nan, 1, infinity, infinity],
            [.nan, infinity, -infinity, 1, .nan, -infinity, 3],
            .binary32, .init(ulps: 1e300))
        #expect(found.histogram.identical == 3)
        #expect(found.nonFinite == 4 && found.histogram.infinite == 4 && found.outside == 4)
        #expect(found.first?.index == 3 && found.first?.ordinals == nil && found.first?.ulps == infinity)
        // Infinity follows the largest number: its distance is defined, a NaN's is not.
        #expect(found.maxOrdinal == Double(2 * 0x7F80_0000))
    }

    @Test func subnormalsAreOneOrdinalApart() {
        let least = Double(Float.leastNonzeroMagnitude)
        let found = ValueDifferencesTests.compare([least, 3 * least, -least], [0, least, least])
        #expect(found.maxOrdinal == 2)
        #expect(found.histogram.bins == [0: 1, 1: 2])
    }

    @Test func toleranceIncludesItsEnd() {
        let x: Float = 0.1
        let values = (0...4).map { ValueDifferencesTests.steps(x, $0) }
        let found = ValueDifferencesTests.compare(
            values, values.map { _ in Double(x) }, .binary32, .init(ulps: 3))
        #expect(found.differing == 4 && found.outside == 1 && found.first?.index == 4)
        #expect(found.worst?.index == 4)
    }

    @Test func largerDifferenceWithinTheToleranceCanBeTheWorst() {
        // Index 0 is outside for its sign of zero; index 1 has more ulps and agrees.
        let found = ValueDifferencesTests.compare([0, 1 + 0x1p-22], [-0.0, 1], .binary32, .init(ulps: 2))
        #expect(found.first?.index == 0 && found.outside == 1)
        #expect(found.worst?.index == 1 && found.worst?.ulps == 2 && found.worst?.ordinals == 2)
    }

    @Test func integersAreOneApart() {
        let whole = Format(precision: 64, range: .init(emin: 63, emax: 64))
        let found = compareValues(
            ExactArray([ExactValue(UInt64.max), ExactValue(7.0), .zero]),
            against: ExactArray([ExactValue(UInt64.max - 3), ExactValue(7.0), ExactValue(1.0)]), in: whole)
        #expect(found.histogram.bins == [0: 1, 2: 1])
        #expect(found.maxOrdinal == 3 && found.worst?.ulps == 3)
    }

    @Test func ordinalsOfValuesBetweenTheFormatsNumbersAreThoseOfTheirRoundings() {
        // 1/3 in binary64 against its binary32 rounding: less than half an ulp, no number between.
        let third = 1.0 / 3
        let found = ValueDifferencesTests.compare([third], [Double(Float(third))])
        #expect(found.differing == 1 && found.maxOrdinal == 0)
        #expect(found.histogram.bins == [-1: 1])
    }

    @Test func identicalAndEmptyArraysHaveNoMeasures() {
        let same = ValueDifferencesTests.compare([1, .nan, -0.0], [1, .nan, -0.0])
        #expect(same.differing == 0 && same.measures == nil && same.worst == nil && same.histogram.identical == 3)
        let empty = ValueDifferencesTests.compare([], [])
        #expect(empty.count == 0 && empty.differing == 0 && empty.outside == 0)
    }

    @Test func histogramsAdd() {
        var sum = ValueDifferencesTests.compare([1 + 0x1p-23, 0, 1], [1, -0.0, .nan]).histogram
        sum.add(ValueDifferencesTests.compare([1 + 0x1p-23, 2, 3], [1, 2, 3]).histogram)
        #expect(sum.identical == 2 && sum.zeroSign == 1 && sum.infinite == 1 && sum.bins == [0: 2])
        #expect(sum.ordered.map(\.exponent) == [0])
    }
}
