import Arithmetics
import CMPFR

/// x - y element by element, each exact difference rounded once to binary64. 0 where both are identical non-finite values, NaN
/// where only one is finite or they are not identical.
///
/// - Parameters:
///   - x: [n], any format.
///   - y: [n].
public func differences(_ x: ExactArray, _ y: ExactArray) -> [Double] {
    precondition(x.count == y.count, "arrays of different lengths")
    return withWidestExponentRange {
        var difference = ExactDifference(precision: max(x.precision, y.precision) + 128)
        return (0..<x.count).map { i in
            x.withElement(i) { p in
                y.withElement(i) { q in
                    guard mpfr_number_p(p) != 0, mpfr_number_p(q) != 0 else {
                        return x.isIdentical(at: i, to: y) ? 0 : .nan
                    }
                    let order = mpfr_cmp(p, q)
                    if order == 0 { return 0 }
                    let magnitude = mpfr_get_d(difference(p, q), MPFR_RNDN)
                    return order < 0 ? -magnitude : magnitude
                }
            }
        }
    }
}

extension Format {
    /// One unit in the last place of this format at y: 2^(max(e, emin) - p + 1), e the exponent of |y|. As binary64, so 0 below
    /// 2^-1074. Infinity for a non-finite y, and for 0 in a format without a least exponent.
    public func ulp(of y: ExactValue) -> Double {
        guard y.isFinite, let exponent = ulpExponent(atMPFRExponent: y.kind == .zero ? nil : y.exponent) else {
            return .infinity
        }
        return powerOfTwo(exponent)
    }

    /// The same at each element.
    public func ulps(of y: ExactArray) -> [Double] {
        (0..<y.count).map { i in
            y.withElement(i) { p in
                guard mpfr_number_p(p) != 0 else { return .infinity }
                let exponent = mpfr_regular_p(p) != 0 ? Int(mpfr_get_exp(p)) : nil
                return ulpExponent(atMPFRExponent: exponent).map { powerOfTwo($0) } ?? .infinity
            }
        }
    }
}

/// 2^n, 0 or infinity where binary64 ends.
private func powerOfTwo(_ n: Int) -> Double {
    Double(sign: .plus, exponent: max(-2000, min(2000, n)), significand: 1)
}
