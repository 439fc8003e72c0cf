import Arithmetics
import LawSupport
import Testing

@Suite struct RationalTests {
    @Test(arguments: [
        ("0.1", 1, 10), ("-5e-4", -1, 2000), (".5", 1, 2), ("3", 3, 1), ("3.", 3, 1), ("+2", 2, 1), ("-0", 0, 1),
        ("1E3", 1000, 1), ("1e+3", 1000, 1), ("1/3", 1, 3), ("-0.5/0.25", -2, 1), ("2e-2/4", 1, 200), ("007", 7, 1),
        ("0.125", 1, 8), ("-1/-3", 1, 3), ("1e0", 1, 1),
    ])
    func decimalTextIsReadExactly(text: String, numerator: Int, denominator: Int) {
        #expect(Rational(decimal: text) == Rational(numerator, denominator))
    }

    @Test(arguments: [
        "", " ", ".", "-", "+", "--1", "1e", "e5", "1e5e5", "1e5E5", "1.2.3", "1,5", "0x10", "1_000", "nan", "inf",
        "1 ", "１",
        "1/0", "1/", "/2", "1/2/3", "1/0.0", "1e5001", "1e-5001", "1e9223372036854775807", "1e-9223372036854775808",
        "1e99999999999999999999", "1.5e1.5",
    ])
    func otherTextIsRefused(text: String) { #expect(Rational(decimal: text) == nil) }

    @Test func lengthsAndExponentsHaveLimits() {
        #expect(Rational(decimal: "1e5000") == Rational(10).power(5000))
        #expect(Rational(decimal: "1e-5000") == Rational(1) / Rational(10).power(5000))
        let digits = String(repeating: "9", count: 10_000)
        #expect(Rational(decimal: digits) == Rational(10).power(10_000) - Rational(1))
        #expect(Rational(decimal: digits + "9") == nil)
    }

    @Test(arguments: [
        ("0.1", "0.1"), ("5e-4", "0.0005"), ("1e-9", "1e-9"), ("-1.25e-12", "-1.25e-12"), ("1/3", "1/3"),
        ("-6/4", "-1.5"), ("0", "0"),
        ("100000", "100000"), ("1e6", "1e6"), ("-12e10", "-12e10"), ("1234567", "1234567"), ("-2/7", "-2/7"),
        ("0.05", "0.05"),
    ])
    func valuesArePrintedInOneForm(text: String, printed: String) {
        #expect(Rational(decimal: text)?.description == printed)
    }

    @Test func whatIsPrintedIsReadBack() {
        var words = SeededWords(1)
        for _ in 0..<60 {
            let r = Rational(words.below(2001) - 1000, 1 + words.below(500))
            #expect(Rational(decimal: r.description) == r, "\(r)")
            let scaled = r * Rational(10).power(words.below(30)) / Rational(10).power(words.below(30))
            #expect(Rational(decimal: scaled.description) == scaled, "\(scaled)")
        }
        for text in ["1e-5000", "-7e5000", "123456789e-4990"] {
            #expect(Rational(decimal: Rational(decimal: text)?.description ?? "") == Rational(decimal: text), "\(text)")
        }
    }

    /// Against 64-bit integers, cross-multiplied.
    @Test func operationsAreThoseOfQuotients() {
        var words = SeededWords(2)
        for _ in 0..<40 {
            let (a, b) = (words.below(2001) - 1000, 1 + words.below(300))
            let (c, d) = (words.below(2001) - 1000, 1 + words.below(300))
            let (x, y) = (Rational(a, b), Rational(c, d))
            #expect(x + y == Rational(a * d + c * b, b * d))
            #expect(x - y == Rational(a * d - c * b, b * d))
            #expect(x * y == Rational(a * c, b * d))
            if c != 0 { #expect(x / y == Rational(a * d, b * c)) }
            #expect((x < y) == (a * d < c * b))
            #expect((x <= y) == (a * d <= c * b))
            #expect((x == y) == (a * d == c * b))
            #expect(x.isInteger == (a % b == 0))
            #expect(x.floor == Int((Double(a) / Double(b)).rounded(.down)))
            #expect(x.power(3) == x * x * x)
        }
        #expect(Rational(5, -10) == Rational(-1, 2))
        #expect(Rational(2).power(0) == Rational(1) && Rational(0).power(0) == Rational(1))
        #expect(Rational(Int.min) + Rational(Int.max) == Rational(-1))
        #expect(Rational(2).power(70).floor == nil)
    }

    @Test func finiteNumbersAreRationals() {
        #expect(Rational(ExactValue(-0.375)) == Rational(-3, 8))
        #expect(Rational(ExactValue.negativeZero) == Rational(0))
        #expect(Rational(ExactValue.nan) == nil && Rational(ExactValue.infinity) == nil)
        #expect(Rational(power(99_000)) == Rational(2).power(99_000))
        #expect(Rational(power(-200_000)) == nil)
    }
}
