import TensorFiles
import Testing

@Suite struct StoredTensorTests {
    @Test func everyNarrowFloatEncodingHasItsValue() throws {
        // bfloat16 is half of binary32, so Swift's own Float decodes it; NaNs settle first.
        let words = [UInt16](0...UInt16.max)
        let brains = try StoredTensor(encodings: words, type: .bfloat16, shape: [words.count]).doubles()
        #expect(zip(words, brains).allSatisfy { same(Double(Float(bitPattern: UInt32($0) << 16)), $1) })
        #if !(os(macOS) && arch(x86_64))
            let halves = try StoredTensor(encodings: words, type: .float16, shape: [words.count]).doubles()
            #expect(zip(words, halves).allSatisfy { same(Double(Float16(bitPattern: $0)), $1) })
            // E5M2 is half of binary16.
            let codes = [UInt8](0...UInt8.max)
            let eighths = try StoredTensor(encodings: codes, type: .fp8e5m2, shape: [256]).doubles()
            #expect(zip(codes, eighths).allSatisfy { same(Double(Float16(bitPattern: UInt16($0) << 8)), $1) })
        #endif
    }

    @Test func e4m3HasItsPublishedValues() throws {
        // OFP8, table of E4M3: largest 448, least normal 2^-6, subnormals in steps of 2^-9, NaN only at S.1111.111.
        let values = try StoredTensor(encodings: [UInt8](0...255), type: .fp8e4m3, shape: [256]).doubles()
        #expect(values[0x7E] == 448 && values[0xFE] == -448 && values[0x08] == 0x1p-6 && values[0x78] == 256)
        #expect((0..<8).allSatisfy { values[$0] == Double($0) * 0x1p-9 })
        #expect(values[0x80] == 0 && values[0x80].sign == .minus)
        #expect(values.indices.filter { values[$0].isNaN } == [0x7F, 0xFF])
        #expect(values.allSatisfy { !$0.isInfinite })
        // Between neighbours of one sign the values rise.
        #expect((0..<0x7E).allSatisfy { values[$0] < values[$0 + 1] })
    }

    @Test func swiftValuesComeBackAsTheyWere() throws {
        #expect(try StoredTensor([true, false], shape: [2]).integers() == [1, 0])
        #expect(try StoredTensor([0, 255] as [UInt8], shape: [2]).doubles() == [0, 255])
        #expect(try StoredTensor([-128, 127] as [Int8], shape: [2]).integers() == [-128, 127])
        #expect(try StoredTensor([65535] as [UInt16], shape: [1, 1]).floats() == [65535])
        #expect(try StoredTensor([-32768] as [Int16], shape: [1]).doubles() == [-32768])
        #expect(try StoredTensor([UInt32.max], shape: [1]).doubles() == [4_294_967_295])
        #expect(try StoredTensor([Int32.min], shape: []).integers() == [-2_147_483_648])
        #expect(try StoredTensor([UInt64(1) << 63], shape: [1]).doubles() == [0x1p63])
        #expect(try StoredTensor([Int64.min, .max], shape: [2]).integers() == [.min, .max])
        #expect(try StoredTensor([-7], shape: [1]).type == .int64)
        let floats: [Float] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity]
        let back = try StoredTensor(floats, shape: [5]).floats()
        #expect(back.map(\.bitPattern) == floats.map(\.bitPattern))
        #expect(try StoredTensor([Float.nan], shape: [1]).floats()[0].isNaN)
        let doubles: [Double] = [0.1, -0.0, .leastNonzeroMagnitude, .infinity]
        #expect(try StoredTensor(doubles, shape: [2, 2]).doubles().map(\.bitPattern) == doubles.map(\.bitPattern))
        #expect(try StoredTensor([Float(1.5)], shape: [1]).encodings(as: UInt32.self) == [0x3FC0_0000])
    }

    @Test func bytesAreLittleEndian() throws {
        #expect(try StoredTensor([0x0102_0304] as [UInt32], shape: [1]).bytes == [4, 3, 2, 1])
    }

    @Test func conversionsThatWouldRoundAreRefused() throws {
        let large = try StoredTensor([1, 1 << 53 + 1] as [Int64], shape: [2])
        #expect(line { try large.doubles() } == "element 1: 9007199254740993 is not exactly representable as binary64")
        let tenth = try StoredTensor([0.5, 0.1], shape: [2])
        #expect(line { try tenth.floats() } == "element 1: 0.1 is not exactly representable as binary32")
        #expect(line { try tenth.integers() } == "element 0: 0.5 is not exactly representable as an integer")
        let huge = try StoredTensor([UInt64.max], shape: [1])
        #expect(
            line { try huge.integers() }
                == "element 0: 18446744073709551615 is not exactly representable as an integer")
        let missing = try StoredTensor([Double.nan], shape: [1])
        #expect(line { try missing.integers() } == "element 0: nan is not exactly representable as an integer")
    }

    @Test func shapesMustFitTheBytes() {
        #expect(
            line { try StoredTensor([1, 2, 3] as [Float], shape: [2]) }
                == "shape [2] of float32 needs 8 bytes, not 12")
        #expect(
            line { try StoredTensor([] as [Float], shape: [-1, 0]) }
                == "shape [-1, 0] of float32 is not a possible size")
        #expect(
            line { try StoredTensor(encodings: [1] as [UInt8], type: .bfloat16, shape: [1]) }
                == "bfloat16 has 16 bits, not 8")
    }

    @Test func impossibleSizesAreFoundWhereverTheZeroStands() {
        #expect(ElementType.elementCount(shape: [Int.max, 2]) == nil)
        #expect(ElementType.elementCount(shape: [Int.max, 2, 0]) == nil)
        #expect(ElementType.elementCount(shape: [0, Int.max, 2]) == nil)
        #expect(ElementType.elementCount(shape: [0, Int.max]) == 0)
        #expect(ElementType.elementCount(shape: [Int](repeating: 1, count: 65)) == nil)
        #expect(ElementType.float64.byteCount(shape: [Int.max / 4]) == nil)
        #expect(ElementType.elementCount(shape: []) == 1)
    }

    private func same(_ left: Double, _ right: Double) -> Bool {
        left.isNaN ? right.isNaN : left.bitPattern == right.bitPattern
    }
}
