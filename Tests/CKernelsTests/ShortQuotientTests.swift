import CKernels
import CMPFR
import Testing

/// Quotients and fma of at most 8 limbs, and square roots, which have code of their own, against MPFR's.
@Suite struct ShortQuotientTests {
    /// Significands of random, few or nearly all bits, one half of their limbs 0 or all ones; exponents apart by nothing, by a
    /// limb's worth or far.
    private func number(_ format: ls_big_format, _ seed: inout BigSeed) -> [UInt64] {
        let precision = Int(format.precision)
        let used = (precision + 63) / 64
        let spread = [1, 3, 66, 130, precision + 2, 2 * precision + 140][seed.below(6)]
        var x = BigRecords(count: 1, format: format)
        x.setRandom(0, exponent: Int64(seed.below(spread) - spread / 2), precision: precision, seed: &seed)
        let kind = seed.below(6)
        for limb in 0..<used {
            switch kind {
            case 0: x.words[2 + limb] = 0
            case 1: x.words[2 + limb] = .max
            case 2 where limb < used / 2: x.words[2 + limb] = 0
            case 3 where limb >= used / 2: x.words[2 + limb] = .max
            default: break
            }
        }
        if kind < 4 { x.words[2 + seed.below(used)] ^= 1 << UInt64(seed.below(64)) }
        x.words[1 + used] |= 1 << 63
        if precision % 64 != 0 { x.words[2] &= ~((1 << UInt64(64 - precision % 64)) - 1) }
        return x[0]
    }

    /// MPFR's result of an operation on records, as a record.
    private func judged(
        _ operands: [[UInt64]], _ format: ls_big_format, extra: Int = 0,
        _ operation: (mpfr_ptr, [mpfr_ptr], mpfr_rnd_t) -> Int32
    ) -> [UInt64] {
        let precision = Int(format.precision) + extra
        let found = (mpfr_get_emin(), mpfr_get_emax())
        mpfr_set_emin(mpfr_get_emin_min())
        mpfr_set_emax(mpfr_get_emax_max())
        defer {
            mpfr_set_emin(found.0)
            mpfr_set_emax(found.1)
        }
        let values = operands.map { _ in mpfr_ptr.allocate(capacity: 1) } + [mpfr_ptr.allocate(capacity: 1)]
        for (value, record) in zip(values, operands) {
            mpfr_init2(value, Int(format.precision))
            value.pointee._mpfr_exp = Int(bitPattern: UInt(record[0]))
            value.pointee._mpfr_sign = Int32(truncatingIfNeeded: Int64(bitPattern: record[1]))
            for i in 0..<(Int(format.precision) + 63) / 64 { value.pointee._mpfr_d[i] = UInt(record[2 + i]) }
        }
        let z = values[operands.count]
        mpfr_init2(z, precision)
        // Directions carry MPFR's numbers.
        let direction = extra > 0 ? MPFR_RNDZ : mpfr_rnd_t(rawValue: numericCast(format.direction.rawValue))
        let ternary = operation(z, Array(values.dropLast()), direction)
        let used = (precision + 63) / 64
        var record: [UInt64] = [
            UInt64(bitPattern: Int64(z.pointee._mpfr_exp)),
            UInt64(UInt32(bitPattern: z.pointee._mpfr_sign)) | UInt64(precision) << 32,
        ]
        let regular = mpfr_regular_p(z) != 0
        for i in 0..<used { record.append(regular ? UInt64(z.pointee._mpfr_d[i]) : 0) }
        // To odd: a second rounding takes it for the exact value.
        if extra > 0 && ternary != 0 { record[2] |= 1 << UInt64((64 - precision % 64) % 64) }
        if mpfr_nan_p(z) != 0 { record[1] = 1 | UInt64(precision) << 32 }
        for value in values {
            mpfr_clear(value)
            value.deallocate()
        }
        return record
    }

    private static let precisions = [
        2, 3, 24, 53, 62, 63, 64, 65, 113, 127, 128, 129, 192, 255, 256, 257, 320, 384, 448, 511, 512,
    ]
    private static let directions = [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN]

    @Test(arguments: precisions) func quotientsAreRoundedOnce(_ precision: Int) {
        var seed = BigSeed(state: 51 + UInt64(precision))
        for direction in Self.directions {
            var format = ls_big_format.mpfr(precision, direction)
            for i in 0..<60 {
                var x = number(format, &seed)
                let y = number(format, &seed)
                if i % 4 == 0 {
                    // A multiple of y, exact or rounded: the quotient is exact, or a neighbour of a short number, or a tie.
                    x = y
                    ls_big_multiply_integer(&x, Int64(1 + seed.below(1 << (precision < 30 ? precision : 30))), &format)
                }
                var quotient = x
                ls_big_divide(&quotient, y, &format)
                let expected = judged([x, y], format) { mpfr_div($0, $1[0], $1[1], $2) }
                #expect(quotient == expected, "\(x) / \(y), \(direction)")
            }
        }
    }

