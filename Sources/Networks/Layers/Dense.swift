import Arithmetics
import Tensors

/// y = dot(x, w) + b, weights [out, in].
public struct Dense: Layer {
    public let inputs: Int
    public let outputs: Int
    public let hasBias: Bool
    /// Of the weight; a bias starts at 0 where the weight does.
    public let start: ParameterShape.Start

    public init(inputs: Int, outputs: Int, hasBias: Bool = true, start: ParameterShape.Start = .initializer) {
        self.inputs = inputs
        self.outputs = outputs
        self.hasBias = hasBias
        self.start = start
    }

    public var kind: String { "fc" }
    public var outputShape: [Int] { [outputs] }

    public var parameters: [ParameterShape] {
        let weight = ParameterShape(
            role: .weight, shape: [outputs, inputs], fanIn: inputs, fanOut: outputs, start: start)
        let bias = ParameterShape(
            role: .bias, shape: [outputs], fanIn: inputs, fanOut: outputs, start: start.ofBias)
        return hasBias ? [weight, bias] : [weight]
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let p = Array(parameters)
        let flat = x.reshaped([x.shape[0], inputs])
        var y = engine.matmul(flat, p[0], transposeB: true)
        if hasBias { y = engine.zip(.add, y, p[1], .lastAxis(outputs)) }
        return (y, Tape([flat]))
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let p = Array(parameters)
        let input = wantsInputGradient ? engine.matmul(g, p[0]) : nil
        let weight = engine.matmul(g, tape.tensors[0], transposeA: true)
        guard hasBias else { return (input, [weight]) }
        let bias = engine.sums(g, outer: g.shape[0], out: outputs, inner: 1)
        return (input, [weight, bias])
    }
}

extension ParameterShape.Start {
    /// Of the bias beside a weight that starts so.
    var ofBias: ParameterShape.Start { self == .constant(Rational(0)) ? self : .initializer }
}
