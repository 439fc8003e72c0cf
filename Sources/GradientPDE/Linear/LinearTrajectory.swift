import Arithmetics
import Training

/// What one α in one arithmetic gave.
public struct LinearTrajectory: Sendable {
    public typealias Record = NonlinearTrajectory.Record

    public let arithmetic: ArithmeticName
    /// α as written; as used it is the prediction's.
    public let written: Rational
    public let coefficients: LinearCoefficients
    public let prediction: LinearPrediction
    /// Were products with the image made by classes of positions?
    public let usesClasses: Bool
    public let records: [Record]
    /// ‖w along c‖ and ‖w across c‖ of every record whose kernel is finite.
    public let parts: [(step: Int, along: Double, across: Double)]
    public let along, across: PartGrowth
    /// Lyapunov exponent from the length of w itself, which the linear map carries as it would a tangent vector; over the second
    /// half of the records in which w is neither infinite nor near the least numbers of the format. nil in an enclosing
    /// arithmetic.
    public let tangent: LyapunovEstimate?
    /// The first step whose total loss or kernel is not finite.
    public let firstNonFinite: Int?
    /// The last kernel.
    public let kernel: ExactArray

    /// What the run shows, by the tangent exponent's interval, and by which part is the larger at last; nil without an exponent.
    public var behaviour: Behaviour? {
        guard let exponent = tangent?.exponent else { return nil }
        if exponent.high < 0 { return .decays }
        // Every step as long as the one before, to the last bit of the measure.
        if exponent.low == 0, exponent.high == 0 { return .marginal }
        guard exponent.low > 0, let last = parts.last else { return .undecided }
        return last.along > last.across ? .grows : .blowsUp
    }
}

/// One α in one arithmetic, step by step.
struct LinearCell<A: Arithmetic> {
    private let name: ArithmeticName
    private let written: Rational
    private let coefficients: LinearCoefficients
    private let settings: PDESettings
    private var run: LinearRun<A>
    /// The homogeneous map's own run, where mean(I) is not 0 and the state is therefore no tangent vector.
    private var homogeneous: LinearRun<A>?
    private var records: [LinearTrajectory.Record] = []
    private var components: [(step: Int, parts: LinearComponents)] = []
    private var tangents: [(step: Int, norm: Double)] = []
    private var firstNonFinite: Int?

    init(
        _ name: ArithmeticName, _ arithmetic: A, _ linear: LinearSettings, written: Rational,
        _ coefficients: LinearCoefficients, kernel: ExactArray, _ classes: PatchClasses, _ settings: PDESettings
    ) {
        (self.name, self.written, self.coefficients, self.settings) = (name, written, coefficients, settings)
        let usable = linear.usesEveryPosition ? nil : classes
        run = LinearRun(
            linear.network, coefficients, kernel: kernel, in: arithmetic, classes: usable, threads: settings.threads)
        let isLinear = linear.network.imageSide % 2 == 0
        if !isLinear {
            homogeneous = LinearRun(
                linear.network, coefficients, kernel: kernel, in: arithmetic, classes: usable, isHomogeneous: true,
                threads: settings.threads)
        }
    }

    mutating func advance() {
        let isRecorded = settings.records(run.step)
        if isRecorded { measure() }
        note(run.advance(recording: isRecorded))
        homogeneous?.advance(recording: false)
    }

    /// Lengths before the update.
    private mutating func measure() {
        let state = run.state
        guard state.firstNonFinite == nil else {
            if firstNonFinite == nil { firstNonFinite = run.step }
            return
        }
        let parts = LinearComponents(run.network, state)
        components.append((run.step, parts))
        guard let homogeneous else {
            tangents.append((run.step, parts.norm))
            return
        }
        let vector = homogeneous.state
        guard vector.firstNonFinite == nil else { return }
        tangents.append((run.step, LinearComponents(run.network, vector).norm))
    }

    private mutating func note(_ record: NonlinearRecord<A.Scalar>?) {
        guard let record else { return }
        let a = run.arithmetic
        let total = RecordedValue(record.totalLoss, in: a)
        if firstNonFinite == nil, !total.isFinite { firstNonFinite = record.step }
        records.append(
            LinearTrajectory.Record(
                step: record.step, totalLoss: total, crossEntropy: RecordedValue(record.crossEntropy, in: a),
                projection: RecordedValue(record.projection, in: a),
                squaredNorm: RecordedValue(record.squaredNorm, in: a)))
    }

    /// After the last update: looks at where it led, and judges.
    mutating func finished() -> LinearTrajectory {
        measure()
        // The update that follows is not kept.
        var ahead = run
        note(ahead.advance())
        return trajectory
    }

    private var trajectory: LinearTrajectory {
        let prediction = LinearPrediction(run.network, coefficients)
        return LinearTrajectory(
            arithmetic: name, written: written, coefficients: coefficients, prediction: prediction,
            usesClasses: run.usesClasses, records: records,
            parts: components.map { ($0.step, $0.parts.along, $0.parts.across) },
            along: growth(.along, prediction.alongFactor), across: growth(.across, prediction.acrossFactor),
            tangent: name.isEnclosing ? nil : tangent, firstNonFinite: firstNonFinite, kernel: run.state)
    }

    /// Below this a kernel's elements lose digits to the least numbers of the format.
    private var least: Double {
        let format = run.arithmetic.format
        guard let quantum = format.quantumExponent else { return 0 }
        return Double(ModeGrowth.floorInUlps * run.network.kernelSide)
            * Double(sign: .plus, exponent: quantum + format.precision, significand: 1)
    }

    private func growth(_ part: LinearComponents.Part, _ factor: Rational) -> PartGrowth {
        func logarithm<B: Arithmetic>(_ arithmetic: B) -> Double {
            var a = arithmetic
            return a.exactValue(a.elementary(.log, a.constant(factor.magnitude))).double
        }
        let predicted = logarithm(mpfrArithmetic(precision: 256))
        let unit = Double(sign: .plus, exponent: 1 - run.arithmetic.format.precision, significand: 1)
        let usable = components.prefix { entry in
            let length = part == .along ? entry.parts.along : entry.parts.across
            return length > Double(ModeGrowth.floorInUlps) * unit * entry.parts.norm && entry.parts.norm > least
        }
        guard let first = usable.first, let last = usable.last, last.step > first.step else {
            return PartGrowth(steps: 0, exponent: nil, predicted: predicted)
        }
        let growth = last.parts.growth(of: part, since: first.parts)
        return PartGrowth(
            steps: last.step - first.step, exponent: growth / Double(last.step - first.step), predicted: predicted)
    }

    private var tangent: LyapunovEstimate? {
        let usable = tangents.prefix { $0.norm > least && $0.norm.isFinite }
        let growths = zip(usable, usable.dropFirst()).map { before, after in
            nthRoot(after.norm / before.norm, after.step - before.step)
        }
        return LyapunovEstimate(growths, .tangent, transient: growths.count / 2)
    }

    /// x^(1/n) in MPFR, so that every machine gives the same.
    private func nthRoot(_ x: Double, _ n: Int) -> Double {
        func root<B: Arithmetic>(_ arithmetic: B) -> Double {
            var a = arithmetic
            let logarithm = a.elementary(.log, a.constant(ExactValue(x)))
            return a.exactValue(a.elementary(.exp, a.divide(logarithm, byInteger: n))).double
        }
        return n == 1 ? x : root(mpfrArithmetic(precision: 128))
    }
}
