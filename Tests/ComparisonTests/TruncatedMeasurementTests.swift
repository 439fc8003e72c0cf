import Arithmetics
import Comparison
import Testing

/// The fast measures against the definition, bit for bit.
@Suite struct TruncatedMeasurementTests {
    /// Numbers of a format, with zeros, equal ones, powers of two and wide exponents among them.
    private func numbers(_ count: Int, _ format: Format, spread: Int, _ stream: inout RandomStream) -> [ExactValue] {
        (0..<count).map { _ in
            let word = stream.word()
            var value = Rational(Int(stream.word() >> 2)) / Rational(1 << 61)
            // More bits than one word has.
            for _ in 0..<(format.precision / 60) {
                value = (value + Rational(Int(stream.word() >> 2))) / Rational(1 << 61)
            }
            if word % 11 == 0 { return word & 256 == 0 ? .zero : .negativeZero }
            if word % 13 == 0 { value = Rational(1) }
            let exponent = Int(word >> 20) % (2 * spread + 1) - spread
            let power = Rational(2).power(abs(exponent))
            let scaled = exponent < 0 ? value / power : value * power
            return format.round(word & 1 == 0 ? scaled : Rational(0) - scaled)
        }
    }

    /// Neighbours of numbers some units away, equal ones among them.
    private func near(_ x: [ExactValue], _ format: Format, bits: Int, _ stream: inout RandomStream) -> [ExactValue] {
        x.map { value in
            guard let exact = Rational(value), stream.word() % 5 != 0 else {
                return format.round(Rational(value) ?? Rational(0))
            }
            let part = Rational(Int(stream.word() % 4097) - 2048, 2048) / Rational(2).power(bits)
            return format.round(exact + exact * part)
        }
    }

    @Test(arguments: [
        ("binary32", 24, 256), ("binary64", 53, 256), ("binary32", 24, 53), ("binary64", 53, 64), ("p128", 128, 192),
        ("p2", 2, 20), ("p600", 600, 664), ("p64", 64, 65), ("p1100", 1100, 1200), ("binary16", 11, 24),
    ])
    func fastMeasuresAreTheDefinitions(_ name: String, _ precision: Int, _ wide: Int) throws {
        let format: Format =
            switch name {
            case "binary16": .binary16
            case "binary32": .binary32
            case "binary64": .binary64
            default: .mpfr(precision: precision)
            }
        let reference = Format.mpfr(precision: wide)
        var stream = RandomStream(seed: UInt64(precision * wide), .other)
        var fast = 0
        let trials = 12
        for trial in 0..<trials {
            let spread = [0, 3, 12][trial % 3]
            let bits = [1, precision / 2, precision, wide][trial % 4]
            let sizes = [[1], [3, 7], [110, 1, 9], [0, 64]][(trial + trial / 4) % 4]
            // mpfr:P has no ulp of 0: the definition is asked then.
            var y = sizes.map { numbers($0, reference, spread: spread, &stream) }
            if format.range == nil { y = y.map { $0.map { $0.kind == .zero ? .one : $0 } } }
            let x = y.map { near($0, format, bits: bits, &stream) }
            let (candidates, truths) = (x.map { ExactArray($0) }, y.map { ExactArray($0) })
            let definition = measureByDefinition(candidates, against: truths, in: format)
            let measured = measure(candidates, against: truths, in: format)
            #expect(measured.all == definition.all && measured.tensors == definition.tensors, "trial \(trial)")
            if measureTruncated(candidates, against: truths, in: format) != nil { fast += 1 }
        }
        // The fast path is really taken: few results lie at a boundary.
        #expect(fast > trials / 2, "\(fast) of \(trials)")
    }

    @Test func whatTruncationCannotTellIsLeftToTheDefinition() {
        let one = ExactArray([1.0, 2.0])
        for bad in [ExactArray([.nan, 2.0]), ExactArray([1.0, .infinity])] {
            #expect(measureTruncated([bad], against: [one], in: .binary64) == nil)
            #expect(measureTruncated([one], against: [bad], in: .binary64) == nil)
        }
        // No ulp of 0.
        #expect(measureTruncated([one], against: [ExactArray([0.0, 2.0])], in: .mpfr(precision: 53)) == nil)
        // The mean of the two is half way between binary64 numbers, and exact; the two are far more than 2^64 apart.
        let far = ExactArray([0x1p-500, 0x1p500])
        let (x, y) = (ExactArray([0.0, 0x1.8p500]), far)
        #expect(
            measure([x], against: [y], in: .binary64).all == measureByDefinition([x], against: [y], in: .binary64).all)
    }
}
