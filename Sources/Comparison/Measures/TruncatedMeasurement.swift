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
    /// |x - y| and |x - y| / ulp(y) of every element, cut off to binary64. The numbers themselves are made again where one is
    /// asked for: few are.
    private let distances: UnsafeMutablePointer<Double>
    private let ulps: UnsafeMutablePointer<Double>
    /// Room for as many keys, or positions.
    private let room: UnsafeMutableRawPointer
    private var sums: [ls_measured] = []
    private var ordinals: [Double?] = []

    /// Every sum and quotient here is nearer than this to the exact one, relative to it: sums lie within 2^-86 (measure.h), at
    /// most four of them meet, and MPFR adds a few times 2^-128. The definition's own roundings are part of it.
    private static let error = 0x1p-83

    /// nil where the definition must be asked.
    init?(
        _ values: [ExactArray], _ reference: [ExactArray], _ format: Format, _ ranges: [Range<Int>],
        _ instructionSet: InstructionSet
    ) {
        let count = ranges.last?.upperBound ?? 0
        self.format = format
        self.values = values
        self.reference = reference
        self.ranges = ranges
        distances = .allocate(capacity: count)
        ulps = .allocate(capacity: count)
        room = .allocate(byteCount: 8 * count, alignment: 8)
        guard count < 1 << 31 else { return nil }
        for (i, range) in ranges.enumerated() {
            var sum = ls_measured()
            let (x, y) = (values[i], reference[i])
            let isUsual = ls_measure(
                instructionSet.path, Int64(range.count), x.words, Int32(x.limbs), y.words, Int32(y.limbs),
                Int64(format.precision), format.leastExponent, Int64(format.mpfrRange.emax),
                distances + range.lowerBound, ulps + range.lowerBound, &sum)
            guard isUsual else { return nil }
            sums.append(sum)
            ordinals.append(sum.differing == 0 ? 0 : largestOrdinalDistance(x, y, format, measured: sum))
        }
    }

    deinit {
        distances.deallocate()
        ulps.deallocate()
        room.deallocate()
    }

    /// Over all elements, and of each tensor.
    var measures: (all: ErrorMeasures, tensors: [ErrorMeasures])? {
        var tensors: [ErrorMeasures] = []
        var total = sums.first ?? ls_measured()
        let greatest = ranges.map { GreatestKeys(distances: greatestKey(.distances, $0), ulps: greatestKey(.ulps, $0)) }
        let most = GreatestKeys(
            distances: greatest.map(\.distances).max() ?? 0, ulps: greatest.map(\.ulps).max() ?? 0)
        let all = KeyCounts(0..<(ranges.last?.upperBound ?? 0), greatest: most, countedTo: most)
        for (i, range) in ranges.enumerated() {
            let counts = KeyCounts(range, greatest: greatest[i], countedTo: most)
            ls_count_keys(Int64(range.count), keys(.distances, range), most.distances, counts.distances)
            ls_count_keys(Int64(range.count), keys(.ulps, range), most.ulps, counts.ulps)
            guard let found = measures(counts, sums[i], ordinals[i]) else { return nil }
            tensors.append(found)
            // A tensor alone is everything.
            if ranges.count == 1 { return (found, tensors) }
            all.add(counts)
            if i > 0 { total.add(sums[i]) }
        }
        let ordinal = ordinals.contains(nil) ? nil : ordinals.lazy.compactMap(\.self).max()
        return measures(all, total, ordinal).map { ($0, tensors) }
    }

    private func measures(
        _ counts: borrowing KeyCounts, _ sum: ls_measured, _ ordinal: Double?
    ) -> ErrorMeasures? {
        let range = counts.range
        let n = range.count
        guard sum.differing > 0 else {
            return ErrorMeasures(
                maxUlp: 0, maxUlpOfScale: 0, meanUlp: 0, medianUlp: 0, maxOrdinal: 0, relativeL1: 0, relativeL2: 0,
                matchingBits: .infinity)
        }
        guard let worst = greatest(.ulps, range, key: counts.greatest.ulps),
            let largest = greatest(.distances, range, key: counts.greatest.distances),
            let maxUlp = settled(worst.number), let median = median(counts)
        else { return nil }
        var result = ErrorMeasures(
            maxUlp: maxUlp, maxUlpOfScale: .infinity, meanUlp: 0, medianUlp: median, maxOrdinal: ordinal,
            relativeL1: 0, relativeL2: .infinity, matchingBits: -.infinity)
        let scale = sum.scale == .min ? nil : Int(sum.scale)
        if let exponent = format.ulpExponent(atMPFRExponent: scale) {
            var ofScale = largest.number
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
        guard let relativeL1 = settled(l1), let localisation = localisation(counts, sum) else { return nil }
        (result.meanUlp, result.relativeL1, result.localisation) = (meanUlp, relativeL1, localisation)

        if sum.scale != .min {
            let squares = number(sum.squares)
            let referenceSquares = number(sum.reference_squares)
            mpfr_div(r.pointer, squares.pointer, referenceSquares.pointer, MPFR_RNDN)
            mpfr_sqrt(r.pointer, r.pointer, MPFR_RNDN)
            guard let relativeL2 = settled(r) else { return nil }
            var isNegative = false
            let bits = number(
                ls_wide_log2(
                    ls_wide(
                        low: UInt64(r.pointer.pointee._mpfr_d[0]), high: UInt64(r.pointer.pointee._mpfr_d[1]),
                        exponent: Int64(r.pointer.pointee._mpfr_exp), inexact: 1), &isNegative))
            // A relative error of r is an absolute one of its logarithm.
            guard let magnitude = settled(bits, absolute: 2 * Self.error) else { return nil }
            (result.relativeL2, result.matchingBits) = (relativeL2, isNegative ? magnitude : -magnitude)
        }
        result.worst = element(worst.position)
        return result
    }

    // MARK: Elements

    /// What elements are ranked by.
    private enum Quantity { case distances, ulps }

    private func greatestKey(_ quantity: Quantity, _ range: Range<Int>, below bound: Double = .infinity) -> Double {
        ls_greatest_key(Int64(range.count), keys(quantity, range), bound)
    }

    private func keys(_ quantity: Quantity, _ range: Range<Int>) -> UnsafeMutablePointer<Double> {
        (quantity == .ulps ? ulps : distances) + range.lowerBound
    }

    /// The number behind a key.
    private func number(_ quantity: Quantity, at position: Int) -> ls_wide {
        let tensor = tensor(holding: position)
        let (x, y, i) = (values[tensor], reference[tensor], Int64(position - ranges[tensor].lowerBound))
        switch quantity {
        case .distances: return ls_measured_distance(x.words, Int32(x.limbs), y.words, Int32(y.limbs), i)
        case .ulps:
            return ls_measured_ulps(
                x.words, Int32(x.limbs), y.words, Int32(y.limbs), i, Int64(format.precision), format.leastExponent)
        }
    }

    private func tensor(holding position: Int) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The element behind a position, by its index in its tensor.
    private func element(_ position: Int) -> ErrorMeasures.Element {
        let tensor = tensor(holding: position)
        let index = position - ranges[tensor].lowerBound
        return ErrorMeasures.Element(index: index, value: values[tensor][index], reference: reference[tensor][index])
    }

    /// Positions of the elements whose keys lie in an interval, in their order.
    private func positions(_ quantity: Quantity, _ range: Range<Int>, _ interval: ClosedRange<Double>) -> [Int] {
        let found = room.assumingMemoryBound(to: Int64.self)
        let count = ls_keys_between(
            Int64(range.count), keys(quantity, range), interval.lowerBound, interval.upperBound, found)
        return (0..<Int(count)).map { range.lowerBound + Int(found[$0]) }
    }

    /// The first of the greatest numbers; nil where truncation hides which that is. Not all are 0.
    private func greatest(
        _ quantity: Quantity, _ range: Range<Int>, key: Double
    ) -> (position: Int, number: ls_wide)? {
        // What truncation may have put in the wrong order has neighbouring keys.
        let candidates = positions(quantity, range, key.nextDown ... .infinity).map {
            (position: $0, number: number(quantity, at: $0))
        }
        var best = candidates[0]
        for one in candidates where best.number.isLess(than: one.number) { best = one }
        for one in candidates where one.position != best.position && one.number.isNear(best.number) {
            if one.number.inexact != 0 || best.number.inexact != 0 { return nil }
        }
        return best
    }

    /// The numbers that have a key, the greatest first.
    private func tied(_ quantity: Quantity, _ range: Range<Int>, at key: Double) -> [ls_wide] {
        descending(positions(quantity, range, key...key).map { number(quantity, at: $0) })
    }

    private func descending(_ numbers: [ls_wide]) -> [ls_wide] {
        guard let first = numbers.first,
            numbers.contains(where: { $0.isLess(than: first) || first.isLess(than: $0) })
        else { return numbers }
        return numbers.sorted { $1.isLess(than: $0) }
    }

    /// The k-th greatest key, and how many exceed it.
    private func key(_ quantity: Quantity, _ counts: borrowing KeyCounts, rank k: Int) -> (key: Double, above: Int) {
        var above: Int64 = 0
        let key = ls_order_statistic(
            Int64(counts.range.count), keys(quantity, counts.range),
            quantity == .ulps ? counts.countedTo.ulps : counts.countedTo.distances,
            quantity == .ulps ? counts.ulps : counts.distances, Int64(k), room, &above)
        return (key, Int(above))
    }

    /// Mean of the middle two.
    private func median(_ counts: borrowing KeyCounts) -> Double? {
        let range = counts.range
        let n = range.count
        let k = (n + 1) / 2
        let (middle, above) = key(.ulps, counts, rank: k)
        guard middle > 0 else { return 0 }
        let numbers = tied(.ulps, range, at: middle)
        func statistic(_ numbers: [ls_wide], _ rank: Int) -> ls_wide {
            var found = numbers[rank]
            // Among numbers that are cut off none is sure of its place.
            if numbers.contains(where: { $0.inexact != 0 }) { found.inexact = 1 }
            return found
        }
        let upper = statistic(numbers, k - above - 1)
        var lower = upper
        if n % 2 == 0 {
            if above + numbers.count > k {
                lower = statistic(numbers, k - above)
            } else {
                let next = greatestKey(.ulps, range, below: middle)
                lower = next == 0 ? ls_wide() : statistic(tied(.ulps, range, at: next), 0)
            }
        }
        let a = number(upper)
        let b = number(lower)
        let ternary = mpfr_add(a.pointer, a.pointer, b.pointer, MPFR_RNDN)
        mpfr_div_2ui(a.pointer, a.pointer, 1, MPFR_RNDN)
        if ternary == 0, upper.inexact == 0, lower.inexact == 0 { return a.double }
        return settled(a)
    }

    /// The greatest squares belong to the greatest differences; among equal ones any may be left out.
    private func localisation(
        _ counts: borrowing KeyCounts, _ sum: ls_measured
    ) -> ErrorMeasures.Localisation? {
        let range = counts.range
        let n = range.count
        let k = (n + 99) / 100
        let (border, above) = key(.distances, counts, rank: k)
        var share = ls_total(limbs: (0, 0, 0, 0), exponent: .min)
        var tied: [ls_wide] = []
        let keys = keys(.distances, 0..<0)
        for position in positions(.distances, range, max(border, .leastNonzeroMagnitude) ... .infinity) {
            let one = number(.distances, at: position)
            if keys[position] > border { ls_total_add_wide(&share, ls_wide_square(one)) } else { tied.append(one) }
        }
        for one in descending(tied).prefix(k - above) { ls_total_add_wide(&share, ls_wide_square(one)) }
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

    // MARK: Rounding to binary64

    /// What is below the first 128 bits is dropped.
    private func number(_ total: ls_total) -> Scratch {
        withUnsafePointer(to: total) { number(ls_total_leading($0)) }
    }

    private func number(_ wide: ls_wide) -> Scratch {
        let result = Scratch()
        guard wide.high != 0 else { return result }
        // A number of 128 bits as MPFR has it.
        result.pointer.pointee._mpfr_exp = mpfr_exp_t(wide.exponent)
        result.pointer.pointee._mpfr_d[0] = mp_limb_t(wide.low)
        result.pointer.pointee._mpfr_d[1] = mp_limb_t(wide.high)
        return result
    }

    private func settled(_ wide: ls_wide) -> Double? {
        let value = number(wide)
        return wide.inexact == 0 ? value.double : settled(value)
    }

    /// The binary64 that every number within the error rounds to; nil where there are two.
    private func settled(_ value: borrowing Scratch, absolute: Double? = nil) -> Double? {
        let exponent = value.pointer.pointee._mpfr_exp
        if exponent > (absolute == nil ? -1000 : 0), exponent < 1000 {
            // Of 128 bits the last 75 are rounded off: 2^47 of their units are 2^-81 of the number at least, or absolute.
            let (low, high) = (value.pointer.pointee._mpfr_d[0], value.pointer.pointee._mpfr_d[1] & 0x7ff)
            let isNearHalf = high == 0x400 ? low >> 47 == 0 : high == 0x3ff && (~low) >> 47 == 0
            if !isNearHalf { return value.double }
        }
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
