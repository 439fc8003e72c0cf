import Arithmetics
import Comparison
import Training

/// What one rate in one arithmetic gave.
public struct NonlinearTrajectory: Sendable {
    public let arithmetic: ArithmeticName
    /// η as written; η and α as used.
    public let written: Rational
    public let rate: ExactValue
    public let decay: ExactValue
    public let grid: Format
    /// How passes were made.
    public let method: String
    /// Of the first factor's trajectory.
    public let records: [Record]
    /// For each further factor k, how far its copy is from the first one after every step from 0 on.
    public let copies: [Copy]
    /// Exponent along c by the derivative of the reduced map along this orbit; nil where too few steps were made.
    public let alongPatch: LyapunovEstimate?
    /// ln|1 - η·α|, the exponent of everything orthogonal to c; -∞ where that is 0.
    public let acrossPatch: Double
    /// Exponent by two trajectories of the network itself (`ShadowTrajectory`): estimates the larger of the two before.
    public let shadow: LyapunovEstimate?
    public let behaviour: Behaviour
    /// Of the orbit of ⟨c, K⟩, where it repeats itself.
    public let period: Int?
    /// The first step whose total loss or kernel is not finite; nil where there is none.
    public let blowUp: Int?
    /// The last kernel.
    public let kernel: ExactArray

    public struct Record: Sendable {
        public let step: Int
        public let totalLoss: RecordedValue
        public let crossEntropy: RecordedValue
        /// ⟨c, K⟩.
        public let projection: RecordedValue
        /// ‖K‖².
        public let squaredNorm: RecordedValue
    }

    public struct Copy: Sendable {
        public let factor: Int
        /// Relative L1 difference of the kernels (contract, section 6), in [0, 2], after 0, 1, … steps.
        public let relativeL1: [Double]

        public init(factor: Int, relativeL1: [Double]) {
            self.factor = factor
            self.relativeL1 = relativeL1
        }

        /// Mean over the last `window` steps at each step, fewer at the beginning.
        public func slidingMean(_ window: Int = NonlinearSettings.window) -> [Double] {
            var means: [Double] = []
            for i in relativeL1.indices {
                let part = relativeL1[max(0, i + 1 - window)...i]
                means.append(part.reduce(0, +) / Double(part.count))
            }
            return means
        }
    }

    /// The larger of the exponents along c and orthogonal to it: what two trajectories should show.
    public var expectedExponent: Double? { alongPatch.map { max($0.exponent.value, acrossPatch) } }
}

/// One rate in one arithmetic, step by step, and its shadow in an arithmetic of at least 53 bits.
struct NonlinearCell<A: Arithmetic, W: Arithmetic> {
    private let name: ArithmeticName
    private let written: Rational
    private let rate: ExactValue
    private let decay: ExactValue
    private let grid: Format
    private let map: ReducedMap
    private let settings: PDESettings
    private var run: NonlinearRun<A>
    private var copies: [(factor: Int, run: NonlinearRun<A>, differences: [Double])]
    private var shadow: ShadowTrajectory<W>
    private var growths: [Double] = []
    private var records: [NonlinearTrajectory.Record] = []
    private var projections: [A.Scalar] = []
    private var squaredNorms: [A.Scalar] = []
    private var blowUp: Int?

    init(
        _ name: ArithmeticName, _ arithmetic: A, wide: W, _ nonlinear: NonlinearSettings, written: Rational,
        rate: ExactValue,
        decay: ExactValue, kernel: ExactArray, grid: Format, classes: PatchClasses, _ settings: PDESettings
    ) {
        guard let exactRate = Rational(rate), let exactDecay = Rational(decay) else {
            preconditionFailure("hyper-parameters are finite")
        }
        (self.name, self.written, self.rate, self.decay, self.grid) = (name, written, rate, decay, grid)
        self.settings = settings
        map = ReducedMap(nonlinear.network, decay: exactDecay, rate: exactRate)
        func run<B: Arithmetic>(_ k: Int, in arithmetic: B) -> NonlinearRun<B> {
            NonlinearRun(
                nonlinear.network, rate: rate, decay: decay, k: k, kernel: kernel, in: arithmetic,
                classes: nonlinear.usesLayers ? nil : classes, threads: settings.threads)
        }
        self.run = run(nonlinear.factors[0], in: arithmetic)
        copies = nonlinear.factors.dropFirst().map { ($0, run($0, in: arithmetic), [0]) }
        shadow = ShadowTrajectory(of: run(nonlinear.factors[0], in: wide))
    }

