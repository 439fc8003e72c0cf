import Arithmetics
import Testing

/// Decoding is the way back from encoding, and refuses bytes that no number has.
@Suite struct DecodingTests {
    static func bytes(_ word: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }

    static func edges(_ width: Int, seed: UInt64) -> [UInt64] {
        var words: [UInt64] = [0, 1, 1 << UInt64(width - 1)]
        var state = seed
        for _ in 0..<500 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            words.append(width == 64 ? state : state >> UInt64(64 - width))
        }
        return words
    }

    // The processor's own reading of the bits is the other route.
    @Test func binary32AndBinary64AreReadLikeTheProcessorDoes() {
        for word in DecodingTests.edges(32, seed: 1) + [0x7F80_0000, 0xFF80_0000, 0x7FC0_0001, 0x007F_FFFF] {
            let value = Float(bitPattern: UInt32(word))
            #expect(Format.binary32.contractDecode(DecodingTests.bytes(word, 4)) == ExactValue(value), "\(word)")
        }
        for word in DecodingTests.edges(64, seed: 2) + [0x7FF0 << 48, 0xFFF0 << 48, 1 << 52 - 1] {
            let value = Double(bitPattern: word)
            #expect(Format.binary64.contractDecode(DecodingTests.bytes(word, 8)) == ExactValue(value), "\(word)")
        }
    }

    @Test(arguments: [Format.binary16, .bfloat16, .e4m3, .e5m2])
    func encodingsOfSmallFormatsReadBackAsThemselves(format: Format) {
        let count = format.contractByteCount
        var different: Set<ExactValue> = []
        var (numbers, nans) = (0, 0)
        // Every one of 8 bits; of 16 bits every 17th, which meets all fields and many fractions.
        for word in stride(from: 0, to: UInt64(1) << UInt64(8 * count), by: count == 1 ? 1 : 17) {
            let bytes = DecodingTests.bytes(word, count)
            guard let value = format.contractDecode(bytes) else {
                Issue.record("\(word) of \(format.name ?? "?") was refused")
                continue
            }
            different.insert(value)
            // By the bits: the exponent is all ones, and the fraction is not 0; in E4M3 all ones too.
            let fraction = word & (1 << UInt64(format.precision - 1) - 1)
            let all = UInt64(1) << UInt64(8 * count - format.precision) - 1
            let isTop = word >> UInt64(format.precision - 1) & all == all
            let isNaN = isTop && (format.overflow == .infinity ? fraction != 0 : fraction == 7)
            #expect(value.isNaN == isNaN, "\(word) of \(format.name ?? "?")")
            if isNaN { nans += 1 } else { numbers += 1 }
            if value.isNaN { continue }
            var back: [UInt8] = []
            format.contractEncode(value, into: &back)
            if back != bytes { Issue.record("\(word) of \(format.name ?? "?") reads back as \(back)") }
        }
        // All but the NaNs are different numbers, and NaN is one.
        #expect(nans > 0 && different.count == numbers + 1)
    }

    @Test func binary128HasTheBitsOfItsStandard() {
        // IEEE 754-2019, table 3.5: 1 is 3fff followed by zeros; the least subnormal is the last bit.
        let one = [UInt8](repeating: 0, count: 14) + [0xFF, 0x3F]
        #expect(Format.binary128.contractDecode(one) == .one)
        let least = [1] + [UInt8](repeating: 0, count: 15)
        #expect(Format.binary128.contractDecode(least) == ExactValue(hexadecimal: "0x1p-16494"))
    }

    @Test(arguments: [2, 24, 63, 64, 65, 130])
    func recordsReadBackAsTheNumbersTheyWereMadeOf(precision: Int) throws {
        let format = Format.mpfr(precision: precision)
        var state: UInt64 = 77
        var values: [ExactValue] = [.zero, .negativeZero, .infinity, .negativeInfinity, .nan, .one]
        for _ in 0..<50 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let x = ExactValue(Double(Int64(bitPattern: state)) * 0x1p-900)
            values.append(format.round(x.times(x.times(x))))
        }
        for value in values {
            var bytes: [UInt8] = []
            format.contractEncode(value, into: &bytes)
            #expect(bytes.count == format.contractByteCount)
            #expect(format.contractDecode(bytes) == value, "\(value.hexadecimal)")
        }
    }

    @Test func bytesThatNoNumberHasAreRefused() {
        let format = Format.mpfr(precision: 10)
        var one: [UInt8] = []
        format.contractEncode(.one, into: &one)
        #expect(format.contractDecode(one) == .one)
        for (position, byte) in [(0, 4), (0, 5), (0, 0), (0, 2), (0, 3), (10, 0), (10, 4), (8, 127)] as [(Int, UInt8)] {
            var bytes = one
            bytes[position] = byte
            #expect(format.contractDecode(bytes) == nil, "byte \(position) = \(byte)")
        }
        #expect(format.contractDecode(Array(one.dropLast())) == nil)
        #expect(Format.binary32.contractDecode([0, 0, 0]) == nil)
        // tf32 is written as binary32, whose last bits it does not hold.
        #expect(Format.tf32.contractDecode(DecodingTests.bytes(0x3F80_0001, 4)) == nil)
        #expect(Format.tf32.contractDecode(DecodingTests.bytes(0x3F80_2000, 4)) == ExactValue(1 + 0x1p-10))
    }

    @Test func wholeWordsAreExact() {
        #expect(ExactValue(UInt64.max).hexadecimal == "0x1.fffffffffffffffep+63")
        #expect(ExactValue(UInt64(0)) == .zero)
        #expect(ExactValue(UInt64(12)) == ExactValue(12.0))
    }
}
