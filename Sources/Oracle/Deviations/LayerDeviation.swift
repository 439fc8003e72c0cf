import Arithmetics
import Networks
import Tensors

/// Layers that a program may have made by mistake: the same parameters, another function.
enum LayerDeviation {
    /// Each network with all layers of a kind replaced.
    static func all(_ network: Network) -> [(name: String, sentence: String, network: Network)] {
        var result: [(name: String, sentence: String, network: Network)] = []
        func replace(_ name: String, _ sentence: String, _ change: (any Layer) -> (any Layer)?) {
            guard let changed = network.replacingLayers(change) else { return }
            result.append((name, sentence, changed))
        }
        let padded = "all padding of the convolutions lies"
        for (place, top) in [("bottom and right", 0), ("top and left", 2)] {
            replace("padding at \(place) only", "\(padded) at \(place), as if off by one") { layer in
                guard let layer = layer as? Convolution, layer.padding > 0 else { return nil }
                return OffsetConvolution(layer, top: top * layer.padding)
            }
        }
        replace("convolution with a flipped kernel", "kernels are turned by 180°: a convolution, not a correlation") {
            layer in
            guard let layer = layer as? Convolution, layer.kernel > 1 else { return nil }
            return RearrangedWeights.taps(layer) { row, column, n in (n - 1 - row, n - 1 - column) }
        }
        replace("kernels transposed", "rows and columns of the kernels are exchanged") { layer in
            guard let layer = layer as? Convolution, layer.kernel > 1 else { return nil }
            return RearrangedWeights.taps(layer) { row, column, _ in (column, row) }
        }
        replace("relu's gradient not masked", "the gradient passes relu where its input was negative, too") { layer in
            guard let layer = layer as? Activation, layer.function == .relu else { return nil }
            return UnmaskedRelu(layer)
        }
        replace("square weights transposed", "square dense weights are used transposed") { layer in
            guard let layer = layer as? Dense, layer.inputs == layer.outputs, layer.inputs > 1 else { return nil }
            return RearrangedWeights.transposed(layer)
        }
        replace("sum pooling", "pooling adds its window up and does not divide by its size") { layer in
            guard let layer = layer as? AveragePooling else { return nil }
            return ScaledLayer(layer, by: layer.positions)
        }
        replace("pooling divided by the side", "pooling divides by the side of its window, not by its area") { layer in
            guard let layer = layer as? AveragePooling, layer.window.height == layer.window.width else { return nil }
            return ScaledLayer(layer, by: layer.window.width)
        }
        replace("batch norm in evaluation mode", "training normalises with running statistics, not with the batch's") {
            layer in
            guard let layer = layer as? BatchNorm else { return nil }
            return FrozenNorm(layer)
        }
        for (text, epsilon) in [("1e-3", 1e-3), ("1e-6", 1e-6), ("1e-8", 1e-8)] {
            replace("batch norm's epsilon \(text)", "batch norm adds \(text) to the variance") { layer in
                guard let layer = layer as? BatchNorm else { return nil }
                return BatchNorm(
                    shape: layer.outputShape, epsilon: ExactValue(epsilon), rho: layer.rho, isUnbiased: layer.isUnbiased
                )
            }
        }
        return result
    }
}

/// A convolution whose padding is not the same on both sides.
private struct OffsetConvolution: Layer {
    private let inner: Convolution
    private let inputShape: [Int]
    private let padding: Int
    private let top: Int

    /// - Parameter top: rows and columns of padding above and to the left; the rest of twice the padding lies opposite.
    init(_ layer: Convolution, top: Int) {
        inputShape = layer.inputShape
        padding = layer.padding
        self.top = top
        let (height, width) = (layer.inputShape[1] + 2 * layer.padding, layer.inputShape[2] + 2 * layer.padding)
        inner = Convolution(
            inputShape: [layer.inputShape[0], height, width], channels: layer.channels, kernel: layer.kernel,
            stride: layer.stride, padding: 0, groups: layer.groups, hasBias: layer.hasBias)
    }

    var kind: String { inner.kind }
    var outputShape: [Int] { inner.outputShape }
    var parameters: [ParameterShape] { inner.parameters }

