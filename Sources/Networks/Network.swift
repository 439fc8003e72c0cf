import Arithmetics
import Tensors

/// Layers and residual sums, with named parameters and running statistics. What numbers they run in is the engine's arithmetic.
public struct Network: Sendable {
    /// Shape of one sample.
    public let inputShape: [Int]
    /// What is computed, in forward order.
    public let nodes: [Node]
    /// Parameters in declaration order: layers forward, weight before bias.
    public let parameters: [NamedParameter]
    /// Running statistics in the order of their layers.
    public let statistics: [NamedStatistic]
    /// The node that is the last to take each node's output.
    let lastUses: [Int]

    public struct NamedParameter: Sendable, Hashable {
        /// `conv1.weight`, `block2.conv1.weight`: the layer's name, then the role.
        public let name: String
        public let shape: ParameterShape
    }

    public struct NamedStatistic: Sendable, Hashable {
        /// `bn1.running_mean`.
        public let name: String
        public let shape: StatisticShape
    }

    /// A network before it has names: a layer, or a + b with a what `body` makes of the value before it, b what `shortcut`
    /// does; an empty shortcut is the value itself.
    public enum Part: Sendable {
        case layer(any Layer)
        case residual(body: [Part], shortcut: [Part])
    }

    public init(inputShape: [Int], parts: [Part]) {
        self.inputShape = inputShape
        var builder = NetworkBuilder()
        _ = builder.append(parts, to: nil, scope: "")
        nodes = builder.nodes
        parameters = builder.parameters
        statistics = builder.statistics
        var lastUses = Array(nodes.indices)
        for (i, node) in nodes.enumerated() {
            for case let input? in node.inputs { lastUses[input] = i }
        }
        self.lastUses = lastUses
    }

    private init(_ network: Network, nodes: [Node]) {
        inputShape = network.inputShape
        parameters = network.parameters
        statistics = network.statistics
        lastUses = network.lastUses
        self.nodes = nodes
    }

    /// Another function of the same parameters: `change` gives a layer to stand in for one, or nil. nil where it never does.
    public func replacingLayers(_ change: (any Layer) -> (any Layer)?) -> Network? {
        var isChanged = false
        let nodes = self.nodes.map { node in
            guard let layer = node.layer, let other = change(layer) else { return node }
            isChanged = true
            var node = node
            node.operation = .layer(other)
            return node
        }
        return isChanged ? Network(self, nodes: nodes) : nil
    }

