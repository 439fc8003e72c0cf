import Arithmetics
import Comparison
import Foundation
import Testing

// Each measure against the contract's formula written out again in rational numbers, which share nothing with MPFR's 128
// bits but the last rounding to binary64.

/// An exact quotient of a finite number.
private func rational(_ x: ExactValue) -> Rational { Rational(x) ?? Rational(0) }

private func magnitude(_ x: Rational) -> Rational { x < Rational(0) ? Rational(0) - x : x }

/// The binary64 nearest to a quotient.
private func double(_ x: Rational) -> Double { Format.binary64.round(x).double }

private func powerOfTwo(_ e: Int) -> Rational {
    let power = Rational(2).power(abs(e))
    return e < 0 ? Rational(1) / power : power
}

/// ulp(y): the largest e with 2^e <= |y|, not below emin.
private func ulp(_ y: ExactValue, _ format: Format) -> Rational? {
    guard y.kind != .zero else { return format.range.map { powerOfTwo($0.emin - format.precision + 1) } }
    let e = y.exponent - 1
    let size = magnitude(rational(y))
    precondition(powerOfTwo(e) <= size && size < powerOfTwo(e + 1))
    return powerOfTwo(max(e, format.range?.emin ?? e) - format.precision + 1)
}

private func exact(_ values: [Double]) -> ExactArray { ExactArray(values) }

/// Measures of one tensor.
private func measured(_ x: [Double], _ y: [Double], _ format: Format = .binary64) -> ErrorMeasures {
    measure([exact(x)], against: [exact(y)], in: format).all
}

/// Numbers that lean on the edges of binary32: zeros, subnormals, powers of two and the numbers below them.
private func edges(_ count: Int, seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed, .other, 0)
    return (0..<count).map { _ in
        let word = stream.word()
        let bits = UInt32(truncatingIfNeeded: word >> 32)
        let sign = bits & 0x8000_0000
        let power = Float(bitPattern: sign | (1 + UInt32(word >> 8 & 0xFF) % 253) << 23)
        switch word % 6 {
        case 0: return Float(bitPattern: sign)
        case 1: return Float(bitPattern: bits & 0x807F_FFFF)
        case 2: return power
        case 3: return Float(bitPattern: power.bitPattern - 1)
        default: return Float(bitPattern: bits & 0x83FF_FFFF | 0x3C00_0000)
        }
    }
}

@Suite struct MeasureTests {
    @Test func identicalValuesDifferByNothing() {
        let x = [1.5, -0.0, .nan, .infinity, -.infinity, 0x1p-1074]
        let (all, tensors) = measure([exact(x), exact([])], against: [exact(x), exact([])], in: .binary64)
        for m in [all] + tensors {
            #expect(m.maxUlp == 0 && m.maxUlpOfScale == 0 && m.meanUlp == 0 && m.medianUlp == 0 && m.maxOrdinal == 0)
            #expect(m.relativeL1 == 0 && m.relativeL2 == 0 && m.matchingBits == .infinity)
            #expect(m.localisation == nil && m.worst == nil)
        }
        // Signs of zero are no distance.
        #expect(measured([0.0], [-0.0]).maxUlp == 0)
    }

    // Whatever the elements: every measure again in rational numbers.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func measuresAreTheirFormulas(seed: UInt64) throws {
        let n = [1, 2, 7, 40, 150, 201][Int(seed) - 1]
        let y = edges(n, seed: seed)
        // The reference lies between numbers of the format; the candidate some steps off it.
        var stream = RandomStream(seed: seed, .other, 1)
        let x = y.map { value -> Float in
            let steps = Int(stream.word() % 5) - 2
            return steps == 0 ? value : steps > 0 ? (steps > 1 ? value.nextUp.nextUp : value.nextUp) : value.nextDown
        }
        let reference = y.map { value -> ExactValue in
            let nudge =
                Rational(Int(stream.word() % 1000) - 500, 1000) * (ulp(ExactValue(value), .binary32) ?? Rational(0))
            return Format.mpfr(precision: 256).round(rational(ExactValue(value)) + nudge)
        }
        let m = measure([ExactArray(x)], against: [ExactArray(reference)], in: .binary32).all

