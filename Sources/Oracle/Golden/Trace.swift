import Arithmetics
import Training

/// A golden trace: what a study gave, step by step, as digests of every tensor, so that another machine can say whether it
/// gets the same bits, and if not, where they first part.
public struct Trace: Sendable, Equatable {
    public var contract: Int
    /// Who recorded it, when asked for: free text, never compared.
    public var provenance: [String]
    public var study: Study
    /// SHA-256 of the data set (`DataSet.digest`).
    public var dataDigest: String
    /// One for every arithmetic of the study, in its order.
    public var sections: [Section]

    /// The trajectory in one arithmetic.
    public struct Section: Sendable, Equatable {
        public var arithmetic: ArithmeticName
        public var steps: [Step]
    }

    /// The state after `step` updates, and the loss of the update that led to it.
    public struct Step: Sendable, Equatable {
        public var step: Int
        /// Exact hexadecimal; nil at step 0.
        public var loss: ExactValue?
        public var tensors: [TensorEntry]
    }

    public struct TensorEntry: Sendable, Equatable {
        public var name: String
        /// SHA-256 of the contract's encoding.
        public var digest: String
        /// Bit patterns of the elements, most significant digit first, where they were asked for.
        public var values: [String]?
    }
}

/// What makes a trace differ from a run: the first place, and both sides.
public struct TraceDifference: Sendable, Equatable, CustomStringConvertible {
    public var arithmetic: ArithmeticName
    public var step: Int
    /// A tensor's name, or `loss`.
    public var tensor: String
    /// Index, where the trace holds values.
    public var element: Int?
    /// Bit patterns of the element, or the digests, or the losses.
    public var recorded: String
    public var found: String

    public var description: String {
        let place = element.map { "\(tensor)[\($0)]" } ?? tensor
        let kind = tensor == "loss" ? "loss" : element == nil ? "digest" : "bits"
        return "\(arithmetic) differs first at step \(step), \(place): recorded \(kind) \(recorded), found \(found)"
    }
}
