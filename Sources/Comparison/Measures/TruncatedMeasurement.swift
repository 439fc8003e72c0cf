import Arithmetics
import CKernels
import CMPFR

/// The measures from numbers of 128 bits that are truncated, not rounded, and sums that lose their last bits: several times as
/// fast as the definition, and with its very bits. Every result is known to within `error` of itself; where no boundary between
/// two binary64 lies that near, the definition rounds to the same one. Where one does, or where something stands that is not
/// finite, `measures` is nil, and the definition is asked.
struct TruncatedMeasurement: ~Copyable {
    private let format: Format
    private let values: [ExactArray]
    private let reference: [ExactArray]
    private let ranges: [Range<Int>]
    private let differences: UnsafeMutableBufferPointer<ls_wide>
    private let ulps: UnsafeMutableBufferPointer<ls_wide>
    private var sums: [ls_measured] = []
    private var ordinals: [Double?] = []

    /// Every sum and quotient here is nearer than this to the exact one, relative to it: terms lie within 2^-96 (measure.h), at
    /// most six of them meet, and MPFR adds a few times 2^-128. The definition's own roundings are part of it.
    private static let error = 0x1p-90

    /// nil where the definition must be asked.
    init?(_ values: [ExactArray], _ reference: [ExactArray], _ format: Format, _ ranges: [Range<Int>]) {
        let count = ranges.last?.upperBound ?? 0
        self.format = format
        self.values = values
        self.reference = reference
        self.ranges = ranges
        differences = .allocate(capacity: count)
        ulps = .allocate(capacity: count)
        guard count < 1 << 31 else { return nil }
        ordinals.reserveCapacity(count)
        for (i, range) in ranges.enumerated() {
            var sum = ls_measured()
            let (x, y) = (values[i], reference[i])
            let isUsual = ls_measure(
                Int64(range.count), x.words, Int32(x.limbs), y.words, Int32(y.limbs), Int64(format.precision),
                format.range.map { Int64($0.emin) } ?? Int64.min, differences.baseAddress! + range.lowerBound,
                ulps.baseAddress! + range.lowerBound, &sum)
            guard isUsual else { return nil }
            sums.append(sum)
            ordinals += ordinalDistances(x, y, format)
        }
    }

    deinit {
        differences.deallocate()
        ulps.deallocate()
    }

    /// Over all elements, and of each tensor.
    var measures: (all: ErrorMeasures, tensors: [ErrorMeasures])? {
        var tensors: [ErrorMeasures] = []
        var total = ls_measured()
        total.scale = .min
        for path in Self.totals { total[keyPath: path].exponent = .min }
        for (sum, range) in zip(sums, ranges) {
            guard let found = measures(range, sum) else { return nil }
            tensors.append(found)
            for path in Self.totals {
                withUnsafePointer(to: sum[keyPath: path]) { ls_total_add(&total[keyPath: path], $0) }
            }
            total.scale = max(total.scale, sum.scale)
            total.differing += sum.differing
        }
        return measures(0..<differences.count, total).map { ($0, tensors) }
    }

    private static var totals: [WritableKeyPath<ls_measured, ls_total>] {
        [\.ulps, \.relative, \.squares, \.fourth_powers, \.reference_squares]
    }

    private func measures(_ range: Range<Int>, _ sum: ls_measured) -> ErrorMeasures? {
        let n = range.count
        guard sum.differing > 0 else {
            return ErrorMeasures(
                maxUlp: 0, maxUlpOfScale: 0, meanUlp: 0, medianUlp: 0, maxOrdinal: 0, relativeL1: 0, relativeL2: 0,
                matchingBits: .infinity)
        }
        guard let worst = greatest(of: ulps, range), let largest = greatest(of: differences, range),
            let maxUlp = settled(ulps[worst]), let median = median(range, sum)
        else { return nil }
        var result = ErrorMeasures(
            maxUlp: maxUlp, maxUlpOfScale: .infinity, meanUlp: 0, medianUlp: median, maxOrdinal: largestOrdinal(range),
            relativeL1: 0, relativeL2: .infinity, matchingBits: -.infinity)
        let scale = sum.scale == .min ? nil : Int(sum.scale)
        if let exponent = format.ulpExponent(atMPFRExponent: scale) {
            var ofScale = differences[largest]
            ofScale.exponent -= Int64(exponent)
            guard let value = settled(ofScale) else { return nil }
            result.maxUlpOfScale = value
        }

        let r = number(sum.ulps)
        mpfr_div_ui(r.pointer, r.pointer, UInt(n), MPFR_RNDN)
        guard let meanUlp = settled(r) else { return nil }
        let l1 = number(sum.relative)
        mpfr_div_ui(l1.pointer, l1.pointer, UInt(n), MPFR_RNDN)
        mpfr_mul_2ui(l1.pointer, l1.pointer, 1, MPFR_RNDN)
        guard let relativeL1 = settled(l1), let localisation = localisation(range, sum) else { return nil }
        (result.meanUlp, result.relativeL1, result.localisation) = (meanUlp, relativeL1, localisation)

        if sum.scale != .min {
            let squares = number(sum.squares)
            let referenceSquares = number(sum.reference_squares)
            mpfr_div(r.pointer, squares.pointer, referenceSquares.pointer, MPFR_RNDN)
            mpfr_sqrt(r.pointer, r.pointer, MPFR_RNDN)
            guard let relativeL2 = settled(r) else { return nil }
            mpfr_log2(r.pointer, r.pointer, MPFR_RNDN)
            mpfr_neg(r.pointer, r.pointer, MPFR_RNDN)
            // A relative error of r is an absolute one of its logarithm.
            guard let bits = settled(r, absolute: 2 * Self.error) else { return nil }
            (result.relativeL2, result.matchingBits) = (relativeL2, bits)
        }
        result.worst = element(worst)
        return result
    }

