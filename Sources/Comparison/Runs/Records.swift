import Arithmetics
import Training

/// What a comparison found, run by run and step by step. Plain data: reports are made of it and checkpoints hold it.
public struct ComparisonFindings: Sendable, Codable {
    public var reference: Reference?
    /// In the order of the study's arithmetics; a reference that is not among them comes last.
    public var runs: [RunRecord]

    public struct Reference: Sendable, Codable {
        public var arithmetic: String
        /// Bits of the reference that a run at 64 bits more bears out; nil when that was not asked or cannot be.
        public var trustedBits: Int?
    }
}

public struct RunRecord: Sendable, Codable {
    /// Of the arithmetic, or what else sets the run apart: the participant's label.
    public var arithmetic: String
    public var steps: [StepRecord] = []
    public var firstDifference: FirstDifference?
    public var blowUp: BlowUp?
    public var growthExponent: GrowthExponent?
    /// Of the tangent, update by update: its norm over all weights after the update by that before, NaN where undefined. nil where
    /// none was carried.
    public var tangentAmplifications: [Double]?
    /// The growth exponent of the tangent: an estimate of the largest Lyapunov exponent of training.
    public var lyapunovExponent: GrowthExponent?
    public var test: TestRecord?
    /// Comparisons of an enclosing run that could not be decided, over all its updates; nil for any other.
    public var undecided: UndecidedRecord?
    /// Test accuracies on the way, where they were asked for.
    public var evaluations: [EvaluationRecord] = []
    /// Over all updates, where they were counted.
    public var rangeEvents: RangeEvents?
}

public struct UndecidedRecord: Sendable, Codable {
    public var count = 0
    /// The first of them, and the step that its update led to.
    public var first: Undecided.Place?
    public var firstStep: Int?
}

/// Step k: the state after k updates.
public struct StepRecord: Sendable, Codable {
    public var step: Int
    /// The batch loss before the update that led here; nil at step 0.
    public var loss: ExactValue?
    /// SHA-256 over all parameters.
    public var digest: String
    /// Over all weights as one vector; nil for the reference and for a run alone.
    public var error: ErrorMeasures?
    /// Per tensor, in declaration order.
    public var tensors: [TensorRecord] = []
    /// ‖low - F(low before)‖: what the update's own arithmetic added. nil without decomposition.
    public var localError: Double?
    /// ‖F(low before) - reference‖.
    public var propagatedError: Double?
    /// Propagated error by the error before; nil while that is 0.
    public var amplification: Double?
    /// What an enclosing run is sure of; nil for any other.
    public var enclosure: EnclosureRecord?
    /// Operations of the update that led here, where they were counted.
    public var operations: OperationCounts?
}

/// The bounds behind a step of an enclosing run; its other measures are those of the middles.
public struct EnclosureRecord: Sendable, Codable {
    /// Bounds of the loss; nil at step 0.
    public var loss: LossBounds?
    /// Over all weights as one vector.
    public var all: EnclosureMeasures
    /// Per tensor, in declaration order.
    public var tensors: [EnclosureMeasures]
    /// Of the update that led here; nil at step 0.
    public var undecided: Undecided?

    public struct LossBounds: Sendable, Codable {
        public var lower: ExactValue
        public var upper: ExactValue
    }
}

public struct TensorRecord: Sendable, Codable {
    public var name: String
    public var error: ErrorMeasures
    /// Where tensors were split too.
    public var parts: TensorParts?
}

/// One tensor's part of a step's errors: norms over its weights alone, whose squares add up to those over all.
public struct TensorParts: Sendable, Codable, Hashable {
    /// ‖e‖ before the update.
    public var prior: Double
    /// ‖e‖ after it.
    public var error: Double
    /// ‖δ‖: what the update's own arithmetic added here.
    public var local: Double
    /// ‖p‖: what became of the error before, here.
    public var propagated: Double
}

/// First step, tensor and element whose exact values, or signs of zero, differ.
public struct FirstDifference: Sendable, Codable {
    public var step: Int
    public var tensor: String
    public var index: Int
    public var value: ExactValue
    public var reference: ExactValue
}

/// First non-finite weight, or the loss (tensor `loss`, index 0).
public struct BlowUp: Sendable, Codable {
    public var step: Int
    public var tensor: String
    public var index: Int
}

public struct TestRecord: Sendable, Codable {
    /// Share of test samples whose predicted class is their label.
    public var accuracy: Double
    /// Share whose predicted class differs from the reference's; nil for the reference and for a run alone.
    public var churn: Double?
    /// Samples of which an enclosing run cannot say what it predicts: they count neither as right nor as different. nil for any
    /// other run.
    public var undecided: Int?
}
