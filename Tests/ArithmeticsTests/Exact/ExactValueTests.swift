import Arithmetics
import LawSupport
import Testing

@Suite struct ExactValueTests {
    static let doubles: [Double] = [
        1, -1, 0.1, 2.5, 1e300, -1e-300, 0x1p-1074, -Double(bitPattern: 0x000f_ffff_ffff_ffff), 0x1p-1022,
        .greatestFiniteMagnitude, .pi, 3,
        0x1p63, 255, 0x1.0000000000001p0,
    ]

    /// The standard library reads hexadecimal floating-point text by itself.
    @Test func hexadecimalIsWhatTheStandardLibraryReads() {
        for x in Self.doubles {
            let value = ExactValue(x)
            #expect(Double(value.hexadecimal) == x, "\(value.hexadecimal)")
            #expect(value.double == x)
            #expect(ExactValue(hexadecimal: value.hexadecimal) == value)
        }
        #expect(ExactValue(Float(0.1)) == ExactValue(Double(Float(0.1))))
        #expect(ExactValue(-0.1875).hexadecimal == "-0x1.8p-3")
        #expect(ExactValue(16.0).hexadecimal == "0x1p+4")
    }

    @Test func specialValuesHaveOneText() {
        let special: [(ExactValue, String)] = [
            (.nan, "NaN"), (.infinity, "Infinity"), (.negativeInfinity, "-Infinity"), (.zero, "0x0p+0"),
            (.negativeZero, "-0x0p+0"),
        ]
        for (value, text) in special {
            #expect(value.hexadecimal == text && ExactValue(hexadecimal: text) == value)
        }
        #expect(ExactValue(-Double.nan) == .nan && ExactValue(-0.0) == .negativeZero && ExactValue(0.0) == .zero)
        #expect(ExactValue.zero != .negativeZero)
        #expect(ExactValue.nan.negated == .nan && ExactValue.zero.negated == .negativeZero)
    }

    /// Every length of significand about the limbs' ends, read back as it was written.
    @Test func longSignificandsAreReadBack() {
        for precision in [2, 3, 4, 5, 63, 64, 65, 66, 127, 128, 129, 1000, 16384] {
            var operands = Operands(.mpfr(precision: precision), seed: UInt64(precision))
            for exponent in [-70, 0, 1_000_000] {
                let value = operands.value(exponent: exponent)
                #expect(ExactValue(hexadecimal: value.hexadecimal) == value)
                #expect(value.significantBits <= precision)
            }
        }
    }

    @Test(arguments: [
        "", "0x", "1", "0x2p0", "0x1.gp0", "0x1p", "0x1", "-NaN", "nan", "inf", "0x0.1p0", "0x1p0 ", "0x1p1.5", "0X1p0",
        "0x1P0",
        "--0x1p0", "0x１p0", "0x1.８p0", "0x11p0", "0x1p1099511627777", "0x1p-9223372036854775808",
        "0x1p9223372036854775807", "0x1.1.1p0", "0xp0", "0x.8p0",
    ])
    func otherTextIsRefused(text: String) { #expect(ExactValue(hexadecimal: text) == nil) }

    @Test func decimalsAreCorrectlyRounded() {
        #expect(ExactValue(0.1).decimal(digits: 17) == "1.0000000000000001e-1")
        #expect(ExactValue(0.1).decimal(digits: 55) == "1.000000000000000055511151231257827021181583404541015625e-1")
        #expect(ExactValue(1250.0).decimal(digits: 9) == "1.25e3")
        #expect(ExactValue(1.0).decimal(digits: 17) == "1")
        #expect(ExactValue(-7.0).decimal(digits: 5) == "-7")
        #expect(ExactValue(10.0).decimal(digits: 3) == "1e1")
        #expect(ExactValue(2.0 / 3).decimal(digits: 3) == "6.67e-1")
        #expect(ExactValue(0x1p-1074).decimal(digits: 3) == "4.94e-324")
        #expect(ExactValue.zero.decimal(digits: 3) == "0" && ExactValue.negativeZero.decimal(digits: 3) == "-0")
        #expect(ExactValue.nan.decimal(digits: 3) == "NaN")
        #expect(ExactValue.negativeInfinity.decimal(digits: 3) == "-Infinity")
        for x in Self.doubles { #expect(Double(ExactValue(x).decimal(digits: 17)) == x) }
    }

    @Test func integersAndLengthsAreExact() {
        for n in [1, -1, 3, 1 << 24 + 1, Int(Int32.max), Int.max, Int.min] {
            #expect(Rational(ExactValue(n)) == Rational(n))
        }
        #expect(ExactValue(0) == .zero)
        let lengths: [(Double, Int)] = [(1, 1), (3, 2), (0.75, 2), (0x1p-1074, 1), (0x1.0000000000001p0, 53), (0, 1)]
        for (x, bits) in lengths { #expect(ExactValue(x).significantBits == bits) }
    }

    @Test func productsAreExact() {
        var operands = Operands(.binary64, seed: 3)
        for _ in 0..<30 {
            let (x, y) = (operands.value(.ordinary), operands.value(.huge))
            #expect(Rational(x.times(y)) == (Rational(x) ?? Rational(0)) * (Rational(y) ?? Rational(0)))
        }
        #expect(ExactValue.zero.times(.infinity) == .nan && ExactValue.negativeZero.times(.one) == .negativeZero)
        #expect(ExactValue(-2.0).times(.infinity) == .negativeInfinity)
    }
}
