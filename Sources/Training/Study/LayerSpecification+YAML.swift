import Arithmetics
import Networks
import Yams

extension LayerSpecification {
    /// What a model list may hold.
    public static let names = [
        "conv", "dense", "average-pool", "max-pool", "global-average-pool", "flatten", "relu", "swish", "sigmoid",
        "tanh", "softplus", "batch-norm", "layer-norm", "residual", "scalar-bias", "scalar-scale",
    ]

    /// A layer of a model list: `relu`, `dense: 10`, `max-pool: 2`, `conv: {out: 8, kernel: 3, pad: 1}`.
    init(_ node: Node) throws(StudyError) {
        if let name = node.scalar?.string {
            try self.init(name, LayerArguments(name, nil))
        } else if let mapping = node.mapping, mapping.count == 1, let (key, value) = mapping.first,
            let name = key.string
        {
            if name == "residual" {
                self = try LayerSpecification.residual(value)
                return
            }
            try self.init(name, LayerArguments(name, value))
        } else {
            throw StudyError("wants a layer's name, or one name with its arguments: conv: {out: 8, kernel: 3}")
        }
    }

    /// `residual: {body: [conv: …, relu], shortcut: [conv: …]}`.
    private static func residual(_ node: Node) throws(StudyError) -> LayerSpecification {
        guard let mapping = node.mapping else {
            throw StudyError(
                "residual: wants {body: [layers], shortcut: [layers]}; without a shortcut the value itself")
        }
        var lists: [String: [LayerSpecification]] = [:]
        for (key, value) in mapping {
            guard let name = key.string, name == "body" || name == "shortcut" else {
                throw StudyError("residual: no argument \"\(key.string ?? "?")\"; there are body, shortcut")
            }
            guard let list = value.sequence else { throw StudyError("residual: \(name): wants a list of layers") }
            lists[name] = []
            for (i, layer) in list.enumerated() {
                do { lists[name]?.append(try LayerSpecification(layer)) } catch {
                    throw StudyError("residual: \(name): layer \(i + 1): \(error)")
                }
            }
        }
        guard let body = lists["body"], !body.isEmpty else { throw StudyError("residual: the body has no layers") }
        return .residual(body: body, shortcut: lists["shortcut"] ?? [])
    }

    private init(_ name: String, _ arguments: LayerArguments) throws(StudyError) {
        switch name {
        case "dense":
            try arguments.check(["out", "bias", "start"], main: "out")
            self = .dense(
                outputs: try arguments.integer("out"), bias: try arguments.flag("bias", default: true),
                start: try arguments.start())
        case "conv":
            try arguments.check(["out", "kernel", "stride", "pad", "groups", "bias", "start"], main: nil)
            self = .convolution(
                channels: try arguments.integer("out"), kernel: try arguments.integer("kernel"),
                stride: try arguments.integer("stride", default: 1),
                padding: try arguments.integer("pad", default: 0, least: 0),
                groups: try arguments.integer("groups", default: 1), bias: try arguments.flag("bias", default: true),
                start: try arguments.start())
        case "batch-norm":
            try arguments.check(["eps", "rho", "unbiased"], main: nil)
            self = .batchNorm(
                epsilon: try arguments.decimal("eps", default: LayerSpecification.epsilon, least: Rational(0)),
                rho: try arguments.decimal(
                    "rho", default: LayerSpecification.rho, least: Rational(0), most: Rational(1)),
                unbiased: try arguments.flag("unbiased", default: true))
        case "layer-norm":
            try arguments.check(["eps"], main: "eps")
            self = .layerNorm(
                epsilon: try arguments.decimal("eps", default: LayerSpecification.epsilon, least: Rational(0)))
        case "global-average-pool": self = try arguments.none(.globalAveragePool)
        case "scalar-bias": self = try arguments.none(.scalarBias)
        case "scalar-scale": self = try arguments.none(.scalarScale)
        case "residual":
            throw StudyError(
                "residual: wants {body: [layers], shortcut: [layers]}; without a shortcut the value itself")
        case "average-pool", "max-pool":
            try arguments.check(["size", "stride", "pad"], main: "size")
            let size = try arguments.integer("size")
            let stride = try arguments.integer("stride", default: size)
            let pad = try arguments.integer("pad", default: 0, least: 0)
            self =
                name == "max-pool"
                ? .maxPool(window: size, stride: stride, padding: pad)
                : .averagePool(window: size, stride: stride, padding: pad)
        case "swish":
            try arguments.check(["beta"], main: "beta")
            self = .swish(beta: try arguments.decimal("beta", default: Rational(1)))
        case "flatten": self = try arguments.none(.flatten)
        case "relu": self = try arguments.none(.relu)
        case "sigmoid": self = try arguments.none(.sigmoid)
        case "tanh": self = try arguments.none(.tanh)
        case "softplus": self = try arguments.none(.softplus)
        default:
            throw StudyError("no layer \"\(name)\"; the layers are \(LayerSpecification.names.joined(separator: ", "))")
        }
    }
}

