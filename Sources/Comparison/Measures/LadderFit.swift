import CMPFR

/// The line through (bits, first step off), and what its slope says of the exponent: slope = ln 2 ÷ exponent.
///
/// Two readings of the same points, which differ in what they take for independent:
/// - `regression`: least squares, as if each rung scattered about the line on its own, with Student's t of n - 2 degrees.
///   The variance is taken no smaller than 1/12, that of rounding to a whole step.
/// - `increments`: the first and the last rung, with the scatter of the delays between neighbours, as if those were
///   independent, with a variance in proportion to the bits between them; Student's t of n - 2 degrees. Rungs that follow one
///   trajectory share its slow and fast stretches, and this is what that leaves; its interval is the wider one.
///
/// - Source: Draper and Smith, *Applied Regression Analysis*, 3rd ed., chapters 1 and 3; for sums of independent
///   increments: weighted least squares, chapter 9 there.
public struct LadderFit: Sendable, Equatable, Codable {
    /// A slope in steps a bit, and the exponent per step that it means. 95 % limits; nil where two points leave none. The
    /// exponent's upper limit is ∞ where the slope's lower one is not positive.
    public struct Estimate: Sendable, Equatable, Codable {
        public var slope: Double
        public var slopeLow: Double?
        public var slopeHigh: Double?
        /// ln 2 ÷ slope.
        public var exponent: Double
        public var exponentLow: Double?
        public var exponentHigh: Double?
    }

    public let regression: Estimate
    public let increments: Estimate
    /// Where the line of the regression stands at 0 bits, in steps.
    public let intercept: Double
    /// Square root of the residuals' variance (n - 2 degrees), in steps; nil for two points.
    public let scatter: Double?

    private let count: Int
    private let meanBits: Double
    private let spread: Double
    /// t times the deviation that the intervals use.
    private let reach: Double?

    /// - Parameter points: by rising bits, which are distinct.
    /// - Returns: nil for fewer than two points, and where the line does not rise.
    init?(_ points: [(bits: Int, delay: Int)]) {
        guard points.count >= 2 else { return nil }
        let n = points.count
        let x = Column(count: n)
        let y = Column(count: n)
        for (i, point) in points.enumerated() {
            mpfr_set_si(x[i], point.bits, MPFR_RNDN)
            mpfr_set_si(y[i], point.delay, MPFR_RNDN)
        }
        let meanX = x.sum(0..<n)
        let meanY = y.sum(0..<n)
        mpfr_div_ui(meanX.pointer, meanX.pointer, UInt(n), MPFR_RNDN)
        mpfr_div_ui(meanY.pointer, meanY.pointer, UInt(n), MPFR_RNDN)
        let squares = Column(count: n)
        let products = Column(count: n)
        for i in 0..<n {
            mpfr_sub(x[i], x[i], meanX.pointer, MPFR_RNDN)
            mpfr_sub(y[i], y[i], meanY.pointer, MPFR_RNDN)
            mpfr_sqr(squares[i], x[i], MPFR_RNDN)
            mpfr_mul(products[i], x[i], y[i], MPFR_RNDN)
        }
        let sxx = squares.sum(0..<n)
        let slope = products.sum(0..<n)
        guard mpfr_sgn(sxx.pointer) > 0 else { return nil }
        mpfr_div(slope.pointer, slope.pointer, sxx.pointer, MPFR_RNDN)
        guard mpfr_sgn(slope.pointer) > 0, points[n - 1].delay > points[0].delay else { return nil }

        // ȳ - slope × x̄
        let start = Scratch()
        mpfr_mul(start.pointer, slope.pointer, meanX.pointer, MPFR_RNDN)
        mpfr_sub(start.pointer, meanY.pointer, start.pointer, MPFR_RNDN)
        intercept = start.double
        count = n
        meanBits = meanX.double
        spread = sxx.double

        guard n > 2 else {
            regression = Estimate(slope)
            increments = regression
            (scatter, reach) = (nil, nil)
            return
        }
        let t = studentQuantile(degrees: n - 2)
        for i in 0..<n {
            mpfr_mul(products[i], slope.pointer, x[i], MPFR_RNDN)
            mpfr_sub(products[i], y[i], products[i], MPFR_RNDN)
            mpfr_sqr(products[i], products[i], MPFR_RNDN)
        }
        let deviation = products.sum(0..<n)
        mpfr_div_ui(deviation.pointer, deviation.pointer, UInt(n - 2), MPFR_RNDN)
        mpfr_sqrt(deviation.pointer, deviation.pointer, MPFR_RNDN)
        scatter = deviation.double
        let half = Scratch()
        mpfr_set_ui(half.pointer, 12, MPFR_RNDN)
        mpfr_rec_sqrt(half.pointer, half.pointer, MPFR_RNDN)
        mpfr_max(half.pointer, half.pointer, deviation.pointer, MPFR_RNDN)
        mpfr_mul(half.pointer, half.pointer, t.pointer, MPFR_RNDN)
        reach = half.double
        let root = Scratch()
        mpfr_sqrt(root.pointer, sxx.pointer, MPFR_RNDN)
        mpfr_div(half.pointer, half.pointer, root.pointer, MPFR_RNDN)
        regression = Estimate(slope, half: half)
        increments = LadderFit.increments(points, t)
    }

