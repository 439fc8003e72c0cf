import CKernels
import Testing

/// The reduction `exact`: +0 and the exact terms, added without error, rounded once.
@Suite struct ExactReductionTests {
    /// The sum in a format wide enough to hold it, term by term by scalar additions, then one rounding. Independent of the
    /// window and of the residues, which it never calls.
    static func wideDot(
        _ a: BigRecords, _ b: BigRecords, terms: [(Int, Int)], bits: Int, _ format: ls_big_format
    ) -> [UInt64] {
        var wide = ls_big_format.mpfr(bits)
        var result = format
        var sum = BigRecords(count: 1, format: wide)
        for (i, j) in terms { ls_big_fma(&sum.words, a[i], b[j], &wide) }
        var rounded = BigRecords(count: 1, format: format)
        ls_big_round(&rounded.words, sum.words, wide.limbs, &result)
        return rounded[0]
    }

    static func random(_ count: Int, spread: Int, format: ls_big_format, seed: inout BigSeed) -> BigRecords {
        var x = BigRecords(count: count, format: format)
        for i in 0..<count where seed.below(12) != 0 {
            let exponent = Int64(spread == 0 ? 0 : seed.below(spread) - spread / 2)
            x.setRandom(i, exponent: exponent, precision: Int(format.precision), seed: &seed)
        }
        return x
    }

    @Test(arguments: [2, 24, 53, 64, 65, 113, 128, 200, 256, 320, 1000])
    func dotsEqualTheWideSum(_ precision: Int) {
        var seed = BigSeed(state: 11)
        for spread in [0, 5, 60, 200, 2000] {
            for direction in [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN] {
                var format = ls_big_format.mpfr(precision, direction)
                let count = 1 + seed.below(10)
                var a = Self.random(count, spread: spread, format: format, seed: &seed)
                let b = Self.random(count, spread: spread, format: format, seed: &seed)
                // Every other time the sum cancels down to its last terms.
                var terms = (0..<count).map { ($0, $0) }
                if seed.bool(), count > 3 {
                    a[1] = a[0]
                    a.negate(1, format)
                    terms[1] = (1, 0)
                }
                var columns = b
                for (i, j) in terms { columns[i] = b[j] }
                var out = BigRecords(count: 1, format: format)
                ls_big_dot(Int64(count), a.words, 1, columns.words, 1, &out.words, LS_EXACT, 0, &format)
                let expected = Self.wideDot(a, b, terms: terms, bits: 2 * precision + 2 * spread + 80, format)
                // Zeros have a rule, and a test, of their own.
                if expected[0] != UInt64(bitPattern: -Int64.max) {
                    #expect(out[0] == expected, "precision \(precision), spread \(spread), seed 11")
                }
            }
        }
    }

    /// Rows and columns of every kind meet: narrow, wide, mixed, all zero, with an infinity.
    @Test(arguments: [LS_NEAREST, LS_DOWN], [2, 24, 53, 128, 256, 520])
    func matrixProductsAreDots(_ direction: ls_direction, _ precision: Int) {
        var seed = BigSeed(state: 12)
        var format = ls_big_format.mpfr(precision, direction)
        let (m, n, k) = (5, 4, 37)
        var a = BigRecords(count: m * k, format: format)
        var b = BigRecords(count: k * n, format: format)
        for i in 0..<m {
            a.words.replaceSubrange(
                i * k * a.stride..<(i + 1) * k * a.stride,
                with: Self.random(k, spread: [0, 3, 50, 900, 3][i], format: format, seed: &seed).words)
        }
        for l in 0..<k where l % 2 == 1 {
            a[l] = a[l - 1]
            a.negate(l, format)
        }
        b.words = Self.random(k * n, spread: 20, format: format, seed: &seed).words
        for l in 0..<k where l % 2 == 1 { b[l * n] = b[(l - 1) * n] }
        for l in 0..<k { b[l * n + 1] = BigRecords(count: 1, format: format)[0] }
        a[4 * k] = BigRecords([Double.infinity], format: format)[0]
        var c = BigRecords(count: m * n, format: format)
        var dot = BigRecords(count: 1, format: format)
        let (rows, columns, inner) = (Int64(m), Int64(n), Int64(k))
        ls_big_matmul(rows, columns, inner, a.words, inner, 1, b.words, columns, 1, &c.words, LS_EXACT, 0, &format)
        for i in 0..<m {
            for j in 0..<n {
                let row = Array(a.words[(i * k * a.stride)...])
                let column = Array(b.words[(j * b.stride)...])
                ls_big_dot(inner, row, 1, column, columns, &dot.words, LS_EXACT, 0, &format)
                #expect(c[i * n + j] == dot[0], "element \(i), \(j), seed 12")
            }
        }
        // The transposed layout holds the same numbers.
        var transposed = b
        var again = c
        for l in 0..<k { for j in 0..<n { transposed[j * k + l] = b[l * n + j] } }
        ls_big_matmul(
            rows, columns, inner, a.words, inner, 1, transposed.words, 1, inner, &again.words, LS_EXACT, 0, &format)
        #expect(again == c)
    }

