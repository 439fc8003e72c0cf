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

    /// - Parameters:
    ///   - x: [batch] + input shape.
    ///   - parameters: as declared, in order.
    /// - Returns: the output, and what the backward pass needs.
    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
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
}

/// What a forward pass keeps for its backward pass.
public struct Tape<Scalar: BitwiseCopyable & Sendable>: Sendable {
    public var tensors: [Tensor<Scalar>]
    /// Of a layer that chose.
    public var maxima: Maxima?

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

    public var name: String { role == .weight ? "weight" : "bias" }
    public var count: Int { shape.reduce(1, *) }
}
