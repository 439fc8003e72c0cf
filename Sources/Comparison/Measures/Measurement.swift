import Arithmetics
import CMPFR

/// Measures tensors against a reference, one by one and all as one vector.
///
/// - Parameters:
///   - values: numbers of `format`.
///   - reference: tensors of the same counts, in any format.
/// - Returns: the measures over all elements, and of each tensor. Identical values (NaNs are one value) differ by 0.
public func measure(
    _ values: [ExactArray], against reference: [ExactArray], in format: Format
) -> (all: ErrorMeasures, tensors: [ErrorMeasures]) {
    measureTruncated(values, against: reference, in: format)
        ?? measureByDefinition(values, against: reference, in: format)
}

/// The same, faster; nil where that cannot be told from truncated numbers: a value is not finite, an ulp of 0 does not exist,
/// or a result lies too near to a boundary between two binary64.
///
/// - Parameter instructionSet: never changes a bit.
public func measureTruncated(
    _ values: [ExactArray], against reference: [ExactArray], in format: Format,
    instructionSet: InstructionSet = .best
) -> (all: ErrorMeasures, tensors: [ErrorMeasures])? {
    let ranges = positions(values, reference)
    return withWidestExponentRange { TruncatedMeasurement(values, reference, format, ranges, instructionSet)?.measures }
}

/// What `measure` means: what it does unless something faster gives the same bits.
public func measureByDefinition(
    _ values: [ExactArray], against reference: [ExactArray], in format: Format
) -> (all: ErrorMeasures, tensors: [ErrorMeasures]) {
    let ranges = positions(values, reference)
    let total = ranges.last?.upperBound ?? 0
    return withWidestExponentRange {
        let columns = ErrorColumns(values, reference, format, total)
        var tensors: [ErrorMeasures] = []
        for range in ranges { tensors.append(columns.measures(over: range)) }
        return (columns.measures(over: 0..<total), tensors)
    }
}

/// Where each tensor's elements stand among all.
private func positions(_ values: [ExactArray], _ reference: [ExactArray]) -> [Range<Int>] {
    precondition(values.count == reference.count, "different numbers of tensors")
    var total = 0
    return zip(values, reference).map { x, y in
        precondition(x.count == y.count, "tensors of different lengths")
        defer { total += x.count }
        return total..<total + x.count
    }
}

/// ‖a - b‖₂ over all elements; ∞ when a pair that is not identical holds a non-finite number.
public func norm(ofDifference a: [ExactArray], _ b: [ExactArray]) -> Double { differenceNorm(a, b).double }

/// The same at 128 bits.
func differenceNorm(_ a: [ExactArray], _ b: [ExactArray]) -> Scratch {
    precondition(a.count == b.count, "different numbers of tensors")
    return withWidestExponentRange {
        let squares = Column(count: a.reduce(0) { $0 + $1.count })
        var position = 0
        var finite = true
        for (x, y) in zip(a, b) {
            var difference = ExactDifference(precision: max(x.precision, y.precision) + 128)
            for i in 0..<x.count {
                x.withElement(i) { p in
                    y.withElement(i) { q in
                        let square = squares[position]
                        if mpfr_number_p(p) != 0, mpfr_number_p(q) != 0 {
                            mpfr_sqr(square, difference(p, q), MPFR_RNDN)
                        } else {
                            mpfr_set_zero(square, 1)
                            if !x.isIdentical(at: i, to: y) { finite = false }
                        }
                    }
                }
                position += 1
            }
        }
        let total = squares.sum(0..<position)
        if finite { mpfr_sqrt(total.pointer, total.pointer, MPFR_RNDN) } else { mpfr_set_inf(total.pointer, 1) }
        return total
    }
}

/// The terms of every measure, element by element. What is not set stays 0.
private struct ErrorColumns: ~Copyable {
    let format: Format
    /// |x - y| / ulp(y); ∞ where a non-finite value is not matched.
    let ulps: Column
    /// |x - y|; 0 where a non-finite value stands.
    let differences: Column
    /// |x - y| / (|x| + |y|).
    let relative: Column
    let squares: Column
    let fourthPowers: Column
    let referenceSquares: Column
    /// MPFR's exponent of y; nil where it is 0 or not finite.
    private var exponents: [Int?]
    private var ordinals: [Double?]
    private var unmatched: [Bool]
    private var nonFinite: [Bool]
    private let values: [ExactArray]
    private let reference: [ExactArray]

