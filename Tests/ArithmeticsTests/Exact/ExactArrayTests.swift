import Arithmetics
import LawSupport
import Testing

@Suite struct ExactArrayTests {
    private let values: [Double] = [1, -0.0, 0, .infinity, -.infinity, .nan, 0x1p-1074, 0.1, -.greatestFiniteMagnitude]

    @Test func elementsAreTheValuesThatEntered() {
        let exact = values.map { ExactValue($0) }
        let array = ExactArray(values)
        #expect((0..<array.count).map { array[$0] } == exact)
        let narrow = ExactArray(exact)
        #expect((0..<narrow.count).map { narrow[$0] } == exact)
        #expect(
            ExactArray(values.map { Float($0) }).floats.map(\.bitPattern).dropLast(4)
                == values.map { Float($0).bitPattern }.dropLast(4))
        #expect(array.firstDifference(from: narrow) == nil && narrow.firstDifference(from: array) == nil)
    }

    @Test func conversionsRoundAsTheStandardLibraryDoes() {
        var operands = Operands(.binary64, seed: 4)
        var x =
            values + [
                0x1.000001p0, 0x1.000003p0, 0x1.0000010000001p0, 0x1.fffffefp127, 0x1.ffffffp127, 0x1p-150, 0x1.8p-150,
                0x1.8p-149,
            ]
        for _ in 0..<50 { x.append(operands.value(exponent: -140).double) }
        for _ in 0..<50 { x.append(operands.value(.special).double) }
        let array = ExactArray(x)
        for (i, y) in array.floats.enumerated() {
            #expect(y.isNaN ? x[i].isNaN : y.bitPattern == Float(x[i]).bitPattern, "\(x[i])")
        }
        for (i, y) in array.doubles.enumerated() { #expect(y.isNaN ? x[i].isNaN : y.bitPattern == x[i].bitPattern) }
        let rounded = array.rounded(to: .binary32)
        for i in 0..<x.count { #expect(rounded[i] == (x[i].isNaN ? .nan : ExactValue(Float(x[i])))) }
    }

    @Test func differencesAreThoseOfValuesAndSigns() {
        let array = ExactArray(values)
        var other = values
        #expect(ExactArray(other) == array)
        other[1] = 0
        #expect(array.firstDifference(from: ExactArray(other)) == 1)
        other[1] = -0.0
        other[5] = -Double.nan
        #expect(array.firstDifference(from: ExactArray(other)) == nil)
        other[8] = 1
        #expect(array.firstDifference(from: ExactArray(other)) == 8)
        #expect(!array.isIdentical(at: 8, to: ExactArray(other)) && array.isIdentical(at: 7, to: ExactArray(other)))
        #expect(array.firstNonFinite == 3)
        #expect(ExactArray([1.0, 2]).firstNonFinite == nil && ExactArray([Double]()).firstNonFinite == nil)
    }

    @Test func elementsCanBeReplaced() {
        var array = ExactArray(zeros: 3, precision: 200)
        #expect((0..<3).allSatisfy { array[$0] == .zero })
        let long = Format.mpfr(precision: 200).round(Rational(1, 3))
        for value in [long, .nan, .negativeZero, .negativeInfinity, ExactValue(-2.5), power(-3_000_000), .zero] {
            array[1] = value
            #expect(array[0] == .zero && array[1] == value && array[2] == .zero)
        }
        #expect(array == ExactArray(zeros: 3, precision: 200))
    }
}
