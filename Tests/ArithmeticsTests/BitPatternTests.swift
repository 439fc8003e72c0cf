import Arithmetics
import LawSupport
import Testing

/// `RoundingOracle.Shape` reads patterns by each format's definition and shares nothing with `BitPatterns`.
@Suite struct BitPatternTests {
    private func patterns(_ name: String) throws -> BitPatterns { BitPatterns(try ArithmeticName(name)) }

    private func identical(_ a: Double, _ b: Double) -> Bool {
        a.isNaN ? b.isNaN : a == b && a.sign == b.sign
    }

    @Test(arguments: ["half", "bfloat16", "fp8-e4m3", "fp8-e5m2"])
    func everyPatternOfASmallFormatIsItsNumber(_ name: String) throws {
        let shape = try #require(RoundingOracle.Shape.all.first { $0.name == name })
        let words = try #require(try patterns(name).words)
        var canonical: Set<UInt64> = []
        for pattern in shape.patterns {
            let value = try #require(words.double(pattern))
            guard identical(value, shape.value(pattern)) else {
                Issue.record("\(name) \(pattern): \(value), not \(shape.value(pattern))")
                return
            }
            let again = words.word(value)
            if value.isNaN { canonical.insert(again) } else { #expect(again == pattern) }
        }
        #expect(
            canonical == [
                name == "fp8-e4m3" ? 0x7f : ["half": 0x7e00, "bfloat16": 0x7fc0, "fp8-e5m2": 0x7e][name] ?? 0
            ])
    }

