import Arithmetics
import Networks
import Tensors
import Training

/// An update rule near the study's: what a program does that has one thing otherwise.
struct UpdateRule {
    enum Decay: Equatable {
        case studied, none, weightsOnly
        /// w ← w - η·λ·w beside the step, not through the momentum buffer.
        case decoupled
        /// Another λ than the study's.
        case value(Rational)
    }
    enum Momentum: Equatable {
        case studied, none
        /// v ← μ·v + (1 - μ)·g, at the first update too.
        case average
        /// The same, but v ← g at the first update.
        case dampened
        /// v ← (1 - μ)·g at the first update only.
        case dampenedStart
        /// The buffer holds steps, not gradients: v ← μ·v + η·g; w ← w - v. Other weights only where η changes.
        case ofSteps
        /// Another μ than the study's.
        case value(Rational)
    }
    enum Clipping: Equatable {
        case studied, none, perTensor
        /// The factor is c ÷ (n + 1e-6), applied where it is below 1: PyTorch's `clip_grad_norm_`.
        case withEpsilon
        /// The norm that is clipped holds the weight decay.
        case afterDecay
    }

    var gradientTimes = Rational(1)
    var biasGradientTimes = Rational(1)
    var decay = Decay.studied
    var momentum = Momentum.studied
    /// nil: as studied.
    var nesterov: Bool?
    var clipping = Clipping.studied
    /// Updates by which the schedule runs ahead.
    var rateAhead = 0
    /// The learning rate times this.
    var rateTimes = Rational(1)
    /// Gradients of earlier updates are never set back to zero.
    var accumulates = false
    /// Biases are left as they are.
    var skipsBiases = false
}

/// Makes updates by a rule, in high precision, from foreign weights and given gradients.
struct RuleSimulation<A: Arithmetic> {
    let arithmetic: A
    let prepared: PreparedStudy
    let start: StartingPoint
    let rule: UpdateRule
    private var engine: Engine<A>
    private var buffers: [Tensor<A.Scalar>?]
    private var totals: [Tensor<A.Scalar>?]

    init(_ arithmetic: A, _ prepared: PreparedStudy, _ start: StartingPoint, _ rule: UpdateRule) {
        self.arithmetic = arithmetic
        self.prepared = prepared
        self.start = start
        self.rule = rule
        engine = Engine(arithmetic)
        let count = start.network.parameters.count
        buffers = Array(repeating: nil, count: count)
        totals = buffers
    }

    /// The weights after update `step`.
    mutating func update(step: Int, weights: [ExactArray], gradients: [ExactArray]) -> [ExactArray] {
        let parameters = start.network.parameters
        func tensor(_ x: ExactArray) -> Tensor<A.Scalar> { Tensor(arithmetic.array(x), shape: [x.count]) }
        var g = gradients.map(tensor)
        for (i, parameter) in parameters.enumerated() {
            let times = parameter.shape.role == .bias ? rule.gradientTimes * rule.biasGradientTimes : rule.gradientTimes
            if times != Rational(1) { g[i] = engine.zip(.multiply, g[i], arithmetic.constant(times)) }
        }
        if rule.accumulates {
            for i in g.indices {
                if let total = totals[i] { g[i] = engine.zip(.add, total, g[i]) }
                totals[i] = g[i]
            }
        }
        var isDecayed = false
        if rule.clipping == .afterDecay {
            isDecayed = true
            for (i, parameter) in parameters.enumerated() {
                guard let decay = decay(of: parameter) else { continue }
                g[i] = engine.zip(.add, g[i], engine.zip(.multiply, tensor(weights[i]), decay))
            }
        }
        clip(&g)
        let rate = arithmetic.constant(rate(step))
        var next: [ExactArray] = []
        for (i, parameter) in parameters.enumerated() {
            let w = tensor(weights[i])
            if rule.skipsBiases, parameter.shape.role == .bias {
                next.append(weights[i])
                continue
            }
            let decay = decay(of: parameter)
            var gradient = g[i]
            if let decay, rule.decay != .decoupled, !isDecayed {
                gradient = engine.zip(.add, gradient, engine.zip(.multiply, w, decay))
            }
            let holdsSteps = rule.momentum == .ofSteps
            if holdsSteps { gradient = engine.zip(.multiply, gradient, rate) }
            let d = direction(i, gradient)
            var result = engine.zip(.subtract, w, holdsSteps ? d : engine.zip(.multiply, d, rate))
            if let decay, rule.decay == .decoupled {
                let shrink = engine.zip(.multiply, engine.zip(.multiply, w, decay), rate)
                result = engine.zip(.subtract, result, shrink)
            }
            next.append(arithmetic.exactArray(result.elements.span))
        }
        return next
    }

