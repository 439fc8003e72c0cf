import CMPFR

/// The same trajectory at rising precision, each held against a much higher one: at which step each is first off.
///
/// An error that starts at the size of the last bit and grows by e^λ a step reaches a threshold λ⁻¹ ln 2 steps later for every
/// bit of precision more. So the first step off is a line over the bits, and its slope measures the exponent λ without
/// a tangent map and without a second arithmetic in the run. Where the trajectories come from does not matter here.
///
/// - Source: Documentation/experiments/a7-precision-ladder.md, with the assumptions behind both intervals.
public struct Ladder: Sendable, Equatable, Codable {
    /// One precision.
    public struct Rung: Sendable, Equatable, Codable {
        /// Of the significand, with the leading one.
        public var bits: Int
        /// The first step whose relative L2 error reaches the threshold; nil if none of `steps` did.
        public var delay: Int?
        /// Steps that were made and looked at.
        public var steps: Int
        /// The largest relative L2 error of those before the threshold was reached; nil where it was not measured.
        public var largestError: Double?

        public init(bits: Int, delay: Int?, steps: Int, largestError: Double? = nil) {
            self.bits = bits
            self.delay = delay
            self.steps = steps
            self.largestError = largestError
        }
    }

    /// What the rungs say of the growth of errors.
    public enum Verdict: String, Sendable, Codable {
        /// Each bit more delays the first step off: errors grow exponentially, at the exponent of the fit.
        case grows
        /// No rung went off while it was watched: the exponent is not positive, or the rungs were not watched long enough.
        case never
        /// Too few rungs went off, or their first steps off do not rise with the bits beyond what their scatter explains.
        case undetermined
    }

    /// Relative L2 error at which a trajectory counts as off.
    public let threshold: Double
    /// By rising bits.
    public let rungs: [Rung]
    /// The line through the rungs that went off; nil where fewer than two did, or where it does not rise.
    public let fit: LadderFit?

    /// - Parameter rungs: distinct bits, in any order.
    public init(_ rungs: [Rung], threshold: Double) {
        self.threshold = threshold
        self.rungs = rungs.sorted { $0.bits < $1.bits }
        fit = LadderFit(self.rungs.compactMap { rung in rung.delay.map { (rung.bits, $0) } })
    }

    public var verdict: Verdict {
        if rungs.allSatisfy({ $0.delay == nil }) { return .never }
        guard let fit, let low = fit.regression.slopeLow, low > 0 else { return .undetermined }
        return .grows
    }

    /// Precision at which the first step off comes after step T.
    ///
    /// - Returns: nil unless errors grow: see `constantBits` for the other case.
    public func bitsNeeded(toTrust steps: Int) -> BitsNeeded? {
        guard verdict == .grows else { return nil }
        return fit.map { $0.bitsNeeded(toTrust: steps) }
    }

    /// Where no rung went off: the precision at which the largest error stays below the threshold, however long the run, if the
    /// exponent is not positive. Largest over rungs of bits + log₂(largest error ÷ threshold), rounded up, at least 2: an estimate
    /// by scaling, and roundings differ from one precision to the next by a bit or so. nil if
    /// a rung went off or no errors were measured.
    public var constantBits: Int? {
        guard verdict == .never else { return nil }
        let needed = rungs.compactMap { rung -> Int? in
            guard let error = rung.largestError, error.isFinite else { return nil }
            guard error > 0 else { return 2 }
            let r = Scratch()
            mpfr_set_d(r.pointer, error, MPFR_RNDN)
            mpfr_div_d(r.pointer, r.pointer, threshold, MPFR_RNDN)
            mpfr_log2(r.pointer, r.pointer, MPFR_RNDN)
            mpfr_add_si(r.pointer, r.pointer, rung.bits, MPFR_RNDN)
            return max(2, mpfr_get_si(r.pointer, MPFR_RNDU))
        }
        return needed.max()
    }
}
