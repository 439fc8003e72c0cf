import Arithmetics
import Networks

/// One training run in one arithmetic, which does not show in its type: states go in and out exactly.
///
/// A value: a copy goes its own way. `step` is the number of updates made; the contract calls the state after k updates step k.
public protocol Run: Sendable {
    var name: ArithmeticName { get }
    var step: Int { get }
    /// How many parameter tensors there are, and how many running statistics.
    var parameterCount: Int { get }
    var statisticCount: Int { get }
    /// Weights, buffers and running statistics after `step` updates; of what is not taken, nothing.
    func state(_ parts: StateParts) -> ExactState
    func elementCount(ofParameter index: Int) -> Int
    /// The first NaN or infinity of a parameter.
    func firstNonFinite(inParameter index: Int) -> Int?
    /// Adds one parameter, in the contract's encoding, to a digest.
    func update(_ digest: inout Digest, withParameter index: Int)
    /// The bytes of one parameter in the contract's encoding (section 1), by its number in declaration order.
    func encoding(ofParameter index: Int) -> [UInt8]
    /// The same of a running statistic, in the arithmetic that forward and backward run in.
    func encoding(ofStatistic index: Int) -> [UInt8]
    func elementCount(ofStatistic index: Int) -> Int

    /// Makes one update: forward, backward, clip, SGD.
    ///
    /// - Parameter observe: what to give out besides the loss.
    /// - Returns: the batch loss before the update, and what was asked for.
    mutating func advance(observe: Observation) -> Update
    /// Takes over a state, each number by one rounding where the format needs it. Of a state without running statistics those of
    /// the run stay.
    mutating func adopt(_ state: ExactState)
    /// The derivative of the state along the direction that was set, carried through every update since: what the tangent map
    /// of the updates makes of it, in the shape of a state. Each update's own map is exact but for the roundings of its
    /// derivatives. nil in a run that carries none.
    var tangent: ExactState? { get }
    /// Sets the direction, each number by one rounding to nearest; what it leaves out is 0. Only for a run that carries one.
    mutating func setTangent(_ direction: ExactState)
    /// Predicted classes of test samples, in the order given, with running statistics in place of the batch's; nil where several
    /// outputs may be the largest.
    func classes(of samples: [Int]) -> [Int?]
}

/// Of a state.
public enum StateParts: Sendable {
    case all
    /// Weights, and their bounds where there are any.
    case weights
}

extension Run {
    public var state: ExactState { state(.all) }

    /// SHA-256 over all parameters in declaration order, in the contract's encoding. Running statistics are no parameters.
    public var digest: String {
        var digest = Digest()
        for i in 0..<parameterCount { update(&digest, withParameter: i) }
        return digest.hexadecimal()
    }
}

/// Weights, momentum buffers, running statistics and step of a run, exactly.
public struct ExactState: Sendable, Equatable {
    public let step: Int
    /// In declaration order.
    public private(set) var parameters: [ExactArray]
    /// In declaration order; empty before the first update and without momentum.
    public let momentum: [ExactArray]
    /// In the order of their layers; empty where no layer has any.
    public let statistics: [ExactArray]
    /// The bounds of all three in an enclosing arithmetic, whose single values are the middles; else empty.
    public private(set) var parameterBounds: [Enclosure]
    public let momentumBounds: [Enclosure]
    public let statisticBounds: [Enclosure]

    public init(
        step: Int, parameters: [ExactArray], momentum: [ExactArray], statistics: [ExactArray] = [],
        parameterBounds: [Enclosure] = [], momentumBounds: [Enclosure] = [], statisticBounds: [Enclosure] = []
    ) {
        self.step = step
        self.parameters = parameters
        self.momentum = momentum
        self.statistics = statistics
        self.parameterBounds = parameterBounds
        self.momentumBounds = momentumBounds
        self.statisticBounds = statisticBounds
    }