    /// d = delay between neighbours, w = bits between them: slope Σd ÷ Σw, variance of the slope Σ((d - slope × w)² ÷ w) ÷
    /// (n - 2) ÷ Σw.
    private static func increments(_ points: [(bits: Int, delay: Int)], _ t: borrowing Scratch) -> Estimate {
        let n = points.count
        let (bits, delay) = (points[n - 1].bits - points[0].bits, points[n - 1].delay - points[0].delay)
        let slope = Scratch()
        mpfr_set_si(slope.pointer, delay, MPFR_RNDN)
        mpfr_div_si(slope.pointer, slope.pointer, bits, MPFR_RNDN)
        let terms = Column(count: n - 1)
        for i in 1..<n {
            let width = points[i].bits - points[i - 1].bits
            let term = terms[i - 1]
            mpfr_mul_si(term, slope.pointer, width, MPFR_RNDN)
            mpfr_si_sub(term, points[i].delay - points[i - 1].delay, term, MPFR_RNDN)
            mpfr_sqr(term, term, MPFR_RNDN)
            mpfr_div_si(term, term, width, MPFR_RNDN)
        }
        let half = terms.sum(0..<n - 1)
        mpfr_div_si(half.pointer, half.pointer, n - 2, MPFR_RNDN)
        mpfr_div_si(half.pointer, half.pointer, bits, MPFR_RNDN)
        mpfr_sqrt(half.pointer, half.pointer, MPFR_RNDN)
        mpfr_mul(half.pointer, half.pointer, t.pointer, MPFR_RNDN)
        return Estimate(slope, half: half)
    }
}

extension LadderFit.Estimate {
    /// Without an interval.
    fileprivate init(_ slope: borrowing Scratch) {
        self.slope = slope.double
        exponent = LadderFit.exponent(slope)
    }

    /// - Parameter half: half of the slope's interval.
    fileprivate init(_ slope: borrowing Scratch, half: borrowing Scratch) {
        self.init(slope)
        let r = Scratch()
        mpfr_add(r.pointer, slope.pointer, half.pointer, MPFR_RNDN)
        slopeHigh = r.double
        exponentLow = LadderFit.exponent(r)
        mpfr_sub(r.pointer, slope.pointer, half.pointer, MPFR_RNDN)
        slopeLow = r.double
        exponentHigh = mpfr_sgn(r.pointer) > 0 ? LadderFit.exponent(r) : .infinity
    }
}

extension LadderFit {
    fileprivate static func exponent(_ slope: borrowing Scratch) -> Double {
        let r = Scratch()
        mpfr_const_log2(r.pointer, MPFR_RNDN)
        mpfr_div(r.pointer, r.pointer, slope.pointer, MPFR_RNDN)
        return r.double
    }

    /// The first step off that the line gives for a precision, and, where there is one, the 95 % interval for a single further
    /// rung: the regression's own uncertainty and the scatter of one point.
    public func delay(bits: Int) -> (value: Double, low: Double?) {
        let value = intercept + regression.slope * Double(bits)
        guard let reach else { return (value, nil) }
        let distance = Double(bits) - meanBits
        return (value, value - reach * (1 + 1 / Double(count) + distance * distance / spread).squareRoot())
    }

    /// The least precision whose first step off comes after `steps`.
    public func bitsNeeded(toTrust steps: Int) -> BitsNeeded {
        let offset = -intercept / regression.slope
        let central = least { delay(bits: $0).value > Double(steps) }
        let sure = (regression.slopeLow ?? 0) > 0 ? least { delay(bits: $0).low ?? 0 > Double(steps) } : nil
        return BitsNeeded(steps: steps, perStep: 1 / regression.slope, offset: offset, expected: central, sure: sure)
    }

    /// The least whole number of at least 2 that passes a test which, once passed, stays passed.
    private func least(_ passes: (Int) -> Bool) -> Int {
        var (low, high) = (1, 2)
        while !passes(high) { (low, high) = (high, 2 * high) }
        while high - low > 1 {
            let middle = (low + high) / 2
            if passes(middle) { high = middle } else { low = middle }
        }
        return high
    }
}

/// How many bits keep a trajectory within the threshold for so many steps: `steps` × `perStep` + `offset`.
public struct BitsNeeded: Sendable, Equatable, Codable {
    public var steps: Int
    /// exponent ÷ ln 2.
    public var perStep: Double
    /// What the threshold and the size of each step's rounding errors take, in bits.
    public var offset: Double
    /// By the line itself: as likely too few as too many.
    public var expected: Int
    /// By the lower limit of the 95 % interval for a further rung; nil where two points leave none.
    public var sure: Int?
}