    @Test func wordsOfBinary32And64AreTheLanguages() throws {
        let (float, double) = (try #require(try patterns("float").words), try #require(try patterns("double").words))
        var random = SeededWords(11)
        let edges: [UInt64] = [
            0, 1, 0x7f_ffff, 0x80_0000, 0x7f7f_ffff, 0x7f80_0000, 0xf_ffff_ffff_ffff, 0x10_0000_0000_0000,
        ]
        for word in edges + edges.map({ $0 | 1 << 63 | 1 << 31 }) + (0..<2000).map({ _ in random.word() }) {
            let single = Float(bitPattern: UInt32(truncatingIfNeeded: word))
            #expect(identical(try #require(float.double(UInt64(single.bitPattern))), Double(single)))
            #expect(float.word(Double(single)) == UInt64((single.isNaN ? Float.nan : single).bitPattern))
            let value = Double(bitPattern: word)
            #expect(identical(try #require(double.double(word)), value))
            #expect(double.word(value) == (value.isNaN ? Double.nan : value).bitPattern)
        }
    }

    /// Zero bounds are +0, and both or none of the bounds are NaN.
    @Test func enclosuresAreLowerThenUpperBound() throws {
        let name = try ArithmeticName("interval:10")
        func check<A: Arithmetic>(_ a: A) throws {
            let patterns = BitPatterns(name)
            let bound = BitPatterns(try ArithmeticName("mpfr:10"))
            #expect(patterns.digits == 2 * bound.digits && !patterns.isInterchange)
            for (lower, upper) in [
                (-1.0, 2.0), (0, 0.75), (-.infinity, 3), (3, .infinity), (.nan, .nan), (5, 5), (-.infinity, .infinity),
            ] {
                let text = bound.text(ExactValue(lower)) + bound.text(ExactValue(upper))
                let scalar = try patterns.scalar(text.uppercased(), in: a)
                #expect(patterns.text(of: scalar, in: a) == text, "[\(lower), \(upper)]")
                var bytes: [UInt8] = []
                a.encode([scalar].span, into: &bytes)
                #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == text)
            }
            for (lower, upper) in [(2.0, 1.0), (.nan, 1), (1, .nan), (.infinity, .infinity), (-.infinity, -.infinity)] {
                let text = bound.text(ExactValue(lower)) + bound.text(ExactValue(upper))
                #expect(throws: BitPatternError.self, "[\(lower), \(upper)]") { try patterns.scalar(text, in: a) }
            }
            for text in ["", "00", String(repeating: "g", count: patterns.digits), String(repeating: "é", count: 22)] {
                #expect(throws: BitPatternError.self) { try patterns.scalar(text, in: a) }
            }
            let zeros = try patterns.scalar(bound.text(.negativeZero) + bound.text(.negativeZero), in: a)
            #expect(patterns.text(of: zeros, in: a) == bound.text(.zero) + bound.text(.zero))
        }
        try check(arithmetic(name))
    }

    @Test(arguments: [
        "half", "tf32", "fp8-e4m3", "float", "double", "mpfr:11@half", "mpfr:113@binary128", "mpfr:100", "mpfr:64",
        "mpfr:8@binary32",
    ])
    func writtenPatternsReadBackAsTheSameNumber(_ text: String) throws {
        let name = try ArithmeticName(text)
        let patterns = BitPatterns(name)
        var operands = Operands(name.format, seed: 12)
        for value in operands.edges(random: 20) where name.format.holds(value) {
            let pattern = patterns.text(value)
            #expect(pattern.count == patterns.digits)
            #expect(try patterns.value(pattern.uppercased()) == value, "\(value.hexadecimal) as \(pattern)")
        }
    }

    @Test func patternsAreTheContractsBytes() throws {
        #expect(try patterns("float").text(.one) == "3f800000")
        #expect(try patterns("tf32").text(ExactValue(1.5)) == "3fc00000")
        // Kind, exponent 1 in eight bytes, significand 2^99 in thirteen, all lowest byte first.
        #expect(try patterns("mpfr:100").text(.one) == "010100000000000000" + "00000000000000000000000008")
        #expect(try patterns("mpfr:113@binary128").text(ExactValue(-2.0)) == "c000" + String(repeating: "0", count: 28))
        // bfloat16's numbers under another name have MPFR's bytes.
        #expect(try patterns("mpfr:8@binary32").digits == 20)
    }

    @Test(arguments: [
        ("float", "3f80000", "has 7 hexadecimal digits, not 8"),
        ("float", "3f80000g", "is not hexadecimal"),
        ("tf32", "3f800001", "is no number of tf32: its last 13 bits must be 0"),
        ("mpfr:8", "010100000000000000" + "40", "is no number of mpfr:8 (one byte for the kind"),
        ("mpfr:8", "000100000000000000" + "00", "is no number of mpfr:8"),
        ("mpfr:8", "830000000000000000" + "00", "is no number of mpfr:8"),
        ("mpfr:8", "01ffffffffffffff7f" + "80", "is no number of mpfr:8"),
    ])
    func whatIsNoPatternIsToldWhy(_ name: String, _ text: String, _ says: String) throws {
        let patterns = try patterns(name)
        let error = #expect(throws: BitPatternError.self) { try patterns.value(text) }
        #expect(error?.description.hasPrefix(says) == true, "\(String(describing: error))")
    }
}

@Suite struct NeighbourTests {
    @Test func neighboursInBinary32And64AreTheLanguages() {
        var random = SeededWords(13)
        let edges: [Double] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
            -.greatestFiniteMagnitude,
            .infinity, -.infinity, .leastNormalMagnitude, 1, -1,
        ]
        for x in edges + (0..<300).map({ _ in Double(bitPattern: random.word()) }) where !x.isNaN {
            #expect(Format.binary64.next(above: ExactValue(x)) == ExactValue(x.nextUp), "\(x)")
            #expect(Format.binary64.next(below: ExactValue(x)) == ExactValue(x.nextDown), "\(x)")
            let single = Float(x)
            #expect(Format.binary32.next(above: ExactValue(single)) == ExactValue(single.nextUp), "\(single)")
        }
        #expect(Format.binary64.next(above: .nan).isNaN)
    }

    @Test func neighboursOfE4M3AreItsPatternsInOrder() throws {
        let words = try #require(BitPatterns(try ArithmeticName("fp8-e4m3")).words)
        let numbers = try (UInt64(0)..<0x7f).map { ExactValue(try #require(words.double($0))) }
        for (low, high) in zip(numbers, numbers.dropFirst()) {
            #expect(Format.e4m3.next(above: low) == high)
            #expect(Format.e4m3.next(below: high) == low)
        }
        #expect(Format.e4m3.next(above: numbers[126]).isNaN)
    }

    /// A number of more bits than the format has lies between two of its own.
    @Test func neighboursOfAnyNumberEncloseIt() {
        let x = ExactValue(1.0 + 0x1p-40)
        #expect(Format.binary32.next(above: x) == ExactValue(Float(1).nextUp))
        #expect(Format.binary32.next(below: x) == .one)
    }
}
