import CKernels
import Testing

/// Sums, differences and products of at most 8 limbs, which have code of their own, against MPFR's fma in a format that holds
/// the exact result and is too long for code of its own, and one rounding.
@Suite struct ShortNumberTests {
    /// Significands of random, few, or nearly all bits; exponents apart by nothing, by a limb's worth or far; pairs that
    /// nearly cancel.
    private func pairs(_ count: Int, _ format: ls_big_format, _ seed: inout BigSeed) -> (BigRecords, BigRecords) {
        let precision = Int(format.precision)
        let used = (precision + 63) / 64
        var x = BigRecords(count: count, format: format)
        var y = x
        func shape(_ r: inout BigRecords, _ i: Int) {
            let kind = seed.below(3)
            let base = i * r.stride + 2
            for limb in 0..<used where kind > 0 { r.words[base + limb] = kind == 1 ? 0 : .max }
            r.words[base + seed.below(used)] ^= 1 << UInt64(seed.below(64))
            r.words[base + used - 1] |= 1 << 63
            if precision % 64 != 0 { r.words[base] &= ~((1 << UInt64(64 - precision % 64)) - 1) }
        }
        for i in 0..<count {
            let spread = [1, 3, 66, 130, precision + 2, 2 * precision + 140][seed.below(6)]
            x.setRandom(i, exponent: Int64(seed.below(spread)), precision: precision, seed: &seed)
            y.setRandom(i, exponent: Int64(seed.below(spread)), precision: precision, seed: &seed)
            shape(&x, i)
            shape(&y, i)
            if seed.below(5) == 0 {
                y[i] = x[i]
                if seed.bool() { y.negate(i, format) }
                y.words[i * y.stride + 2] ^= seed.bool() ? 0 : 1 << UInt64((64 - precision % 64) % 64)
                y.words[i * y.stride + 1 + used] |= 1 << 63
            }
        }
        return (x, y)
    }

    /// x * scale + y, exact, rounded once into the format.
    private func rounded(
        _ x: [UInt64], _ scale: BigRecords, _ y: [UInt64], _ wide: ls_big_format, _ format: ls_big_format
    ) -> [UInt64] {
        var wide = wide
        var format = format
        var sum = BigRecords(count: 1, format: wide)
        let one = BigRecords([1.0], format: format)
        ls_big_fma(&sum.words, y, one[0], &wide)
        ls_big_fma(&sum.words, x, scale.words, &wide)
        var result = BigRecords(count: 1, format: format)
        ls_big_round(&result.words, sum.words, wide.limbs, &format)
        return result[0]
    }

    @Test(arguments: [2, 3, 24, 62, 63, 64, 65, 127, 128, 129, 192, 255, 256, 257, 320, 384, 385, 448, 500, 512])
    func sumsAndProductsAreRoundedOnce(_ precision: Int) {
        var seed = BigSeed(state: 31 + UInt64(precision))
        let wide = ls_big_format.mpfr(3 * precision + 520)
        let count = 60
        for direction in [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN] {
            var format = ls_big_format.mpfr(precision, direction)
            let (x, y) = pairs(count, format, &seed)
            let one = BigRecords([1.0], format: format)
            let minusOne = BigRecords([-1.0], format: format)
            let nothing = BigRecords(count: 1, format: format)[0]
            var out = BigRecords(count: count, format: format)
            for operation in [LS_ADD, LS_SUBTRACT, LS_MULTIPLY] {
                ls_big_zip(
                    operation, nil, 0, Int64(count), x.words, y.words, ls_broadcast(inner: 1, period: Int64(count)),
                    &out.words, &format)
                for i in 0..<count {
                    var factor = one
                    factor[0] = operation == LS_MULTIPLY ? y[i] : operation == LS_ADD ? one[0] : minusOne[0]
                    let expected =
                        operation == LS_MULTIPLY
                        ? rounded(x[i], factor, nothing, wide, format)
                        : rounded(y[i], factor, x[i], wide, format)
                    // An exact 0 has a sign of its own: below.
                    if expected[0] != UInt64(bitPattern: -Int64.max) {
                        #expect(out[i] == expected, "\(operation), \(direction), pair \(i)")
                    } else {
                        #expect(out[i][0] == expected[0], "\(operation), \(direction), pair \(i)")
                    }
                }
            }
        }
    }

    @Test func differencesOfEqualsFollowTheDirection() {
        for direction in [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN] {
            var format = ls_big_format.mpfr(200, direction)
            let x = BigRecords([1.5, -1.5], format: format)
            var out = x
            ls_big_zip(
                LS_SUBTRACT, nil, 0, 2, x.words, x.words, ls_broadcast(inner: 1, period: 2), &out.words, &format)
            for value in out.doubles { #expect(bigBits(value) == bigBits(direction == LS_DOWN ? -0.0 : 0.0)) }
        }
    }

    /// Products and sums that leave the exponents, or come back into them by rounding.
    @Test(arguments: [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN])
    func limitsOfTheExponentsHold(_ direction: ls_direction) {
        var seed = BigSeed(state: 32)
        let wide = ls_big_format.mpfr(600)
        for precision in [53, 128, 200] {
            var format = ls_big_format.mpfr(precision, direction)
            format.emin = -20
            format.emax = 20
            let count = 80
            var (x, y) = pairs(count, format, &seed)
            for i in 0..<count {
                let sign = seed.bool() ? 1 : -1
                x.words[i * x.stride] = UInt64(bitPattern: Int64(sign * (9 + seed.below(3))))
                y.words[i * y.stride] = UInt64(bitPattern: Int64(sign * (9 + seed.below(3))))
            }
            var out = BigRecords(count: count, format: format)
            ls_big_zip(
                LS_MULTIPLY, nil, 0, Int64(count), x.words, y.words, ls_broadcast(inner: 1, period: Int64(count)),
                &out.words, &format)
            let nothing = BigRecords(count: 1, format: format)[0]
            for i in 0..<count {
                var factor = BigRecords(count: 1, format: format)
                factor[0] = y[i]
                let expected = rounded(x[i], factor, nothing, wide, format)
                #expect(out[i] == expected, "precision \(precision), pair \(i), seed 32")
            }
        }
    }

    /// A part of an array is the same part of the whole, wherever it begins in the repetition of the second operand.
    @Test func partsAreThoseOfTheWhole() {
        var seed = BigSeed(state: 33)
        var format = ls_big_format.mpfr(100)
        let (x, y) = pairs(24, format, &seed)
        let repeated = ls_broadcast(inner: 3, period: 4)
        var whole = BigRecords(count: 24, format: format)
        ls_big_zip(LS_ADD, nil, 0, 24, x.words, y.words, repeated, &whole.words, &format)
        var parts = BigRecords(count: 24, format: format)
        for (first, last) in [(0, 7), (7, 8), (8, 24)] {
            ls_big_zip(LS_ADD, nil, Int64(first), Int64(last), x.words, y.words, repeated, &parts.words, &format)
        }
        #expect(parts == whole)
        for i in 0..<24 {
            var sum = x[i]
            ls_big_add(&sum, y[i / 3 % 4], &format)
            #expect(whole[i] == sum)
        }
    }
}