    @Test(arguments: precisions) func fmasAreRoundedOnce(_ precision: Int) {
        var seed = BigSeed(state: 52 + UInt64(precision))
        for direction in Self.directions {
            var format = ls_big_format.mpfr(precision, direction)
            for i in 0..<60 {
                let x = number(format, &seed)
                let y = number(format, &seed)
                var c = number(format, &seed)
                if i % 3 == 0 {
                    // All but the low half of the product cancels, or half a unit of it, or nearly.
                    c = x
                    ls_big_multiply(&c, y, &format)
                    ls_big_unary(LS_NEGATE, &c, &format)
                    if i % 2 == 0 { c[2] ^= 1 << UInt64((64 - precision % 64) % 64) }
                    c[1 + (precision + 63) / 64] |= 1 << 63
                    if i % 5 == 0 { c[0] &-= UInt64(seed.below(3)) }
                }
                var result = c
                ls_big_fma(&result, x, y, &format)
                let expected = judged([x, y, c], format) { mpfr_fma($0, $1[0], $1[1], $1[2], $2) }
                #expect(result == expected, "\(x) * \(y) + \(c), \(direction)")
            }
        }
    }

    /// Judged in twice the precision: MPFR 4.2.0 takes some roots in 64 n - 1 bits for exact that are not, squares of short
    /// numbers and a last bit.
    @Test(arguments: precisions + [575, 640, 1023]) func rootsAreRoundedOnce(_ precision: Int) {
        var seed = BigSeed(state: 53 + UInt64(precision))
        for direction in Self.directions {
            var format = ls_big_format.mpfr(precision, direction)
            for i in 0..<60 {
                var x = number(format, &seed)
                if i % 2 == 0 {
                    // The square of a number of at most half the precision, and neighbours.
                    let half = ls_big_format.mpfr(
                        max(2, seed.below(precision / 2 + 1)), LS_ZERO, limbs: Int(format.limbs))
                    var rounded = half
                    var short = x
                    ls_big_round(&short, x, format.limbs, &rounded)
                    x = short
                    var exact = ls_big_format.mpfr(precision, LS_ZERO)
                    ls_big_multiply(&x, short, &exact)
                    if i % 4 == 0 { x[2] ^= 1 << UInt64((64 - precision % 64) % 64) }
                    x[1 + (precision + 63) / 64] |= 1 << 63
                }
                x[1] = 1 | UInt64(precision) << 32
                var root = x
                ls_big_unary(LS_SQUARE_ROOT, &root, &format)
                let wide = judged([x], format, extra: precision + 70) { mpfr_sqrt($0, $1[0], $2) }
                var expected = BigRecords(count: 1, format: format).words
                ls_big_round(&expected, wide, Int32(wide.count - 2), &format)
                #expect(root == expected, "root of \(x), \(direction)")
            }
        }
    }

    /// Zeros, infinities and NaN, alone and beside numbers.
    @Test func specialsAreThoseOfMPFR() {
        let values: [Double] = [0, -0.0, 1.5, -2, .infinity, -.infinity, .nan]
        for direction in Self.directions {
            var format = ls_big_format.mpfr(128, direction)
            let x = BigRecords(values, format: format)
            for i in values.indices {
                var root = x[i]
                ls_big_unary(LS_SQUARE_ROOT, &root, &format)
                #expect(root == judged([x[i]], format) { mpfr_sqrt($0, $1[0], $2) }, "root of \(values[i])")
                for j in values.indices {
                    var quotient = x[i]
                    ls_big_divide(&quotient, x[j], &format)
                    let expected = judged([x[i], x[j]], format) { mpfr_div($0, $1[0], $1[1], $2) }
                    #expect(quotient == expected, "\(values[i]) / \(values[j]), \(direction)")
                    for l in values.indices {
                        var result = x[l]
                        ls_big_fma(&result, x[i], x[j], &format)
                        let expected = judged([x[i], x[j], x[l]], format) { mpfr_fma($0, $1[0], $1[1], $1[2], $2) }
                        #expect(result == expected, "\(values[i]) * \(values[j]) + \(values[l]), \(direction)")
                    }
                }
            }
        }
    }

    /// Quotients and roots at the ends of the exponents, where MPFR's own check of the range decides.
    @Test(arguments: directions) func limitsOfTheExponentsHold(_ direction: ls_direction) {
        var seed = BigSeed(state: 54)
        for precision in [53, 128, 200] {
            var format = ls_big_format.mpfr(precision, direction)
            format.emin = -20
            format.emax = 20
            for _ in 0..<40 {
                var x = number(format, &seed)
                var y = number(format, &seed)
                let sign = seed.bool() ? 1 : -1
                x[0] = UInt64(bitPattern: Int64(sign * (10 + seed.below(2))))
                y[0] = UInt64(bitPattern: Int64(-sign * (9 + seed.below(3))))
                var quotient = x
                ls_big_divide(&quotient, y, &format)
                let wide = judged([x, y], format, extra: 600) { mpfr_div($0, $1[0], $1[1], $2) }
                var expected = BigRecords(count: 1, format: format).words
                ls_big_round(&expected, wide, Int32(wide.count - 2), &format)
                #expect(quotient == expected, "\(x) / \(y), \(direction)")
            }
        }
    }
}
