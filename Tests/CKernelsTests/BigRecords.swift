import CKernels

/// Records in memory, as big.h lays them out: exponent, sign and precision in one word, limbs.
struct BigRecords: Equatable {
    let limbs: Int
    var words: [UInt64]

    var stride: Int { 2 + limbs }
    var count: Int { words.count / stride }

    init(count: Int, format: ls_big_format) {
        limbs = Int(format.limbs)
        words = Array(repeating: 0, count: count * (2 + limbs))
        ls_big_zero(Int64(count), &words, format.precision, format.limbs)
    }

    init(_ values: [Float], format: ls_big_format) {
        self.init(count: values.count, format: format)
        var format = format
        ls_big_from_f32(Int64(values.count), values, &words, &format)
    }

    init(_ values: [Double], format: ls_big_format) {
        self.init(count: values.count, format: format)
        var format = format
        ls_big_from_f64(Int64(values.count), values, &words, &format)
    }

    var floats: [Float] {
        var result = Array(repeating: Float(0), count: count)
        ls_big_to_f32(Int64(count), words, Int32(limbs), &result)
        return result
    }

    var doubles: [Double] {
        var result = Array(repeating: 0.0, count: count)
        ls_big_to_f64(Int64(count), words, Int32(limbs), &result)
        return result
    }

    subscript(index: Int) -> [UInt64] {
        get { Array(words[index * stride..<(index + 1) * stride]) }
        set { words.replaceSubrange(index * stride..<(index + 1) * stride, with: newValue) }
    }

    /// Finite, with a random significand of the format's precision.
    mutating func setRandom(_ index: Int, exponent: Int64, precision: Int, seed: inout BigSeed) {
        var record: [UInt64] = [
            UInt64(bitPattern: exponent), (seed.bool() ? 0xffff_ffff : 1) | UInt64(precision) << 32,
        ]
        let used = (precision + 63) / 64
        for limb in 0..<limbs { record.append(limb < used ? seed.next() : 0) }
        record[1 + used] |= 1 << 63
        if precision % 64 != 0 { record[2] &= ~((1 << UInt64(64 - precision % 64)) - 1) }
        self[index] = record
    }

    mutating func negate(_ index: Int, _ format: ls_big_format) {
        var record = self[index]
        var format = format
        ls_big_unary(LS_NEGATE, &record, &format)
        self[index] = record
    }
}

extension ls_big_format {
    /// IEEE binary32 as MPFR sees it.
    static func binary32(_ direction: ls_direction = LS_NEAREST) -> ls_big_format {
        ls_big_format(
            emin: -148, emax: 128, precision: 24, limbs: 1, subnormals: true, direction: direction,
            path: ls_path_best(),
            overflow: LS_TO_INFINITY, word: 0)
    }
    static func binary64(_ direction: ls_direction = LS_NEAREST) -> ls_big_format {
        ls_big_format(
            emin: -1073, emax: 1024, precision: 53, limbs: 1, subnormals: true, direction: direction,
            path: ls_path_best(),
            overflow: LS_TO_INFINITY, word: 0)
    }
    static func mpfr(_ precision: Int, _ direction: ls_direction = LS_NEAREST, limbs: Int? = nil) -> ls_big_format {
        ls_big_format(
            emin: -(1 << 30) + 1, emax: (1 << 30) - 1, precision: Int32(precision),
            limbs: Int32(limbs ?? (precision + 63) / 64), subnormals: false, direction: direction, path: ls_path_best(),
            overflow: LS_TO_INFINITY, word: 0)
    }
}

/// A stream of words from a seed (SplitMix64: Steele, Lea and Flood, OOPSLA 2014, figure 17).
struct BigSeed {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func bool() -> Bool { next() >> 63 == 1 }

    /// Leaning on the edges: subnormals, the middle, short significands, special values.
    mutating func float() -> Float {
        let bits = UInt32(truncatingIfNeeded: next())
        switch below(6) {
        case 0: return Float(bitPattern: bits & 0x807f_ffff)
        case 1: return Float(bitPattern: bits & 0x807f_ffff | UInt32(50 + below(16)) << 23)
        case 2: return Float(bitPattern: bits & 0x807f_ffff | UInt32(117 + below(20)) << 23)
        case 3: return Float(bitPattern: bits & 0xff80_00ff)
        case 4 where below(4) == 0:
            return [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude][below(7)]
        default: return Float(bitPattern: bits)
        }
    }
    mutating func double() -> Double {
        let bits = next()
        let fraction = bits & 0x800f_ffff_ffff_ffff
        switch below(6) {
        case 0: return Double(bitPattern: fraction)
        case 1: return Double(bitPattern: fraction | UInt64(480 + below(60)) << 52)
        case 2: return Double(bitPattern: fraction | UInt64(1000 + below(40)) << 52)
        case 3: return Double(bitPattern: bits & 0xfff0_0000_0000_00ff)
        case 4 where below(4) == 0:
            return [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude][below(7)]
        default: return Double(bitPattern: bits)
        }
    }
}

/// Encodings, all NaNs one.
func bigBits(_ x: Float) -> UInt32 { x.isNaN ? 0x7fc0_0000 : x.bitPattern }
func bigBits(_ x: Double) -> UInt64 { x.isNaN ? 0x7ff8_0000_0000_0000 : x.bitPattern }
