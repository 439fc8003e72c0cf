import Arithmetics
import Tensors

/// A layer whose last operation on its output, and first on its gradient, is one on each element: what other layers do to the
/// elements before and after can join its passes over memory.
///
/// What it computes is what the layers compute one after the other.
public protocol JoiningLayer: Layer {
    /// The forward pass with what comes after it.
    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ statistics: inout [Tensor<A.Scalar>],
        _ mode: Mode, endings: [Ending<A.Scalar>], _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>)

    /// The backward pass with what came before it. Makes `g` if others will take it too.
    func backward<A: Arithmetic>(
        _ g: Deferred<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>])
}

/// What is done to a layer's output.
public enum Ending<Scalar: BitwiseCopyable & Sendable>: Sendable {
    case relu
    /// x + output.
    case addedTo(Tensor<Scalar>)
    /// output + x.
    case plus(Tensor<Scalar>)

    func append<A: Arithmetic>(
        to y: Fusion<Scalar>.Value, _ engine: inout Engine<A>, in fusion: inout Fusion<Scalar>
    ) -> Fusion<Scalar>.Value where A.Scalar == Scalar {
        switch self {
        case .relu: engine.map(.relu, y, in: &fusion)
        case .addedTo(let x): engine.zip(.add, fusion.elements(x.elements), y, in: &fusion)
        case .plus(let x): engine.zip(.add, y, fusion.elements(x.elements), in: &fusion)
        }
    }
}
