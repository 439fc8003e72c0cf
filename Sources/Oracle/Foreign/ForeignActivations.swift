import Arithmetics
import Networks
import TensorFiles
import Training

/// Outputs of layers in one forward pass of another program, and gradients arriving there, for the layers it saved.
struct ForeignActivations {
    let format: Format
    /// By number of the layer.
    let outputs: [Int: ExactArray]
    let gradients: [Int: ExactArray]

    /// Tensors are named like our layers (`conv1`, `block1.conv1`; a block's sum is `block1`), by the layer's number from 0 (`3`,
    /// `net.3`) where layers stand in a row, or through the map; gradients have `.gradient` after that.
    ///
    /// - Throws: `FileError`; `StudyError` for a tensor of a wrong shape, and when no tensor is a layer's.
    init(_ path: String, _ map: NameMap, _ layout: TensorLayout, _ network: Network, batch: Int) throws {
        let file = try ForeignFile(path)
        var outputs: [Int: ExactArray] = [:]
        var gradients: [Int: ExactArray] = [:]
        var format: Format?
        let images = TensorLayout.Parameter.images(in: network)
        for tensor in file.tensors {
            let isGradient = tensor.name.hasSuffix(".gradient")
            let name = isGradient ? String(tensor.name.dropLast(".gradient".count)) : tensor.name
            guard let layer = try ForeignActivations.layer(name, map, network) else { continue }
            let shape = [batch] + network.nodes[layer].outputShape
            let expected = layout.shape(ofBatch: shape)
            guard tensor.shape == expected else {
                throw StudyError(
                    "\(path): tensor \"\(tensor.name)\" has shape \(tensor.shape), but a batch of \(network.layerNames[layer]) is \(expected) in layout \(layout.rawValue)"
                )
            }
            format = tensor.format
            let values = ExactArray(layout.imported(tensor.values, batch: shape, image: images[layer]))
            if isGradient { gradients[layer] = values } else { outputs[layer] = values }
        }
        guard let format else {
            throw StudyError(
                "\(path): \(file.listing): none is a layer's; name them \(network.layerNames.joined(separator: ", ")), or by number from 0, or give --map THEIRS=OURS"
            )
        }
        self.format = format
        self.outputs = outputs
        self.gradients = gradients
    }

    private static func layer(_ name: String, _ map: NameMap, _ network: Network) throws(StudyError) -> Int? {
        let mapped = map.rules.lazy.compactMap { NameMap.translate(name, $0) }.first
        let ours = mapped ?? name
        if let layer = network.layerNames.firstIndex(of: ours) { return layer }
        if let mapped {
            throw StudyError(
                "map: the model has no layer \"\(mapped)\"; it has \(network.layerNames.joined(separator: ", "))")
        }
        // Layers in a row have numbers, those of blocks have not.
        guard network.nodes.allSatisfy({ $0.layer != nil }),
            let last = ours.split(whereSeparator: { $0 == "." || $0 == "/" }).last, let number = Int(last),
            network.nodes.indices.contains(number)
        else { return nil }
        return number
    }
}