/// The arguments of one layer: none, one value (`max-pool: 2`), or named ones.
private struct LayerArguments {
    let layer: String
    private var values: [String: String] = [:]
    private var single: String?

    init(_ layer: String, _ node: Node?) throws(StudyError) {
        self.layer = layer
        if let scalar = node?.scalar {
            single = scalar.string
        } else if let mapping = node?.mapping {
            for (key, value) in mapping {
                guard let name = key.string, let text = value.scalar?.string else {
                    throw StudyError("\(layer): arguments are names with one value each")
                }
                values[name] = text
            }
        } else if node != nil {
            throw StudyError("\(layer): arguments are written {name: value, …}")
        }
    }

    /// Rejects names not in the list; a single value goes to `main`.
    func check(_ names: [String], main: String?) throws(StudyError) {
        if single != nil, main == nil {
            throw StudyError("\(layer): arguments are named: {\(names.map { "\($0): …" }.joined(separator: ", "))}")
        }
        if let unknown = values.keys.sorted().first(where: { !names.contains($0) }) {
            throw StudyError("\(layer): no argument \"\(unknown)\"; there are \(names.joined(separator: ", "))")
        }
    }

    func none(_ layer: LayerSpecification) throws(StudyError) -> LayerSpecification {
        guard single == nil, values.isEmpty else { throw StudyError("\(self.layer): takes no arguments") }
        return layer
    }

    private func text(_ name: String) -> String? {
        values[name] ?? (["out", "size", "beta", "eps"].contains(name) ? single : nil)
    }

    /// Counts of outputs may be large; a window, stride or padding of thousands is a slip.
    func integer(_ name: String, default fallback: Int? = nil, least: Int = 1) throws(StudyError) -> Int {
        let most = name == "out" || name == "groups" ? 1 << 24 : 1 << 12
        guard let text = text(name) else {
            guard let fallback else { throw StudyError("\(layer): \(name) is missing") }
            return fallback
        }
        guard let value = Int(text), (least...most).contains(value) else {
            throw StudyError("\(layer): \(name): \"\(text)\" is not a whole number from \(least) to \(most)")
        }
        return value
    }

    func decimal(
        _ name: String, default fallback: Rational, least: Rational? = nil, most: Rational? = nil
    ) throws(StudyError) -> Rational {
        guard let text = text(name) else { return fallback }
        guard let value = Rational(decimal: text) else {
            throw StudyError("\(layer): \(name): \"\(text)\" is not a decimal")
        }
        guard least.map({ $0 <= value }) ?? true, most.map({ value <= $0 }) ?? true else {
            let range = [least.map { "from \($0)" }, most.map { "to \($0)" }].compactMap { $0 }.joined(separator: " ")
            throw StudyError("\(layer): \(name): \(text) is out of range; a decimal \(range) is wanted")
        }
        return value
    }

    /// Where the weight starts: a decimal for all elements, or `1/sqrt(N)` for the initialiser's values divided by √N.
    func start() throws(StudyError) -> ParameterShape.Start {
        guard let text = text("start") else { return .initializer }
        if let value = Rational(decimal: text) { return .constant(value) }
        if text.hasPrefix("1/sqrt("), text.hasSuffix(")"), let n = Int(text.dropFirst(7).dropLast()),
            (1...1 << 24).contains(n)
        {
            return .dividedByRoot(of: n)
        }
        throw StudyError("\(layer): start: \"\(text)\" is neither a decimal nor 1/sqrt(N)")
    }

    func flag(_ name: String, default fallback: Bool) throws(StudyError) -> Bool {
        guard let text = text(name) else { return fallback }
        guard let value = ["true": true, "false": false][text] else {
            throw StudyError("\(layer): \(name): \"\(text)\" is none of true, false")
        }
        return value
    }
}
