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
