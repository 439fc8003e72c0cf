import CKernels
import Testing

/// What lanes measure against the integers of the plain path: keys and ordinals bit for bit, sums as near as promised.
@Suite struct MeasureKernelTests {
    /// Records of one limb, and of several.
    private struct Pairs {
        var x: [UInt64] = []
        var y: [UInt64] = []
        let ylimbs: Int
        let (precision, yprecision): (Int, Int)
        var count: Int { x.count / 3 }

        mutating func append(_ limb: UInt64, _ xExponent: Int, _ limbs: [UInt64], _ yExponent: Int, opposed: Bool) {
            let zero = Int64.min + 1  // MPFR's
            x += [UInt64(bitPattern: limb == 0 ? zero : Int64(xExponent)), 1 | UInt64(precision) << 32, limb]
            let sign = UInt64(UInt32(bitPattern: opposed ? -1 : 1))
            let isZero = limbs.allSatisfy { $0 == 0 }
            y += [UInt64(bitPattern: isZero ? zero : Int64(yExponent)), sign | UInt64(yprecision) << 32] + limbs
        }
    }

    /// Significand ± 2^-bit, bit 1 that of 1/2; nil where the leading bit changes.
    private func moved(_ limbs: [UInt64], _ bit: Int, up: Bool) -> [UInt64]? {
        guard bit <= 64 * limbs.count else { return limbs }
        var result = limbs
        var i = limbs.count - 1 - (bit - 1) / 64
        var (word, over) = (UInt64(1) << UInt64(63 - (bit - 1) % 64), true)
        while over, i < limbs.count {
            (result[i], over) =
                up ? result[i].addingReportingOverflow(word) : result[i].subtractingReportingOverflow(word)
            (word, i) = (1, i + 1)
        }
        return !over && result[limbs.count - 1] >> 63 == 1 ? result : nil
    }

