import Tensors

extension Network {
    /// One step of the computation: a layer of one value, or the sum of two.
    public struct Node: Sendable {
        public enum Operation: Sendable {
            case layer(any Layer)
            /// a + b, what ends a residual block.
            case sum
        }

        /// `conv1`; inside a block `block1.conv1` and `block1.shortcut.conv1`. A sum bears the name of its block.
        public let name: String
        public internal(set) var operation: Operation
        /// The nodes whose outputs come in, nil for the network's input: one of a layer, two of a sum, the body's first.
        public let inputs: [Int?]
        /// Of one sample.
        public let outputShape: [Int]
        /// Where its parameters and statistics stand in the network's.
        public let parameters: Range<Int>
        public let statistics: Range<Int>
        /// Of each input: does a parameter lie before it?
        public let wantsInputGradient: [Bool]

        public var layer: (any Layer)? {
            if case .layer(let layer) = operation { layer } else { nil }
        }

        var isRelu: Bool { (layer as? Activation)?.function == .relu }
    }
}

extension Network {
    /// What the nodes behind this one do, as far as they alone take what it makes: a sum, then relu.
    ///
    /// - Parameter made: the output of a node before this one, or the network's input.
    func endings<Scalar>(of i: Int, _ made: (Int?) -> Tensor<Scalar>) -> [Ending<Scalar>] {
        var endings: [Ending<Scalar>] = []
        var last = i
        while last + 1 < nodes.count, lastUses[last] == last + 1 {
            let next = nodes[last + 1]
            if case .sum = next.operation, endings.isEmpty {
                endings.append(
                    next.inputs[1] == last ? .addedTo(made(next.inputs[0])) : .plus(made(next.inputs[1])))
                last += 1
                continue
            }
            return next.isRelu ? endings + [.relu] : endings
        }
        return endings
    }
}

/// Gives nodes their names, and parameters and statistics their places.
struct NetworkBuilder {
    private(set) var nodes: [Network.Node] = []
    private(set) var parameters: [Network.NamedParameter] = []
    private(set) var statistics: [Network.NamedStatistic] = []
    /// Of each node: does it or one before it have parameters?
    private var reachesParameters: [Bool] = []

    /// Appends parts in a row behind a node; nil: behind the network's input.
    ///
    /// - Parameter scope: what names begin with.
    /// - Returns: the node whose output is theirs.
    mutating func append(_ parts: [Network.Part], to input: Int?, scope: String) -> Int? {
        var current = input
        var ordinals: [String: Int] = [:]
        func name(_ kind: String) -> String {
            ordinals[kind, default: 0] += 1
            return "\(scope)\(kind)\(ordinals[kind, default: 0])"
        }
        for part in parts {
            switch part {
            case .layer(let layer):
                append(name(layer.kind), .layer(layer), [current], layer.outputShape, layer)
            case .residual(let body, let shortcut):
                let block = name("block")
                let a = append(body, to: current, scope: block + ".")
                let b = append(shortcut, to: current, scope: block + ".shortcut.")
                guard let a else { preconditionFailure("a residual block without a body") }
                append(block, .sum, [a, b], nodes[a].outputShape, nil)
            }
            current = nodes.count - 1
        }
        return current
    }

    private mutating func append(
        _ name: String, _ operation: Network.Node.Operation, _ inputs: [Int?], _ outputShape: [Int],
        _ layer: (any Layer)?
    ) {
        let (p, s) = (parameters.count, statistics.count)
        for shape in layer?.parameters ?? [] {
            parameters.append(Network.NamedParameter(name: "\(name).\(shape.name)", shape: shape))
        }
        for shape in layer?.statistics ?? [] {
            statistics.append(Network.NamedStatistic(name: "\(name).\(shape.name)", shape: shape))
        }
        let wanted = inputs.map { $0.map { reachesParameters[$0] } ?? false }
        reachesParameters.append(parameters.count > p || wanted.contains(true))
        nodes.append(
            Network.Node(
                name: name, operation: operation, inputs: inputs, outputShape: outputShape,
                parameters: p..<parameters.count, statistics: s..<statistics.count, wantsInputGradient: wanted))
    }
}
