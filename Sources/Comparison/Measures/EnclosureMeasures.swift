import Arithmetics
import CMPFR

/// How much an enclosing run is sure of: widths of its enclosures, in bits, and whether the reference lies inside.
///
/// - Source: Documentation/intervals.md.
public struct EnclosureMeasures: Sendable, Codable, Equatable {
    /// Certain bits, -log₂((upper - lower) / max(|lower|, |upper|)), of the element with the fewest: ∞ where bounds are equal,
    /// at least -1 for bounded elements, -∞ where a bound is infinite or nothing is claimed.
    public var leastBits: Double
    /// Median of the certain bits.
    public var medianBits: Double
    /// -log₂(largest width / largest magnitude of a bound): certain bits on the scale of the whole tensor.
    public var bitsOfScale: Double
    /// Elements with an infinite bound, or without any claim.
    public var unbounded: Int
    /// Elements of the reference that lie outside; nil without a reference.
    public var outside: Int?
    /// Index of the first of them.
    public var firstOutside: Int?
}

/// Measures enclosures, one tensor after the other and all as one vector.
///
/// - Parameter reference: numbers of the same counts that may lie inside, or nil. A NaN lies inside nothing but no claim.
public func measure(
    _ enclosures: [Enclosure], against reference: [ExactArray]?
) -> (all: EnclosureMeasures, tensors: [EnclosureMeasures]) {
    withWidestExponentRange {
        var all = EnclosureColumn()
        var tensors: [EnclosureMeasures] = []
        for (i, enclosure) in enclosures.enumerated() {
            var one = EnclosureColumn()
            one.append(enclosure, reference?[i])
            all.append(enclosure, reference?[i])
            tensors.append(one.measures)
        }
        return (all.measures, tensors)
    }
}

private struct EnclosureColumn: ~Copyable {
    private var bits: [Double] = []
    private var unbounded = 0
    private var outside: Int?
    private var firstOutside: Int?
    private let widest = Scratch()
    private let largest = Scratch()

    mutating func append(_ enclosure: Enclosure, _ reference: ExactArray?) {
        let width = Scratch()
        let magnitude = Scratch()
        if reference != nil { outside = outside ?? 0 }
        for i in 0..<enclosure.count {
            var isInside = true
            enclosure.lower.withElement(i) { lower in
                enclosure.upper.withElement(i) { upper in
                    bits.append(certainBits(lower, upper, width, magnitude))
                    reference?.withElement(i) { x in
                        isInside =
                            mpfr_nan_p(lower) != 0
                            || (mpfr_lessequal_p(lower, x) != 0 && mpfr_lessequal_p(x, upper) != 0)
                    }
                }
            }
            if !isInside {
                outside = (outside ?? 0) + 1
                firstOutside = firstOutside ?? bits.count - 1
            }
        }
    }

    /// Widths are rounded up, magnitudes down: what is called certain is.
    private mutating func certainBits(
        _ lower: mpfr_srcptr, _ upper: mpfr_srcptr, _ width: borrowing Scratch, _ magnitude: borrowing Scratch
    ) -> Double {
        guard mpfr_number_p(lower) != 0, mpfr_number_p(upper) != 0 else {
            unbounded += 1
            return -.infinity
        }
        mpfr_abs(magnitude.pointer, mpfr_cmpabs(lower, upper) > 0 ? lower : upper, MPFR_RNDD)
        mpfr_sub(width.pointer, upper, lower, MPFR_RNDU)
        mpfr_max(largest.pointer, largest.pointer, magnitude.pointer, MPFR_RNDD)
        mpfr_max(widest.pointer, widest.pointer, width.pointer, MPFR_RNDU)
        return EnclosureColumn.bits(width.pointer, of: magnitude.pointer)
    }

    /// -log₂(width/magnitude), rounded down.
    private static func bits(_ width: mpfr_srcptr, of magnitude: mpfr_srcptr) -> Double {
        if mpfr_zero_p(width) != 0 { return .infinity }
        let quotient = Scratch()
        mpfr_div(quotient.pointer, width, magnitude, MPFR_RNDU)
        mpfr_log2(quotient.pointer, quotient.pointer, MPFR_RNDU)
        return -mpfr_get_d(quotient.pointer, MPFR_RNDU)
    }

    var measures: EnclosureMeasures {
        let sorted = bits.sorted()
        let middle = sorted.count / 2
        let median =
            sorted.isEmpty
            ? .infinity
            : sorted.count % 2 == 1 || sorted[middle - 1] == sorted[middle]
                ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        return EnclosureMeasures(
            leastBits: sorted.first ?? .infinity, medianBits: median,
            bitsOfScale: unbounded > 0
                ? -.infinity : EnclosureColumn.bits(widest.pointer, of: largest.pointer),
            unbounded: unbounded, outside: outside, firstOutside: firstOutside)
    }
}