    init(_ values: [ExactArray], _ reference: [ExactArray], _ format: Format, _ count: Int) {
        self.format = format
        self.values = values
        self.reference = reference
        ulps = Column(count: count)
        differences = Column(count: count)
        relative = Column(count: count)
        squares = Column(count: count)
        fourthPowers = Column(count: count)
        referenceSquares = Column(count: count)
        exponents = [Int?](repeating: nil, count: count)
        unmatched = [Bool](repeating: false, count: count)
        nonFinite = unmatched
        ordinals = []
        ordinals.reserveCapacity(count)
        var e = 0
        for (x, y) in zip(values, reference) {
            ordinals += ordinalDistances(x, y, format)
            var difference = ExactDifference(precision: max(x.precision, y.precision) + 128)
            for i in 0..<x.count {
                x.withElement(i) { p in y.withElement(i) { q in fill(e, p, q, &difference) } }
                e += 1
            }
        }
    }

    private mutating func fill(
        _ e: Int, _ x: mpfr_srcptr, _ y: mpfr_srcptr, _ difference: inout ExactDifference
    ) {
        if mpfr_regular_p(y) != 0 {
            exponents[e] = Int(mpfr_get_exp(y))
            mpfr_sqr(referenceSquares[e], y, MPFR_RNDN)
        }
        guard mpfr_number_p(x) != 0, mpfr_number_p(y) != 0 else {
            nonFinite[e] = true
            let bothNaN = mpfr_nan_p(x) != 0 && mpfr_nan_p(y) != 0
            if bothNaN || (mpfr_inf_p(x) != 0 && mpfr_equal_p(x, y) != 0) { return }
            unmatched[e] = true
            mpfr_set_inf(ulps[e], 1)
            mpfr_set_ui(relative[e], 1, MPFR_RNDN)
            return
        }
        guard mpfr_equal_p(x, y) == 0 else { return }
        let d = difference(x, y)
        mpfr_set(differences[e], d, MPFR_RNDN)
        mpfr_sqr(squares[e], d, MPFR_RNDN)
        mpfr_sqr(fourthPowers[e], squares[e], MPFR_RNDN)
        if let exponent = format.ulpExponent(atMPFRExponent: exponents[e]) {
            mpfr_mul_2si(ulps[e], d, -exponent, MPFR_RNDN)
        } else {
            mpfr_set_inf(ulps[e], 1)
        }
        // |x| + |y| in the place of the quotient first.
        let sum = relative[e]
        if (mpfr_signbit(x) != 0) == (mpfr_signbit(y) != 0) {
            mpfr_add(sum, x, y, MPFR_RNDN)
        } else {
            mpfr_sub(sum, x, y, MPFR_RNDN)
        }
        mpfr_abs(sum, sum, MPFR_RNDN)
        mpfr_div(sum, d, sum, MPFR_RNDN)
    }

