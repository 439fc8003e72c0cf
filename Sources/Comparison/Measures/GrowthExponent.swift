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
        let arithmetic = Binary64()
        let logs = amplifications.filter { $0 > 0 && $0.isFinite }.map { arithmetic.elementary(.log, $0) }
        guard logs.count >= GrowthExponent.fewest else { return nil }
        let n = logs.count
        let batches = Int(Double(n).squareRoot())
        let means = (0..<batches).map { b in
            mean(logs[n * b / batches..<n * (b + 1) / batches])
        }
        value = mean(logs[...])
        let center = mean(means[...])
        let variance = means.map { ($0 - center) * ($0 - center) }.reduce(0, +) / Double(batches - 1)
        let half = studentQuantile(degrees: batches - 1) * (variance / Double(batches)).squareRoot()
        low = value - half
        high = value + half
    }
}

private func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }

/// The 97.5 % quantile of Student's t distribution: half of a two-sided 95 % interval, in standard errors.
///
/// - Source: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 26.7.3 and 26.7.4: the probability of |t| below a
///   bound as a finite series in sin and cos of θ = atan(t/√ν).
func studentQuantile(degrees ν: Int) -> Double {
    precondition(ν >= 1, "at least one degree of freedom")
    var low = 0.0
    var high = 1e4
    // 60 halvings settle binary64.
    for _ in 0..<60 {
        let t = (low + high) / 2
        if probability(below: t, degrees: ν) < 0.95 { low = t } else { high = t }
    }
    return high
}

/// P(|T| <= t) for ν degrees of freedom.
private func probability(below t: Double, degrees ν: Int) -> Double {
    let n = Double(ν)
    let cosine = (n / (n + t * t)).squareRoot()
    let sine = t / (n + t * t).squareRoot()
    if ν % 2 == 0 {
        var term = 1.0
        var sum = 1.0
        for j in stride(from: 2, to: ν, by: 2) {
            term = term * (cosine * cosine) * (Double(j - 1) / Double(j))
            sum += term
        }
        return sine * sum
    }
    var sum = 0.0
    if ν > 1 {
        var term = cosine
        sum = term
        for j in stride(from: 3, to: ν, by: 2) {
            term = term * (cosine * cosine) * (Double(j - 1) / Double(j))
            sum += term
        }
    }
    // atan from MPFR: the host's own would differ between machines in the last bit.
    let angle = MPFRVariable(precision: 64)
    mpfr_set_d(angle.pointer, t / n.squareRoot(), MPFR_RNDN)
    mpfr_atan(angle.pointer, angle.pointer, MPFR_RNDN)
    let pi = MPFRVariable(precision: 64)
    mpfr_const_pi(pi.pointer, MPFR_RNDN)
    return 2 / mpfr_get_d(pi.pointer, MPFR_RNDN) * (mpfr_get_d(angle.pointer, MPFR_RNDN) + sine * sum)
}
