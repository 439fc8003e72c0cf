import Arithmetics
import Tensors

/// A function of each element: relu, swish, sigmoid, tanh, softplus.
public struct Activation: Layer {
    public enum Function: Sendable, Hashable {
        case relu, sigmoid, tanh, softplus
        /// x × sigmoid(β × x), β already on the study's grid.
        case swish(beta: ExactValue)
    }

    public let function: Function
    public let outputShape: [Int]

    public init(_ function: Function, shape: [Int]) {
        self.function = function
        outputShape = shape
    }

    public var kind: String {
        switch function {
        case .relu: "relu"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        case .softplus: "softplus"
        case .swish: "swish"
        }
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        switch function {
        case .relu:
            // The result is positive, or NaN, where x is; and the next layer keeps it anyway.
            let y = engine.map(.relu, x)
            return (y, Tape([y]))
        case .softplus: return (engine.map(.softplus, x), Tape([x]))
        case .swish(let beta): return (engine.map(.swish(beta: engine.constant(beta)), x), Tape([x]))
        case .sigmoid:
            let y = engine.map(.sigmoid, x)
            return (y, Tape([y]))
        case .tanh:
            let y = engine.map(.elementary(.tanh), x)
            return (y, Tape([y]))
        }
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        guard wantsInputGradient else { return (nil, []) }
        let kept = tape.tensors[0]
        switch function {
        case .relu: return (engine.zip(.reluGradient, kept, g), [])
        case .sigmoid: return (engine.zip(.sigmoidGradient, kept, g), [])
        case .tanh: return (engine.zip(.tanhGradient, kept, g), [])
        case .softplus: return (engine.zip(.softplusGradient, kept, g), [])
        case .swish(let beta): return (engine.zip(.swishGradient(beta: engine.constant(beta)), kept, g), [])
        }
    }
}
