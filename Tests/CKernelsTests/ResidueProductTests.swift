import CKernels
import Testing

/// Exact matrix products large enough for residues, against the dot product of each element, which goes another way: terms
/// added into a window (held to sums in a wider format by `ExactReductionTests`). Every product is made on the plain path
/// and on the best.
@Suite struct ResidueProductTests {
    struct Shape {
        let m, n, k: Int
    }

    /// The elements that differ from their dots, none when all is well.
    private func differences(
        _ shape: Shape, _ a: BigRecords, _ b: BigRecords, _ format: ls_big_format, step: Int = 1
    ) -> [String] {
        var found: [String] = []
        let (m, n, k) = (Int64(shape.m), Int64(shape.n), Int64(shape.k))
        for path in Set([LS_PLAIN.rawValue, ls_path_best().rawValue]) {
            var format = format
            format.path = ls_path(rawValue: path)
            var c = BigRecords(count: shape.m * shape.n, format: format)
            ls_big_matmul(m, n, k, a.words, k, 1, b.words, n, 1, &c.words, LS_EXACT, 0, &format)
            var dot = BigRecords(count: 1, format: format)
            for element in stride(from: 0, to: shape.m * shape.n, by: step) {
                let (i, j) = (element / shape.n, element % shape.n)
                a.words.withUnsafeBufferPointer { a in
                    b.words.withUnsafeBufferPointer { b in
                        let stride = dot.stride
                        ls_big_dot(
                            k, a.baseAddress! + i * shape.k * stride, 1, b.baseAddress! + j * stride, n, &dot.words,
                            LS_EXACT, 0, &format)
                    }
                }
                if c[element] != dot[0] { found.append("\(shape), path \(path), element \(i), \(j)") }
            }
        }
        return found
    }

    private static let directions = [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN]

    @Test(arguments: [2, 3, 24, 53, 63, 64, 65, 127, 128, 129, 191, 256, 257, 320, 449, 512, 600])
    func everyElementIsItsDot(_ precision: Int) {
        var seed = BigSeed(state: UInt64(precision))
        let shapes = [
            Shape(m: 8, n: 8, k: 1), Shape(m: 13, n: 17, k: 7), Shape(m: 7, n: 9, k: 130), Shape(m: 6, n: 24, k: 20),
        ]
        for (shape, spread) in zip(shapes, [3, 40, 8, 150]) {
            for direction in [LS_NEAREST, Self.directions[1 + seed.below(3)]] {
                let format = ls_big_format.mpfr(precision, direction)
                let a = ExactReductionTests.random(shape.m * shape.k, spread: spread, format: format, seed: &seed)
                let b = ExactReductionTests.random(shape.k * shape.n, spread: spread, format: format, seed: &seed)
                #expect(differences(shape, a, b, format) == [], "spread \(spread), \(direction)")
            }
        }
    }

    /// More than 60 moduli: digits of another base, residues summed in parts. And blocks of rows, columns and terms.
    @Test(arguments: [
        (700, Shape(m: 9, n: 10, k: 12)), (1500, Shape(m: 12, n: 8, k: 5)), (3000, Shape(m: 6, n: 7, k: 3)),
        (30, Shape(m: 300, n: 9, k: 4)), (30, Shape(m: 9, n: 300, k: 4)), (30, Shape(m: 5, n: 6, k: 400)),
        (300, Shape(m: 200, n: 170, k: 2)),
    ])
    func longNumbersAndLargeMatrices(_ precision: Int, _ shape: Shape) {
        var seed = BigSeed(state: 21)
        let format = ls_big_format.mpfr(precision)
        let a = ExactReductionTests.random(shape.m * shape.k, spread: 6, format: format, seed: &seed)
        let b = ExactReductionTests.random(shape.k * shape.n, spread: 6, format: format, seed: &seed)
        #expect(differences(shape, a, b, format, step: shape.m * shape.n > 500 ? 37 : 1) == [])
    }

    /// The greatest significands, all of one sign: residues, sums and digits as far from 0 as they come.
    @Test(arguments: [24, 128, 256, 500], [1, -1])
    func greatestValuesOverflowNoSum(_ precision: Int, _ sign: Double) {
        let format = ls_big_format.mpfr(precision)
        var a = BigRecords(Array(repeating: sign, count: 10 * 140), format: format)
        for i in 0..<a.count {
            for limb in 0..<Int(format.limbs) { a.words[i * a.stride + 2 + limb] = .max }
            if precision % 64 != 0 { a.words[i * a.stride + 2] &= ~((1 << UInt64(64 - precision % 64)) - 1) }
        }
        #expect(differences(Shape(m: 10, n: 10, k: 140), a, a, format) == [])
    }