    /// The state with one weight replaced; where there are bounds, both by it.
    public func replacing(parameter: Int, element: Int, by value: ExactValue) -> ExactState {
        func replaced(_ array: ExactArray) -> ExactArray {
            ExactArray((0..<array.count).map { $0 == element ? value : array[$0] })
        }
        var copy = self
        copy.parameters[parameter] = replaced(parameters[parameter])
        if !parameterBounds.isEmpty {
            let bounds = parameterBounds[parameter]
            copy.parameterBounds[parameter] = Enclosure(lower: replaced(bounds.lower), upper: replaced(bounds.upper))
        }
        return copy
    }
}

/// What an update gives out.
public struct Observation: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let gradients = Observation(rawValue: 1)
    public static let activations = Observation(rawValue: 2)
    /// Where a power of two for k could have changed a bit.
    public static let rangeEvents = Observation(rawValue: 4)
}

public struct Update: Sendable {
    public let loss: ExactValue
    /// The loss's bounds, of which `loss` is the middle; nil where numbers are single.
    public var lossBounds: Enclosure?
    /// Comparisons that could not be decided; nil in an arithmetic that decides all.
    public var undecided: Undecided?
    /// How many operations of each kind the update took, if they were counted.
    public var operations: OperationCounts?
    /// Of the update, if they were asked for.
    public var rangeEvents: RangeEvents?
    /// Gradients of the loss, before clipping and weight decay, in declaration order.
    public var gradients: [ExactArray] = []
    /// Their bounds in an enclosing arithmetic, else empty.
    public var gradientBounds: [Enclosure] = []
    /// Each layer's output for the batch, by layer name.
    public var activations: [TensorStore.NamedTensor] = []
    /// In a run that carries a tangent, the derivative of the loss along it, and those of the gradients where they were asked
    /// for: the Hessian of the batch loss times the tangent of the weights.
    public var lossTangent: ExactValue?
    public var gradientTangents: [ExactArray] = []
}

/// Comparisons of one update that could not be decided.
public struct Undecided: Sendable, Hashable, Codable {
    public var count: Int
    /// The first in the order of the definition.
    public var first: Place?

    public struct Place: Sendable, Hashable, Codable {
        /// `relu1, forward`; `loss`; `update`.
        public var part: String
        /// Index in the operation's result.
        public var element: Int

        public init(part: String, element: Int) {
            self.part = part
            self.element = element
        }
    }

    public init(count: Int, first: Place?) {
        self.count = count
        self.first = first
    }
}

/// A run of the arithmetic that a name stands for: the one place where a name becomes a type.
///
/// - Parameters:
///   - model: the arithmetic whose starting point is taken; its own unless given. It matters with `grid: exact` alone.
///   - counting: whether updates say how many operations they took. Never changes a result.
///   - carryingTangent: whether a derivative of the state goes along, at first 0. Never changes a result.
/// - Throws: `SelfCheckError` where results would not be the contract's; what the starting point throws.
public func makeRun(
    _ prepared: PreparedStudy, in name: ArithmeticName, startingAs model: ArithmeticName? = nil,
    instructionSet: InstructionSet = .best, threads: Int = 1, counting: Bool = false, carryingTangent: Bool = false
) throws -> any Run {
    try SelfCheck().require()
    let start = try prepared.startingPoint(for: model ?? name)
    func begin(_ own: some Arithmetic, _ master: some Arithmetic) -> any Run {
        guard counting else { return TrainingRun(prepared, start, name, own, master: master, threads: threads) }
        return TrainingRun(prepared, start, name, Counting(own), master: Counting(master), threads: threads)
    }
    func open(_ own: some Arithmetic, _ master: some Arithmetic) -> any Run {
        carryingTangent ? begin(Dual(own), Dual(master)) : begin(own, master)
    }
    func open(_ own: some Arithmetic) -> any Run {
        guard let master = name.masterName else { return open(own, own) }
        return open(own, arithmetic(master, instructionSet: instructionSet))
    }
    return open(arithmetic(name, instructionSet: instructionSet))
}