    /// η of an update, on the grid; the factor that was found is not on it.
    private func rate(_ step: Int) -> Rational {
        let studied = prepared.study.schedule.rate(
            prepared.study.optimizer.rate, update: max(0, step + rule.rateAhead),
            updatesPerEpoch: prepared.batches.updatesPerEpoch, grid: start.grid)
        return (Rational(studied) ?? Rational(0)) * rule.rateTimes
    }

    private func decay(of parameter: Network.NamedParameter) -> A.Scalar? {
        switch rule.decay {
        case .none: return nil
        case .weightsOnly where parameter.shape.role == .bias: return nil
        case .value(let factor): return arithmetic.constant(factor)
        case .studied, .weightsOnly, .decoupled:
            return start.weightDecay.kind == .zero ? nil : arithmetic.constant(start.weightDecay)
        }
    }

    /// μ; nil for 0.
    private var momentum: Rational? {
        switch rule.momentum {
        case .none: nil
        case .value(let mu): mu
        case .studied, .average, .dampened, .dampenedStart, .ofSteps:
            start.momentum.kind == .zero ? nil : Rational(start.momentum)
        }
    }

    /// What the momentum makes of a gradient.
    private mutating func direction(_ i: Int, _ g: Tensor<A.Scalar>) -> Tensor<A.Scalar> {
        guard let mu = momentum else { return g }
        let factor = arithmetic.constant(mu)
        let rest = arithmetic.constant(Rational(1) - mu)
        let damped = engine.zip(.multiply, g, rest)
        let buffer: Tensor<A.Scalar>
        if let old = buffers[i] {
            let kept = engine.zip(.multiply, old, factor)
            let dampens = rule.momentum == .average || rule.momentum == .dampened
            buffer = engine.zip(.add, kept, dampens ? damped : g)
        } else {
            buffer = rule.momentum == .average || rule.momentum == .dampenedStart ? damped : g
        }
        buffers[i] = buffer
        guard rule.nesterov ?? prepared.study.optimizer.nesterov else { return buffer }
        return engine.zip(.add, g, engine.zip(.multiply, buffer, factor))
    }

    private mutating func clip(_ g: inout [Tensor<A.Scalar>]) {
        guard let c = start.clip, rule.clipping != .none else { return }
        func factor(_ x: Tensor<A.Scalar>) -> Tensor<A.Scalar>? {
            let norm = engine.map(.squareRoot, engine.dot(x, x))
            let limit = arithmetic.constant(c)
            let divisor =
                rule.clipping == .withEpsilon
                ? engine.zip(.add, norm, arithmetic.constant(Rational(1, 1_000_000))) : norm
            guard arithmetic.compare(divisor.elements[0], limit) == .greater else { return nil }
            return engine.zip(.divide, engine.scalar(limit), divisor)
        }
        if rule.clipping == .perTensor {
            for i in g.indices {
                if let factor = factor(g[i]) { g[i] = engine.zip(.multiply, g[i], factor, .scalar) }
            }
            return
        }
        let all = g.flatMap(\.elements)
        guard let factor = factor(Tensor(all, shape: [all.count])) else { return }
        for i in g.indices { g[i] = engine.zip(.multiply, g[i], factor, .scalar) }
    }
}
