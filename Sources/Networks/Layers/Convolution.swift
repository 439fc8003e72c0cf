import Arithmetics
import Tensors

/// Two-dimensional convolution (cross-correlation, as networks have it), weights [out, in / groups, kernel, kernel]; the bias
/// is added after the chain. Taps on the padding are skipped.
public struct Convolution: Layer {
    public let inputShape: [Int]
    public let channels: Int
    public let kernel: Int
    public let stride: Int
    public let padding: Int
    public let groups: Int
    public let hasBias: Bool
    /// Of the weight; a bias starts at 0 where the weight does.
    public let start: ParameterShape.Start

    /// inputShape is [channels, height, width]. The arguments must fit: see `LayerSpecification.layer(for:)`.
    public init(
        inputShape: [Int], channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
        hasBias: Bool = true, start: ParameterShape.Start = .initializer
    ) {
        self.inputShape = inputShape
        self.channels = channels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.groups = groups
        self.hasBias = hasBias
        self.start = start
    }

    public var kind: String { "conv" }

    public var outputShape: [Int] {
        let s = shape(batch: 1)
        return [channels, s.outHeight, s.outWidth]
    }

    private func shape(batch: Int) -> ConvolutionShape {
        ConvolutionShape(
            batch: batch, inChannels: inputShape[0], inHeight: inputShape[1], inWidth: inputShape[2],
            outChannels: channels, kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding,
            groups: groups)
    }

    public var parameters: [ParameterShape] {
        let taps = kernel * kernel
        let inGroup = inputShape[0] / groups
        let fans = (inGroup * taps, channels * taps)
        let weight = ParameterShape(
            role: .weight, shape: [channels, inGroup, kernel, kernel], fanIn: fans.0, fanOut: fans.1, start: start)
        let bias = ParameterShape(
            role: .bias, shape: [channels], fanIn: fans.0, fanOut: fans.1, start: start.ofBias)
        return hasBias ? [weight, bias] : [weight]
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let p = Array(parameters)
        let s = shape(batch: x.shape[0])
        var y = engine.convolve(x, p[0], s)
        if hasBias {
            y = engine.zip(.add, y, p[1], .blocks(of: s.outHeight * s.outWidth, count: channels))
        }
        return (y, Tape([x]))
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let p = Array(parameters)
        let s = shape(batch: g.shape[0])
        let input = wantsInputGradient ? engine.convolveInputGradient(g, p[0], s) : nil
        let weight = engine.convolveKernelGradient(g, tape.tensors[0], s)
        guard hasBias else { return (input, [weight]) }
        let bias = engine.sums(g, outer: s.batch, out: channels, inner: s.outHeight * s.outWidth)
        return (input, [weight, bias])
    }
}
