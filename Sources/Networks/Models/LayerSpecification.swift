import Arithmetics

/// A layer as a user writes it, before shapes are known: `conv: {out: 8, kernel: 3, pad: 1}`.
public enum LayerSpecification: Sendable, Hashable {
    case dense(outputs: Int, bias: Bool, start: ParameterShape.Start = .initializer)
    case convolution(
        channels: Int, kernel: Int, stride: Int, padding: Int, groups: Int, bias: Bool,
        start: ParameterShape.Start = .initializer)
    case averagePool(window: Int, stride: Int, padding: Int)
    case maxPool(window: Int, stride: Int, padding: Int)
    case flatten, relu, sigmoid, tanh, softplus, globalAveragePool, scalarBias, scalarScale
    case swish(beta: Rational)
    case batchNorm(epsilon: Rational, rho: Rational, unbiased: Bool)
    case layerNorm(epsilon: Rational)
    /// body + shortcut; an empty shortcut is the value itself.
    case residual(body: [LayerSpecification], shortcut: [LayerSpecification])

    /// The usual constants of norms, PyTorch's.
    public static let epsilon = Rational(1, 100_000)
    public static let rho = Rational(1, 10)
    public static let batchNorm = LayerSpecification.batchNorm(epsilon: epsilon, rho: rho, unbiased: true)
    public static let layerNorm = LayerSpecification.layerNorm(epsilon: epsilon)

    /// Layers and blocks in a row.
    ///
    /// - Returns: the parts, and the shape of what comes out.
    /// - Throws: `ModelError` when a shape does not fit, naming the layer by its number.
    static func parts(
        _ specifications: [LayerSpecification], for input: [Int], grid: Format
    ) throws(ModelError) -> (parts: [Network.Part], outputShape: [Int]) {
        var parts: [Network.Part] = []
        var current = input
        for (i, specification) in specifications.enumerated() {
            do throws(ModelError) {
                guard case .residual(let body, let shortcut) = specification else {
                    let layer = try specification.layer(for: current, grid: grid)
                    for shape in layer.parameters.map(\.shape) + [layer.outputShape] where !fits(shape) {
                        throw ModelError("a tensor of \(shape) is too large; at most \(Int32.max) elements fit")
                    }
                    parts.append(.layer(layer))
                    current = layer.outputShape
                    continue
                }
                guard !body.isEmpty else { throw ModelError("residual: the body has no layers") }
                func inside(_ what: String, _ list: [LayerSpecification]) throws(ModelError) -> ([Network.Part], [Int])
                {
                    do throws(ModelError) { return try LayerSpecification.parts(list, for: current, grid: grid) } catch
                    {
                        throw ModelError("residual: \(what): \(error)")
                    }
                }
                let (a, shape) = try inside("body", body)
                let (b, other) = try inside("shortcut", shortcut)
                guard shape == other else {
                    throw ModelError(
                        "residual: the body gives \(shape) and the shortcut \(other); sums want the same shape")
                }
                parts.append(.residual(body: a, shortcut: b))
                current = shape
            } catch { throw ModelError("layer \(i + 1): \(error)") }
        }
        return (parts, current)
    }

    /// Real numbers that go onto the grid, with what they are.
    public var constants: [(name: String, value: Rational)] {
        switch self {
        case .swish(let beta): [("swish: beta", beta)]
        case .batchNorm(let epsilon, let rho, _): [("batch-norm: eps", epsilon), ("batch-norm: rho", rho)]
        case .layerNorm(let epsilon): [("layer-norm: eps", epsilon)]
        case .residual(let body, let shortcut): (body + shortcut).flatMap(\.constants)
        default: []
        }
    }

    /// Positions in a tensor are 32-bit numbers in the kernels.
    private static func fits(_ shape: [Int]) -> Bool {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= Int(Int32.max) else { return false }
            count = product
        }
        return true
    }

    /// The layer for inputs of the given shape.
    ///
    /// - Parameter grid: where β, ε and ρ go, by one rounding.
    /// - Throws: `ModelError` when the shape does not fit, naming the layer; for a block, which is no single layer.
    public func layer(for input: [Int], grid: Format) throws(ModelError) -> any Layer {
        switch self {
        case .dense(let outputs, let bias, let start):
            try check("dense", [("outputs", outputs, 1)])
            return Dense(inputs: input.reduce(1, *), outputs: outputs, hasBias: bias, start: start)
        case .convolution(let channels, let kernel, let stride, let padding, let groups, let bias, let start):
            try check("conv", [("output channels", channels, 1), ("groups", groups, 1)])
            try checkWindow("conv", input, kernel, stride, padding)
            guard input[0] % groups == 0, channels % groups == 0 else {
                throw ModelError(
                    "conv: groups \(groups) must divide both the \(input[0]) input and \(channels) output channels")
            }
            return Convolution(
                inputShape: input, channels: channels, kernel: kernel, stride: stride, padding: padding, groups: groups,
                hasBias: bias, start: start)
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
        case .globalAveragePool:
            try checkImage("global-average-pool", input)
            return AveragePooling(planesOf: input)
        case .batchNorm(let epsilon, let rho, let unbiased):
            return BatchNorm(
                shape: input, epsilon: grid.round(epsilon), rho: grid.round(rho), isUnbiased: unbiased)
        case .layerNorm(let epsilon): return LayerNorm(shape: input, epsilon: grid.round(epsilon))
        case .scalarBias: return ScalarBias(shape: input)
        case .scalarScale: return ScalarScale(shape: input)
        case .residual: throw ModelError("residual: is a block of layers, where one layer is wanted")
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

    private func checkImage(_ name: String, _ input: [Int]) throws(ModelError) {
        guard input.count == 3 else {
            throw ModelError("\(name): wants images [channels, height, width], not \(input)")
        }
    }

    private func checkWindow(
        _ name: String, _ input: [Int], _ window: Int, _ stride: Int, _ padding: Int
    ) throws(ModelError) {
        try check(name, [("window", window, 1), ("stride", stride, 1), ("padding", padding, 0)])
        guard window <= largestWindow, padding <= largestWindow else {
            throw ModelError("\(name): windows and padding go up to \(largestWindow)")
        }
        try checkImage(name, input)
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
