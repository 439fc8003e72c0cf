import Arithmetics
import Networks

/// One training run in one arithmetic, which does not show in its type: states go in and out exactly.
///
/// A value: a copy goes its own way. `step` is the number of updates made; the contract calls the state after k updates step k.
public protocol Run: Sendable {
    var name: ArithmeticName { get }
    var step: Int { get }
    /// How many parameter tensors there are.
    var parameterCount: Int { get }
    /// Weights and buffers after `step` updates.
    var state: ExactState { get }
    func elementCount(ofParameter index: Int) -> Int
    /// The bytes of one parameter in the contract's encoding (section 1), by its number in declaration order.
    func encoding(ofParameter index: Int) -> [UInt8]

    /// Makes one update: forward, backward, clip, SGD.
    ///
    /// - Parameter observe: what to give out besides the loss.
    /// - Returns: the batch loss before the update, and what was asked for.
    mutating func advance(observe: Observation) -> Update
    /// Takes over a state, each number by one rounding where the format needs it.
    mutating func adopt(_ state: ExactState)
    /// Predicted classes of test samples, in the order given.
    func classes(of samples: [Int]) -> [Int]
}

extension Run {
    /// SHA-256 over all parameters in declaration order, in the contract's encoding.
    public var digest: String {
        var digest = Digest()
        for i in 0..<parameterCount { digest.update(encoding(ofParameter: i)) }
        return digest.hexadecimal()
    }
}

/// Weights, momentum buffers and step of a run, exactly.
public struct ExactState: Sendable, Equatable {
    public let step: Int
    /// In declaration order.
    public let parameters: [ExactArray]
    /// In declaration order; empty before the first update and without momentum.
    public let momentum: [ExactArray]

    public init(step: Int, parameters: [ExactArray], momentum: [ExactArray]) {
        self.step = step
        self.parameters = parameters
        self.momentum = momentum
    }
}

/// What an update gives out.
public struct Observation: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let gradients = Observation(rawValue: 1)
    public static let activations = Observation(rawValue: 2)
}

public struct Update: Sendable {
    public let loss: ExactValue
    /// Gradients of the loss, before clipping and weight decay, in declaration order.
    public var gradients: [ExactArray] = []
    /// Each layer's output for the batch, by layer name.
    public var activations: [TensorStore.NamedTensor] = []
}

/// A run of the arithmetic that a name stands for: the one place where a name becomes a type.
///
/// - Parameter model: the arithmetic whose starting point is taken; its own unless given. It matters with `grid: exact` alone.
/// - Throws: `SelfCheckError` where results would not be the contract's; what the starting point throws.
public func makeRun(
    _ prepared: PreparedStudy, in name: ArithmeticName, startingAs model: ArithmeticName? = nil,
    instructionSet: InstructionSet = .best, threads: Int = 1
) throws -> any Run {
    try SelfCheck().require()
    let start = try prepared.startingPoint(for: model ?? name)
    func open(_ own: some Arithmetic, _ master: some Arithmetic) -> any Run {
        TrainingRun(prepared, start, name, own, master: master, threads: threads)
    }
    func open(_ own: some Arithmetic) -> any Run {
        guard let master = name.masterName else { return open(own, own) }
        return open(own, arithmetic(master, instructionSet: instructionSet))
    }
    return open(arithmetic(name, instructionSet: instructionSet))
}
