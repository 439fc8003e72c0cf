import CKernels
import CMPFR
import Testing

/// Records against the machine: with the precision and range of binary32 or binary64 they are those formats. Independent
/// because the processor, not MPFR, computes the expected values.
@Suite struct BigFloatKernelTests {
    @Test func emulatedBinary32IsTheMachines() {
        var seed = BigSeed(state: 1)
        var format = ls_big_format.binary32()
        let count = 2000
        let x = (0..<count).map { _ in seed.float() }
        let y = (0..<count).map { _ in seed.float() }
        let z = zip(x, y).map { p, q in seed.bool() ? -(p * q) : seed.float() }
        let a = BigRecords(x, format: format)
        let b = BigRecords(y, format: format)
        let operations: [(ls_binary, (Float, Float) -> Float)] = [
            (LS_ADD, +), (LS_SUBTRACT, -), (LS_MULTIPLY, *), (LS_DIVIDE, /),
        ]
        for (operation, expected) in operations {
            var out = a
            ls_big_zip(
                operation, nil, 0, Int64(count), a.words, b.words, ls_broadcast(inner: 1, period: Int64(count)),
                &out.words,
                &format)
            for (i, result) in out.floats.enumerated() {
                #expect(
                    bigBits(result) == bigBits(expected(x[i], y[i])), "\(operation.rawValue): \(x[i]), \(y[i]), seed 1")
            }
        }
        var roots = a
        ls_big_map(LS_SQUARE_ROOT, nil, 0, Int64(count), a.words, &roots.words, &format)
        for (i, result) in roots.floats.enumerated() {
            #expect(bigBits(result) == bigBits(x[i].squareRoot()), "√\(x[i])")
        }
        var sums = BigRecords(z, format: format)
        for i in 0..<count {
            var r = sums[i]
            ls_big_fma(&r, a[i], b[i], &format)
            sums[i] = r
        }
        for (i, result) in sums.floats.enumerated() {
            #expect(bigBits(result) == bigBits(z[i].addingProduct(x[i], y[i])), "fma \(x[i]), \(y[i]), \(z[i]), seed 1")
        }
    }

    @Test func emulatedBinary64IsTheMachines() {
        var seed = BigSeed(state: 2)
        var format = ls_big_format.binary64()
        for _ in 0..<2000 {
            let x = seed.double()
            let y = seed.double()
            let z = seed.bool() ? -(x * y) : seed.double()
            let b = BigRecords([y], format: format)
            func check(_ operation: (UnsafeMutableRawPointer) -> Void, _ start: Double, _ expected: Double) {
                var r = BigRecords([start], format: format)
                operation(&r.words)
                #expect(bigBits(r.doubles[0]) == bigBits(expected), "\(x), \(y), \(z), seed 2")
            }
            check({ ls_big_add($0, b.words, &format) }, x, x + y)
            check({ ls_big_subtract($0, b.words, &format) }, x, x - y)
            check({ ls_big_multiply($0, b.words, &format) }, x, x * y)
            check({ ls_big_divide($0, b.words, &format) }, x, x / y)
            check({ ls_big_unary(LS_SQUARE_ROOT, $0, &format) }, x, x.squareRoot())
            let a = BigRecords([x], format: format)
            check({ ls_big_fma($0, a.words, b.words, &format) }, z, z.addingProduct(x, y))
        }
    }

    /// The error of the nearest sum, exact by Knuth's two-sum (The Art of Computer Programming, vol. 2, 4.2.2), says on which
    /// side of it the directed sums lie.
    @Test func directedSumsLieOnTheirSide() {
        var seed = BigSeed(state: 3)
        var cases = 0
        for _ in 0..<1000 {
            let x = seed.float()
            let y = seed.float()
            let nearest = x + y
            guard nearest.isFinite, nearest.magnitude < .greatestFiniteMagnitude else { continue }
            let share = nearest - x
            let error = (x - (nearest - share)) + (y - share)
            let expected: KeyValuePairs = [
                LS_DOWN: error < 0 ? nearest.nextDown : nearest, LS_UP: error > 0 ? nearest.nextUp : nearest,
                LS_NEAREST: nearest,
            ]
            for (direction, sum) in expected {
                var format = ls_big_format.binary32(direction)
                var r = BigRecords([x], format: .binary32())
                ls_big_add(&r.words, BigRecords([y], format: .binary32()).words, &format)
                #expect(r.floats[0] == sum, "\(x) + \(y), direction \(direction.rawValue), seed 3")
            }
            cases += 1
        }
        #expect(cases > 500)
    }

    @Test func recordsOfEqualValuesAreEqualBytes() {
        var format = ls_big_format.mpfr(100, limbs: 4)
        let special = BigRecords([0, -0.0, .infinity, -.infinity, .nan, 1] as [Double], format: format)
        for i in 0..<5 { #expect(special[i].dropFirst(2).allSatisfy { $0 == 0 }) }
        #expect(special[4][1] == 1 | 100 << 32)
        #expect(special[5] == [1, 1 | 100 << 32, 0, 1 << 63, 0, 0])
        // 0/0, infinity - infinity and the root of a negative number are one NaN.
        var quotient = special[0]
        var difference = special[2]
        var root = special[3]
        ls_big_divide(&quotient, special[1], &format)
        ls_big_subtract(&difference, special[2], &format)
        ls_big_unary(LS_SQUARE_ROOT, &root, &format)
        ls_big_unary(LS_NEGATE, &root, &format)
        #expect(quotient == special[4] && difference == special[4] && root == special[4])
        #expect(ls_big_compare(special[0], special[1]) == 0 && ls_big_compare(special[4], special[4]) == 2)
        #expect(ls_big_compare(special[3], special[5]) == -1 && ls_big_compare(special[2], special[5]) == 1)
    }

    @Test func conversionsRoundOnce() {
        var seed = BigSeed(state: 4)
        let wide = ls_big_format.mpfr(200)
        var narrow = ls_big_format.binary32()
        let x = (0..<3000).map { _ in seed.double() }
        let records = BigRecords(x, format: wide)
        let back = records.doubles
        let floats = records.floats
        var rounded = BigRecords(count: x.count, format: narrow)
        ls_big_round_array(Int64(x.count), records.words, wide.limbs, &rounded.words, &narrow)
        let again = rounded.floats
        for i in x.indices {
            #expect(bigBits(back[i]) == bigBits(x[i]))
            #expect(bigBits(floats[i]) == bigBits(Float(x[i])), "\(x[i])")
            #expect(bigBits(again[i]) == bigBits(Float(x[i])), "\(x[i])")
        }
        // Subnormals of the format, of few bits and of many.
        let small = (0..<400).map { i in
            let significand = i % 2 == 0 ? 1 + Double(i % 8) / 8 : 1 + Double(x[i].significandBitPattern) * 0x1p-52
            return (i % 3 == 0 ? -1 : 1) * Double(sign: .plus, exponent: -120 - i % 33, significand: significand)
        }
        let subnormal = BigRecords(small, format: narrow)
        let found = subnormal.doubles
        for i in small.indices { #expect(bigBits(found[i]) == bigBits(Double(Float(small[i]))), "\(small[i])") }
        // 1 + 2^-24 + 2^-60 is above the midpoint of two floats by less than a double can tell.
        var format = wide
        var sum = BigRecords([1.0], format: wide)
        var exact = true
        for term in [0x1p-24, 0x1p-60] { ls_big_add(&sum.words, BigRecords([term], format: wide).words, &format) }
        #expect(sum.floats[0] == 1 + Float.ulpOfOne)
        #expect(ls_big_get_double(sum.words, &exact) == 1 + 0x1p-24 && !exact)
        #expect(ls_big_get_double(records[0], &exact) == x[0] && exact)
    }

    @Test(arguments: [LS_SEQUENTIAL, LS_PAIRWISE, LS_BLOCKED, LS_KAHAN])
    func reductionsAreTheirDefinitions(_ reduction: ls_reduction) {
        var seed = BigSeed(state: 5)
        var format = ls_big_format.binary32()
        for count in 0..<40 {
            let x = (0..<count).map { _ in seed.float() }
            let y = (0..<count).map { _ in seed.float() }
            let a = BigRecords(x, format: format)
            let b = BigRecords(y, format: format)
            var out = BigRecords(count: 1, format: format)
            ls_big_dot(Int64(count), a.words, 1, b.words, 1, &out.words, reduction, 3, &format)
            let products = { (i: Int) in x[i] * y[i] }
            let dot = Self.reduce(reduction, count, products) { s, i in s.addingProduct(x[i], y[i]) }
            #expect(bigBits(out.floats[0]) == bigBits(dot), "dot of \(x) and \(y)")
            ls_big_sum(Int64(count), a.words, 1, &out.words, reduction, 3, &format)
            let sum = Self.reduce(reduction, count, { x[$0] }) { s, i in s + x[i] }
            #expect(bigBits(out.floats[0]) == bigBits(sum), "sum of \(x)")
        }
    }

    /// The contract's words in Swift's own floats.
    static func reduce(
        _ reduction: ls_reduction, _ count: Int, _ leaf: (Int) -> Float, _ link: (Float, Int) -> Float
    ) -> Float {
        func pairwise(_ range: Range<Int>) -> Float {
            if range.count == 1 { return leaf(range.lowerBound) }
            var half = 1
            while half * 2 < range.count { half *= 2 }
            let middle = range.lowerBound + half
            return pairwise(range.lowerBound..<middle) + pairwise(middle..<range.upperBound)
        }
        switch reduction {
        case LS_PAIRWISE: return count == 0 ? 0 : pairwise(0..<count)
        case LS_BLOCKED:
            return Swift.stride(from: 0, to: count, by: 3).reduce(0) { s, first in
                s + (first..<min(first + 3, count)).reduce(0, link)
            }
        case LS_KAHAN:
            var s: Float = 0
            var c: Float = 0
            for i in 0..<count {
                let y = leaf(i) - c
                let t = s + y
                c = (t - s) - y
                s = t
            }
            return s
        default: return (0..<count).reduce(0, link)
        }
    }

    @Test func axesAndGathersSumTheRightTerms() {
        var seed = BigSeed(state: 6)
        var format = ls_big_format.binary32()
        let (A, B, C) = (3, 4, 5)
        let x = (0..<A * B * C).map { _ in Float(seed.below(2000) - 1000) / 7 }
        let records = BigRecords(x, format: format)
        var out = BigRecords(count: B, format: format)
        ls_big_sum_axes(
            Int64(A), Int64(B), Int64(C), 0, Int64(B), records.words, &out.words, LS_SEQUENTIAL, 0, &format)
        for b in 0..<B {
            var s: Float = 0
            for a in 0..<A { for c in 0..<C { s += x[(a * B + b) * C + c] } }
            #expect(out.floats[b] == s)
        }
        let offsets: [Int32] = [0, 3, 3, 7]
        let indices: [Int32] = [9, 0, 9, 59, 2, 3, 1]
        ls_big_gather_sum(0, 3, offsets, indices, records.words, &out.words, LS_SEQUENTIAL, 0, &format)
        for r in 0..<3 {
            let expected = (offsets[r]..<offsets[r + 1]).reduce(Float(0)) { $0 + x[Int(indices[Int($1)])] }
            #expect(out.floats[r] == expected)
        }
    }

    /// Lists of one number or none, which are copied where that is the sum.
    @Test func listsOfOneAreTheirSums() {
        let values: [Double] = [
            0, -0.0, 1.5, -3, 0x1p-149, -0x1p-140, 0x1.fffffep127, 0x1p130, .infinity, .nan, 0x1.0000001p3,
        ]
        for direction in [LS_NEAREST, LS_DOWN, LS_UP] {
            for source in [ls_big_format.binary32(direction), .mpfr(53, limbs: 1)] {
                var format = ls_big_format.binary32(direction)
                let x = BigRecords(values, format: source)
                var out = BigRecords(count: values.count + 1, format: format)
                let offsets = (0...values.count).map { Int32($0) } + [Int32(values.count)]
                let indices = values.indices.map { Int32($0) }
                ls_big_gather_sum(
                    0, Int64(values.count + 1), offsets, indices, x.words, &out.words, LS_EXACT, 0, &format)
                for i in 0...values.count {
                    var sum = BigRecords(count: 1, format: format)
                    ls_big_sum(
                        i < values.count ? 1 : 0, i < values.count ? x[i] : x[0], 1, &sum.words, LS_EXACT, 0, &format)
                    #expect(out[i] == sum[0], "list \(i), \(direction)")
                }
            }
        }
    }

    @Test func broadcastsFollowInnerAndPeriod() {
        var format = ls_big_format.binary32()
        let x = (0..<24).map { Float($0) + 0.5 }
        let y: [Float] = [3, 5, 7]
        for inner in 1...4 {
            var out = BigRecords(x, format: format)  // in place
            ls_big_zip(
                LS_DIVIDE, nil, 0, 24, out.words, BigRecords(y, format: format).words,
                ls_broadcast(inner: Int64(inner), period: 3),
                &out.words, &format)
            #expect(out.floats == x.indices.map { x[$0] / y[$0 / inner % 3] })
        }
    }

    @Test(arguments: 0..<16) func sgdIsTheFormula(_ variant: Int) {
        var seed = BigSeed(state: 7)
        var format = ls_big_format.binary32()
        let decay = variant & 1 != 0
        let momentum = variant & 2 != 0
        let first = variant & 4 != 0
        let nesterov = variant & 8 != 0
        let count = 50
        let λ: Float = 5e-4
        let μ: Float = 0.9
        let rate: Float = 0.3
        let k: Int32 = 3
        let w = (0..<count).map { _ in seed.float() }
        let v = (0..<count).map { _ in seed.float() }
        let g = (0..<count).map { _ in seed.float() }
        var weights = BigRecords(w, format: format)
        var buffers = BigRecords(v, format: format)
        let gradients = BigRecords(g, format: format)
        let hyper = BigRecords([λ, μ, rate], format: format)
        hyper.words.withUnsafeBytes { bytes in
            let stride = 8 * hyper.stride
            var constants = ls_big_sgd_constants(
                useDecay: decay, useMomentum: momentum, firstUpdate: first, nesterov: nesterov, k: k,
                decay: bytes.baseAddress!, momentum: bytes.baseAddress! + stride,
                rateTimesK: bytes.baseAddress! + 2 * stride)
            ls_big_sgd(0, Int64(count), &weights.words, &buffers.words, gradients.words, &constants, &format)
        }
        let newWeights = weights.floats
        let newBuffers = buffers.floats
        for i in 0..<count {
            var d = g[i]
            var buffer = v[i]
            if decay { d = d + λ * w[i] }
            if momentum {
                buffer = first ? d : (μ * buffer) + d
                d = nesterov ? d + (μ * buffer) : buffer
            }
            #expect(bigBits(newWeights[i]) == bigBits(w[i] - rate * (d / Float(k))), "weight \(i), seed 7")
            #expect(bigBits(newBuffers[i]) == bigBits(buffer), "buffer \(i), seed 7")
        }
    }

    @Test func integersNeedNotBeOfTheFormat() {
        // 2^24 + 1 is no binary32 number, yet it multiplies and divides exactly as the integer it is.
        var format = ls_big_format.binary32()
        var r = BigRecords([3] as [Float], format: .binary32())
        ls_big_multiply_integer(&r.words, (1 << 24) + 1, &format)
        #expect(r.floats[0] == Float(3 * ((1 << 24) + 1)))
        ls_big_divide_integer(&r.words, (1 << 24) + 1, &format)
        #expect(r.floats[0] == Float(Double(Float(3 * ((1 << 24) + 1))) / Double((1 << 24) + 1)))
    }

    @Test func theThreadsExponentRangeIsLeftAlone() {
        let found = (mpfr_get_emin(), mpfr_get_emax())
        mpfr_set_emin(-777)
        mpfr_set_emax(888)
        defer {
            mpfr_set_emin(found.0)
            mpfr_set_emax(found.1)
        }
        var format = ls_big_format.binary32()
        var r = BigRecords([Float.leastNonzeroMagnitude, .greatestFiniteMagnitude], format: format)
        ls_big_zip(LS_MULTIPLY, nil, 0, 2, r.words, r.words, ls_broadcast(inner: 1, period: 2), &r.words, &format)
        #expect(r.floats == [0, .infinity])
        ls_big_sum(2, r.words, 1, &r.words, LS_EXACT, 0, &format)
        ls_big_unary(LS_EXP, &r.words, &format)
        #expect(mpfr_get_emin() == -777 && mpfr_get_emax() == 888)
    }
}
