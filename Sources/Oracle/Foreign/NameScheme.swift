import Networks

/// How a framework names parameters and running statistics. Layers of a kind are numbered in order, so names are matched by
/// rank, not by number: Keras goes on counting where the last model of the process ended.
public enum NameScheme: String, CaseIterable, Sendable {
    /// Ours: `conv1.weight`, `bn1.running_mean`.
    case lockstep
    /// Residual networks as torchvision names them: `layer1.0.conv1.weight`, `layer2.0.downsample.1.running_var`, `fc.weight`.
    case torchvision
    /// `torch.nn.Sequential` and other modules whose names sort in the order of the layers: `0.weight`, `net.2.running_mean`.
    case pytorch
    /// `params/Conv_0/kernel`, `Dense_1/bias`, `batch_stats/BatchNorm_0/mean`, with `/` or `.` between.
    case flax
    /// `conv2d/kernel`, `dense_3/bias:0`, `batch_normalization/moving_mean`.
    case keras

    /// The layout that goes with the names.
    public var layout: TensorLayout {
        switch self {
        case .lockstep, .torchvision, .pytorch: .channelsFirst
        case .flax, .keras: .channelsLast
        }
    }

    /// Their name of each of our tensors, or nil when a file's names do not follow the scheme.
    ///
    /// - Parameters:
    ///   - statistics: tensors that a file may lack.
    ///   - partial: some parameters may have no tensor, as long as their layer has one.
    func names(
        for parameters: [String], statistics: [String] = [], in file: [String], partial: Bool
    ) -> [String: String]? {
        switch self {
        case .lockstep: return same(parameters, statistics, file, partial)
        case .torchvision: return ResidualNames(file).names(for: parameters, statistics: statistics, partial: partial)
        case .pytorch, .flax, .keras: return ranked(parameters, statistics, file, partial)
        }
    }

    private func same(
        _ parameters: [String], _ statistics: [String], _ file: [String], _ partial: Bool
    ) -> [String: String]? {
        let known = parameters.filter(file.contains)
        guard partial ? !known.isEmpty : known.count == parameters.count else { return nil }
        return Dictionary(uniqueKeysWithValues: (known + statistics.filter(file.contains)).map { ($0, $0) })
    }

    private func ranked(
        _ parameters: [String], _ statistics: [String], _ file: [String], _ partial: Bool
    ) -> [String: String]? {
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
        /// The tensors of each of our layers, by role.
        var roles: [Substring: [String: String]] = [:]
        for parameter in parameters {
            let (layer, role) = TensorName.parts(of: parameter)
            if roles[layer] == nil {
                let kind = self == .pytorch ? "" : TensorName.kind(of: layer)
                let rank = used[kind, default: 0]
                used[kind] = rank + 1
                let ofKind = modules.filter { $0.kind == kind }
                guard rank < ofKind.count else { return nil }
                roles[layer] = ofKind[rank].roles
            }
            if let name = roles[layer]?[String(role)] {
                result[parameter] = name
            } else if !partial {
                return nil
            }
        }
        for statistic in statistics {
            let (layer, role) = TensorName.parts(of: statistic)
            result[statistic] = roles[layer]?[String(role)]
        }
        // Tensors that no layer of ours has make another network.
        return result.count == modules.reduce(0) { $0 + $1.roles.count } ? result : nil
    }

    /// Kind of the layer in our words, its module's name, and the role of the tensor in our words.
    private func parse(_ name: String) -> (kind: String, module: String, role: String)? {
        let text = name.hasSuffix(":0") ? String(name.dropLast(2)) : name
        guard let cut = text.lastIndex(where: { $0 == "/" || $0 == "." }) else { return nil }
        let module = String(text[..<cut])
        let last = module.split(whereSeparator: { $0 == "/" || $0 == "." }).last.map(String.init) ?? module
        let leaf = String(text[text.index(after: cut)...])
        if self == .pytorch {
            return ["weight", "bias", "running_mean", "running_var"].contains(leaf) ? ("", module, leaf) : nil
        }
        let roles =
            self == .flax
            ? ["kernel": "weight", "scale": "weight", "bias": "bias", "mean": "running_mean", "var": "running_var"]
            : [
                "kernel": "weight", "gamma": "weight", "beta": "bias", "bias": "bias", "moving_mean": "running_mean",
                "moving_variance": "running_var",
            ]
        let kinds = [
            ("conv", "conv"), ("dense", "fc"), ("batchnorm", "bn"), ("batch_norm", "bn"), ("layernorm", "ln"),
            ("layer_norm", "ln"),
        ]
        guard let role = roles[leaf], let kind = kinds.first(where: { last.lowercased().hasPrefix($0.0) })?.1 else {
            return nil
        }
        // Flax keeps parameters and statistics of a module in two collections.
        for collection in ["params", "batch_stats"] where self == .flax {
            if module.hasPrefix(collection), let next = module.dropFirst(collection.count).first, "/.".contains(next) {
                return (kind, String(module.dropFirst(collection.count + 1)), role)
            }
        }
        return (kind, module, role)
    }
}

/// Names of our own tensors, taken apart.
enum TensorName {
    /// `block1.conv2.weight`: layer `block1.conv2`, role `weight`.
    static func parts(of name: String) -> (layer: Substring, role: Substring) {
        guard let dot = name.lastIndex(of: ".") else { return (name[...], "") }
        return (name[..<dot], name[name.index(after: dot)...])
    }

    /// What a layer's own name begins with: `conv` of `block1.conv2`.
    static func kind(of layer: Substring) -> String {
        let own = layer.split(separator: ".").last ?? layer
        return String(own.prefix { !$0.isNumber })
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