    /// Where each input stands in the padded image.
    private func positions(_ batch: Int) -> [Int32] {
        let (height, width) = (inputShape[1], inputShape[2])
        let (outer, wide) = (height + 2 * padding, width + 2 * padding)
        return (0..<batch * inputShape[0] * height * width).map { i in
            let (plane, place) = i.quotientAndRemainder(dividingBy: height * width)
            let (row, column) = place.quotientAndRemainder(dividingBy: width)
            return Int32((plane * outer + row + top) * wide + column + top)
        }
    }

    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let empty = Tensor(repeating: engine.arithmetic.zero, shape: [x.shape[0]] + inner.inputShape)
        return inner.forward(engine.scatter(x, into: empty, at: positions(x.shape[0])), parameters, &engine)
    }

    func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let (input, own) = inner.backward(
            g, tape, parameters, wantsInputGradient: wantsInputGradient, &engine)
        let batch = g.shape[0]
        return (input.map { engine.gather($0, positions(batch), shape: [batch] + inputShape) }, own)
    }
}

/// A layer whose weights are used in another order: an exchange that undoes itself.
private struct RearrangedWeights: Layer {
    private let inner: any Layer
    /// The element that stands at each place of the first parameter.
    private let places: [Int32]

    private init(_ layer: any Layer, count: Int, _ partner: (Int) -> Int) {
        inner = layer
        places = (0..<count).map { Int32(partner($0)) }
    }

    /// Square dense weights, transposed.
    static func transposed(_ layer: Dense) -> RearrangedWeights {
        let n = layer.inputs
        return RearrangedWeights(layer, count: n * n) { $0 % n * n + $0 / n }
    }

    /// The taps of every kernel, each exchanged with the one named by row, column and size.
    static func taps(_ layer: Convolution, _ partner: (Int, Int, Int) -> (Int, Int)) -> RearrangedWeights {
        let n = layer.kernel
        return RearrangedWeights(layer, count: layer.parameters[0].count) { i in
            let (row, column) = partner(i / n % n, i % n, n)
            return (i / (n * n) * n + row) * n + column
        }
    }

    var kind: String { inner.kind }
    var outputShape: [Int] { inner.outputShape }
    var parameters: [ParameterShape] { inner.parameters }

    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        var p = Array(parameters)
        p[0] = engine.gather(p[0], places, shape: p[0].shape)
        return inner.forward(x, p[...], &engine)
    }

    func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        var p = Array(parameters)
        p[0] = engine.gather(p[0], places, shape: p[0].shape)
        var (input, own) = inner.backward(g, tape, p[...], wantsInputGradient: wantsInputGradient, &engine)
        own[0] = engine.gather(own[0], places, shape: own[0].shape)
        return (input, own)
    }
}

/// Relu forward, the identity backward.
private struct UnmaskedRelu: Layer {
    private let inner: Activation

    init(_ layer: Activation) { inner = layer }

    var kind: String { inner.kind }
    var outputShape: [Int] { inner.outputShape }

    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) { inner.forward(x, parameters, &engine) }

    func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) { (wantsInputGradient ? g : nil, []) }
}

/// A layer without parameters whose outputs are a whole number of times too large.
private struct ScaledLayer: Layer {
    private let inner: any Layer
    private let factor: Int

    init(_ layer: any Layer, by factor: Int) {
        inner = layer
        self.factor = factor
    }

    var kind: String { inner.kind }
    var outputShape: [Int] { inner.outputShape }

    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let (output, tape) = inner.forward(x, parameters, &engine)
        return (engine.zip(.multiply, output, engine.arithmetic.constant(Rational(factor))), tape)
    }

    func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let scaled = engine.zip(.multiply, g, engine.arithmetic.constant(Rational(factor)))
        return inner.backward(scaled, tape, parameters, wantsInputGradient: wantsInputGradient, &engine)
    }
}

/// A batch norm that was left in evaluation mode.
private struct FrozenNorm: Layer {
    private let inner: BatchNorm

    init(_ layer: BatchNorm) { inner = layer }

    var kind: String { inner.kind }
    var outputShape: [Int] { inner.outputShape }
    var parameters: [ParameterShape] { inner.parameters }
    var statistics: [StatisticShape] { inner.statistics }

    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) { inner.forward(x, parameters, &engine) }

    func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ statistics: inout [Tensor<A.Scalar>],
        _ mode: Mode, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        inner.forward(x, parameters, &statistics, .evaluation, &engine)
    }

    func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        inner.backward(g, tape, parameters, wantsInputGradient: wantsInputGradient, &engine)
    }
}