    func measures(over range: Range<Int>) -> ErrorMeasures {
        let n = range.count
        var worst: Int?
        var scale: Int?
        var largest = range.lowerBound
        var ordinal: Double? = 0
        var anyUnmatched = false
        var anyNonFinite = false
        for e in range {
            if mpfr_zero_p(ulps[e]) == 0, worst.map({ mpfr_greater_p(ulps[e], ulps[$0]) != 0 }) ?? true { worst = e }
            if let exponent = exponents[e] { scale = max(scale ?? exponent, exponent) }
            if mpfr_greater_p(differences[e], differences[largest]) != 0 { largest = e }
            if let one = ordinals[e] { ordinal = ordinal.map { max($0, one) } } else { ordinal = nil }
            anyUnmatched = anyUnmatched || unmatched[e]
            anyNonFinite = anyNonFinite || nonFinite[e]
        }
        guard let worst else {
            return ErrorMeasures(
                maxUlp: 0, maxUlpOfScale: 0, meanUlp: 0, medianUlp: 0, maxOrdinal: 0, relativeL1: 0, relativeL2: 0,
                matchingBits: .infinity)
        }
        let r = Scratch()
        var result = ErrorMeasures(
            maxUlp: mpfr_get_d(ulps[worst], MPFR_RNDN), maxUlpOfScale: .infinity, meanUlp: 0, medianUlp: median(range),
            maxOrdinal: ordinal, relativeL1: 0, relativeL2: .infinity, matchingBits: -.infinity)
        if !anyUnmatched, let exponent = format.ulpExponent(atMPFRExponent: scale) {
            mpfr_mul_2si(r.pointer, differences[largest], -exponent, MPFR_RNDN)
            result.maxUlpOfScale = r.double
        }
        let ulpTotal = ulps.sum(range)
        mpfr_div_ui(ulpTotal.pointer, ulpTotal.pointer, UInt(n), MPFR_RNDN)
        result.meanUlp = ulpTotal.double
        let relativeTotal = relative.sum(range)
        mpfr_div_ui(relativeTotal.pointer, relativeTotal.pointer, UInt(n), MPFR_RNDN)
        mpfr_mul_2ui(relativeTotal.pointer, relativeTotal.pointer, 1, MPFR_RNDN)
        result.relativeL1 = relativeTotal.double
        let squareTotal = squares.sum(range)
        result.localisation = localisation(range, squareTotal)
        if !anyNonFinite {
            let referenceTotal = referenceSquares.sum(range)
            if mpfr_zero_p(referenceTotal.pointer) == 0 {
                mpfr_sqrt(squareTotal.pointer, squareTotal.pointer, MPFR_RNDN)
                mpfr_sqrt(referenceTotal.pointer, referenceTotal.pointer, MPFR_RNDN)
                mpfr_div(r.pointer, squareTotal.pointer, referenceTotal.pointer, MPFR_RNDN)
                result.relativeL2 = r.double
                mpfr_log2(r.pointer, r.pointer, MPFR_RNDN)
                mpfr_neg(r.pointer, r.pointer, MPFR_RNDN)
                result.matchingBits = r.double
            }
        }
        result.worst = element(worst)
        return result
    }

    /// Mean of the middle two.
    private func median(_ range: Range<Int>) -> Double {
        let n = range.count
        let upper = ulps.greatest((n + 1) / 2, range)
        let lower = n % 2 == 1 ? upper : ulps.greatest(n / 2 + 1, range)
        let r = Scratch()
        mpfr_add(r.pointer, ulps[upper[upper.count - 1]], ulps[lower[lower.count - 1]], MPFR_RNDN)
        mpfr_div_2ui(r.pointer, r.pointer, 1, MPFR_RNDN)
        return r.double
    }

    private func localisation(_ range: Range<Int>, _ total: borrowing Scratch) -> ErrorMeasures.Localisation? {
        guard mpfr_zero_p(total.pointer) == 0 else { return nil }
        let n = range.count
        let share = squares.sum(of: squares.greatest((n + 99) / 100, range))
        mpfr_div(share.pointer, share.pointer, total.pointer, MPFR_RNDN)
        let ratio = Scratch()
        let denominator = fourthPowers.sum(range)
        mpfr_mul_ui(denominator.pointer, denominator.pointer, UInt(n), MPFR_RNDN)
        mpfr_sqr(ratio.pointer, total.pointer, MPFR_RNDN)
        mpfr_div(ratio.pointer, ratio.pointer, denominator.pointer, MPFR_RNDN)
        return ErrorMeasures.Localisation(worstShare: share.double, participationRatio: ratio.double)
    }

    /// The element behind a position of the columns, by its index in its tensor.
    private func element(_ position: Int) -> ErrorMeasures.Element? {
        var index = position
        for (x, y) in zip(values, reference) {
            if index < x.count { return ErrorMeasures.Element(index: index, value: x[index], reference: y[index]) }
            index -= x.count
        }
        return nil
    }
}
