import Arithmetics
import Training

/// What a check found.
public struct CheckFindings: Sendable {
    public internal(set) var verdict: Verdict = .undetermined
    /// Why, a sentence each.
    public internal(set) var reasons: [String] = []
    /// The format that the other program kept its numbers in.
    public let format: Format
    public let reference: ArithmeticName
    /// Labels of the ensemble, Lockstep's own way first.
    public let ensemble: [String]
    public let limits: CheckLimits
    /// Everything judged, in the order of the training.
    public internal(set) var judgements: [Judgement] = []
    /// The tensor that differs first: the earliest step, and there the largest ratio.
    public internal(set) var firstDifference: Judgement?
    /// How the two trajectories part when each goes its own way from step 0: a report, never a verdict.
    public internal(set) var trajectory: [TrajectoryPoint] = []
    /// A common deviation that accounts for what was seen.
    public internal(set) var explanation: Explanation?
    /// Each operation of updates whose activations were given, in the order of the computation.
    public internal(set) var operations: [OperationJudgement] = []
    public internal(set) var notes: [String] = []

    /// The first operation at fault.
    public var firstOperation: OperationJudgement? { operations.first { $0.verdict == .differs } }

    init(format: Format, reference: ArithmeticName, ensemble: [String], limits: CheckLimits) {
        self.format = format
        self.reference = reference
        self.ensemble = ensemble
        self.limits = limits
    }

    /// What of a training is judged.
    public enum Subject: String, Sendable {
        case loss, gradient, momentum, weights, statistics
    }

    /// One tensor of one step, judged from the foreign state before it.
    public struct Judgement: Sendable {
        public let subject: Subject
        /// Of weights, momentum and running statistics the step they belong to; of gradients and losses the update, counted from 0.
        public let step: Int
        /// Updates since the foreign state that the judgement starts from.
        public let updates: Int
        public let tensor: String
        public let foreign: ErrorSize
        /// Of Lockstep's own run in the foreign format.
        public let own: ErrorSize
        /// Largest of the ensemble in each way of measuring.
        public let ensemble: ErrorSize
        /// Least root mean square and largest error of the ensemble.
        public let ensembleLeast: (rms: Double, max: Double)
        /// Foreign error over the largest of the ensemble, or over what rounding the exact result may cost: in the way of
        /// measuring where that is largest.
        public let ratio: Double
        /// Which way that is.
        public let measure: String
        /// The element of the largest foreign error.
        public let worst: Worst
        /// The least relative change of the whole update that would have been seen; nil where there is no update.
        public let resolution: Double?
        /// Root mean square of the update itself, in ulps of scale; nil where there is none.
        public let updateSize: Double?
        public internal(set) var verdict: Verdict
    }

    public struct Worst: Sendable {
        public let element: Int
        public let foreign: ExactValue
        public let reference: ExactValue
        public let own: ExactValue
        /// |foreign - reference| in ulps of the foreign format at the reference.
        public let ulps: Double
    }

    public struct TrajectoryPoint: Sendable {
        public let step: Int
        /// ‖x - reference‖ / ‖reference‖ over all weights.
        public let foreign: Double
        public let own: Double
    }

    public struct Explanation: Sendable {
        /// `weight decay missing`
        public let name: String
        /// What was done, in a sentence.
        public let sentence: String
        /// Largest ratio that is left when it is assumed.
        public let remaining: Double
    }

    /// One operation, made once in high precision on the other program's own operands.
    public struct OperationJudgement: Sendable {
        public let update: Int
        /// `forward`, `loss` or `backward`.
        public let pass: String
        /// `conv1`, `fc2.weight`.
        public let place: String
        public let foreign: ErrorSize
        public let ensemble: ErrorSize
        public let ratio: Double
        public let worst: Worst
        public let verdict: Verdict
    }
}
