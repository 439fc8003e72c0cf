import Arithmetics
import Networks
import TensorFiles

extension Study {
    /// The whole study, as every output echoes it: exact decimals and quotients as texts.
    public var json: JSONValue {
        var object = JSONObject()
        object["model"] = model.json
        object["loss"] = JSONValue(loss.rawValue)
        object["init"] = JSONValue(initializer.description)
        object["init-from"] = initFrom.map { JSONValue($0) } ?? JSONValue.null
        object["map"] = JSONValue(nameMap.map { JSONValue("\($0.theirs)=\($0.ours)") })
        object["data"] = JSONValue(data)
        object["test-fraction"] = JSONValue(testFraction.description)
        object["normalize"] = JSONValue(normalization.description)
        // Fields that came later stand only where they say something: results made before them keep their digests.
        if augmentation != .none { object["augment"] = JSONValue(augmentation.rawValue) }
        object["batch"] = JSONValue(batch)
        object["last-batch"] = JSONValue(lastBatch.rawValue)
        object["steps"] = JSONValue(steps)
        if let epochs { object["epochs"] = JSONValue(epochs) }
        object["seed"] = seedJSON(seed)
        if let initSeed { object["init-seed"] = seedJSON(initSeed) }
        object["order"] = JSONValue(order.rawValue)
        var optimizer: JSONObject = [
            "lr": JSONValue(self.optimizer.rate.description),
            "momentum": JSONValue(self.optimizer.momentum.description),
            "weight-decay": JSONValue(self.optimizer.weightDecay.description),
            "nesterov": JSONValue(self.optimizer.nesterov), "k": JSONValue(self.optimizer.k),
        ]
        if self.optimizer.scaledRate != .exact {
            optimizer["k-rate"] = JSONValue(self.optimizer.scaledRate.rawValue)
        }
        object["optimizer"] = JSONValue(optimizer)
        object["schedule"] = JSONValue(schedule.description)
        object["clip"] = JSONValue(clip?.description ?? "none")
        object["grid"] = JSONValue(grid.description)
        object["arithmetics"] = JSONValue(arithmetics.map { JSONValue($0.description) })
        object["reference"] = effectiveReference.map { JSONValue($0.description) } ?? JSONValue.null
        return JSONValue(object)
    }

    private func seedJSON(_ seed: UInt64) -> JSONValue {
        JSONNumber(literal: "\(seed)").map { JSONValue.number($0) } ?? JSONValue.null
    }

    /// What of the study a result's digest covers: all but where files lie and how their tensors are named, which two machines
    /// need not share. What the files hold shows in the result itself.
    public var portableJSON: JSONValue {
        var study = self
        study.initFrom = initFrom.map { _ in "file" }
        study.nameMap = []
        if let colon = data.firstIndex(of: ":"), !data.hasPrefix("synthetic:") { study.data = String(data[..<colon]) }
        return study.json
    }

