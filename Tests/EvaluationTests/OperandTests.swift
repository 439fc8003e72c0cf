import Arithmetics
import Evaluation
import Foundation
import Testing

@Suite struct OperandTests {
    private func exact(_ text: String) throws -> ExactValue? {
        if case .exact(let value) = try Operand(text).number { value } else { nil }
    }

    /// Written and read by the C library, and read by Swift.
    @Test func hexadecimalFloatsAreTheLanguages() throws {
        var texts = [
            "0x1.8p-3", "-0x1p+0", "0x0.0000000000001p-1022", "0X1.FFP3", "0x.8p1", "0x10p0", "+0x1p-1074", "-0x0p0",
        ]
        for i in 0..<200 {
            let x = Double(sign: i % 2 == 0 ? .plus : .minus, exponent: i * 10 - 1074, significand: 1 + Double(i) / 256)
            texts.append(String(format: "%a", x))
        }
        for text in texts { #expect(try exact(text) == ExactValue(try #require(Double(text))), "\(text)") }
        #expect(try exact("0x1p536870912")?.hexadecimal == "0x1p+536870912")
        // Longer than binary64: 2^-60 beside 1, and an integer of 100 bits.
        #expect(try exact("0x1.000000000000001p0")?.hexadecimal == "0x1.000000000000001p+0")
        #expect(try exact("0x1234567890abcdef123456789")?.hexadecimal == "0x1.234567890abcdef123456789p+96")
    }

    @Test func decimalsThatEndInBinaryAreExactAndOthersQuotients() throws {
        #expect(try exact("0.375") == ExactValue(0.375))
        #expect(try exact("1e22") == ExactValue(1e22))
        #expect(try exact("3/4") == ExactValue(0.75))
        #expect(try Operand("0.1").number == .quotient(Rational(1, 10)))
        #expect(try Operand("-1/3").number == .quotient(Rational(-1, 3)))
        #expect(try exact("-0") == .negativeZero)
        #expect(try exact("-0.0e5") == .negativeZero)
        #expect(try exact("0") == .zero)
    }

    @Test func namesInAnyCaseAreSpecialValues() throws {
        for text in ["inf", "+Inf", "INFINITY"] { #expect(try exact(text) == .infinity) }
        #expect(try exact("-inf") == .negativeInfinity)
        for text in ["nan", "NaN", "-nan"] { #expect(try exact(text)?.isNaN == true) }
        #expect(try Operand("BITS:3F80").number == .pattern("3f80"))
    }

    @Test(arguments: [
        "", "abc", "0x", "0xp3", "0x1.2.3p0", "0x1p", "0x1p536870913", "1/0", "1e6000", "--1", "0x1p1p1", "1 2",
    ])
    func whatIsNoNumberIsSaidToBeNone(_ text: String) {
        let error = #expect(throws: EvaluationError.self) { try Operand(text) }
        #expect(error?.description.hasPrefix("\"\(text)\" is no number; write a decimal") == true)
    }
}
