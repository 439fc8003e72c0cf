extension StoredTensor {
    /// Every element as binary64, exactly; row-major. A bool is 0 or 1. NaNs stay NaN, without their payload.
    ///
    /// - Throws: `FileError` at the first integer that binary64 cannot hold (possible from 2^53 on).
    public func doubles() throws(FileError) -> [Double] {
        try values(as: "binary64")
    }

    /// Every element as binary32, exactly; row-major. Rounding is the caller's decision: convert `doubles()` for that.
    ///
    /// - Throws: `FileError` at the first element that binary32 cannot hold.
    public func floats() throws(FileError) -> [Float] {
        try values(as: "binary32")
    }

    /// Every element as an integer, exactly; row-major. Floating-point elements may be whole numbers; a bool is 0 or 1.
    ///
    /// - Throws: `FileError` at the first element that is not a whole number or does not fit `Int`.
    public func integers() throws(FileError) -> [Int] {
        try values(as: "an integer")
    }

    /// Every element as an encoding of width `Bits`, row-major.
    ///
    /// - Throws: `FileError` when the format has another width.
    public func encodings<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        as bits: Bits.Type = Bits.self
    ) throws(FileError) -> [Bits] {
        guard Bits.bitWidth == 8 * type.byteWidth else {
            throw FileError(problem: "\(type.rawValue) has \(8 * type.byteWidth) bits, not \(Bits.bitWidth)")
        }
        return try convert(to: "encodings", { (word: Bits) in word }, exactly: { $0 })
    }

    private func values<Value: ExactTarget>(as name: String) throws(FileError) -> [Value] {
        switch type {
        case .bool: try convert(to: name, { (word: UInt8) -> Int64 in word == 0 ? 0 : 1 }, exactly: Value.exact)
        case .uint8: try convert(to: name, { (word: UInt8) in Int64(word) }, exactly: Value.exact)
        case .int8: try convert(to: name, { (word: Int8) in Int64(word) }, exactly: Value.exact)
        case .uint16: try convert(to: name, { (word: UInt16) in Int64(word) }, exactly: Value.exact)
        case .int16: try convert(to: name, { (word: Int16) in Int64(word) }, exactly: Value.exact)
        case .uint32: try convert(to: name, { (word: UInt32) in Int64(word) }, exactly: Value.exact)
        case .int32: try convert(to: name, { (word: Int32) in Int64(word) }, exactly: Value.exact)
        case .uint64: try convert(to: name, { (word: UInt64) in word }, exactly: Value.exact)
        case .int64: try convert(to: name, { (word: Int64) in word }, exactly: Value.exact)
        case .float16:
            try convert(to: name, { (word: UInt16) in FloatLayout.binary16.value(of: word) }, exactly: Value.exact)
        case .bfloat16:
            try convert(to: name, { (word: UInt16) in FloatLayout.bfloat16.value(of: word) }, exactly: Value.exact)
        case .fp8e4m3:
            try convert(to: name, { (word: UInt8) in FloatLayout.e4m3.value(of: UInt16(word)) }, exactly: Value.exact)
        case .fp8e5m2:
            try convert(to: name, { (word: UInt8) in FloatLayout.e5m2.value(of: UInt16(word)) }, exactly: Value.exact)
        case .float32:
            try convert(to: name, { (word: UInt32) in Double(Float(bitPattern: word)) }, exactly: Value.exact)
        case .float64: try convert(to: name, { (word: UInt64) in Double(bitPattern: word) }, exactly: Value.exact)
        }
    }

    /// One pass over the words: `decode` gives their meaning, `exactly` the wanted type or nil where that would round.
    private func convert<Word: FixedWidthInteger & BitwiseCopyable, Meaning, Value>(
        to name: String, _ decode: (Word) -> Meaning, exactly: (Meaning) -> Value?
    ) throws(FileError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        var misfit: Meaning?
        bytes.withUnsafeBytes { buffer in
            for offset in stride(from: 0, to: buffer.count, by: Word.bitWidth / 8) {
                let meaning = decode(Word(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Word.self)))
                guard let value = exactly(meaning) else {
                    misfit = meaning
                    return
                }
                values.append(value)
            }
        }
        if let misfit {
            throw FileError(
                place: "element \(values.count)", problem: "\(misfit) is not exactly representable as \(name)")
        }
        return values
    }
}

/// A type that stored elements convert to, or nil where the conversion would change the value.
private protocol ExactTarget {
    static func exact(_ value: Int64) -> Self?
    static func exact(_ value: UInt64) -> Self?
    static func exact(_ value: Double) -> Self?
}

extension Double: ExactTarget {
    fileprivate static func exact(_ value: Int64) -> Double? { Double(exactly: value) }
    fileprivate static func exact(_ value: UInt64) -> Double? { Double(exactly: value) }
    fileprivate static func exact(_ value: Double) -> Double? { value }
}

extension Float: ExactTarget {
    fileprivate static func exact(_ value: Int64) -> Float? { Float(exactly: value) }
    fileprivate static func exact(_ value: UInt64) -> Float? { Float(exactly: value) }
    fileprivate static func exact(_ value: Double) -> Float? { value.isNaN ? .nan : Float(exactly: value) }
}

extension Int: ExactTarget {
    fileprivate static func exact(_ value: Int64) -> Int? { Int(exactly: value) }
    fileprivate static func exact(_ value: UInt64) -> Int? { Int(exactly: value) }
    fileprivate static func exact(_ value: Double) -> Int? { Int(exactly: value) }
}