    private func largestOrdinal(_ range: Range<Int>) -> Double? {
        var largest = 0.0
        for e in range {
            guard let one = ordinals[e] else { return nil }
            largest = max(largest, one)
        }
        return largest
    }

    /// Position of the first of the greatest numbers; nil where truncation hides which that is.
    private func greatest(of numbers: UnsafeMutableBufferPointer<ls_wide>, _ range: Range<Int>) -> Int? {
        var best = range.lowerBound
        for e in range where numbers[best].isLess(than: numbers[e]) { best = e }
        // Numbers this near might stand the other way round where one is cut off.
        let bound = numbers[best]
        for e in range where e != best && numbers[e].isNear(bound) {
            if numbers[e].inexact != 0 || bound.inexact != 0 { return nil }
        }
        return best
    }

    /// Mean of the middle two.
    private func median(_ range: Range<Int>, _ sum: ls_measured) -> Double? {
        let n = range.count
        // With more zeros than half, one or both of the middle two are among them.
        guard let keys = keys(of: ulps, range) else { return nil }
        let upper = statistic((n + 1) / 2, range, keys)
        let lower = n % 2 == 1 ? upper : statistic(n / 2 + 1, range, keys)
        let a = number(upper)
        let b = number(lower)
        let ternary = mpfr_add(a.pointer, a.pointer, b.pointer, MPFR_RNDN)
        mpfr_div_2ui(a.pointer, a.pointer, 1, MPFR_RNDN)
        if ternary == 0, upper.inexact == 0, lower.inexact == 0 { return a.double }
        return settled(a)
    }

    /// The kth greatest number of a range, by its keys, which may tie where the numbers do not.
    private func statistic(_ k: Int, _ range: Range<Int>, _ keys: [Double]) -> ls_wide {
        let border = orderStatistic(k, of: keys)
        var above = 0
        var tied: [ls_wide] = []
        for (i, key) in keys.enumerated() {
            if key > border { above += 1 } else if key == border { tied.append(ulps[range.lowerBound + i]) }
        }
        if tied.count > 1 { tied.sort { $1.isLess(than: $0) } }
        var found = tied[k - above - 1]
        // Among numbers that are cut off none is sure of its place.
        if tied.contains(where: { $0.inexact != 0 }) { found.inexact = 1 }
        return found
    }

    /// Numbers cut off to binary64, in their order; nil where one does not fit.
    private func keys(of numbers: UnsafeMutableBufferPointer<ls_wide>, _ range: Range<Int>) -> [Double]? {
        var result = [Double](repeating: 0, count: range.count)
        for (i, e) in range.enumerated() where numbers[e].high != 0 {
            guard abs(numbers[e].exponent) < 1000 else { return nil }
            result[i] = numbers[e].key
        }
        return result
    }

