import Arithmetics
import Tensors

/// One layer: its parameters, its shapes, and its forward and backward passes, written once for every arithmetic.
///
/// Activations are [batch] + sample shape. The order of operations of each layer is the contract's, section 3a; gradients are
/// derived by hand and checked against finite differences in MPFR.
public protocol Layer: Sendable {
    /// What parameter names begin with (`conv`, `fc`), or the layer's own name when it has no parameters.
    var kind: String { get }
    /// Shape of one sample's output.
    var outputShape: [Int] { get }
    var parameters: [ParameterShape] { get }
    /// What training keeps beside the parameters.
    var statistics: [StatisticShape] { get }
    /// The fewest samples that a training batch may have.
    var smallestBatch: Int { get }

    /// In training mode, without statistics.
    ///
    /// - Parameters:
    ///   - x: [batch] + input shape.
    ///   - parameters: as declared, in order.
    /// - Returns: the output, and what the backward pass needs.
    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>)

    /// In either mode. Training updates the statistics after the layer's output is made; evaluation reads them.
    ///
    /// - Parameter statistics: as declared, in order.
    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ statistics: inout [Tensor<A.Scalar>],
        _ mode: Mode, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>)

    /// - Parameters:
    ///   - g: gradient of the loss by the output.
    ///   - wantsInputGradient: false where no layer before has parameters: nothing asks for that gradient.
    /// - Returns: the gradient by the input, if wanted, and by each parameter.
    func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>])
}

extension Layer {
    public var parameters: [ParameterShape] { [] }
    public var statistics: [StatisticShape] { [] }
    public var smallestBatch: Int { 1 }

    /// Without statistics both modes are the same.
    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ statistics: inout [Tensor<A.Scalar>],
        _ mode: Mode, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) { forward(x, parameters, &engine) }
}

/// What a forward pass is for.
public enum Mode: Sendable, Hashable {
    /// Normalisation takes the statistics of the batch, and running statistics follow them.
    case training
    /// Normalisation takes the running statistics: a sample's output does not depend on its neighbours.
    case evaluation
}

/// What a forward pass keeps for its backward pass.
public struct Tape<Scalar: BitwiseCopyable & Sendable>: Sendable {
    public var tensors: [Tensor<Scalar>]
    /// Of a layer that chose.
    public var maxima: Maxima?
    /// Of a layer whose gradients depend on it.
    public var mode = Mode.training

    public init(_ tensors: [Tensor<Scalar>] = [], maxima: Maxima? = nil) {
        self.tensors = tensors
        self.maxima = maxima
    }
}

/// A parameter as its layer declares it. Layouts are PyTorch's: [out, in], [out, in / groups, kernel height, kernel width].
public struct ParameterShape: Sendable, Hashable {
    public enum Role: Sendable, Hashable { case weight, bias }

    public let role: Role
    public let shape: [Int]
    /// Inputs of one output of the layer, and outputs that one input reaches.
    public let fanIn: Int
    public let fanOut: Int
    public var start = Start.initializer

    /// Where a parameter's starting values come from.
    public enum Start: Sendable, Hashable {
        /// The study's initialiser.
        case initializer
        /// The study's initialiser, each number times 1 ÷ √n.
        case dividedByRoot(of: Int)
        /// This number, whatever the initialiser.
        case constant(Rational)
    }

    public var name: String { role == .weight ? "weight" : "bias" }
    public var count: Int { shape.reduce(1, *) }
}

/// A running statistic as its layer declares it: not a parameter, no gradient reaches it.
public struct StatisticShape: Sendable, Hashable {
    /// PyTorch's: `running_mean`, `running_var`.
    public let name: String
    public let shape: [Int]
    /// The value of every element before the first update.
    public let start: Rational

    public var count: Int { shape.reduce(1, *) }
}
