import Networks

/// How a framework lays out what it saves.
public enum TensorLayout: String, CaseIterable, Sendable {
    /// Ours: dense [out, in], kernels [out, in, height, width], images [channels, height, width].
    case channelsFirst = "channels-first"
    /// Flax, Keras: dense [in, out], kernels [height, width, in, out], images [height, width, channels].
    case channelsLast = "channels-last"

    /// Shape of a parameter as this layout has it.
    func shape(of parameter: Parameter) -> [Int] {
        let ours = parameter.shape
        guard self == .channelsLast else { return ours }
        switch ours.count {
        case 2: return [ours[1], ours[0]]
        case 4: return [ours[2], ours[3], ours[1], ours[0]]
        default: return ours
        }
    }

    /// A parameter's values in our layout.
    func imported(_ values: [Double], _ parameter: Parameter) -> [Double] {
        let ours = parameter.shape
        guard self == .channelsLast else { return values }
        switch ours.count {
        case 4: return permuted(values, shape(of: parameter), [3, 2, 0, 1])
        case 2:
            // Behind a flattened image the inputs are numbered by height, width, channel.
            guard let image = parameter.flattened else { return permuted(values, shape(of: parameter), [1, 0]) }
            return permuted(values, [image[1], image[2], image[0], ours[0]], [3, 2, 0, 1])
        default: return values
        }
    }

    /// Shape of a batch of activations [n] + shape, as this layout has it.
    func shape(ofBatch ours: [Int]) -> [Int] {
        self == .channelsLast && ours.count == 4 ? [ours[0], ours[2], ours[3], ours[1]] : ours
    }

    /// A batch of activations in our layout. Flattened images are told by `image`.
    func imported(_ values: [Double], batch ours: [Int], image: [Int]?) -> [Double] {
        guard self == .channelsLast else { return values }
        if ours.count == 4 { return permuted(values, shape(ofBatch: ours), [0, 3, 1, 2]) }
        if let image { return permuted(values, [ours[0], image[1], image[2], image[0]], [0, 3, 1, 2]) }
        return values
    }

    /// One of our parameters, with what its layout elsewhere depends on.
    struct Parameter {
        let name: String
        let shape: [Int]
        /// [channels, height, width] where a dense weight's inputs are a flattened image.
        let flattened: [Int]?

        /// All of a network's, in declaration order.
        static func all(of network: Network) -> [Parameter] {
            let images = images(in: network)
            return network.nodes.flatMap { node in
                let image = node.inputs[0].map { images[$0] } ?? Parameter.image(of: network)
                return network.parameters[node.parameters].map { parameter in
                    let isDenseWeight = parameter.shape.role == .weight && node.layer is Dense
                    return Parameter(
                        name: parameter.name, shape: parameter.shape.shape, flattened: isDenseWeight ? image : nil)
                }
            }
        }

        /// Of each node the image whose numbers its output still is, flat or not; nil once they are mixed.
        static func images(in network: Network) -> [[Int]?] {
            var images: [[Int]?] = []
            for node in network.nodes {
                let before = node.inputs[0].map { images[$0] } ?? image(of: network)
                images.append(node.outputShape.count == 3 ? node.outputShape : node.layer is Dense ? nil : before)
            }
            return images
        }

        private static func image(of network: Network) -> [Int]? {
            network.inputShape.count == 3 ? network.inputShape : nil
        }
    }
}

/// Values of a row-major array of `shape` with its axes in another order: axis i of the result is axis `axes[i]`.
private func permuted(_ values: [Double], _ shape: [Int], _ axes: [Int]) -> [Double] {
    var strides = [Int](repeating: 1, count: shape.count)
    for i in shape.indices.dropLast().reversed() { strides[i] = strides[i + 1] * shape[i + 1] }
    let sizes = axes.map { shape[$0] }
    let steps = axes.map { strides[$0] }
    var result: [Double] = []
    result.reserveCapacity(values.count)
    var index = [Int](repeating: 0, count: axes.count)
    var position = 0
    for _ in values.indices {
        result.append(values[position])
        for axis in axes.indices.reversed() {
            index[axis] += 1
            position += steps[axis]
            if index[axis] < sizes[axis] { break }
            position -= steps[axis] * sizes[axis]
            index[axis] = 0
        }
    }
    return result
}