    private func localisation(_ range: Range<Int>, _ sum: ls_measured) -> ErrorMeasures.Localisation? {
        let n = range.count
        let k = (n + 99) / 100
        // The greatest squares belong to the greatest differences; among those that tie in their keys any may be left out, for
        // they are equal to within what is not known anyway.
        let scale = differences[range].lazy.filter { $0.high != 0 }.map(\.exponent).max() ?? 0
        var keys = [Double](repeating: 0, count: n)
        for (i, e) in range.enumerated() where differences[e].high != 0 {
            var relative = differences[e]
            relative.exponent -= scale
            keys[i] = relative.exponent > -1000 ? relative.key : 0
        }
        let border = orderStatistic(k, of: keys)
        var share = ls_total(limbs: (0, 0, 0, 0), exponent: .min)
        var tied: [ls_wide] = []
        var above = 0
        for (i, key) in keys.enumerated() {
            if key > border {
                ls_total_add_wide(&share, differences[range.lowerBound + i].square)
                above += 1
            } else if key == border {
                tied.append(differences[range.lowerBound + i])
            }
        }
        if tied.count > k - above { tied.sort { $1.isLess(than: $0) } }
        for one in tied.prefix(k - above) { ls_total_add_wide(&share, one.square) }
        let total = number(sum.squares)
        let worst = number(share)
        mpfr_div(worst.pointer, worst.pointer, total.pointer, MPFR_RNDN)
        let ratio = Scratch()
        let denominator = number(sum.fourth_powers)
        mpfr_mul_ui(denominator.pointer, denominator.pointer, UInt(n), MPFR_RNDN)
        mpfr_sqr(ratio.pointer, total.pointer, MPFR_RNDN)
        mpfr_div(ratio.pointer, ratio.pointer, denominator.pointer, MPFR_RNDN)
        guard let worstShare = settled(worst), let participation = settled(ratio) else { return nil }
        return ErrorMeasures.Localisation(worstShare: worstShare, participationRatio: participation)
    }

    /// The element behind a position, by its index in its tensor.
    private func element(_ position: Int) -> ErrorMeasures.Element? {
        guard let tensor = ranges.firstIndex(where: { $0.contains(position) }) else { return nil }
        let index = position - ranges[tensor].lowerBound
        return ErrorMeasures.Element(
            index: index, value: values[tensor][index], reference: reference[tensor][index])
    }

    // MARK: Rounding to binary64

    private func number(_ total: ls_total) -> Scratch {
        let result = Scratch()
        guard total.exponent != .min else { return result }
        let part = Scratch()
        // From the top: what is below 128 bits of the sum is dropped by the roundings.
        for (i, limb) in [total.limbs.3, total.limbs.2, total.limbs.1, total.limbs.0].enumerated() where limb != 0 {
            mpfr_set_ui_2exp(part.pointer, UInt(limb), mpfr_exp_t(total.exponent - Int64(64 * (i + 1))), MPFR_RNDN)
            mpfr_add(result.pointer, result.pointer, part.pointer, MPFR_RNDN)
        }
        return result
    }

    private func number(_ wide: ls_wide) -> Scratch {
        let result = Scratch()
        guard wide.high != 0 else { return result }
        let part = Scratch()
        mpfr_set_ui_2exp(result.pointer, UInt(wide.high), mpfr_exp_t(wide.exponent - 64), MPFR_RNDN)
        mpfr_set_ui_2exp(part.pointer, UInt(wide.low), mpfr_exp_t(wide.exponent - 128), MPFR_RNDN)
        mpfr_add(result.pointer, result.pointer, part.pointer, MPFR_RNDN)
        return result
    }

    private func settled(_ wide: ls_wide) -> Double? {
        let value = number(wide)
        return wide.inexact == 0 ? value.double : settled(value)
    }

    /// The binary64 that every number within the error rounds to; nil where there are two.
    private func settled(_ value: borrowing Scratch, absolute: Double? = nil) -> Double? {
        let low = Scratch()
        let high = Scratch()
        if let absolute {
            mpfr_set_d(low.pointer, absolute, MPFR_RNDN)
        } else {
            mpfr_mul_d(low.pointer, value.pointer, Self.error, MPFR_RNDN)
        }
        mpfr_add(high.pointer, value.pointer, low.pointer, MPFR_RNDN)
        mpfr_sub(low.pointer, value.pointer, low.pointer, MPFR_RNDN)
        let (a, b) = (low.double, high.double)
        return a == b ? a : nil
    }
}

extension ls_wide {
    fileprivate func isLess(than other: ls_wide) -> Bool {
        if high == 0 || other.high == 0 { return high == 0 && other.high != 0 }
        if exponent != other.exponent { return exponent < other.exponent }
        return high != other.high ? high < other.high : low < other.low
    }

    /// Are the two, not 0, so near that what is cut off, at most 4 units of the last place, may decide? `bound` is not less.
    fileprivate func isNear(_ bound: ls_wide) -> Bool {
        guard high != 0, exponent >= bound.exponent - 1 else { return false }
        guard exponent == bound.exponent else { return high == .max && bound.high == 1 << 63 }
        let (rest, borrow) = bound.low.subtractingReportingOverflow(low)
        return bound.high - high == (borrow ? 1 : 0) && rest <= 64
    }

    /// Cut off to binary64; the exponent must fit.
    fileprivate var key: Double { Double(sign: .plus, exponent: Int(exponent) - 53, significand: Double(high >> 11)) }

    fileprivate var square: ls_wide { ls_wide_square(self) }
}