    /// The study as YAML that reads back as the same study.
    public var yaml: String {
        var lines: [String] = []
        switch model {
        case .layers(let layers):
            lines.append("model:")
            lines += layers.map { "  - \($0.text)" }
        default: lines.append("model: \(model.text)")
        }
        lines.append("loss: \(loss.rawValue)")
        lines.append("init: \(initializer)")
        if let initFrom { lines.append("init-from: \(JSONValue(initFrom).text())") }
        if !nameMap.isEmpty {
            lines.append(
                "map: [\(nameMap.map { JSONValue("\($0.theirs)=\($0.ours)").text() }.joined(separator: ", "))]")
        }
        lines.append("data: \(JSONValue(data).text())")
        lines.append("test-fraction: \(testFraction)")
        lines.append("normalize: \(JSONValue(normalization.description).text())")
        if augmentation != .none { lines.append("augment: \(augmentation.rawValue)") }
        lines.append("batch: \(batch)")
        lines.append("last-batch: \(lastBatch.rawValue)")
        lines.append(epochs.map { "epochs: \($0)" } ?? "steps: \(steps)")
        lines.append("seed: \(seed)")
        if let initSeed { lines.append("init-seed: \(initSeed)") }
        lines.append("order: \(order.rawValue)")
        lines.append(
            "optimizer: {lr: \(optimizer.rate), momentum: \(optimizer.momentum), weight-decay: \(optimizer.weightDecay), "
                + "nesterov: \(optimizer.nesterov), k: \(optimizer.k)"
                + "\(optimizer.scaledRate == .exact ? "" : ", k-rate: \(optimizer.scaledRate.rawValue)")}")
        lines.append("schedule: \(JSONValue(schedule.description).text())")
        lines.append("clip: \(clip?.description ?? "none")")
        lines.append("grid: \(grid)")
        lines.append("arithmetics: [\(arithmetics.map { JSONValue($0.description).text() }.joined(separator: ", "))]")
        if let reference { lines.append("reference: \(JSONValue(reference.description).text())") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ModelSpecification {
    /// The model in a line.
    public var summary: String {
        if case .layers(let layers) = self { return layers.map(\.text).joined(separator: " - ") }
        return text
    }

    /// A zoo model by name.
    public var text: String {
        switch self {
        case .mlp(let sizes): "mlp(\(sizes.map(String.init).joined(separator: ",")))"
        case .lenet5: "lenet5"
        case .cnnSmall: "cnn-small"
        case .resnet(let network): network.text
        case .layers(let layers): "[\(layers.map(\.text).joined(separator: ", "))]"
        }
    }

    var json: JSONValue {
        guard case .layers(let layers) = self else { return JSONValue(text) }
        return JSONValue(layers.map { JSONValue($0.text) })
    }
}

extension LayerSpecification {
    /// The layer as a study writes it.
    public var text: String {
        func with(_ name: String, _ parts: [String?]) -> String {
            let given = parts.compactMap { $0 }
            return given.isEmpty ? name : "\(name): {\(given.joined(separator: ", "))}"
        }
        switch self {
        case .dense(let outputs, let bias, let start):
            if bias, start == .initializer { return "dense: \(outputs)" }
            return with("dense", ["out: \(outputs)", bias ? nil : "bias: false", start.text])
        case .convolution(let channels, let kernel, let stride, let padding, let groups, let bias, let start):
            return with(
                "conv",
                [
                    "out: \(channels)", "kernel: \(kernel)", stride == 1 ? nil : "stride: \(stride)",
                    padding == 0 ? nil : "pad: \(padding)", groups == 1 ? nil : "groups: \(groups)",
                    bias ? nil : "bias: false", start.text,
                ])
        case .batchNorm(let epsilon, let rho, let unbiased):
            guard self != .batchNorm else { return "batch-norm" }
            return with("batch-norm", ["eps: \(epsilon)", "rho: \(rho)", unbiased ? nil : "unbiased: false"])
        case .layerNorm(let epsilon): return self == .layerNorm ? "layer-norm" : "layer-norm: \(epsilon)"
        case .residual(let body, let shortcut):
            func list(_ layers: [LayerSpecification]) -> String { "[\(layers.map(\.text).joined(separator: ", "))]" }
            return with(
                "residual", ["body: \(list(body))", shortcut.isEmpty ? nil : "shortcut: \(list(shortcut))"])
        case .globalAveragePool: return "global-average-pool"
        case .scalarBias: return "scalar-bias"
        case .scalarScale: return "scalar-scale"
        case .averagePool(let window, let stride, let padding): return pool("average-pool", window, stride, padding)
        case .maxPool(let window, let stride, let padding): return pool("max-pool", window, stride, padding)
        case .flatten: return "flatten"
        case .relu: return "relu"
        case .sigmoid: return "sigmoid"
        case .tanh: return "tanh"
        case .softplus: return "softplus"
        case .swish(let beta): return "swish: \(beta)"
        }
    }

    private func pool(_ name: String, _ window: Int, _ stride: Int, _ padding: Int) -> String {
        if stride == window, padding == 0 { return "\(name): \(window)" }
        return "\(name): {size: \(window), stride: \(stride), pad: \(padding)}"
    }
}

extension ParameterShape.Start {
    /// As an argument of a layer; nil for the usual start.
    fileprivate var text: String? {
        switch self {
        case .initializer: nil
        case .dividedByRoot(let n): "start: 1/sqrt(\(n))"
        case .constant(let c): "start: \(c)"
        }
    }
}