    /// A carry out of every limb: the greatest significands, all of one sign.
    @Test func greatestValuesOverflowNoColumn() {
        for precision in [55, 64, 111, 223, 256] {
            var format = ls_big_format.mpfr(precision)
            let k = 300
            let count = 3 * k
            var one = [UInt64(1), 1 | UInt64(precision) << 32] + Array(repeating: UInt64.max, count: Int(format.limbs))
            if precision % 64 != 0 { one[2] &= ~((1 << UInt64(64 - precision % 64)) - 1) }
            var x = BigRecords(count: count, format: format)
            x.words = (0..<count).flatMap { _ in one }
            var c = BigRecords(count: 9, format: format)
            ls_big_matmul(3, 3, Int64(k), x.words, Int64(k), 1, x.words, 1, Int64(k), &c.words, LS_EXACT, 0, &format)
            let expected = Self.wideDot(x, x, terms: (0..<k).map { ($0, $0) }, bits: 2 * precision + 64, format)
            for i in 0..<9 { #expect(c[i] == expected, "precision \(precision)") }
        }
    }

    /// Far beyond any window: the small term is what remains, or decides a tie, 2^29 binades below.
    @Test func extremeSpreadsAreExact() {
        var seed = BigSeed(state: 13)
        var format = ls_big_format.mpfr(64)
        var x = BigRecords(count: 4, format: format)
        x.setRandom(0, exponent: 1 << 29, precision: 64, seed: &seed)
        x.setRandom(1, exponent: -(1 << 29), precision: 64, seed: &seed)
        x[2] = x[0]
        x.negate(2, format)
        var out = BigRecords(count: 1, format: format)
        ls_big_sum(4, x.words, 1, &out.words, LS_EXACT, 0, &format)
        #expect(out[0] == x[1])
        // x·x − x·x + tiny·one, and its products beyond the range on the way.
        let a = x
        var b = x
        x.setRandom(3, exponent: 1, precision: 64, seed: &seed)
        b[1] = BigRecords([1.0], format: format)[0]
        b[2] = x[0]
        ls_big_dot(3, a.words, 1, b.words, 1, &out.words, LS_EXACT, 0, &format)
        #expect(out[0] == x[1])
        // A tie at 1, broken by the last term only.
        for (tail, expected) in [(1.0, 1 + 0x1p-52), (-1.0, 1)] {
            var narrow = ls_big_format.mpfr(53)
            var terms = BigRecords([1, 0x1p-53, tail], format: narrow)
            terms.words[2 * terms.stride] = UInt64(bitPattern: -(1 << 29))
            var sum = BigRecords(count: 1, format: narrow)
            ls_big_sum(3, terms.words, 1, &sum.words, LS_EXACT, 0, &narrow)
            #expect(sum.doubles[0] == expected)
        }
    }

    @Test func zerosFollowTheDirection() {
        let cases: [(terms: [Double], negativeDown: Bool)] = [
            ([], false), ([0], false), ([0, 0], false), ([-0.0], true), ([-0.0, -0.0], true), ([0, -0.0], true),
            ([1, -1], true), ([-3, 1, 2], true),
        ]
        for (terms, negativeDown) in cases {
            for direction in [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN] {
                var format = ls_big_format.mpfr(100, direction)
                let x = BigRecords(terms, format: format)
                let ones = BigRecords(terms.map { _ in 1.0 }, format: format)
                var out = BigRecords([7.0], format: format)
                let expected = direction == LS_DOWN && negativeDown ? -0.0 : 0.0
                ls_big_sum(Int64(terms.count), x.words, 1, &out.words, LS_EXACT, 0, &format)
                #expect(bigBits(out.doubles[0]) == bigBits(expected), "\(terms)")
                ls_big_dot(Int64(terms.count), x.words, 1, ones.words, 1, &out.words, LS_EXACT, 0, &format)
                #expect(bigBits(out.doubles[0]) == bigBits(expected), "\(terms)")
                // The same by a product of matrices, 3 by 3, whose rows and columns all agree.
                var c = BigRecords(count: 9, format: format)
                let k = Int64(terms.count)
                ls_big_matmul(3, 3, k, x.words, 0, 1, ones.words, 1, 0, &c.words, LS_EXACT, 0, &format)
                #expect(c.doubles.allSatisfy { bigBits($0) == bigBits(expected) }, "\(terms)")
            }
        }
    }

    @Test func infinitiesAndNaNsDecide() {
        var format = ls_big_format.mpfr(128)
        let infinity = Double.infinity
        let nan = Double.nan
        let cases: [([Double], [Double], Double)] = [
            ([1, infinity], [2, 3], infinity), ([1, infinity], [2, -3], -infinity), ([infinity, 1], [0, 1], nan),
            ([infinity, infinity], [1, -1], nan), ([nan, 1], [1, 1], nan), ([nan], [0], nan),
            ([infinity, -infinity], [infinity, -infinity], infinity), ([0, 1e300], [nan, 1], nan),
        ]
        for (x, y, expected) in cases {
            let a = BigRecords(x, format: format)
            let b = BigRecords(y, format: format)
            var out = BigRecords(count: 1, format: format)
            ls_big_dot(Int64(x.count), a.words, 1, b.words, 1, &out.words, LS_EXACT, 0, &format)
            #expect(bigBits(out.doubles[0]) == bigBits(expected), "\(x) · \(y)")
        }
    }

    /// Sums of a few binary32 values are exact in 600 bits; one rounding brings them into subnormals and overflow.
    @Test func subnormalsAndOverflowAreRoundedOnce() {
        var seed = BigSeed(state: 14)
        for direction in [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN] {
            var format = ls_big_format.binary32(direction)
            for _ in 0..<200 {
                let count = 1 + seed.below(6)
                var x = (0..<count).map { _ in seed.float() }
                var y = (0..<count).map { _ in seed.float() }
                for i in 0..<count where !x[i].isFinite || !y[i].isFinite { (x[i], y[i]) = (0x1p-75, 0x1.8p-75) }
                let a = BigRecords(x, format: .binary32())
                let b = BigRecords(y, format: .binary32())
                var out = BigRecords(count: 1, format: format)
                ls_big_dot(Int64(count), a.words, 1, b.words, 1, &out.words, LS_EXACT, 0, &format)
                let expected = Self.wideDot(a, b, terms: (0..<count).map { ($0, $0) }, bits: 600, format)
                if expected[0] != UInt64(bitPattern: -Int64.max) { #expect(out[0] == expected, "\(x) · \(y), seed 14") }
            }
        }
    }

    /// No order of the terms changes an exact sum.
    @Test func orderDoesNotMatter() {
        var seed = BigSeed(state: 15)
        var format = ls_big_format.mpfr(53)
        var x = Self.random(100, spread: 300, format: format, seed: &seed)
        var sums: [[UInt64]] = []
        for _ in 0..<5 {
            var out = BigRecords(count: 1, format: format)
            ls_big_sum(100, x.words, 1, &out.words, LS_EXACT, 0, &format)
            sums.append(out[0])
            for i in (1..<100).reversed() {
                let j = seed.below(i + 1)
                let kept = x[i]
                x[i] = x[j]
                x[j] = kept
            }
        }
        #expect(Set(sums).count == 1)
    }
}
