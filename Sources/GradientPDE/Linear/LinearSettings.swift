import Arithmetics
import Training

/// What determines the linear experiment besides `PDESettings`.
public struct LinearSettings: Sendable {
    public var network: CheckerboardNetwork
    /// α as written, one trajectory each.
    public var decays: [Rational]
    /// Δt as written.
    public var timeStep: Rational
    /// The derivative of the cross-entropy at a logit of 0, which the linearisation keeps: -1/2.
    public var slope: Rational
    /// β: of swish, and the factor of XXᵀ.
    public var beta: Rational
    /// Factor k of perturbed SGD (contract, section 4).
    public var k: Int
    public var start: KernelStart
    /// Convolve position by position even where classes of positions give the same bits.
    public var usesEveryPosition: Bool

    public static let publishedSteps = 1000

    /// - Throws: `StudyError` where a number makes no sense.
    public init(
        network: CheckerboardNetwork, decays: [Rational], timeStep: Rational, slope: Rational = Rational(-1, 2),
        beta: Rational = Rational(1), k: Int = 1, start: KernelStart, usesEveryPosition: Bool = false
    ) throws(StudyError) {
        guard !decays.isEmpty else { throw StudyError("alpha: none is given") }
        for decay in decays where decay < Rational(0) { throw StudyError("alpha: \(decay) is below 0") }
        guard Rational(0) < timeStep else { throw StudyError("dt: \(timeStep) is not above 0") }
        precondition(k >= 1, "factors begin at 1")
        self.network = network
        self.decays = decays
        self.timeStep = timeStep
        self.slope = slope
        self.beta = beta
        self.k = k
        self.start = start
        self.usesEveryPosition = usesEveryPosition
    }

    /// The published setting, and one like it that takes an 81st of the work.
    public enum Preset: String, Sendable, CaseIterable {
        case published
        /// A 1296th of the eigenvalue, α divided and Δt multiplied by as much: the same two growth factors for every α.
        case small

        public var imageSide: Int { self == .published ? 256 : 32 }
        public var kernelSide: Int { self == .published ? 32 : 8 }
        public var timeStep: Rational { Rational(self == .published ? 1 : 1296, 100_000_000) }
        public var decays: [Rational] {
            [110, 120, 130, 1900, 2000, 2100, 2200].map { Rational($0 * 100_000, self == .published ? 1 : 1296) }
        }
    }
}

/// The numbers of one run.
public struct LinearCoefficients: Sendable {
    public var decay: ExactValue
    public var timeStep: ExactValue
    public var slope: ExactValue
    public var beta: ExactValue
    public var k: Int

    public init(decay: ExactValue, timeStep: ExactValue, slope: ExactValue, beta: ExactValue, k: Int = 1) {
        self.decay = decay
        self.timeStep = timeStep
        self.slope = slope
        self.beta = beta
        self.k = k
    }

    /// As one arithmetic has them.
    init(
        _ linear: LinearSettings, decay: Rational, _ settings: PDESettings, in name: ArithmeticName
    ) throws(StudyError) {
        self.decay = try settings.hyperparameter(decay, "alpha", in: name)
        timeStep = try settings.hyperparameter(linear.timeStep, "dt", in: name)
        slope = try settings.hyperparameter(linear.slope, "slope", in: name)
        beta = try settings.hyperparameter(linear.beta, "beta", in: name)
        k = linear.k
    }
}
