import Arithmetics
import Tensors

/// Layers in a row, with named parameters. What numbers they run in is the engine's arithmetic.
public struct Network: Sendable {
    /// Shape of one sample.
    public let inputShape: [Int]
    public let layers: [any Layer]
    /// Parameters in declaration order: layers forward, weight before bias.
    public let parameters: [NamedParameter]
    /// Each layer's name: `conv1`, `relu1`, kinds numbered from 1 in forward order.
    public let layerNames: [String]
    /// Where each layer's parameters stand in the declaration order.
    private let ranges: [Range<Int>]

    public struct NamedParameter: Sendable, Hashable {
        /// `conv1.weight`: kind and ordinal of the layer, then the role.
        public let name: String
        public let shape: ParameterShape
    }

    public init(inputShape: [Int], layers: [any Layer]) {
        self.inputShape = inputShape
        self.layers = layers
        var parameters: [NamedParameter] = []
        var ranges: [Range<Int>] = []
        var ordinals: [String: Int] = [:]
        var names: [String] = []
        for layer in layers {
            ordinals[layer.kind, default: 0] += 1
            let name = "\(layer.kind)\(ordinals[layer.kind, default: 0])"
            names.append(name)
            let start = parameters.count
            for shape in layer.parameters {
                parameters.append(NamedParameter(name: "\(name).\(shape.name)", shape: shape))
            }
            ranges.append(start..<parameters.count)
        }
        self.parameters = parameters
        self.ranges = ranges
        layerNames = names
    }

    public var outputShape: [Int] { layers.last?.outputShape ?? inputShape }
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }
    /// Elements of the largest activation of one sample.
    public var largestActivation: Int {
        layers.map { $0.outputShape.reduce(1, *) }.reduce(inputShape.reduce(1, *), max)
    }

    /// The output for a batch, and every layer's output on the way where `record` asks for it.
    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: [Tensor<A.Scalar>], _ engine: inout Engine<A>,
        record: ((String, Tensor<A.Scalar>) -> Void)? = nil
    ) -> (output: Tensor<A.Scalar>, tapes: [Tape<A.Scalar>]) {
        var activation = x
        var tapes: [Tape<A.Scalar>] = []
        for (i, layer) in layers.enumerated() {
            engine.enter("\(layerNames[i]), forward")
            let (output, tape) = layer.forward(activation, parameters[ranges[i]], &engine)
            activation = output
            tapes.append(tape)
            record?(layerNames[i], output)
        }
        return (activation, tapes)
    }

    /// Gradients of the loss by every parameter, in declaration order.
    public func backward<A: Arithmetic>(
        _ gradient: Tensor<A.Scalar>, _ tapes: [Tape<A.Scalar>], _ parameters: [Tensor<A.Scalar>],
        _ engine: inout Engine<A>
    ) -> [Tensor<A.Scalar>] {
        var g = gradient
        var gradients: [[Tensor<A.Scalar>]] = []
        for (i, layer) in layers.enumerated().reversed() {
            // Below the first layer with parameters nothing asks for a gradient.
            let wanted = ranges[i].lowerBound > 0
            engine.enter("\(layerNames[i]), backward")
            let (input, own) = layer.backward(g, tapes[i], parameters[ranges[i]], wantsInputGradient: wanted, &engine)
            gradients.append(own)
            guard wanted, let input else { break }
            g = input
        }
        return gradients.reversed().flatMap { $0 }
    }

    /// Predicted class of each sample: the first largest output; nil where several may be.
    public func classes<A: Arithmetic>(of output: Tensor<A.Scalar>, _ engine: Engine<A>) -> [Int?] {
        let (rows, columns) = (output.shape[0], output.shape[1])
        return engine.maxima(output, .rows(rows, columns: columns)).decided.map { $0.map { Int($0) % columns } }
    }
}
