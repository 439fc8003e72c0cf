import Arithmetics
import Networks

/// Everything that determines a result: network, data, hyper-parameters, seed, arithmetics. Numbers are exact, as written.
///
/// A study is read from YAML (`init(yaml:)`) and from flags (`set(_:to:)`), flags last, and is echoed whole in every output.
public struct Study: Sendable, Hashable {
    public var model: ModelSpecification = .mlp([64, 32, 10])
    public var loss: Loss = .crossEntropy
    public var initializer: Initializer = .torch
    /// A file of tensors that replaces the initialiser's values.
    public var initFrom: String?
    /// Names in that file that differ from ours.
    public var nameMap: [NameMapping] = []
    public var data = "digits"
    public var testFraction = Rational(1, 5)
    public var normalization = Normalization.none
    public var augmentation = Augmentation.none
    public var batch = 32
    public var lastBatch: BatchOrder.LastBatch = .drop
    /// Updates to make. Where `epochs` says how long to train, a prepared study has their number here.
    public var steps = 100
    /// How often to go through the training samples, in place of a number of updates.
    public var epochs: Int?
    public var seed: UInt64 = 1
    /// Seed of the initial weights where they are not to change with `seed`.
    public var initSeed: UInt64?
    public var order: BatchOrder.Order = .shuffled
    public var optimizer = OptimizerSettings()
    public var schedule = Schedule()
    /// Global norm at which gradients are clipped.
    public var clip: Rational?
    public var grid: GridChoice = .coarsest
    public var arithmetics: [ArithmeticName] = []
    public var reference: ArithmeticName?

    public init() {}

    /// The reference: as given, or the most precise of the arithmetics; nil for one arithmetic alone.
    public var effectiveReference: ArithmeticName? {
        if let reference { return reference }
        guard arithmetics.count > 1 else { return nil }
        // The first of the most precise; single numbers before enclosures of the same precision.
        return arithmetics.map(\.format.precision).max().flatMap { best in
            let candidates = arithmetics.filter { $0.format.precision == best }
            return candidates.first { !$0.isEnclosing } ?? candidates.first
        }
    }

    /// Every arithmetic that takes part, once each: those compared, then the reference if it is not among them.
    public var participants: [ArithmeticName] {
        var all = arithmetics
        if let reference = effectiveReference, !all.contains(reference) { all.append(reference) }
        return all
    }
}

/// SGD as a study writes it; exact numbers.
public struct OptimizerSettings: Sendable, Hashable {
    public var rate = Rational(decimal: "0.1") ?? Rational(1, 10)
    public var momentum = Rational(0)
    public var weightDecay = Rational(0)
    public var nesterov = false
    public var k = 1
    /// How η × k is formed.
    public var scaledRate = ScaledRate.exact
    /// Fuse the update's multiplications and additions: for programs that measure how far valid roundings part. No study's
    /// text says so, and k must be 1.
    public var fusesUpdate = false

    public init() {}
}

/// How the product η × k of perturbed SGD is formed.
public enum ScaledRate: String, CaseIterable, Sendable {
    /// One rounding of the exact product of the rate on the grid: the contract's.
    case exact
    /// As in the published code: the product of η in binary64 and k, rounded to binary64, and that onto the grid.
    case double
}

/// The numbers that hyper-parameters, inputs and initial weights start on: contract, section 5.
public enum GridChoice: Sendable, Hashable, CustomStringConvertible {
    /// What every compared arithmetic holds.
    case coarsest
    /// Each arithmetic's own format.
    case exact
    case format(name: String, Format)

    public var description: String {
        switch self {
        case .coarsest: "coarsest"
        case .exact: "exact"
        case .format(let name, _): name
        }
    }
}

/// `THEIRS=OURS`: a tensor of a file under another name.
public struct NameMapping: Sendable, Hashable {
    public let theirs: String
    public let ours: String

    public init(theirs: String, ours: String) {
        self.theirs = theirs
        self.ours = ours
    }
}

/// A study that cannot be run: one line, where, what, and what would be right.
public struct StudyError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}
