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
}
