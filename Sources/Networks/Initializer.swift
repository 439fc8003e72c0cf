import Arithmetics

/// How weights start. Numbers are made in binary64, each operation rounded, and then put onto the study's grid; element order
/// is row-major, one stream of random words a tensor. A parameter may say otherwise of itself: norms start at 1 and 0.
///
/// - Source: contract, section 5; He et al., *Delving Deep into Rectifiers* (2015); Glorot and Bengio, *Understanding the
///   Difficulty of Training Deep Feedforward Neural Networks* (2010).
public enum Initializer: Sendable, Hashable, CustomStringConvertible {
    /// PyTorch's default: uniform in ±1/√fan_in, weights and biases.
    case torch
    /// Normal × √(2/fan_in), biases 0.
    case he
    /// Normal × √(2/fan_out), biases 0.
    case heOut
    /// Uniform in ±√(6/(fan_in + fan_out)), biases 0.
    case xavier
    /// Every weight and bias of dense and convolutional layers this number.
    case constant(Rational)

    public static let choices = "torch, he, he-out, xavier, constant:C"

    public init(_ text: String) throws(ModelError) {
        switch text {
        case "torch": self = .torch
        case "he": self = .he
        case "he-out": self = .heOut
        case "xavier": self = .xavier
        default:
            if text.hasPrefix("constant:"), let c = Rational(decimal: String(text.dropFirst("constant:".count))) {
                self = .constant(c)
            } else {
                throw ModelError("no initialiser \"\(text)\"; the initialisers are \(Initializer.choices)")
            }
        }
    }

    public var description: String {
        switch self {
        case .torch: "torch"
        case .he: "he"
        case .heOut: "he-out"
        case .xavier: "xavier"
        case .constant(let c): "constant:\(c)"
        }
    }

    /// Starting values of every parameter, on the grid.
    public func parameters(of network: Network, seed: UInt64, grid: Format) -> [ExactArray] {
        network.parameters.enumerated().map { ordinal, parameter in
            values(parameter.shape, RandomStream(seed: seed, .weights, UInt64(ordinal)), grid)
        }
    }

    private func values(_ shape: ParameterShape, _ stream: RandomStream, _ grid: Format) -> ExactArray {
        var stream = stream
        if case .constant(let c) = shape.start { return constant(c, shape, grid) }
        let drawn: [Double]
        switch self {
        case .torch: drawn = uniform(shape.count, 1 / Double(shape.fanIn).squareRoot(), &stream)
        case .constant(let c): return constant(c, shape, grid)
        case _ where shape.role == .bias: return ExactArray(zeros: shape.count, precision: grid.precision)
        case .he: drawn = normal(shape.count, (2 / Double(shape.fanIn)).squareRoot(), &stream)
        case .heOut: drawn = normal(shape.count, (2 / Double(shape.fanOut)).squareRoot(), &stream)
        case .xavier:
            drawn = uniform(shape.count, (6 / Double(shape.fanIn + shape.fanOut)).squareRoot(), &stream)
        }
        guard case .dividedByRoot(let n) = shape.start else { return ExactArray(drawn).rounded(to: grid) }
        let factor = 1 / Double(n).squareRoot()
        return ExactArray(drawn.map { $0 * factor }).rounded(to: grid)
    }

    private func constant(_ c: Rational, _ shape: ParameterShape, _ grid: Format) -> ExactArray {
        ExactArray([ExactValue](repeating: grid.round(c), count: shape.count)).rounded(to: grid)
    }

    /// β × (2U - 1).
    private func uniform(_ count: Int, _ beta: Double, _ stream: inout RandomStream) -> [Double] {
        var values: [Double] = []
        for _ in 0..<count { values.append(beta * (2 * stream.uniform() - 1)) }
        return values
    }

    private func normal(_ count: Int, _ scale: Double, _ stream: inout RandomStream) -> [Double] {
        var values: [Double] = []
        while values.count < count {
            let (a, b) = stream.normals()
            values.append(a * scale)
            values.append(b * scale)
        }
        return Array(values.prefix(count))
    }
}
