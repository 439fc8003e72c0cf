import Arithmetics
import Testing

@Suite struct DigestTests {
    /// FIPS 180-4's examples (NIST, *Cryptographic Standards and Guidelines*, example values of SHA-256).
    static let vectors = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test(arguments: vectors) func digestsAreThePublishedOnes(text: String, digest: String) {
        #expect(Digest.hexadecimal(of: Array(text.utf8)) == digest)
    }

    @Test func aMillionBytesFedInPiecesGiveThePublishedDigest() {
        var digest = Digest()
        for _ in 0..<1000 {
            digest.update([UInt8](repeating: UInt8(ascii: "a"), count: 993))
            digest.update([])
            digest.update([UInt8](repeating: UInt8(ascii: "a"), count: 7))
        }
        #expect(digest.hexadecimal() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    // Whole arrays are written by a kernel; one value at a time is the definition.
    @Test(arguments: [2, 7, 24, 63, 64, 65, 100, 128, 130, 192, 1000])
    func arraysOfRecordsAreEncodedLikeTheirValues(precision: Int) throws {
        let arithmetic = arithmetic(try ArithmeticName("mpfr:\(precision)"))
        func check(_ arithmetic: some Arithmetic) {
            let third = ExactValue(1.0).double / 3
            var values: [ExactValue] = [.zero, .negativeZero, .infinity, .negativeInfinity, .nan]
            for x in [1, -1, third, -third * 0x1p900, 0x1p-1074] {
                values.append(
                    Format.mpfr(precision: precision).round(
                        Rational(ExactValue(x)).map { $0 / Rational(7) } ?? Rational(0)))
            }
            var (whole, single): ([UInt8], [UInt8]) = ([17], [17])
            let array = arithmetic.array(ExactArray(values))
            arithmetic.encode(array.span, into: &whole)
            for value in values { value.encode(precision: precision, into: &single) }
            #expect(whole == single)
        }
        check(arithmetic)
    }

    // The same of formats with their own bits: each number, its neighbours in bits, and NaNs whose payloads must not show.
    @Test(arguments: [
        "half", "bfloat16", "tf32", "fp8-e4m3", "fp8-e5m2", "float", "double", "mpfr:11@binary16", "mpfr:24@binary32",
        "mpfr:53@binary64", "mpfr:113@binary128", "mpfr:4@fp8-e4m3",
    ])
    func arraysOfShortNumbersAreEncodedLikeTheirValues(name: String) throws {
        func check(_ arithmetic: some Arithmetic) {
            let format = arithmetic.format
            var stream = RandomStream(seed: 5, .other)
            var values: [ExactValue] = [.zero, .negativeZero, .nan, format.largest, format.largest.negated]
            if format.overflow == .infinity { values += [.infinity, .negativeInfinity] }
            for _ in 0..<300 {
                // Exponents from below the least subnormal to the largest.
                let range = format.range.map { $0.emin - format.precision - 1...$0.emax } ?? 0...0
                let exponent = range.lowerBound + Int(stream.word() % UInt64(range.count))
                let power = Rational(2).power(abs(exponent))
                let m =
                    Rational(Int(stream.word() >> 2), 1 << 61) * (stream.word() & 1 == 0 ? Rational(1) : Rational(-1))
                values.append(format.round(exponent < 0 ? m / power : m * power))
            }
            values.removeAll { !$0.isFinite && format.overflow != .infinity && !$0.isNaN }
            var (whole, single): ([UInt8], [UInt8]) = ([17], [17])
            let array = arithmetic.array(ExactArray(values))
            arithmetic.encode(array.span, into: &whole)
            for value in values { format.contractEncode(value, into: &single) }
            #expect(whole == single)
        }
        check(arithmetic(try ArithmeticName(name)))
    }

    @Test func payloadsAndSignsOfNaNsDoNotShow() {
        let floats: [Float] = [Float(bitPattern: 0xffc0_0001), Float(bitPattern: 0x7f80_0001), .infinity, -0.0]
        let doubles: [Double] = [
            Double(bitPattern: 0xfff8_0000_0000_0001), Double(bitPattern: 0x7ff0_0000_0000_0001), -.infinity, -0.0,
        ]
        var bytes: [UInt8] = []
        Binary32().encode(floats.span, into: &bytes)
        #expect(bytes == [0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0x7f, 0, 0, 0, 0x80])
        bytes = []
        Binary64().encode(doubles.span, into: &bytes)
        let nan: [UInt8] = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]
        #expect(bytes == nan + nan + [0, 0, 0, 0, 0, 0, 0xf0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0x80])
    }

    @Test func numbersFedInPiecesGiveTheDigestOfTheirBytes() {
        let numbers = (0..<10_000).map { Float($0) / 7 }
        var (pieces, bytes): (Digest, [UInt8]) = (Digest(), [])
        pieces.update(numbers.span, in: Binary32())
        Binary32().encode(numbers.span, into: &bytes)
        #expect(pieces.hexadecimal() == Digest.hexadecimal(of: bytes))
    }
}
