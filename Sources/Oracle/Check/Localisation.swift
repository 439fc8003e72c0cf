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

        // Forward, keeping for each layer what it was given.
        var inputs: [ExactArray] = []
        var current = gathered(
            start.inputs.table, start.inputs.trainingCodes(of: samples, epoch: batches.epoch(of: update.number)))
        for (i, layer) in network.layers.enumerated() {
            inputs.append(current)
            let probe = probe(i, current, update.weights, samples.count)
            let exact = probe.run(in: reference, gradient: nil, wantsInputGradient: false, request)
            if let foreign = update.activations.outputs[i] {
                let made = members.map { probe.run(in: $0, gradient: nil, wantsInputGradient: false, request).output }
                judge(foreign, exact.output, made, "forward", network.layerNames[i])
                current = foreign
            } else {
                current = layer is Flatten ? current : exact.output
            }
        }

        // Loss and its gradient.
        let labels = start.inputs.training.labels(of: samples)
        let probe = LossProbe(
            loss: prepared.study.loss, logits: current, outputs: network.outputShape[0], labels: labels)
        let exact = probe.run(in: reference, request)
        let made = members.map { probe.run(in: $0, request) }
        if let loss = update.loss { judge(ExactArray([loss]), exact.loss, made.map(\.loss), "loss", "loss") }
        var arriving = exact.gradient
        let last = network.layers.count - 1
        if let foreign = update.activations.gradients[last] {
            judge(
                foreign, exact.gradient, made.map(\.gradient), "loss", "loss: gradient of \(network.layerNames[last])")
            arriving = foreign
        }

        // Backward.
        for i in network.layers.indices.reversed() {
            let first = firstParameter(of: i)
            let wanted = first > 0
            let probe = self.probe(i, inputs[i], update.weights, samples.count)
            let exact = probe.run(in: reference, gradient: arriving, wantsInputGradient: wanted, request)
            let made = members.map { probe.run(in: $0, gradient: arriving, wantsInputGradient: wanted, request) }
            for (j, gradient) in exact.parameterGradients.enumerated() {
                guard let foreign = update.gradients?[first + j] else { continue }
                judge(
                    foreign, gradient, made.map { $0.parameterGradients[j] }, "backward",
                    network.parameters[first + j].name)
            }
            guard wanted, i > 0, let down = exact.inputGradient else { break }
            arriving = down
            if let foreign = update.activations.gradients[i - 1] {
                judge(
                    foreign, down, made.compactMap(\.inputGradient), "backward",
                    "\(network.layerNames[i]): gradient of \(network.layerNames[i - 1])")
                arriving = foreign
            }
        }
        return judgements
    }

    private func probe(_ i: Int, _ input: ExactArray, _ weights: [ExactArray], _ batch: Int) -> LayerProbe {
        let first = firstParameter(of: i)
        let shape = i == 0 ? network.inputShape : network.layers[i - 1].outputShape
        return LayerProbe(
            layer: network.layers[i], inputShape: [batch] + shape, input: input,
            parameters: Array(weights[first..<first + network.layers[i].parameters.count]))
    }

    /// Parameters of the layers before.
    private func firstParameter(of layer: Int) -> Int {
        network.layers[..<layer].reduce(0) { $0 + $1.parameters.count }
    }

    private func gathered(_ table: ExactArray, _ codes: [Int32]) -> ExactArray {
        let values = table.doubles
        return ExactArray(codes.map { values[Int($0)] })
    }
}
