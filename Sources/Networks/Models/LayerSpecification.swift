import Arithmetics

/// A layer as a user writes it, before shapes are known: `conv: {out: 8, kernel: 3, pad: 1}`.
public enum LayerSpecification: Sendable, Hashable {
    case dense(outputs: Int, bias: Bool)
    case convolution(channels: Int, kernel: Int, stride: Int, padding: Int, groups: Int, bias: Bool)
    case averagePool(window: Int, stride: Int, padding: Int)
    case maxPool(window: Int, stride: Int, padding: Int)
    case flatten, relu, sigmoid, tanh, softplus
    case swish(beta: Rational)

    /// The layer for inputs of the given shape.
    ///
    /// - Parameter grid: where β goes, by one rounding.
    /// - Throws: `ModelError` when the shape does not fit, naming the layer.
    public func layer(for input: [Int], grid: Format) throws(ModelError) -> any Layer {
        switch self {
        case .dense(let outputs, let bias):
            try check("dense", [("outputs", outputs, 1)])
            return Dense(inputs: input.reduce(1, *), outputs: outputs, hasBias: bias)
        case .convolution(let channels, let kernel, let stride, let padding, let groups, let bias):
            try check("conv", [("output channels", channels, 1), ("groups", groups, 1)])
            try checkWindow("conv", input, kernel, stride, padding)
            guard input[0] % groups == 0, channels % groups == 0 else {
                throw ModelError(
                    "conv: groups \(groups) must divide both the \(input[0]) input and \(channels) output channels")
            }
            return Convolution(
                inputShape: input, channels: channels, kernel: kernel, stride: stride, padding: padding, groups: groups,
                hasBias: bias)
        case .averagePool(let window, let stride, let padding):
            try checkPool("average-pool", input, window, stride, padding)
            return AveragePooling(inputShape: input, window: window, stride: stride, padding: padding)
        case .maxPool(let window, let stride, let padding):
            try checkPool("max-pool", input, window, stride, padding)
            return MaxPooling(inputShape: input, window: window, stride: stride, padding: padding)
        case .flatten: return Flatten(inputShape: input)
        case .relu: return Activation(.relu, shape: input)
        case .sigmoid: return Activation(.sigmoid, shape: input)
        case .tanh: return Activation(.tanh, shape: input)
        case .softplus: return Activation(.softplus, shape: input)
        case .swish(let beta): return Activation(.swish(beta: grid.round(beta)), shape: input)
        }
    }

    /// Far more than any image needs; keeps every size below a product that overflows.
    private var largestWindow: Int { 4096 }

    private func checkPool(
        _ name: String, _ input: [Int], _ window: Int, _ stride: Int, _ padding: Int
    ) throws(ModelError) {
        try checkWindow(name, input, window, stride, padding)
        guard padding < window else {
            throw ModelError(
                "\(name): padding \(padding) leaves whole windows outside the image; less than \(window) is wanted")
        }
        // A pool lists every position of every window.
        let places = (input[1] + 2 * padding) * (input[2] + 2 * padding)
        guard places <= Int(Int32.max) / (min(window, input[1]) * min(window, input[2])) else {
            throw ModelError(
                "\(name): a window of \(window) over \(input[1])×\(input[2]) with padding \(padding) is too large")
        }
    }

    private func check(_ name: String, _ values: [(what: String, value: Int, least: Int)]) throws(ModelError) {
        for (what, value, least) in values where value < least {
            throw ModelError("\(name): \(what) \(value); at least \(least) is wanted")
        }
    }

    private func checkWindow(
        _ name: String, _ input: [Int], _ window: Int, _ stride: Int, _ padding: Int
    ) throws(ModelError) {
        try check(name, [("window", window, 1), ("stride", stride, 1), ("padding", padding, 0)])
        guard window <= largestWindow, padding <= largestWindow else {
            throw ModelError("\(name): windows and padding go up to \(largestWindow)")
        }
        guard input.count == 3 else {
            throw ModelError("\(name): wants images [channels, height, width], not \(input)")
        }
        guard input[1] + 2 * padding >= window, input[2] + 2 * padding >= window else {
            throw ModelError(
                "\(name): a window of \(window) does not fit images of \(input[1])×\(input[2]) with padding \(padding)")
        }
    }
}

/// A model that cannot be built: one line, what and why.
public struct ModelError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}
