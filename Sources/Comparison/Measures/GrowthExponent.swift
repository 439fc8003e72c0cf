import Arithmetics
import CMPFR

/// Mean of ln(amplification), with a 95 % interval by batch means: how fast one ulp grows, per step.
///
/// - Source: contract, section 6; Law and Kelton, *Simulation Modeling and Analysis*, section on batch means.
public struct GrowthExponent: Sendable, Equatable, Codable {
    public var value: Double
    public var low: Double
    public var high: Double

    /// Fewer amplifications than this give no exponent.
    public static let fewest = 9
    /// Steps count until the relative L2 error first reaches this.
    public static let threshold = 0.01

    /// - Parameter amplifications: of the steps before the threshold, in order; those that are defined and positive count.
    public init?(_ amplifications: [Double]) {
        let usable = amplifications.filter { $0 > 0 && $0.isFinite }
        guard usable.count >= GrowthExponent.fewest else { return nil }
        let n = usable.count
        let logs = Column(count: n)
        for (i, a) in usable.enumerated() {
            mpfr_set_d(logs[i], a, MPFR_RNDN)
            mpfr_log(logs[i], logs[i], MPFR_RNDN)
        }
        let batches = Int(Double(n).squareRoot())
        let means = Column(count: batches)
        for b in 0..<batches {
            let batch = logs.mean(n * b / batches..<n * (b + 1) / batches)
            mpfr_set(means[b], batch.pointer, MPFR_RNDN)
        }
        let center = means.mean(0..<batches)
        for b in 0..<batches {
            mpfr_sub(means[b], means[b], center.pointer, MPFR_RNDN)
            mpfr_sqr(means[b], means[b], MPFR_RNDN)
        }
        // t × √(Σ(mean - center)² / (b - 1) / b)
        let half = means.sum(0..<batches)
        mpfr_div_ui(half.pointer, half.pointer, UInt(batches - 1), MPFR_RNDN)
        mpfr_div_ui(half.pointer, half.pointer, UInt(batches), MPFR_RNDN)
        mpfr_sqrt(half.pointer, half.pointer, MPFR_RNDN)
        let quantile = studentQuantile(degrees: batches - 1)
        mpfr_mul(half.pointer, half.pointer, quantile.pointer, MPFR_RNDN)
        let mean = logs.mean(0..<n)
        let end = Scratch()
        value = mean.double
        mpfr_sub(end.pointer, mean.pointer, half.pointer, MPFR_RNDN)
        low = end.double
        mpfr_add(end.pointer, mean.pointer, half.pointer, MPFR_RNDN)
        high = end.double
    }
}

extension Column {
    /// Sum of a range divided by its count.
    fileprivate func mean(_ range: Range<Int>) -> Scratch {
        let result = sum(range)
        mpfr_div_ui(result.pointer, result.pointer, UInt(range.count), MPFR_RNDN)
        return result
    }
}
