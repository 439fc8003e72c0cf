/// Residual networks in PyTorch: blocks are `layer` + group + `.` + number, with `conv1`, `bn1`, `conv2`, `bn2` and the shortcut in
/// `downsample` (torchvision) or `shortcut` (many programs for CIFAR); before them `conv1` and `bn1`, after them `fc` or
/// `linear`.
struct ResidualNames {
    private let file: Set<String>
    /// `layer1.0`, … in forward order.
    private let blocks: [String]

    init(_ names: [String]) {
        file = Set(names)
        var found: [[Int]] = []
        for name in names {
            let parts = name.split(separator: ".")
            guard parts.count > 2, parts[0].hasPrefix("layer"), let group = Int(parts[0].dropFirst(5)),
                let number = Int(parts[1]), !found.contains([group, number])
            else { continue }
            found.append([group, number])
        }
        blocks = found.sorted { $0.lexicographicallyPrecedes($1) }.map { "layer\($0[0]).\($0[1])" }
    }

    /// Their name of each of our tensors; nil when the file is of another network.
    func names(for parameters: [String], statistics: [String], partial: Bool) -> [String: String]? {
        guard !blocks.isEmpty else { return nil }
        var result: [String: String] = [:]
        for ours in parameters {
            if let name = candidates(ours).first(where: file.contains) {
                result[ours] = name
            } else if !partial {
                return nil
            }
        }
        for ours in statistics { result[ours] = candidates(ours).first(where: file.contains) }
        // Tensors that no layer of ours has make another network.
        let counted = file.filter { !$0.hasSuffix("num_batches_tracked") }
        return !result.isEmpty && result.count == counted.count ? result : nil
    }

    /// What one of our tensors may be called.
    private func candidates(_ ours: String) -> [String] {
        let (layer, role) = TensorName.parts(of: ours)
        let parts = layer.split(separator: ".")
        guard parts[0].hasPrefix("block"), parts.count > 1 else {
            return (layer == "fc1" ? ["fc", "linear"] : [String(layer)]).map { "\($0).\(role)" }
        }
        guard let number = Int(parts[0].dropFirst(5)), blocks.indices.contains(number - 1) else { return [] }
        let block = blocks[number - 1]
        guard parts[1] == "shortcut", parts.count == 3 else { return ["\(block).\(parts[1]).\(role)"] }
        guard let place = ["conv1": 0, "bn1": 1][parts[2]] else { return [] }
        return ["\(block).downsample.\(place).\(role)", "\(block).shortcut.\(place).\(role)"]
    }
}
