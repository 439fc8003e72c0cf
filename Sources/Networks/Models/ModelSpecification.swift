import Arithmetics

/// A model as a study names it: one of the zoo, or a list of layers.
public enum ModelSpecification: Sendable, Hashable {
    /// Dense layers of these sizes, input first, relu between.
    case mlp([Int])
    case lenet5
    case cnnSmall
    case resnet(ResidualNetwork)
    case layers([LayerSpecification])

    /// What exists, for messages.
    public static let choices =
        "mlp(IN,HIDDEN,…,OUT), lenet5, cnn-small, resnet8, resnet20, resnet56 (any 6n+2), or a list of layers"

    /// - Throws: `ModelError` for a name that is none of `choices`.
    public init(named text: String) throws(ModelError) {
        switch text {
        case "lenet5": self = .lenet5
        case "cnn-small": self = .cnnSmall
        case _ where text.hasPrefix("resnet"): self = .resnet(try ResidualNetwork(named: text))
        default:
            guard text.hasPrefix("mlp(") else {
                throw ModelError("no model \"\(text)\"; the models are \(ModelSpecification.choices)")
            }
            guard text.hasSuffix(")") else { throw ModelError("model \"\(text)\": the closing parenthesis is missing") }
            var sizes: [Int] = []
            for part in text.dropFirst(4).dropLast().split(separator: ",", omittingEmptySubsequences: false) {
                guard let size = Int(part.drop { $0 == " " }), (1...1 << 24).contains(size) else {
                    throw ModelError(
                        "model \"\(text)\": layer size \"\(part)\" is not a whole number from 1 to \(1 << 24)")
                }
                sizes.append(size)
            }
            guard sizes.count >= 2 else {
                throw ModelError("model \"\(text)\": at least two sizes are wanted, input and output")
            }
            self = .mlp(sizes)
        }
    }

    /// The layers, for samples of the given shape and a number of classes.
    public func layers(classes: Int) -> [LayerSpecification] {
        func conv(_ channels: Int, _ kernel: Int, pad: Int = 0) -> LayerSpecification {
            .convolution(channels: channels, kernel: kernel, stride: 1, padding: pad, groups: 1, bias: true)
        }
        func dense(_ outputs: Int) -> LayerSpecification { .dense(outputs: outputs, bias: true) }
        switch self {
        case .layers(let list): return list
        case .resnet(let network): return network.layers(classes: classes)
        case .mlp(let sizes):
            let rest = sizes.dropFirst().flatMap { [dense($0), .relu] }
            return [.flatten] + rest.dropLast()
        case .lenet5:
            let pool = LayerSpecification.maxPool(window: 2, stride: 2, padding: 0)
            return [
                conv(6, 5, pad: 2), .relu, pool, conv(16, 5), .relu, pool, .flatten,
                dense(120), .relu, dense(84), .relu, dense(classes),
            ]
        case .cnnSmall:
            return [
                conv(4, 3, pad: 1), .relu, .averagePool(window: 2, stride: 2, padding: 0), .flatten, dense(classes),
            ]
        }
    }

    /// The network for samples of the given shape.
    ///
    /// - Parameters:
    ///   - shape: one sample, [features] or [channels, height, width].
    ///   - classes: of the data set; the outputs must be at least as many.
    ///   - grid: where real hyper-parameters of layers go.
    /// - Throws: `ModelError` when model and data do not fit.
    public func network(for shape: [Int], classes: Int, grid: Format) throws(ModelError) -> Network {
        if case .mlp(let sizes) = self, sizes[0] != shape.reduce(1, *) {
            throw ModelError(
                "mlp: the first size is \(sizes[0]) but a sample has \(shape.reduce(1, *)) values; write mlp(\(shape.reduce(1, *)),…)"
            )
        }
        if case .lenet5 = self, shape.count != 3 || shape[1] != 28 || shape[2] != 28 {
            throw ModelError(
                "lenet5: wants images of 28×28, not \(shape.map(String.init).joined(separator: "×")); digits28 and mnist have them"
            )
        }
        let parts: [Network.Part]
        let current: [Int]
        do throws(ModelError) {
            (parts, current) = try LayerSpecification.parts(layers(classes: classes), for: shape, grid: grid)
        } catch { throw ModelError("model: \(error)") }
        guard current.count == 1 else {
            throw ModelError(
                "model: the last layer gives \(current), but one output a class is wanted; end with dense: \(classes)")
        }
        guard current[0] >= classes else {
            throw ModelError(
                "model: \(current[0]) outputs for \(classes) classes; the last layer needs at least \(classes)")
        }
        let network = Network(inputShape: shape, parts: parts)
        guard !network.parameters.isEmpty else {
            throw ModelError("model: no layer has parameters, so there is nothing to train")
        }
        return network
    }
}