    /// 1 + 2^-p in p bits lies halfway between neighbours; a term 300 binades below decides, where there is one.
    @Test(arguments: [53, 64, 127, 128, 256])
    func tiesAreBrokenByTheLastBit(_ precision: Int) {
        let (m, n, k) = (9, 8, 3)
        for direction in Self.directions {
            let format = ls_big_format.mpfr(precision, direction)
            var a = BigRecords(count: m * k, format: format)
            for i in 0..<m {
                a[i * k] = BigRecords([i % 2 == 0 ? 1.0 : -1.0], format: format)[0]
                a[i * k + 1] = a[i * k]
                a.words[(i * k + 1) * a.stride] = UInt64(bitPattern: Int64(1 - precision))
                if i % 3 != 0 {
                    a[i * k + 2] = BigRecords([i % 3 == 1 ? 1.0 : -1.0], format: format)[0]
                    a.words[(i * k + 2) * a.stride] = UInt64(bitPattern: -300)
                }
            }
            let b = BigRecords(Array(repeating: 1.0, count: k * n), format: format)
            var c = BigRecords(count: m * n, format: format)
            var used = format
            ls_big_matmul(9, 8, 3, a.words, 3, 1, b.words, 8, 1, &c.words, LS_EXACT, 0, &used)
            for i in 0..<m {
                let negative = i % 2 == 1
                let outward = i % 3 == 0 ? 0 : (i % 3 == 1) != negative ? 1 : -1  // where the last term pulls
                let away =
                    switch direction {
                    case LS_NEAREST: outward > 0
                    case LS_UP: !negative
                    case LS_DOWN: negative
                    default: false
                    }
                // 1, or its neighbour above in p bits.
                var magnitude = BigRecords([1.0], format: format)
                if away { magnitude.words[2] |= 1 << UInt64((64 - precision % 64) % 64) }
                if negative { magnitude.negate(0, format) }
                #expect(c[i * n] == magnitude[0], "row \(i), \(direction)")
            }
            #expect(differences(Shape(m: m, n: n, k: k), a, b, format) == [])
        }
    }

    /// Sums that cancel to nothing, beside sums that do not, and zeros of both signs.
    @Test func zerosFollowTheDirection() {
        var seed = BigSeed(state: 22)
        for direction in Self.directions {
            let format = ls_big_format.mpfr(200, direction)
            let shape = Shape(m: 10, n: 12, k: 8)
            var a = ExactReductionTests.random(shape.m * shape.k, spread: 9, format: format, seed: &seed)
            let b = BigRecords(
                (0..<shape.k * shape.n).map { $0 % shape.n < 3 ? -0.0 : $0 % shape.n < 6 ? 0.0 : 1.5 }, format: format)
            for i in 0..<5 {
                for l in stride(from: 1, to: shape.k, by: 2) {
                    a[i * shape.k + l] = a[i * shape.k + l - 1]
                    a.negate(i * shape.k + l, format)
                }
            }
            #expect(differences(shape, a, b, format) == [], "\(direction), seed 22")
            var c = BigRecords(count: 120, format: format)
            var used = format
            ls_big_matmul(10, 12, 8, a.words, 8, 1, b.words, 12, 1, &c.words, LS_EXACT, 0, &used)
            #expect(bigBits(c.doubles[6]) == bigBits(direction == LS_DOWN ? -0.0 : 0.0))
        }
    }

    /// An infinity or a NaN belongs to its row and column; lines too wide for residues go another way beside narrow ones.
    @Test func mixedLinesAreSortedOut() {
        var seed = BigSeed(state: 23)
        let shape = Shape(m: 16, n: 12, k: 9)
        let format = ls_big_format.mpfr(100, LS_UP)
        var a = ExactReductionTests.random(shape.m * shape.k, spread: 4, format: format, seed: &seed)
        var b = ExactReductionTests.random(shape.k * shape.n, spread: 4, format: format, seed: &seed)
        a[3 * shape.k] = BigRecords([Double.infinity], format: format)[0]
        a[5 * shape.k + 2] = BigRecords([Double.nan], format: format)[0]
        b[7] = BigRecords([-Double.infinity], format: format)[0]
        for (row, exponent) in [(8, Int64(400)), (9, 9000), (10, 1 << 28), (11, -(1 << 28))] {
            a.setRandom(row * shape.k + 1, exponent: exponent, precision: 100, seed: &seed)
        }
        b.setRandom(4 * shape.n + 10, exponent: -30000, precision: 100, seed: &seed)
        #expect(differences(shape, a, b, format) == [])
    }

    /// Results beyond both ends of the exponents and among the subnormals.
    @Test func limitsOfTheFormatHold() {
        var seed = BigSeed(state: 24)
        let shape = Shape(m: 12, n: 9, k: 6)
        for direction in Self.directions {
            for exponent in [Int64(1 << 29), -(1 << 29)] {
                let format = ls_big_format.mpfr(130, direction)
                var a = ExactReductionTests.random(shape.m * shape.k, spread: 4, format: format, seed: &seed)
                var b = ExactReductionTests.random(shape.k * shape.n, spread: 4, format: format, seed: &seed)
                for x in 0..<a.count where a.words[x * a.stride] < 100 || a.words[x * a.stride] > .max - 100 {
                    a.words[x * a.stride] &+= UInt64(bitPattern: exponent)
                }
                for x in 0..<b.count where b.words[x * b.stride] < 100 || b.words[x * b.stride] > .max - 100 {
                    b.words[x * b.stride] &+= UInt64(bitPattern: exponent - (exponent < 0 ? 2 : 0))
                }
                #expect(differences(shape, a, b, format) == [], "\(direction), \(exponent), seed 24")
            }
            for scale in [Float(0x1p63), 0x1p-74, 0x1p-72] {
                let format = ls_big_format.binary32(direction)
                let a = BigRecords((0..<72).map { _ in scale * Float(seed.below(1 << 20)) * 0x1p-19 }, format: format)
                let b = BigRecords(
                    (0..<54).map { _ in scale * (1 + Float(seed.below(1 << 20)) * 0x1p-19) }, format: format)
                #expect(differences(shape, a, b, format) == [], "\(direction), \(scale), seed 24")
            }
        }
    }
}
