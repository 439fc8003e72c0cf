import Arithmetics

/// The two bounds of α for one Δt: what is proved just beside them, and shown.
public struct LinearThresholds: Sendable {
    public let timeStep: ExactValue
    public let sides: [Side]

    /// How far beside a bound.
    public static let margin = Rational(1, 1 << 40)
    public static let precision = 256
    /// Updates of the runs that show it.
    public static let steps = 64

    public struct Side: Sendable {
        public enum Bound: String, Sendable { case least, greatest }
        /// Which bound: α_min, or α_max.
        public let bound: Bound
        /// 1 - 2⁻⁴⁰, 1, 1 + 2⁻⁴⁰.
        public let factor: Rational
        /// bound × factor, exactly.
        public let decay: Rational
        /// The growth factor that decides there, along c at α_min and across at α_max, enclosed by intervals.
        public let growthFactor: RecordedValue
        /// By the enclosure; at α_min itself by the exact integer eigenvalue; `.undecided` where neither says it.
        public let proved: Behaviour
        /// ln of that part's growth per step in a run of mpfr:256.
        public let shown: Double
    }

    /// - Parameters:
    ///   - coefficients: their α does not matter.
    ///   - kernel: what the runs start from.
    init(
        _ network: CheckerboardNetwork, _ coefficients: LinearCoefficients, kernel: ExactArray, _ classes: PatchClasses,
        instructionSet: InstructionSet
    ) {
        timeStep = coefficients.timeStep
        let prediction = LinearPrediction(network, coefficients)
        let one = Rational(1)
        var sides: [Side] = []
        for factor in [one - LinearThresholds.margin, one, one + LinearThresholds.margin] {
            sides.append(
                LinearThresholds.side(
                    .least, factor, prediction, network, coefficients, kernel, classes, instructionSet))
        }
        // α_max itself is 2/Δt, which a binary format holds only for a Δt that is a power of two.
        if network.weights > 1, prediction.timeStep != Rational(0) {
            for factor in [one - LinearThresholds.margin, one + LinearThresholds.margin] {
                sides.append(
                    LinearThresholds.side(
                        .greatest, factor, prediction, network, coefficients, kernel, classes, instructionSet))
            }
        }
        self.sides = sides
    }

    private static func side(
        _ bound: Side.Bound, _ factor: Rational, _ prediction: LinearPrediction, _ network: CheckerboardNetwork,
        _ coefficients: LinearCoefficients, _ kernel: ExactArray, _ classes: PatchClasses,
        _ instructionSet: InstructionSet
    ) -> Side {
        let decay = factor * (bound == .least ? prediction.leastDecay : prediction.greatestDecay)
        let (growthFactor, behaviour) = prove(bound, decay, prediction, instructionSet)
        var proved = behaviour
        // 1 - Δt·(α_min - α_min): an integer eigenvalue leaves nothing to enclose.
        if proved == .undecided, bound == .least, decay == prediction.leastDecay { proved = .marginal }
        var at = coefficients
        at.decay = Format.mpfr(precision: precision).round(decay)
        func show<A: Arithmetic>(_ a: A) -> Double {
            var run = LinearRun(network, at, kernel: kernel, in: a, classes: classes, isHomogeneous: true)
            let before = LinearComponents(network, run.state)
            for _ in 0..<steps { run.advance(recording: false) }
            let after = LinearComponents(network, run.state)
            return after.growth(of: bound == .least ? .along : .across, since: before) / Double(steps)
        }
        return Side(
            bound: bound, factor: factor, decay: decay, growthFactor: growthFactor, proved: proved,
            shown: show(mpfrArithmetic(precision: precision, instructionSet: instructionSet)))
    }

    /// 1 - Δt·(α - α_min) or 1 - Δt·α in intervals, against 1 and -1.
    private static func prove(
        _ bound: Side.Bound, _ decay: Rational, _ prediction: LinearPrediction, _ instructionSet: InstructionSet
    ) -> (RecordedValue, Behaviour) {
        func prove<I: Arithmetic>(_ arithmetic: I) -> (RecordedValue, Behaviour) {
            var a = arithmetic
            let dt = a.constant(prediction.timeStep)
            let decay = a.constant(decay)
            let rate = bound == .least ? a.subtract(decay, a.constant(prediction.leastDecay)) : decay
            let factor = a.subtract(a.one, a.multiply(dt, rate))
            let value = RecordedValue(factor, in: a)
            switch (a.compare(a.absolute(factor), a.one), bound) {
            case (.less, _): return (value, .decays)
            case (.greater, .least): return (value, .grows)
            case (.greater, .greatest): return (value, .blowsUp)
            case (.equal, _): return (value, .marginal)
            default: return (value, .undecided)
            }
        }
        return prove(intervalArithmetic(precision: precision, instructionSet: instructionSet))
    }
}
