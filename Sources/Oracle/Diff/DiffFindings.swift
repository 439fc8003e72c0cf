import Arithmetics
import Comparison

/// What two recordings have that the other has not, in the order of the questions: series, step, tensor, element. A is the
/// reference: ulps are measured at its values.
public struct DiffFindings: Sendable {
    public enum Verdict: String, Sendable {
        /// Nothing differs.
        case identical
        /// Something differs, nothing by more than the tolerance.
        case agrees
        case differs
    }

    public var verdict: Verdict
    public var tolerance: DifferenceTolerance
    public var series: [SeriesDifference]
    /// What could not be compared, or was compared in a way that should be known.
    public var notes: [String]

    /// The first step, of any series, that differs by more than the tolerance.
    public var firstStep: (series: SeriesDifference, step: StepDifference)? {
        for one in series { if let step = one.steps.first(where: { !$0.agrees }) { return (one, step) } }
        return nil
    }
}

/// One arithmetic.
public struct SeriesDifference: Sendable {
    /// Arithmetics, where they are named.
    public var a: String?
    public var b: String?
    public var steps: [StepDifference]
    /// Steps that only one side has, where that is a difference.
    public var onlyInA: [Int] = []
    public var onlyInB: [Int] = []
    /// Have the sides different arithmetics or steps at all? (Between recordings of different kinds that is no difference.)
    public var agrees: Bool { onlyInA.isEmpty && onlyInB.isEmpty && steps.allSatisfy(\.agrees) }
}

/// One step.
public struct StepDifference: Sendable {
    /// Of A and of B; nil where a file has no number.
    public var a: Int?
    public var b: Int?
    public var tensors: [TensorDifference]
    /// Tensors that only one side has, where that is a difference.
    public var onlyInA: [String] = []
    public var onlyInB: [String] = []

    public var agrees: Bool { onlyInA.isEmpty && onlyInB.isEmpty && tensors.allSatisfy(\.agrees) }
    public var isIdentical: Bool { onlyInA.isEmpty && onlyInB.isEmpty && tensors.allSatisfy(\.isIdentical) }
    /// The tensor, in A's order, that differs first.
    public var firstTensor: TensorDifference? { tensors.first { !$0.agrees } }
}

/// One tensor, or `loss`.
public struct TensorDifference: Sendable {
    public enum Content: Sendable {
        case values(ValueDifferences)
        case shapes(a: [Int]?, b: [Int]?)
        /// Only digests are known of one side; equal digests are equal values.
        case digests(a: String, b: String)
        /// Element of B that A, of which there is a digest only, cannot hold in its format (or the other way round).
        case unheld(index: Int, value: ExactValue, inA: Bool)
        /// Formats differ and only digests are known.
        case incomparable
    }

    /// A's name.
    public var name: String
    /// B's, where it is another one.
    public var otherName: String?
    public var shape: [Int]?
    public var aType: String?
    public var bType: String?
    public var aFormat: Format?
    public var bFormat: Format?
    /// Whose ulps these are.
    public var format: Format?
    public var content: Content

    public var isIdentical: Bool {
        switch content {
        case .values(let found): found.differing == 0
        case .digests(let a, let b): a == b
        case .shapes, .unheld: false
        case .incomparable: true
        }
    }

    public var agrees: Bool {
        if case .values(let found) = content { found.outside == 0 } else { isIdentical }
    }

    public var values: ValueDifferences? {
        if case .values(let found) = content { found } else { nil }
    }
}