    /// Each node's name: `conv1`, `block1.relu1`; kinds are numbered from 1 in forward order.
    public var layerNames: [String] { nodes.map(\.name) }
    public var outputShape: [Int] { nodes.last?.outputShape ?? inputShape }
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }
    /// Elements of the largest activation of one sample.
    public var largestActivation: Int {
        nodes.map { $0.outputShape.reduce(1, *) }.reduce(inputShape.reduce(1, *), max)
    }
    /// The fewest samples that a training batch may have.
    public var smallestBatch: Int { nodes.compactMap { $0.layer?.smallestBatch }.max() ?? 1 }

    /// The output for a batch, and every node's output on the way where `record` asks for it.
    ///
    /// - Parameter statistics: as declared; updated in training, read in evaluation.
    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: [Tensor<A.Scalar>], _ statistics: inout [Tensor<A.Scalar>], _ mode: Mode,
        _ engine: inout Engine<A>, record: ((String, Tensor<A.Scalar>) -> Void)? = nil
    ) -> (output: Tensor<A.Scalar>, tapes: [Tape<A.Scalar>]) {
        var outputs: [Tensor<A.Scalar>?] = []
        var tapes: [Tape<A.Scalar>] = []
        while outputs.count < nodes.count {
            let i = outputs.count
            let node = nodes[i]
            engine.enter("\(node.name), forward")
            func input(_ source: Int?) -> Tensor<A.Scalar> { source.flatMap { outputs[$0] } ?? x }
            switch node.operation {
            case .layer(let layer):
                var own = Array(statistics[node.statistics])
                if record == nil, engine.arithmetic.makesAgain, let joining = layer as? any JoiningLayer {
                    let endings = endings(of: i, input)
                    let (output, tape) = joining.forward(
                        input(node.inputs[0]), parameters[node.parameters], &own, mode, endings: endings, &engine)
                    tapes.append(tape)
                    for j in i..<i + endings.count {
                        outputs.append(nil)
                        tapes.append(nodes[j + 1].isRelu ? Tape([output]) : Tape())
                    }
                    outputs.append(output)
                } else {
                    let (output, tape) = layer.forward(
                        input(node.inputs[0]), parameters[node.parameters], &own, mode, &engine)
                    outputs.append(output)
                    tapes.append(tape)
                }
                statistics.replaceSubrange(node.statistics, with: own)
            case .sum:
                outputs.append(engine.zip(.add, input(node.inputs[0]), input(node.inputs[1])))
                tapes.append(Tape())
            }
            // Activations that no later node takes need no memory.
            for j in i..<outputs.count {
                for case let input? in nodes[j].inputs where lastUses[input] == j { outputs[input] = nil }
            }
            if let record, let output = outputs[i] { record(node.name, output) }
        }
        return (outputs.last.flatMap { $0 } ?? x, tapes)
    }

    /// Gradients of the loss by every parameter, in declaration order. Gradients of a value used several times are added in the
    /// reverse order of its uses, beginning with the last use's own.
    public func backward<A: Arithmetic>(
        _ gradient: Tensor<A.Scalar>, _ tapes: [Tape<A.Scalar>], _ parameters: [Tensor<A.Scalar>],
        _ engine: inout Engine<A>
    ) -> [Tensor<A.Scalar>] {
        var gradients = [[Tensor<A.Scalar>]](repeating: [], count: nodes.count)
        var arrived = [Deferred<A.Scalar>?](repeating: nil, count: nodes.count)
        if !nodes.isEmpty { arrived[nodes.count - 1] = Deferred(gradient) }
        for (i, node) in nodes.enumerated().reversed() {
            // Where no parameter lies before, nothing asks for a gradient.
            guard let g = arrived[i] else { continue }
            arrived[i] = nil
            engine.enter("\(node.name), backward")
            let own = parameters[node.parameters]
            var passed: [Deferred<A.Scalar>?]
            switch node.operation {
            case .sum:
                g.isShared = node.wantsInputGradient == [true, true]
                passed = [g, g]
            case .layer where node.isRelu:
                let y = Deferred(tapes[i].tensors[0])
                passed = [node.wantsInputGradient[0] ? engine.deferred(.reluGradient, y, g) : nil]
            case .layer(let layer):
                let made =
                    if let layer = layer as? any JoiningLayer {
                        layer.backward(
                            g, tapes[i], own, wantsInputGradient: node.wantsInputGradient[0], &engine)
                    } else {
                        layer.backward(
                            engine.made(g), tapes[i], own, wantsInputGradient: node.wantsInputGradient[0], &engine)
                    }
                passed = [made.input.map(Deferred.init)]
                gradients[i] = made.parameters
            }
            for (k, source) in node.inputs.enumerated() {
                guard node.wantsInputGradient[k], let source, let g = passed[k] else { continue }
                arrived[source] = arrived[source].map { engine.deferred(.add, $0, g) } ?? g
            }
        }
        return gradients.flatMap { $0 }
    }

    /// Predicted class of each sample: the first largest output; nil where several may be.
    public func classes<A: Arithmetic>(of output: Tensor<A.Scalar>, _ engine: Engine<A>) -> [Int?] {
        let (rows, columns) = (output.shape[0], output.shape[1])
        return engine.maxima(output, .rows(rows, columns: columns)).decided.map { $0.map { Int($0) % columns } }
    }
}