        var ulps: [Rational] = []
        var relative = Rational(0)
        var squares: [Rational] = []
        var referenceSquares = Rational(0)
        for (a, b) in zip(x.map { rational(ExactValue($0)) }, reference) {
            let d = magnitude(a - rational(b))
            ulps.append(d / (try #require(ulp(b, .binary32))))
            let sum = magnitude(a) + magnitude(rational(b))
            relative = relative + (sum == Rational(0) ? Rational(0) : d / sum)
            squares.append(d * d)
            referenceSquares = referenceSquares + rational(b) * rational(b)
        }
        let total = squares.reduce(Rational(0), +)
        #expect(m.maxUlp == double(ulps.max(by: <) ?? Rational(0)), "seed \(seed)")
        #expect(m.meanUlp == double(ulps.reduce(Rational(0), +) / Rational(n)))
        let sorted = ulps.sorted(by: <)
        #expect(m.medianUlp == double((sorted[(n - 1) / 2] + sorted[n / 2]) / Rational(2)))
        let largest = reference.max { magnitude(rational($0)) < magnitude(rational($1)) }
        let worstDifference = zip(x, reference).map { magnitude(rational(ExactValue($0)) - rational($1)) }.max(by: <)
        let scale = try #require(largest.flatMap { ulp($0, .binary32) })
        #expect(m.maxUlpOfScale == double((worstDifference ?? Rational(0)) / scale))
        #expect(m.relativeL1 == double(relative * Rational(2) / Rational(n)))
        // No square roots in rational numbers: the square, to a binary64's last bit and a half.
        if referenceSquares != Rational(0) {
            let square =
                rational(ExactValue(m.relativeL2)) * rational(ExactValue(m.relativeL2)) / (total / referenceSquares)
            #expect(magnitude(square - Rational(1)) <= powerOfTwo(-51))
            #expect(abs(m.matchingBits + Foundation.log2(m.relativeL2)) <= 1e-13 * abs(m.matchingBits))
        }
        let worst = try #require(m.worst)
        #expect(worst.index == ulps.firstIndex(of: ulps.max(by: <) ?? Rational(0)))
        #expect(worst.value == ExactValue(x[worst.index]) && worst.reference == reference[worst.index])
        let localisation = try #require(m.localisation)
        let top = squares.sorted { $1 < $0 }.prefix((n + 99) / 100).reduce(Rational(0), +)
        #expect(localisation.worstShare == double(top / total))
        let fourth = squares.map { $0 * $0 }.reduce(Rational(0), +)
        #expect(localisation.participationRatio == double(total * total / (fourth * Rational(n))))
    }

    @Test func tensorsAreMeasuredAloneAndTogether() {
        let x = [[1, 2.5, 3], [8, 8.5]].map(exact)
        let y = [[1, 2, 3], [8, 8]].map(exact)
        let (all, tensors) = measure(x, against: y, in: .binary32)
        #expect(tensors == zip(x, y).map { measure([$0], against: [$1], in: .binary32).all })
        #expect(
            all.maxUlp == 0x1p21 && all.worst?.index == 1 && tensors[1].maxUlp == 0x1p19 && tensors[1].worst?.index == 1
        )
        #expect(all.maxUlpOfScale == 0x1p19 && tensors[0].maxUlpOfScale == 0x1p21)
        #expect(tensors[0].medianUlp == 0 && tensors[1].medianUlp == 0x1p18 && all.medianUlp == 0)
        #expect(all.meanUlp == (0x1p21 + 0x1p19) / 5)
        #expect(all.localisation?.worstShare == 0.5 && all.localisation?.participationRatio == 0.4)
    }

    @Test func ulpsOfZeroAndSubnormalReferences() {
        // Below the least normal number one ulp is the quantum.
        #expect(measured([0x1p-140], [0], .binary32).maxUlp == 0x1p9)
        #expect(measured([0x3p-149], [0x1p-149], .binary32).maxUlp == 2)
        #expect(measured([0x1p-1074], [0]).maxUlp == 1)
        // Below a power of two the ulp is the lower binade's.
        #expect(measured([1 - 0x1p-24], [1], .binary32).maxUlp == 0.5)
        #expect(measured([1], [1 - 0x1p-24], .binary32).maxUlp == 1)
        // MPFR has no least exponent.
        let m = measured([0x1p-140], [0], .mpfr(precision: 24))
        #expect(m.maxUlp == .infinity && m.maxUlpOfScale == .infinity && m.medianUlp == .infinity)
        #expect(m.relativeL1 == 2 && m.relativeL2 == .infinity && m.matchingBits == -.infinity)
    }

    @Test func whatIsNotFiniteIsInfinitelyFar() {
        for (x, y) in [(Double.nan, 1.0), (1, .nan), (.infinity, 1), (-.infinity, .infinity), (.nan, .infinity)] {
            let m = measured([x, 4], [y, 4])
            #expect(m.maxUlp == .infinity && m.maxUlpOfScale == .infinity && m.meanUlp == .infinity)
            #expect(m.relativeL1 == 1 && m.relativeL2 == .infinity && m.matchingBits == -.infinity)
            #expect(m.worst?.index == 0)
            #expect((m.maxOrdinal == nil) == (x.isNaN || y.isNaN))
        }
        // An infinity that both have is no error, but leaves no norm.
        let m = measured([.infinity, 5], [.infinity, 4])
        #expect(m.maxUlp == 0x1p50 && m.maxUlpOfScale == 0x1p50 && m.relativeL2 == .infinity)
        // Of the finite errors beside it, the median still shows.
        #expect(measured([.nan, 1, 1], [0, 1, 1]).medianUlp == 0)
    }

    // The exponent of the largest reference counts, not that of its rounding to the measures' 128 bits.
    @Test func theScaleIsTheBinadeBelowAPowerOfTwo() {
        let below = Format.mpfr(precision: 256).round(Rational(1) - powerOfTwo(-200))
        let m = measure([ExactArray([ExactValue(1.5)])], against: [ExactArray([below])], in: .binary32).all
        #expect(m.maxUlp == m.maxUlpOfScale && m.maxUlp == 0x1p23)
    }

    @Test func norms() {
        #expect(norm(ofDifference: [exact([3, 1]), exact([7])], [exact([0, 1]), exact([3])]) == 5)
        #expect(norm(ofDifference: [exact([.nan, 1])], [exact([.nan, 1])]) == 0)
        #expect(norm(ofDifference: [exact([.nan, 1])], [exact([0, 1])]) == .infinity)
        #expect(norm(ofDifference: [exact([.infinity])], [exact([-.infinity])]) == .infinity)
        #expect(norm(ofDifference: [], []) == 0)
        // Differences are exact before they are rounded: 2^-1000 survives beside 1.
        let y = Format.mpfr(precision: 2048).round(Rational(1) + powerOfTwo(-1000))
        #expect(norm(ofDifference: [exact([1])], [ExactArray([y])]) == 0x1p-1000)
        // Squares of binary64's extremes neither vanish nor overflow.
        #expect(norm(ofDifference: [exact([0x1p-1070])], [exact([0])]) == 0x1p-1070)
        #expect(norm(ofDifference: [exact([0x1p1000, 0])], [exact([0, 0])]) == 0x1p1000)
    }
}
