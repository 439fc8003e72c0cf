import Arithmetics
import Networks
import Yams

extension Study {
    /// Reads a study from YAML text over the defaults.
    ///
    /// - Parameters:
    ///   - path: for messages.
    ///   - base: the defaults, where they are not the usual ones.
    /// - Throws: `StudyError` with path, line and field.
    public init(yaml text: String, path: String, over base: Study = Study()) throws(StudyError) {
        self = base
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw Study.malformed(path, error) }
        guard let root else { return }
        guard let mapping = root.mapping else {
            throw StudyError("\(path): a study is a list of \"field: value\" lines")
        }
        if let steps = mapping.first(where: { $0.key.string == "steps" }),
            mapping.contains(where: { $0.key.string == "epochs" })
        {
            let line = steps.key.mark.map { ":\($0.line)" } ?? ""
            throw StudyError("\(path)\(line): steps: given beside epochs; one of them says how long to train")
        }
        try each(of: mapping, in: path, prefix: "") { study, name, value throws(StudyError) in
            try study.read(name, value, in: path)
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

    /// Reads the fields of a mapping one by one; an error gets the line of its field, unless it has one of its own.
    private mutating func each(
        of mapping: Node.Mapping, in path: String, prefix: String,
        _ read: (inout Study, String, Node) throws(StudyError) -> Void
    ) throws(StudyError) {
        for (key, value) in mapping {
            try at(key, in: path, prefix: prefix) { study throws(StudyError) in
                try read(&study, key.string ?? "?", value)
            }
        }
    }

    /// Runs `body`, and puts path and line before what it throws.
    private mutating func at(
        _ node: Node, in path: String, prefix: String, _ body: (inout Study) throws(StudyError) -> Void
    ) throws(StudyError) {
        do { try body(&self) } catch {
            guard !error.description.hasPrefix(path + ":") else { throw error }
            throw StudyError("\(path)\(node.mark.map { ":\($0.line)" } ?? ""): \(prefix)\(error)")
        }
    }

    private mutating func read(_ name: String, _ value: Node, in path: String) throws(StudyError) {
        switch name {
        case "model":
            guard let list = value.sequence else { return try set(name, to: try text(name, value)) }
            var layers: [LayerSpecification] = []
            for (i, node) in list.enumerated() {
                try at(node, in: path, prefix: "model: layer \(i + 1): ") { _ throws(StudyError) in
                    layers.append(try LayerSpecification(node))
                }
            }
            guard !layers.isEmpty else { throw StudyError("model: the list has no layers") }
            model = .layers(layers)
        case "optimizer":
            guard let mapping = value.mapping else {
                throw StudyError("optimizer: wants {lr: …, momentum: …, weight-decay: …, nesterov: …, k: …}")
            }
            try each(of: mapping, in: path, prefix: "optimizer: ") { study, field, node throws(StudyError) in
                guard Study.optimizerFields.contains(field) else {
                    throw StudyError(
                        "no field \"\(field)\"; the fields are \(Study.optimizerFields.joined(separator: ", "))")
                }
                try study.set(field, to: try study.text(field, node))
            }
        case "arithmetics", "map":
            guard let list = value.sequence else { return try set(name, to: try text(name, value)) }
            for node in list {
                try at(node, in: path, prefix: "") { study throws(StudyError) in
                    try study.set(name, to: try study.text(name, node))
                }
            }
        case _ where Study.optimizerFields.contains(name):
            throw StudyError("\(name): belongs under optimizer")
        default:
            guard Study.fields.contains(name) else {
                let others = Study.fields.filter { !Study.optimizerFields.contains($0) }
                let schedule = others.firstIndex(of: "schedule") ?? others.count
                let all = others[..<schedule] + ["optimizer"] + others[schedule...]
                throw StudyError("no field \"\(name)\"; the fields are \(all.joined(separator: ", "))")
            }
            try set(name, to: try text(name, value))
        }
    }

    private static let optimizerFields = ["lr", "momentum", "weight-decay", "nesterov", "k", "k-rate"]

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
        values[name] ?? (["out", "size", "beta"].contains(name) ? single : nil)
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
