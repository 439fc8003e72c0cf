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
        ("e4m3", 4, 64), ("p100", 100, 700),
    ])
    func fastMeasuresAreTheDefinitions(_ name: String, _ precision: Int, _ wide: Int) throws {
        let format: Format =
            switch name {
            case "binary16": .binary16
            case "e4m3": .e4m3
            case "binary32": .binary32
            case "binary64": .binary64
            default: .mpfr(precision: precision)
            }
        let reference = Format.mpfr(precision: wide)
        var stream = RandomStream(seed: UInt64(precision * wide), .other)
        var fast = 0
        let trials = 16
        for trial in 0..<trials {
            // Far apart, the sums of lanes would underflow.
            let far = format.range == nil || precision > 24 ? 230 : 3
            let spread = [0, 3, name == "e4m3" ? 5 : 12, far][trial % 4]
            let bits = [1, precision / 2, precision, wide][trial / 2 % 4]
            let sizes = [[1], [3, 7], [300, 1, 9], [0, 64]][(trial + trial / 4) % 4]
            // mpfr:P has no ulp of 0: the definition is asked then.
            var y = sizes.map { numbers($0, reference, spread: spread, &stream) }
            if format.range == nil { y = y.map { $0.map { $0.kind == .zero ? .one : $0 } } }
            let isNear = trial % 5 != 4
            let x = y.map {
                isNear
                    ? near($0, format, bits: bits, &stream)
                    : numbers($0.count, format, spread: name == "e4m3" ? 3 : spread, &stream)
            }
            let (candidates, truths) = (x.map { ExactArray($0) }, y.map { ExactArray($0) })
            let definition = measureByDefinition(candidates, against: truths, in: format)
            let measured = measure(candidates, against: truths, in: format)
            #expect(measured.all == definition.all && measured.tensors == definition.tensors, "trial \(trial)")
            for set in InstructionSet.allCases where set.isAvailable {
                let found = measureTruncated(candidates, against: truths, in: format, instructionSet: set)
                guard let found else { continue }
                #expect(
                    found.all == definition.all && found.tensors == definition.tensors,
                    "trial \(trial), \(set.rawValue)")
                if set == .best { fast += 1 }
            }
        }
        // The fast path is really taken: few results lie at a boundary.
        #expect(fast > trials / 3, "\(fast) of \(trials)")
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

    // Numbers that the format would round to infinity, or to 0, or to a number with another exponent.
    @Test(arguments: [Format.binary16, .binary32, .binary64, .bfloat16, .e5m2, .e4m3])
    func ordinalsReachAcrossTheEndsOfTheFormat(_ format: Format) throws {
        let least = try #require(format.quantumExponent)
        func power(_ n: Int) -> Rational { n < 0 ? Rational(1) / Rational(2).power(-n) : Rational(2).power(n) }
        let largest = try #require(Rational(format.largest))
        let quantum = power(least)
        let near = [
            largest * Rational(5, 4), largest + largest / power(format.precision + 1), quantum / Rational(2),
            quantum * Rational(3, 4), quantum * Rational(5, 2), quantum * Rational(7, 2), Rational(2) - power(-60),
            Rational(0),
        ]
        let wide = Format.mpfr(precision: 192)
        var fast = 0
        for y in near {
            for x in [format.largest, .zero, format.round(quantum), format.round(Rational(1)), .negativeZero] {
                for sign in [Rational(1), Rational(-1)] {
                    let (value, truth) = (ExactArray([x, .one]), ExactArray([wide.round(sign * y), .one]))
                    let definition = measureByDefinition([value], against: [truth], in: format).all
                    let found = measureTruncated([value], against: [truth], in: format)?.all
                    if let found {
                        fast += 1
                        #expect(found == definition, "\(x.hexadecimal) \(y)")
                    }
                }
            }
        }
        // Some lie beyond what truncated numbers reach, in binary64 most.
        #expect(fast > (format == .binary64 ? 10 : 30), "\(fast)")
    }
}
