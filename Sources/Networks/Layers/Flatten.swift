import Arithmetics
import Tensors

/// [batch, …] as [batch, product]. No arithmetic.
public struct Flatten: Layer {
    public let inputShape: [Int]

    public init(inputShape: [Int]) { self.inputShape = inputShape }

    public var kind: String { "flatten" }
    public var outputShape: [Int] { [inputShape.reduce(1, *)] }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        (x.reshaped([x.shape[0]] + outputShape), Tape())
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        (g.reshaped([g.shape[0]] + inputShape), [])
    }
}