    private func makePairs(_ n: Int, _ precision: Int, _ yprecision: Int, spread: Int, zeros: Bool) -> Pairs {
        var state = UInt64(precision * 1000 + yprecision + spread)
        func word() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let x = (state ^ state >> 31) &* 0x9e37_79b9_7f4a_7c15
            return x ^ x >> 29
        }
        let count = (yprecision + 63) / 64
        var pairs = Pairs(ylimbs: count, precision: precision, yprecision: yprecision)
        let kept = ~UInt64(0) << UInt64(64 - precision)
        let empty = UInt64(64 * count - yprecision)
        for i in 0..<n {
            var limbs = (0..<count).map { _ in word() }
            limbs[count - 1] |= 1 << 63
            var exponent = spread == 0 ? 0 : Int(word() % UInt64(2 * spread + 1)) - spread
            let own = exponent
            var limb = limbs[count - 1] & kept
            var opposed = false
            switch i % 16 {
            case 0...2: break
            case 3:
                // x a power of two, y less by a power of two, but for one bit about where kernels cease to look.
                limb = 1 << 63
                exponent -= 1
                limbs = limbs.enumerated().map { j, _ in
                    let ones = precision + i / 16 % 90 - 64 * (count - 1 - j)
                    return ones >= 64 ? .max : ones > 0 ? ~(.max >> UInt64(ones)) : 0
                }
                let bit = [128, 157, 191, 192, 193, 250][Int(word() % 6)]
                if bit <= yprecision, bit > precision + i / 16 % 90 { limbs = moved(limbs, bit, up: true) ?? limbs }
            case 4, 5: limb = limb &- (1 << UInt64(64 - precision)) | 1 << 63  // a neighbour
            case 6: (limb, exponent) = (word() & kept | 1 << 63, exponent + Int(word() % 5) - 2)
            case 7: opposed = true
            case 8: exponent += [300, -300, 62, 66, 900][Int(word() % 5)] * (spread > 100 ? 0 : 1)
            case 9 where zeros: limb = 0
            case 10 where zeros: limbs = limbs.map { _ in 0 }
            case 11...15:
                // x itself, and y so little beside it that lanes cannot say; or beside a short difference from it.
                limbs = limbs.map { _ in 0 }
                limbs[count - 1] = limb
                if i % 2 == 0 { limbs = moved(limbs, precision + 1 + Int(word() % 40), up: word() & 1 == 0) ?? limbs }
                if i % 16 > 11 {
                    limbs = moved(limbs, precision + Int(word() % UInt64(yprecision)), up: word() & 1 == 0) ?? limbs
                }
            default: break
            }
            limbs[0] = (limbs[0] >> empty) << empty
            if limbs[count - 1] >> 63 == 0, limbs.contains(where: { $0 != 0 }) { limbs[count - 1] |= 1 << 63 }
            pairs.append(limb, own, limbs, exponent, opposed: opposed)
        }
        return pairs
    }

    private func measured(
        _ pairs: Pairs, _ path: ls_path, _ emin: Int64, _ emax: Int64
    ) -> (ls_measured, distances: [Double], ulps: [Double])? {
        var result = ls_measured()
        var distances = [Double](repeating: .nan, count: pairs.count)
        var ulps = distances
        let isUsual = ls_measure(
            path, Int64(pairs.count), pairs.x, 1, pairs.y, Int32(pairs.ylimbs), Int64(pairs.precision), emin, emax,
            &distances, &ulps, &result)
        return isUsual ? (result, distances, ulps) : nil
    }

    /// |a - b| / a in units of 2^-100, or nil where only one is 0.
    private func apart(_ a: ls_total, _ b: ls_total) -> UInt128? {
        func leading(_ total: ls_total) -> (UInt128, Int64) {
            let w = withUnsafePointer(to: total) { ls_total_leading($0) }
            return (UInt128(w.high) << 64 | UInt128(w.low), w.exponent)
        }
        let (p, q) = (leading(a), leading(b))
        guard p.0 != 0, q.0 != 0 else { return p.0 == q.0 ? 0 : nil }
        // Exponents differ where one of the two has just reached a power of two.
        let exponent = max(p.1, q.1)
        guard exponent - min(p.1, q.1) <= 1 else { return nil }
        let (x, y) = (p.0 >> UInt128(exponent - p.1), q.0 >> UInt128(exponent - q.1))
        return (max(x, y) - min(x, y)) >> 27
    }

    @Test(arguments: [
        (24, 256), (53, 256), (24, 53), (53, 53), (24, 24), (11, 64), (4, 128), (53, 600), (24, 105), (24, 192),
        (53, 160), (8, 77), (3, 320), (2, 100), (53, 512), (50, 250),
    ])
    func lanesMeasureWhatIntegersDo(_ precision: Int, _ yprecision: Int) throws {
        for (n, spread) in [(3, 1), (5, 1), (400, 0), (1500, 3), (4400, 40), (600, 250)] {
            // Formats with a range, with one that the numbers leave, and without. Ulps of 0 are within reach of the second alone.
            for (emin, emax) in [(Int64(-1022), Int64(1024)), (-14, 16), (.min, 1 << 30)]
            where emin != -14 || spread < 9 {
                let pairs = makePairs(n, precision, yprecision, spread: spread, zeros: emin == -14)
                let plain = try #require(measured(pairs, LS_PLAIN, emin, emax))
                for i in 0..<n {
                    let d = ls_measured_distance(pairs.x, 1, pairs.y, Int32(pairs.ylimbs), Int64(i))
                    let unit = emin == .min ? Int64(precision) : 0
                    // The first 53 bits.
                    let cut =
                        d.high == 0
                        ? 0
                        : Double(sign: .plus, exponent: Int(d.exponent + unit - 53), significand: Double(d.high >> 11))
                    #expect(plain.distances[i] == cut, "\(i)")
                }
                for set in availablePaths.dropFirst() {
                    let found = try #require(measured(pairs, set, emin, emax))
                    #expect(found.distances == plain.distances)
                    #expect(found.ulps == plain.ulps)
                    let (a, b) = (plain.0, found.0)
                    #expect(a.scale == b.scale && a.differing == b.differing)
                    #expect(a.hasOrdinal == b.hasOrdinal && a.ordinal == b.ordinal)
                    for sums in [
                        (a.ulps, b.ulps), (a.relative, b.relative), (a.squares, b.squares),
                        (a.fourth_powers, b.fourth_powers), (a.reference_squares, b.reference_squares),
                    ] {
                        // Both within 2^-86.
                        #expect(
                            apart(sums.0, sums.1).map { $0 <= 1 << 15 } == true, "n \(n), spread \(spread), \(emin)")
                    }
                }
            }
        }
    }

    // By subtraction in more bits than any two have.
    @Test(arguments: [(24, 256), (53, 320), (53, 53), (11, 600)])
    func differencesAreTheFirst128Bits(_ precision: Int, _ yprecision: Int) {
        let pairs = makePairs(800, precision, yprecision, spread: 40, zeros: true)
        var format = ls_big_format.mpfr(4096)
        func record(_ words: ArraySlice<UInt64>) -> [UInt64] {
            var long = [UInt64](repeating: 0, count: 66)
            ls_big_round(&long, Array(words), Int32(words.count - 2), &format)
            return long
        }
        for i in 0..<pairs.count {
            let stride = 2 + pairs.ylimbs
            var exact = record(pairs.x[3 * i..<3 * i + 3])
            ls_big_subtract(&exact, record(pairs.y[stride * i..<stride * (i + 1)]), &format)
            let d = ls_measured_distance(pairs.x, 1, pairs.y, Int32(pairs.ylimbs), Int64(i))
            guard exact[65] != 0 else {
                #expect(d.high == 0 && d.low == 0)
                continue
            }
            // Cut off once where signs differ or a number is 0, at a place that a carry may move.
            let isSum = pairs.y[stride * i + 1] & 2 != 0
            #expect(d.exponent == Int64(bitPattern: exact[0]) && d.high == exact[65])
            #expect(d.low == exact[64] || (isSum && exact[64] &- d.low <= 2), "\(i)")
            #expect((d.inexact != 0) == exact[2..<64].contains { $0 != 0 } || isSum, "\(i)")
        }
    }

    // To nearest, ties to even, and a tie is none where anything lies below it, in whatever limb.
    @Test(arguments: [24, 53]) func ordinalsRoundTheReferenceOnce(_ precision: Int) throws {
        let unit = UInt64(1) << UInt64(64 - precision)
        for (isOdd, below, expected) in [(false, 0, 0), (true, 0, 1), (false, 1, 1), (true, 1, 1)]
            as [(Bool, UInt64, UInt64)]
        {
            for limb in 0..<4 {
                var pairs = Pairs(ylimbs: 5, precision: precision, yprecision: 320)
                let x = UInt64(1) << 63 | (isOdd ? unit : 0)
                var y = [UInt64](repeating: 0, count: 5)
                y[4] = x + unit / 2
                y[limb] = below << UInt64(7 * limb)
                for _ in 0..<4 { pairs.append(x, 1, y, 1, opposed: false) }
                for set in availablePaths {
                    let found = try #require(measured(pairs, set, -126, 128)).0
                    #expect(found.hasOrdinal && found.ordinal == expected, "\(limb)")
                }
            }
        }
    }

    @Test func whatLanesMayNotTouchIsRefused() throws {
        var pairs = makePairs(100, 24, 256, spread: 2, zeros: false)
        #expect(measured(pairs, LS_AVX2, -126, 128) != nil)
        // Infinity and NaN, in MPFR's exponents.
        for special in [Int64.min + 3, Int64.min + 2] {
            for place in [0, 37, 99] {
                var broken = pairs
                broken.x[3 * place] = UInt64(bitPattern: special)
                #expect(measured(broken, LS_AVX2, -126, 128) == nil)
                broken = pairs
                broken.y[6 * place] = UInt64(bitPattern: special)
                #expect(measured(broken, LS_AVX2, -126, 128) == nil)
            }
        }
        // No ulp of 0.
        pairs.y[6 * 50] = UInt64(bitPattern: Int64.min + 1)
        for i in 2..<6 { pairs.y[6 * 50 + i] = 0 }
        #expect(measured(pairs, LS_AVX2, .min, 1 << 30) == nil)
        #expect(measured(pairs, LS_AVX2, -126, 128) != nil)
    }
}
