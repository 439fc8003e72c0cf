import Arithmetics
import Networks
import Training

/// Finds the first operation at fault in one update: each operation is made once, exactly and by the ensemble, on the other
/// program's own operands, so that an error it was given is told from one it made.
///
/// Where the other program's value of an operand is not known, the exact one from the last known operands stands in.
struct Localisation {
    let prepared: PreparedStudy
    let network: Network
    let reference: ArithmeticName
    /// Arithmetics of the ensemble; Lockstep's own way first.
    let members: [ArithmeticName]
    let request: CheckRequest

    /// What is known of the update.
    struct Update {
        let number: Int
        let weights: [ExactArray]
        let activations: ForeignActivations
        /// Of the parameters.
        let gradients: [ExactArray?]?
        let loss: Double?
    }

    func judge(_ update: Update) throws -> [CheckFindings.OperationJudgement] {
        let start = try prepared.startingPoint(for: prepared.study.arithmetics[0])
        var batches = prepared.batches
        let samples = batches.batch(update.number)
        let format = update.activations.format
        var judgements: [CheckFindings.OperationJudgement] = []
        func judge(_ foreign: ExactArray, _ exact: ExactArray, _ made: [ExactArray], _ pass: String, _ place: String) {
            let yardstick = Yardstick(exact, made, format, start: nil, request.limits)
            let judged = yardstick.judge(foreign, .gradient, step: update.number, updates: 1, tensor: place)
            judgements.append(
                CheckFindings.OperationJudgement(
                    update: update.number, pass: pass, place: place, foreign: judged.foreign,
                    ensemble: judged.ensemble, ratio: judged.ratio, worst: judged.worst, verdict: judged.verdict))
        }

        // Forward, keeping for each node what came out of it.
        let input = gathered(
            start.inputs.table, start.inputs.trainingCodes(of: samples, epoch: batches.epoch(of: update.number)))
        var outputs: [ExactArray] = []
        func probe(_ node: Network.Node) -> NodeProbe {
            let inputs = node.inputs.map { source in
                (
                    source.map { outputs[$0] } ?? input,
                    [samples.count] + (source.map { network.nodes[$0].outputShape } ?? network.inputShape)
                )
            }
            return NodeProbe(
                operation: node.operation, inputs: inputs, parameters: Array(update.weights[node.parameters]))
        }
        for (i, node) in network.nodes.enumerated() {
            let probe = probe(node)
            let exact = probe.run(in: reference, gradient: nil, request).output
            if let foreign = update.activations.outputs[i] {
                judge(
                    foreign, exact, members.map { probe.run(in: $0, gradient: nil, request).output }, "forward",
                    node.name)
            }
            outputs.append(update.activations.outputs[i] ?? exact)
        }

        // Loss and its gradient.
        let labels = start.inputs.training.labels(of: samples)
        let loss = LossProbe(
            loss: prepared.study.loss, logits: outputs.last ?? input, outputs: network.outputShape[0], labels: labels)
        let exact = loss.run(in: reference, request)
        let made = members.map { loss.run(in: $0, request) }
        if let loss = update.loss { judge(ExactArray([loss]), exact.loss, made.map(\.loss), "loss", "loss") }

        // Backward. What arrives at a node comes from all that use it.
        var arriving: [Int: Arriving] = [:]
        let last = network.nodes.count - 1
        arriving[last] = Arriving(exact: exact.gradient, made: made.map(\.gradient), users: ["loss"])
        for (i, node) in network.nodes.enumerated().reversed() {
            guard let arrived = arriving.removeValue(forKey: i) else { continue }
            var gradient = arrived.exact
            if let foreign = update.activations.gradients[i] {
                judge(
                    foreign, arrived.exact, arrived.made, i == last ? "loss" : "backward",
                    "\(arrived.users.joined(separator: " and ")): gradient of \(node.name)")
                gradient = foreign
            }
            let probe = probe(node)
            let wanted = node.wantsInputGradient
            let exact = probe.run(in: reference, gradient: gradient, wanted: wanted, request)
            let made = members.map { probe.run(in: $0, gradient: gradient, wanted: wanted, request) }
            for (j, gradient) in exact.parameterGradients.enumerated() {
                let parameter = node.parameters.lowerBound + j
                guard let foreign = update.gradients?[parameter] else { continue }
                judge(
                    foreign, gradient, made.map { $0.parameterGradients[j] }, "backward",
                    network.parameters[parameter].name)
            }
            for (k, source) in node.inputs.enumerated() {
                guard let source, let down = exact.inputGradients[k] else { continue }
                let passed = Arriving(exact: down, made: made.compactMap { $0.inputGradients[k] }, users: [node.name])
                arriving[source] = arriving[source].map { sum($0, passed, samples.count, source) } ?? passed
            }
        }
        return judgements
    }

    /// Gradients on their way to a node.
    private struct Arriving {
        var exact: ExactArray
        /// As each member makes them.
        var made: [ExactArray]
        /// The nodes they come from, the last use first.
        var users: [String]
    }

    private func sum(_ a: Arriving, _ b: Arriving, _ batch: Int, _ node: Int) -> Arriving {
        let shape = [batch] + network.nodes[node].outputShape
        func sum(_ x: ExactArray, _ y: ExactArray, in name: ArithmeticName) -> ExactArray {
            NodeProbe(operation: .sum, inputs: [(x, shape), (y, shape)], parameters: [])
                .run(in: name, gradient: nil, request).output
        }
        return Arriving(
            exact: sum(a.exact, b.exact, in: reference),
            made: members.indices.map { sum(a.made[$0], b.made[$0], in: members[$0]) }, users: a.users + b.users)
    }

    private func gathered(_ table: ExactArray, _ codes: [Int32]) -> ExactArray {
        let values = table.doubles
        return ExactArray(codes.map { values[Int($0)] })
    }
}
