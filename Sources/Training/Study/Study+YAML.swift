import Arithmetics
import Networks
import Yams

extension Study {
    /// Reads a study from YAML text over the defaults.
    ///
    /// - Parameter path: for messages.
    /// - Throws: `StudyError` with path, line and field.
    public init(yaml text: String, path: String) throws(StudyError) {
        self.init()
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw Study.malformed(path, error) }
        guard let root else { return }
        guard let mapping = root.mapping else {
            throw StudyError("\(path): a study is a list of \"field: value\" lines")
        }
        var seen: Set<String> = []
        for (key, value) in mapping {
            let name = key.string ?? "?"
            do {
                guard seen.insert(name).inserted else { throw StudyError("\(name): given twice") }
                try read(name, value)
            } catch {
                let line = (value.mark ?? key.mark).map { ":\($0.line)" } ?? ""
                throw StudyError("\(path)\(line): \(error)")
            }
        }
    }

    /// Path, line and problem, without the text around it that Yams quotes.
    private static func malformed(_ path: String, _ error: any Error) -> StudyError {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let doing = context.map { "\($0.text) " } ?? ""
            return StudyError("\(path):\(mark.line): not YAML: \(doing)\(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            return StudyError("\(path):\(context.mark.line): \(keys.sorted().joined(separator: ", ")): given twice")
        case .reader(let problem, _, _, _): return StudyError("\(path): not YAML: \(problem)")
        default: return StudyError("\(path): not YAML")
        }
    }

    private mutating func read(_ name: String, _ value: Node) throws(StudyError) {
        switch name {
        case "model":
            guard let list = value.sequence else { return try set(name, to: try text(name, value)) }
            var layers: [LayerSpecification] = []
            for (i, node) in list.enumerated() {
                do { layers.append(try LayerSpecification(node)) } catch {
                    throw StudyError("model: layer \(i + 1): \(error)")
                }
            }
            model = .layers(layers)
        case "optimizer":
            guard let mapping = value.mapping else {
                throw StudyError("optimizer: wants {lr: …, momentum: …, weight-decay: …, nesterov: …, k: …}")
            }
            for (key, node) in mapping {
                let field = key.string ?? "?"
                guard ["lr", "momentum", "weight-decay", "nesterov", "k"].contains(field) else {
                    throw StudyError(
                        "optimizer: no field \"\(field)\"; the fields are lr, momentum, weight-decay, nesterov, k")
                }
                do { try set(field, to: try text(field, node)) } catch { throw StudyError("optimizer: \(error)") }
            }
        case "arithmetics", "map":
            guard let list = value.sequence else { return try set(name, to: try text(name, value)) }
            for node in list {
                try set(name, to: try text(name, node))
            }
        case "lr", "momentum", "weight-decay", "nesterov", "k":
            throw StudyError("\(name): belongs under optimizer")
        default:
            guard Study.fields.contains(name) else {
                throw StudyError(
                    "no field \"\(name)\"; the fields are model, …, optimizer, …: \(Study.fields.joined(separator: ", "))"
                )
            }
            try set(name, to: try text(name, value))
        }
    }

    private func text(_ field: String, _ node: Node) throws(StudyError) -> String {
        guard let scalar = node.scalar, !scalar.string.isEmpty else { throw StudyError("\(field): wants one value") }
        return scalar.string
    }
}

extension LayerSpecification {
    /// What a model list may hold.
    public static let names = [
        "conv", "dense", "average-pool", "max-pool", "flatten", "relu", "swish", "sigmoid", "tanh", "softplus",
    ]

    /// A layer of a model list: `relu`, `dense: 10`, `max-pool: 2`, `conv: {out: 8, kernel: 3, pad: 1}`.
    init(_ node: Node) throws(StudyError) {
        if let name = node.scalar?.string {
            try self.init(name, LayerArguments(name, nil))
        } else if let mapping = node.mapping, mapping.count == 1, let (key, value) = mapping.first,
            let name = key.string
        {
            try self.init(name, LayerArguments(name, value))
        } else {
            throw StudyError("wants a layer's name, or one name with its arguments: conv: {out: 8, kernel: 3}")
        }
    }

    private init(_ name: String, _ arguments: LayerArguments) throws(StudyError) {
        switch name {
        case "dense":
            try arguments.check(["out", "bias"], main: "out")
            self = .dense(outputs: try arguments.integer("out"), bias: try arguments.flag("bias", default: true))
        case "conv":
            try arguments.check(["out", "kernel", "stride", "pad", "groups", "bias"], main: nil)
            self = .convolution(
                channels: try arguments.integer("out"), kernel: try arguments.integer("kernel"),
                stride: try arguments.integer("stride", default: 1),
                padding: try arguments.integer("pad", default: 0, least: 0),
                groups: try arguments.integer("groups", default: 1), bias: try arguments.flag("bias", default: true))
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
                guard values.updateValue(text, forKey: name) == nil else {
                    throw StudyError("\(layer): \(name) is given twice")
                }
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
        values[name] ?? (["out", "size", "beta"].contains(name) ? single : nil)
    }

    func integer(_ name: String, default fallback: Int? = nil, least: Int = 1) throws(StudyError) -> Int {
        guard let text = text(name) else {
            guard let fallback else { throw StudyError("\(layer): \(name) is missing") }
            return fallback
        }
        guard let value = Int(text), (least...(1 << 24)).contains(value) else {
            throw StudyError("\(layer): \(name): \"\(text)\" is not a whole number from \(least) to \(1 << 24)")
        }
        return value
    }

    func decimal(_ name: String, default fallback: Rational) throws(StudyError) -> Rational {
        guard let text = text(name) else { return fallback }
        guard let value = Rational(decimal: text) else {
            throw StudyError("\(layer): \(name): \"\(text)\" is not a decimal")
        }
        return value
    }

    func flag(_ name: String, default fallback: Bool) throws(StudyError) -> Bool {
        guard let text = text(name) else { return fallback }
        guard let value = ["true": true, "false": false][text] else {
            throw StudyError("\(layer): \(name): \"\(text)\" is none of true, false")
        }
        return value
    }
}
