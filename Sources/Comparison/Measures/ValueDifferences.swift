import Arithmetics
import CMPFR

/// Which differences do not count.
public struct DifferenceTolerance: Sendable, Equatable {
    /// Finite values that differ by at most so many ulps agree.
    public var ulps = 0.0
    /// +0 and -0 agree.
    public var ignoresZeroSign = false

    public init(ulps: Double = 0, ignoresZeroSign: Bool = false) {
        self.ulps = ulps
        self.ignoresZeroSign = ignoresZeroSign
    }
}

/// One element that differs.
public struct ElementDifference: Sendable, Equatable {
    public var index: Int
    public var value: ExactValue
    public var reference: ExactValue
    /// |value - reference| / ulp(reference); 0 where only the signs of zero differ; infinity as in `UlpHistogram.infinite`.
    public var ulps: Double
    /// Numbers of the format apart; nil when a NaN meets a number.
    public var ordinals: Double?
}

/// Two arrays, element by element.
///
/// Identical: same value, same sign of zero, all NaNs one. Infinities are identical to themselves only.
public struct ValueDifferences: Sendable, Equatable {
    public var count: Int
    /// Elements that are not identical.
    public var differing = 0
    /// Elements that differ by more than the tolerance.
    public var outside = 0
    /// Elements where NaN or an infinity meets another value.
    public var nonFinite = 0
    public var histogram = UlpHistogram()
    /// Over the pairs that have a distance; nil when none differs or none has one.
    public var maxOrdinal: Double?
    /// The first element outside the tolerance.
    public var first: ElementDifference?
    /// The element of the largest ulp error, of all elements.
    public var worst: ElementDifference?
    /// The contract's measures over the array; nil when nothing differs.
    public var measures: ErrorMeasures?

    /// As many identical elements.
    public init(identical count: Int) {
        self.count = count
        histogram.identical = count
    }
}

/// Compares two arrays.
///
/// - Parameters:
///   - values: [n].
///   - reference: [n]; ulps are measured at its elements.
///   - format: whose ulps and ordinals; the values may be of other formats. For ordinals they are rounded to it first.
/// - Complexity: where something differs, about 400 bytes of memory an element.
public func compareValues(
    _ values: ExactArray, against reference: ExactArray, in format: Format,
    tolerance: DifferenceTolerance = DifferenceTolerance()
) -> ValueDifferences {
    precondition(values.count == reference.count, "arrays of different lengths")
    var result = ValueDifferences(identical: values.count)
    guard values.firstDifference(from: reference) != nil else { return result }
    result.histogram.identical = 0
    withWidestExponentRange { fill(&result, values, reference, format, tolerance) }
    let measures = measure([values], against: [reference], in: format).all
    result.measures = measures
    // Measures know no signs of zero: where nothing else differs the first of them is the worst.
    if let worst = measures.worst, worst.index != result.first?.index {
        result.worst = element(worst.index, values, reference, format, measures.maxUlp)
    } else {
        result.worst = result.first ?? firstOfAll(values, reference, format)
    }
    return result
}

private func fill(
    _ result: inout ValueDifferences, _ values: ExactArray, _ reference: ExactArray, _ format: Format,
    _ tolerance: DifferenceTolerance
) {
    var difference = ExactDifference(precision: max(values.precision, reference.precision) + 128)
    var numbering = Ordinals(format)
    let roundedValues = values.rounded(to: format)
    let roundedReference = reference.rounded(to: format)
    let scaled = Scratch()
    for i in 0..<values.count {
        if values.isIdentical(at: i, to: reference) {
            result.histogram.identical += 1
            continue
        }
        result.differing += 1
        var agrees = false
        var ulps = Double.infinity
        values.withElement(i) { x in
            reference.withElement(i) { y in
                guard mpfr_number_p(x) != 0, mpfr_number_p(y) != 0 else {
                    result.nonFinite += 1
                    result.histogram.infinite += 1
                    return
                }
                if mpfr_equal_p(x, y) != 0 {
                    result.histogram.zeroSign += 1
                    agrees = tolerance.ignoresZeroSign
                    ulps = 0
                    return
                }
                let exponent = mpfr_regular_p(y) != 0 ? Int(mpfr_get_exp(y)) : nil
                guard let unit = format.ulpExponent(atMPFRExponent: exponent) else {
                    result.histogram.infinite += 1
                    return
                }
                let d = difference(x, y)
                let e = mpfr_get_exp(d)
                let isPower = mpfr_cmp_ui_2exp(d, 1, e - 1) == 0
                result.histogram.count(Int(e) - (isPower ? 1 : 0) - unit)
                // Rounded up it exceeds the tolerance just when the exact quotient does.
                mpfr_mul_2si(scaled.pointer, d, -unit, MPFR_RNDU)
                agrees = mpfr_cmp_d(scaled.pointer, tolerance.ulps) <= 0
                mpfr_mul_2si(scaled.pointer, d, -unit, MPFR_RNDN)
                ulps = scaled.double
            }
        }
        let ordinals = roundedValues.withElement(i) { x in
            roundedReference.withElement(i) { y in numbering.distance(x, y) }
        }
        if let ordinals { result.maxOrdinal = max(result.maxOrdinal ?? 0, ordinals) }
        if agrees { continue }
        result.outside += 1
        if result.first == nil {
            result.first = ElementDifference(
                index: i, value: values[i], reference: reference[i], ulps: ulps, ordinals: ordinals)
        }
    }
}

private func element(
    _ i: Int, _ values: ExactArray, _ reference: ExactArray, _ format: Format, _ ulps: Double
) -> ElementDifference {
    let (value, other) = (values[i], reference[i])
    let (x, y) = (ExactArray([value]).rounded(to: format), ExactArray([other]).rounded(to: format))
    let ordinals = withWidestExponentRange {
        var numbering = Ordinals(format)
        return x.withElement(0) { p in y.withElement(0) { q in numbering.distance(p, q) } }
    }
    return ElementDifference(index: i, value: value, reference: other, ulps: ulps, ordinals: ordinals)
}

/// Only signs of zero differ, and the tolerance passes them over.
private func firstOfAll(_ values: ExactArray, _ reference: ExactArray, _ format: Format) -> ElementDifference? {
    values.firstDifference(from: reference).map { element($0, values, reference, format, 0) }
}
