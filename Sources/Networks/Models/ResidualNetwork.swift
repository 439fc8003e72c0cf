import Arithmetics

/// A residual network for small images, `resnet8`, `resnet20`, `resnet56` …: 6n + 2 weight layers deep.
///
/// 3×3 convolution to w channels; three groups of n blocks of two 3×3 convolutions, with w, 2w and 4w channels, the first block of
/// the second and third group with stride 2; global average pooling; a dense layer. Where a block changes the shape, its
/// shortcut is a 1×1 convolution. Convolutions have no bias, each is followed by batch norm.
///
/// - Source: He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition* (2016), section 4.2; with projections for
///   shortcuts, as Sun, Lao, Yezzi and Sundaramoorthi, arXiv 2206.02001, have them.
public struct ResidualNetwork: Sendable, Hashable {
    /// n, blocks of each group.
    public var blocks: Int
    /// w, channels of the first group.
    public var width = 16
    /// nil: relu.
    public var swish: Rational?
    /// Without norms, with scalar biases and scales.
    ///
    /// - Source: Zhang, Dauphin and Ma, *Fixup Initialization: Residual Learning Without Normalization* (2019), section 3.
    public var isFixup = false

    public init(blocks: Int) { self.blocks = blocks }

    /// `resnet20`, `resnet20(swish:5)`, `resnet20(fixup,width:8)`.
    ///
    /// - Throws: `ModelError` naming what is wrong.
    public init(named text: String) throws(ModelError) {
        let parts = text.split(separator: "(", maxSplits: 1, omittingEmptySubsequences: false)
        guard let depth = Int(parts[0].dropFirst("resnet".count)), depth >= 8, depth % 6 == 2, depth <= 6 * 1000 + 2
        else {
            throw ModelError(
                "no model \"\(parts[0])\"; the depth of a residual network is 6n + 2 from 8 to 6002: resnet8, resnet20, resnet56, …"
            )
        }
        blocks = depth / 6
        guard parts.count == 2 else { return }
        guard parts[1].last == ")" else { throw ModelError("model \"\(text)\": the closing parenthesis is missing") }
        var seen: Set<Substring> = []
        for option in parts[1].dropLast().split(separator: ",", omittingEmptySubsequences: false) {
            let option = option.drop { $0 == " " }
            let words = option.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = words.first ?? ""
            guard seen.insert(name).inserted else { throw ModelError("model \"\(text)\": \(name) is given twice") }
            switch (name, words.count) {
            case ("fixup", 1): isFixup = true
            case ("swish", 1): swish = Rational(1)
            case ("swish", 2):
                guard let beta = Rational(decimal: String(words[1])) else {
                    throw ModelError("model \"\(text)\": swish: \"\(words[1])\" is not a decimal, such as swish:5")
                }
                swish = beta
            case ("width", 2):
                guard let value = Int(words[1]), (1...1 << 16).contains(value) else {
                    throw ModelError(
                        "model \"\(text)\": width: \"\(words[1])\" is not a whole number from 1 to \(1 << 16)")
                }
                width = value
            default:
                throw ModelError(
                    "model \"\(text)\": no option \"\(option)\"; the options are fixup, swish:BETA, width:CHANNELS")
            }
        }
    }

    /// The name that reads back as this network.
    public var text: String {
        var options: [String] = []
        if isFixup { options.append("fixup") }
        if let swish { options.append("swish:\(swish)") }
        if width != 16 { options.append("width:\(width)") }
        return "resnet\(6 * blocks + 2)" + (options.isEmpty ? "" : "(\(options.joined(separator: ",")))")
    }

    func layers(classes: Int) -> [LayerSpecification] {
        var list = [convolution(width, kernel: 3), isFixup ? .scalarBias : .batchNorm, activation]
        var channels = width
        for group in 0..<3 {
            for block in 0..<blocks {
                let out = width << group
                let stride = group > 0 && block == 0 ? 2 : 1
                let isSame = out == channels && stride == 1
                list.append(
                    .residual(
                        body: isFixup ? fixupBody(out, stride) : body(out, stride),
                        shortcut: isSame ? [] : shortcut(out, stride)))
                list.append(activation)
                channels = out
            }
        }
        list.append(.globalAveragePool)
        if isFixup { list.append(.scalarBias) }
        return list + [.dense(outputs: classes, bias: true, start: isFixup ? .constant(Rational(0)) : .initializer)]
    }

    private var activation: LayerSpecification { swish.map { .swish(beta: $0) } ?? .relu }

    private func body(_ channels: Int, _ stride: Int) -> [LayerSpecification] {
        [
            convolution(channels, kernel: 3, stride: stride), .batchNorm, activation, convolution(channels, kernel: 3),
            .batchNorm,
        ]
    }

    /// A scalar bias before each convolution and activation, the one after the scale serving the activation behind the sum. Of
    /// the m = 2 convolutions of a branch the last starts at 0, the other is scaled by L^(-1/(2m - 2)) = 1/√L, L branches in all.
    private func fixupBody(_ channels: Int, _ stride: Int) -> [LayerSpecification] {
        [
            .scalarBias, convolution(channels, kernel: 3, stride: stride, .dividedByRoot(of: 3 * blocks)), .scalarBias,
            activation, .scalarBias, convolution(channels, kernel: 3, .constant(Rational(0))), .scalarScale,
            .scalarBias,
        ]
    }

    private func shortcut(_ channels: Int, _ stride: Int) -> [LayerSpecification] {
        let projection = convolution(channels, kernel: 1, stride: stride)
        return isFixup ? [.scalarBias, projection] : [projection, .batchNorm]
    }

    private func convolution(
        _ channels: Int, kernel: Int, stride: Int = 1, _ start: ParameterShape.Start = .initializer
    ) -> LayerSpecification {
        .convolution(
            channels: channels, kernel: kernel, stride: stride, padding: kernel / 2, groups: 1, bias: false,
            start: start)
    }
}
