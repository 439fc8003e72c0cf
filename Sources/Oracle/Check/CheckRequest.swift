import Arithmetics
import Training

/// What another program left of its training, and how to judge it.
///
/// Steps are the contract's: weights of step k are those after k updates; gradients and losses of update t are those that the
/// update from step t to step t + 1 used, before clipping and weight decay.
public struct CheckRequest: Sendable {
    public struct StepFile: Sendable, Hashable {
        public let step: Int
        public let path: String

        public init(step: Int, path: String) {
            self.step = step
            self.path = path
        }
    }

    public var study: Study
    /// Weights of step 0.
    public var initial: String
    /// Weights of later steps.
    public var traces: [StepFile] = []
    /// Momentum buffers after the given number of updates. Without them they are made from the weights.
    public var momentum: [StepFile] = []
    public var gradients: [StepFile] = []
    /// Outputs of layers in the forward pass of update t, and under `NAME.gradient` the gradients arriving there.
    public var activations: [StepFile] = []
    /// Losses of updates 0, 1, …
    public var losses: String?
    public var names = NameMap()
    public var limits = CheckLimits()
    /// What the exact result is computed in; nil: MPFR with more than twice the bits of the foreign format.
    public var reference: ArithmeticName?
    /// An optimiser that is not the study's SGD, by name: then weights and buffers are not judged, only what led to them.
    public var otherOptimizer: String?
    public var threads = 1
    public var instructionSet = InstructionSet.best

    public init(study: Study, initial: String) {
        self.study = study
        self.initial = initial
    }
}

/// Where rounding ends.
public struct CheckLimits: Sendable {
    /// A foreign error is rounding while it is at most so many times the largest of the ensemble.
    ///
    /// The ensemble has 13 or more members. Where their errors are normally distributed, all of them stay below half a
    /// standard deviation with probability 0.38^13, less than one in 100,000, and even then 8 times their largest is four
    /// standard deviations. Usually the largest is near two, and 8 times that is sixteen. The mistakes that people make are
    /// hundreds of times larger than rounding in binary32 and more.
    public var maxRatio = 8.0
    /// No element may differ from the reference by more ulps than this.
    public var maxUlp: Double?
    /// Every bit must be that of Lockstep's own run in the foreign format.
    public var bitwise = false

    public init() {}
}
