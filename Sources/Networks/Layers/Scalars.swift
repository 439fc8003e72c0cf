import Arithmetics
import Tensors

/// y = x + b with one number b for all elements; ∂x = g, ∂b = Σ g over all elements, row-major.
///
/// - Source: Zhang, Dauphin and Ma, *Fixup Initialization: Residual Learning Without Normalization* (2019), section 3.
public struct ScalarBias: Layer {
    public let outputShape: [Int]

    public init(shape: [Int]) { outputShape = shape }

    public var kind: String { "scalar-bias" }
    public var parameters: [ParameterShape] {
        [ParameterShape(role: .bias, shape: [1], fanIn: 1, fanOut: 1, start: .constant(Rational(0)))]
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        (engine.zip(.add, x, Array(parameters)[0], .scalar), Tape())
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        (wantsInputGradient ? g : nil, [engine.sum(g)])
    }
}

/// y = x × s with one number s for all elements; ∂x = g × s, ∂s = Σ(x × g) over all elements, row-major.
///
/// - Source: Zhang, Dauphin and Ma, *Fixup Initialization: Residual Learning Without Normalization* (2019), section 3.
public struct ScalarScale: Layer {
    public let outputShape: [Int]

    public init(shape: [Int]) { outputShape = shape }

    public var kind: String { "scalar-scale" }
    public var parameters: [ParameterShape] {
        [ParameterShape(role: .weight, shape: [1], fanIn: 1, fanOut: 1, start: .constant(Rational(1)))]
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        (engine.zip(.multiply, x, Array(parameters)[0], .scalar), Tape([x]))
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let scale = Array(parameters)[0]
        let input = wantsInputGradient ? engine.zip(.multiply, g, scale, .scalar) : nil
        return (input, [engine.sum(engine.zip(.multiply, tape.tensors[0], g))])
    }
}