    mutating func advance() {
        note(run.advance())
        growths.append(shadow.follow(run))
        let state = run.state
        for i in copies.indices {
            copies[i].run.advance()
            copies[i].differences.append(relativeL1(copies[i].run.state, state))
        }
    }

    private mutating func note(_ record: NonlinearRecord<A.Scalar>) {
        let a = run.arithmetic
        projections.append(record.projection)
        squaredNorms.append(record.squaredNorm)
        let total = RecordedValue(record.totalLoss, in: a)
        let norm = RecordedValue(record.squaredNorm, in: a)
        if blowUp == nil, !total.isFinite || !norm.isFinite { blowUp = record.step }
        guard settings.records(record.step) else { return }
        records.append(
            NonlinearTrajectory.Record(
                step: record.step, totalLoss: total, crossEntropy: RecordedValue(record.crossEntropy, in: a),
                projection: RecordedValue(record.projection, in: a), squaredNorm: norm))
    }

    /// After the last update: looks at where it led, and judges.
    consuming func finished() -> NonlinearTrajectory {
        // The pass of the next update, which is not kept.
        var ahead = run
        note(ahead.advance())
        let a = run.arithmetic
        let transient = projections.count / 10
        let orbit = Array(projections.dropLast())
        let factors = map.growths(along: a.exactArray(orbit.span))
        let alongPatch = LyapunovEstimate(factors, .tangent, transient: transient)
        let period = recurrencePeriod(
            projections.suffix(projections.count / 4), in: a, tolerance: NonlinearCell.tolerance(a.format))
        return NonlinearTrajectory(
            arithmetic: name, written: written, rate: rate, decay: decay, grid: grid, method: run.method.rawValue,
            records: records,
            copies: copies.map { NonlinearTrajectory.Copy(factor: $0.factor, relativeL1: $0.differences) },
            alongPatch: alongPatch, acrossPatch: map.orthogonalExponent,
            shadow: LyapunovEstimate(growths, .twoTrajectories, transient: transient),
            behaviour: behaviour(alongPatch, period), period: period, blowUp: blowUp, kernel: run.state)
    }

    /// Half the bits, and no more than doubles would show.
    private static func tolerance(_ format: Format) -> Double {
        1 / Double(1 << min(format.precision / 2, 40))
    }

    private func behaviour(_ alongPatch: LyapunovEstimate?, _ period: Int?) -> Behaviour {
        if let still = map.marginality(steps: settings.steps), still { return .marginal }
        if blowUp != nil || normGrowsThroughout { return .blowsUp }
        // An expanding orbit that repeats itself was closed by rounding: a format has only so many numbers.
        if let alongPatch, alongPatch.exponent.low > 0 { return .restrained }
        guard let period else { return .undecided }
        return period == 1 ? .converges : .periodic
    }

    /// Is every ‖K‖² of the last quarter above all of the first?
    private var normGrowsThroughout: Bool {
        let a = run.arithmetic
        let quarter = squaredNorms.count / 4
        guard quarter >= 2 else { return false }
        var largest = squaredNorms[0]
        for x in squaredNorms.prefix(quarter) where a.compare(x, largest) == .greater { largest = x }
        return squaredNorms.suffix(quarter).allSatisfy { a.compare($0, largest) == .greater }
    }
}

extension ReducedMap {
    /// |f′| along an orbit, in MPFR at 128 bits.
    func growths(along orbit: ExactArray) -> [Double] {
        func along<A: Arithmetic>(_ a: A) -> [Double] {
            var program = program(in: a)
            return a.array(orbit).map { a.exactValue(a.absolute(program.derivative($0))).double }
        }
        return along(mpfrArithmetic(precision: 128))
    }

    /// ln|1 - η·α|; -∞ where that is 0.
    public var orthogonalExponent: Double {
        func logarithm<A: Arithmetic>(_ arithmetic: A) -> Double {
            var a = arithmetic
            return a.exactValue(a.elementary(.log, a.absolute(a.constant(orthogonalFactor)))).double
        }
        return logarithm(mpfrArithmetic(precision: 128))
    }

    /// Is |1 - η·α| 1, or so near that over so many steps nothing orthogonal to c grows or shrinks by 1 %? nil for no steps.
    func marginality(steps: Int) -> Bool? {
        let size = orthogonalFactor
        if size == Rational(1) || size == Rational(-1) { return true }
        guard steps > 0 else { return nil }
        return abs(orthogonalExponent) * Double(steps) < 0.01
    }
}
