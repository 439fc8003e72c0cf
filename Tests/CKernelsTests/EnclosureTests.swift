import CKernels
import Testing

/// exp, log, log1p and tanh of at most 8 limbs come from enclosures of our own; the judge is MPFR's value in 1100 bits, where
/// they do not serve, toward zero and then to odd, which a second rounding into a format takes for the exact value.
@Suite struct EnclosureTests {
    private func judged(_ f: ls_unary, _ x: [UInt64], _ format: ls_big_format) -> [UInt64] {
        var format = format
        var wide = ls_big_format.mpfr(1100, LS_ZERO)
        var value = BigRecords(count: 1, format: wide)
        ls_big_round(&value.words, x, format.limbs, &wide)
        ls_big_unary(f, &value.words, &wide)
        var result = BigRecords(count: 1, format: format)
        let exponent = Int64(bitPattern: value.words[0])
        // These functions are exact at no argument here but where the value is 0, infinite or NaN.
        if exponent > -Int64.max + 2 { value.words[2] |= 1 << 52 }
        if f == LS_EXP && exponent == -Int64.max && format.direction == LS_UP {  // below all numbers, above 0
            value.words[0] = UInt64(bitPattern: wide.emin)
            value.words[19] = 1 << 63
        }
        ls_big_round(&result.words, value.words, wide.limbs, &format)
        return result[0]
    }

    /// Arguments where the methods change hands: multiples of 2^-6 and of ln 2 and their neighbours, numbers near 1, tiny and
    /// large ones, and any.
    private func arguments(_ format: ls_big_format, _ seed: inout BigSeed) -> BigRecords {
        let precision = Int(format.precision)
        let special: [Double] = [
            1, 0.015625, 0.75, 63.0 / 64, 0.6931471805599453, 1.3862943611198906, 0.70710678118654752,
            1.4142135623730951,
            0x1p-29, 0x1p-66, 0x1p-300, 65535, 65537, 3e6, 0.99999999, 1.0000001, 11356, 1e300,
        ]
        let count = special.count + 12
        var x = BigRecords(special + Array(repeating: 0.0, count: 12), format: format)
        for i in special.count..<count {
            x.setRandom(i, exponent: Int64(seed.below(24) - 16), precision: precision, seed: &seed)
        }
        for i in 0..<count where seed.bool() {
            // A neighbour, perhaps of the other sign.
            x.words[i * x.stride + 2] ^= 1 << UInt64((64 - precision % 64) % 64)
            x.words[i * x.stride + 1 + (precision + 63) / 64] |= 1 << 63
            if seed.bool() { x.negate(i, format) }
        }
        return x
    }

    @Test(arguments: [
        2, 3, 11, 53, 63, 64, 65, 100, 127, 128, 129, 192, 193, 255, 256, 257, 320, 384, 400, 448, 511, 512,
    ])
    func functionsAreCorrectlyRounded(_ precision: Int) {
        var seed = BigSeed(state: 41 + UInt64(precision))
        for direction in [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN] {
            var format = ls_big_format.mpfr(precision, direction)
            let x = arguments(format, &seed)
            var out = x
            for f in [LS_EXP, LS_LOG, LS_LOG1P, LS_TANH] {
                ls_big_map(f, nil, 0, Int64(x.count), x.words, &out.words, &format)
                for i in 0..<x.count where out[i] != judged(f, x[i], format) {
                    Issue.record("\(f), precision \(precision), \(direction), argument \(x[i]), value \(out[i])")
                }
            }
        }
    }

    /// Results beyond the exponents of the format, and subnormal ones.
    @Test(arguments: [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN]) func limitsOfTheFormatHold(_ direction: ls_direction) {
        var format = ls_big_format.binary64(direction)
        let x = BigRecords(
            [709.78, 709.79, -708.3, -708.5, -745.1, -745.2, -740, 1e4, -1e4, 0x1p-1074, -0x1p-1074, 0x1p-1022],
            format: format)
        var out = x
        for f in [LS_EXP, LS_TANH, LS_LOG1P] {
            ls_big_map(f, nil, 0, Int64(x.count), x.words, &out.words, &format)
            for i in 0..<x.count { #expect(out[i] == judged(f, x[i], format), "\(f), argument \(i)") }
        }
    }

    /// Composites are their formulas, operation by operation.
    @Test func compositesAreTheirFormulas() {
        var seed = BigSeed(state: 42)
        var format = ls_big_format.mpfr(150)
        let x = arguments(format, &seed)
        let beta = BigRecords([1.25], format: format)
        let one = BigRecords([1.0], format: format)
        var out = x
        ls_big_map(LS_SWISH, beta.words, 0, Int64(x.count), x.words, &out.words, &format)
        for i in 0..<x.count {
            var u = beta[0]
            ls_big_multiply(&u, x[i], &format)
            ls_big_unary(LS_NEGATE, &u, &format)
            ls_big_unary(LS_EXP, &u, &format)
            ls_big_add(&u, one.words, &format)
            var s = one[0]
            ls_big_divide(&s, u, &format)
            ls_big_multiply(&s, x[i], &format)
            #expect(out[i] == s, "argument \(i), seed 42")
        }
    }
}
