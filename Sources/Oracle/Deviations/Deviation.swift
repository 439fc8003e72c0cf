import Arithmetics
import Networks
import Training

/// A mistake that people make, as a hypothesis: which gradients and which update rule it gives.
struct Deviation {
    let name: String
    let sentence: String
    /// What is trained instead; nil: the study.
    var variation: PreparedStudy.Variation?
    var rule = UpdateRule()

    /// Every deviation that means something for a study, the plainest first.
    static func all(for prepared: PreparedStudy, _ network: Network) -> [Deviation] {
        let study = prepared.study
        var list: [Deviation] = []
        func add(_ name: String, _ sentence: String, _ change: (inout UpdateRule) -> Void) {
            var rule = UpdateRule()
            change(&rule)
            list.append(Deviation(name: name, sentence: sentence, rule: rule))
        }
        func vary(_ name: String, _ sentence: String, _ variation: PreparedStudy.Variation) {
            list.append(Deviation(name: name, sentence: sentence, variation: variation))
        }
        if study.optimizer.weightDecay != Rational(0) {
            add("weight decay missing", "the update has no weight decay") { $0.decay = .none }
            add("weight decay without biases", "biases are not decayed, weights are") { $0.decay = .weightsOnly }
            if study.optimizer.momentum != Rational(0) {
                add("decoupled weight decay", "weight decay bypasses the momentum buffer (as in SGDW)") {
                    $0.decay = .decoupled
                }
            }
            add("weight decay doubled", "the decay is 2·λ·w: the gradient of λ·|w|² instead of λ/2·|w|²") {
                $0.decay = .value(study.optimizer.weightDecay * Rational(2))
            }
            add("weight decay halved", "the decay is λ/2·w") {
                $0.decay = .value(study.optimizer.weightDecay * Rational(1, 2))
            }
        }
        if study.optimizer.momentum != Rational(0) {
            add("momentum missing", "the update is the gradient alone, no buffer is kept") { $0.momentum = .none }
            add("momentum as an average", "the buffer is μ·v + (1 - μ)·g from the first update on") {
                $0.momentum = .average
            }
            add("dampened momentum", "the buffer starts as g and goes on as μ·v + (1 - μ)·g") {
                $0.momentum = .dampened
            }
            if study.schedule.description != "constant" {
                add("rate inside the buffer", "the rate is multiplied into the momentum buffer: v is μ·v + η·g") {
                    $0.momentum = .ofSteps
                }
            }
            add("momentum started dampened", "the buffer starts as (1 - μ)·g and goes on as μ·v + g") {
                $0.momentum = .dampenedStart
            }
            let nesterov = study.optimizer.nesterov
            add(
                nesterov ? "Nesterov missing" : "Nesterov's momentum",
                nesterov ? "heavy-ball momentum is used, not Nesterov's" : "Nesterov's form is used, not heavy-ball"
            ) { $0.nesterov = !nesterov }
        }
        add("biases not updated", "biases stay as they are") { $0.skipsBiases = true }
        add("bias gradients missing", "the gradients of all biases are zero") { $0.biasGradientTimes = Rational(0) }
        add("bias gradients averaged twice", "bias gradients are divided by the batch size once more") {
            $0.biasGradientTimes = Rational(1, study.batch)
        }
        add("bias gradients summed", "bias gradients are summed over the batch, not averaged") {
            $0.biasGradientTimes = Rational(study.batch)
        }
        add("gradients accumulate", "gradients are never set back to zero: each update adds to the last one's") {
            $0.accumulates = true
        }
        if study.clip != nil {
            add("clipping missing", "gradients are not clipped") { $0.clipping = .none }
            add(
                "clipping with an epsilon",
                "gradients are scaled by c / (norm + 1e-6), as PyTorch's clip_grad_norm_ does: another formula, no mistake"
            ) { $0.clipping = .withEpsilon }
            if study.optimizer.weightDecay != Rational(0) {
                add("clipping after weight decay", "the norm that is clipped includes the weight decay") {
                    $0.clipping = .afterDecay
                }
            }
            add("clipping tensor by tensor", "each tensor is clipped by its own norm, not all by the global one") {
                $0.clipping = .perTensor
            }
        }
        if study.schedule.description != "constant" {
            add("schedule one update ahead", "update t has the rate of update t + 1") { $0.rateAhead = 1 }
            add("schedule one update behind", "update t has the rate of update t - 1") { $0.rateAhead = -1 }
        }
        let outputs = network.outputShape[0]
        add(
            "sum instead of mean",
            "the gradient is \(study.batch) times too large: the losses are summed over the batch"
        ) {
            $0.gradientTimes = Rational(study.batch)
        }
        add("mean over classes too", "the gradient is \(outputs) times too small: a mean over batch and outputs") {
            $0.gradientTimes = Rational(1, outputs)
        }
        add("gradient halved", "the gradient is half of what it should be") { $0.gradientTimes = Rational(1, 2) }
        add("gradient doubled", "the gradient is twice what it should be") { $0.gradientTimes = Rational(2) }

        vary("data one batch ahead", "update t sees the batch of update t + 1", .batchesLater(1))
        vary("data one batch behind", "update t sees the batch of update t - 1", .batchesLater(-1))
        let other: BatchOrder.Order = study.order == .shuffled ? .sequential : .shuffled
        vary("\(other.rawValue) order", "the samples are taken in \(other.rawValue) order", .order(other))
        let classes = prepared.data.classes
        vary("labels off by one", "every label is one too large", .labels { ($0 + 1) % classes })
        vary("labels off by one, down", "every label is one too small", .labels { ($0 + classes - 1) % classes })
        for loss in Loss.allCases where loss != study.loss {
            vary("\(loss.rawValue) loss", "the loss is \(loss.rawValue), not \(study.loss.rawValue)", .loss(loss))
        }
        for (what, white) in [("255", 255), ("256", 256), ("15", 15), ("16", 16), ("127.5", 0), ("nothing", 1)] {
            guard case .bytes(_, let ours) = prepared.data.training.pixels, white != ours else { continue }
            let factor = white == 0 ? Rational(ours * 2, 255) : Rational(ours, white)
            vary("inputs divided by \(what)", "pixels are divided by \(what), not by \(ours)", .inputsTimes(factor))
        }
        for (name, sentence, network) in LayerDeviation.all(network) { vary(name, sentence, .network(network)) }
        return list
    }
}
