import Arithmetics

/// Is q the number of the format nearest to a positive real, ties to even? Decided from the definition: the real lies between
/// the midpoints of q and its neighbours, and on one only if q is even. No rounding function takes part.
///
/// - Parameters:
///   - q: Not negative; 0 and infinity are legitimate answers.
///   - isBelow: Is this midpoint below the real?
///   - isEqual: Is it the real?
public func isNearest(
    _ q: ExactValue, _ format: Format, isBelow: (Rational) -> Bool, isEqual: (Rational) -> Bool
) -> Bool {
    let half = Rational(1, 2)
    switch q.kind {
    case .nan: return false
    case .infinite:
        // From the midpoint of the largest number and the next power of two on; that one counts as even.
        guard let range = format.range else { return false }
        let overflow = twoTo(range.emax + 1) - twoTo(range.emax - format.precision)
        return isBelow(overflow) || isEqual(overflow)
    case .zero:
        guard let quantum = format.quantumExponent else { return false }
        let midpoint = twoTo(quantum) * half
        return !isBelow(midpoint)
    case .finite:
        guard format.holds(q) else { return false }
        // q = n × 2^unit.
        let exponent = q.exponent - 1
        let unit = max(exponent - format.precision + 1, format.quantumExponent ?? Int.min)
        let n = q.rational / twoTo(unit)
        let isEven = (n * half).isInteger
        // Below a power of two the numbers are twice as dense, unless the quantum is reached.
        let isPower = n == twoTo(format.precision - 1) && unit > (format.quantumExponent ?? Int.min)
        let low = (n - (isPower ? half * half : half)) * twoTo(unit)
        let high = (n + half) * twoTo(unit)
        return (isBelow(low) || (isEven && isEqual(low)))
            && ((!isBelow(high) && !isEqual(high)) || (isEven && isEqual(high)))
    }
}

/// The same for a rational, which may be negative: the sign of q must be that of x (or of a zero that x became).
public func isNearest(_ q: ExactValue, to x: Rational, _ format: Format) -> Bool {
    if q.isNaN { return false }
    if x == Rational(0) { return q == .zero }
    let negative = x < Rational(0)
    let magnitude = negative ? Rational(0) - x : x
    return q.isNegative == negative
        && isNearest(q.magnitude, format, isBelow: { $0 < magnitude }, isEqual: { $0 == magnitude })
}

func twoTo(_ e: Int) -> Rational { e >= 0 ? Rational(2).power(e) : Rational(1) / Rational(2).power(-e) }
