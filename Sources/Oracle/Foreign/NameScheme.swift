import Networks

/// How a framework names parameters. Layers of a kind are numbered in order, so names are matched by rank, not by number:
/// Keras goes on counting where the last model of the process ended.
public enum NameScheme: String, CaseIterable, Sendable {
    /// Ours: `conv1.weight`, `fc2.bias`.
    case lockstep
    /// `torch.nn.Sequential` and other modules whose names sort in the order of the layers: `0.weight`, `net.2.bias`.
    case pytorch
    /// `params/Conv_0/kernel`, `Dense_1/bias`, with `/` or `.` between.
    case flax
    /// `conv2d/kernel`, `dense_3/bias:0`.
    case keras

    /// The layout that goes with the names.
    public var layout: TensorLayout {
        switch self {
        case .lockstep, .pytorch: .channelsFirst
        case .flax, .keras: .channelsLast
        }
    }

    /// Their name of each of our parameters, or nil when a file's names do not follow the scheme.
    ///
    /// - Parameter partial: some parameters may have no tensor, as long as their layer has one.
    func names(for parameters: [String], in file: [String], partial: Bool) -> [String: String]? {
        if self == .lockstep {
            let known = parameters.filter(file.contains)
            guard partial ? !known.isEmpty : known.count == parameters.count else { return nil }
            return Dictionary(uniqueKeysWithValues: known.map { ($0, $0) })
        }
        // Modules of each kind, in order, with the names of their tensors by role.
        var modules: [(kind: String, key: [NaturalKey], name: String, roles: [String: String])] = []
        for name in file {
            guard let (kind, module, role) = parse(name) else { continue }
            if let i = modules.firstIndex(where: { $0.name == module }) {
                modules[i].roles[role] = name
            } else {
                modules.append((kind, NaturalKey.parts(of: module), module, [role: name]))
            }
        }
        modules.sort { $0.key.lexicographicallyPrecedes($1.key) }
        var result: [String: String] = [:]
        var used: [String: Int] = [:]
        var layer = ""
        var roles: [String: String] = [:]
        for parameter in parameters {
            let parts = parameter.split(separator: ".")
            if parts[0] != layer {
                layer = String(parts[0])
                let kind = self == .pytorch ? "" : layer.hasPrefix("conv") ? "conv" : "dense"
                let rank = used[kind, default: 0]
                used[kind] = rank + 1
                let ofKind = modules.filter { $0.kind == kind }
                guard rank < ofKind.count else { return nil }
                roles = ofKind[rank].roles
            }
            if let name = roles[String(parts[1])] {
                result[parameter] = name
            } else if !partial {
                return nil
            }
        }
        // Tensors that no layer of ours has make another network.
        return result.count == modules.reduce(0) { $0 + $1.roles.count } ? result : nil
    }

    /// Kind of the layer, its module's name, and the role of the tensor in our words.
    private func parse(_ name: String) -> (kind: String, module: String, role: String)? {
        let text = name.hasSuffix(":0") ? String(name.dropLast(2)) : name
        guard let cut = text.lastIndex(where: { $0 == "/" || $0 == "." }) else { return nil }
        let module = String(text[..<cut])
        let last = module.split(whereSeparator: { $0 == "/" || $0 == "." }).last.map(String.init) ?? module
        let leaf = text[text.index(after: cut)...]
        switch (self, leaf) {
        case (.pytorch, "weight"), (.pytorch, "bias"): return ("", module, String(leaf))
        case (.flax, "kernel"), (.flax, "bias"), (.keras, "kernel"), (.keras, "bias"):
            let lower = last.lowercased()
            guard lower.hasPrefix("conv") || lower.hasPrefix("dense") else { return nil }
            return (lower.hasPrefix("conv") ? "conv" : "dense", module, leaf == "kernel" ? "weight" : "bias")
        default: return nil
        }
    }
}

/// A piece of a name: numbers are ordered as numbers, so that `10` follows `2`.
private enum NaturalKey: Comparable {
    case number(Int)
    case text(String)

    static func parts(of name: String) -> [NaturalKey] {
        var result: [NaturalKey] = []
        var piece = ""
        func end() {
            if piece.isEmpty { return }
            result.append(Int(piece).map { .number($0) } ?? .text(piece))
            piece = ""
        }
        for character in name {
            if let last = piece.last, last.isASCIIDigit != character.isASCIIDigit { end() }
            piece.append(character)
        }
        end()
        return result
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
