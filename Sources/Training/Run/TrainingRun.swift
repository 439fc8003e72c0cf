import Arithmetics
import Networks
import Tensors

/// Training in one arithmetic: batches, forward, backward, clipping, SGD. The order of operations is the contract's.
///
/// Weights and buffers live in the master arithmetic, and so does the update, clipping included. Usually that is the arithmetic
/// itself; where the name gives another, each step begins by rounding every parameter, in declaration order, one operation
/// each, and forward and backward see those. Running statistics belong to the forward pass and live in the arithmetic itself.
struct TrainingRun<A: Arithmetic, M: Arithmetic>: Run {
    let name: ArithmeticName
    private let arithmetic: A
    private let master: M
    private let study: Study
    private let start: StartingPoint
    private let threads: Int
    /// The input table in this arithmetic.
    private let table: Tensor<A.Scalar>
    private let momentumFactor: M.Scalar?
    private let weightDecay: M.Scalar?
    private let clip: M.Scalar?

    private var batches: BatchOrder
    private(set) var step = 0
    private var parameters: [Tensor<M.Scalar>]
    /// One a parameter; nil before the first update and without momentum.
    private var velocities: [Tensor<M.Scalar>?]
    private var statistics: [Tensor<A.Scalar>]

    init(
        _ prepared: PreparedStudy, _ start: StartingPoint, _ name: ArithmeticName, _ arithmetic: A, master: M,
        threads: Int
    ) {
        self.name = name
        self.arithmetic = arithmetic
        self.master = master
        self.start = start
        self.threads = threads
        study = prepared.study
        batches = prepared.batches
        table = Tensor(arithmetic.array(start.inputs.table), shape: [start.inputs.table.count])
        momentumFactor = master.nonzero(start.momentum)
        weightDecay = master.nonzero(start.weightDecay)
        clip = start.clip.map { master.constant($0) }
        parameters = Swift.zip(start.network.parameters, start.parameters).map { parameter, values in
            Tensor(master.array(values), shape: parameter.shape.shape)
        }
        velocities = [Tensor<M.Scalar>?](repeating: nil, count: parameters.count)
        statistics = Swift.zip(start.network.statistics, start.statistics).map { statistic, values in
            Tensor(arithmetic.array(values), shape: statistic.shape.shape)
        }
    }

    mutating func advance(observe: Observation) -> Update {
        let log = OperationLog()
        var (arithmetic, master) = (arithmetic, master)
        arithmetic.operationLog = log
        master.operationLog = log
        var engine = Engine(arithmetic, step: UInt64(step), threads: threads)
        let samples = batches.batch(step)
        let weights = seen(&engine)
        let codes = start.inputs.trainingCodes(of: samples, epoch: batches.epoch(of: step))
        let x = inputs(codes, samples.count, engine)
        var activations: [TensorStore.NamedTensor] = []
        let exact = arithmetic
        let record: ((String, Tensor<A.Scalar>) -> Void)? =
            observe.contains(.activations)
            ? { name, output in
                activations.append(
                    TensorStore.NamedTensor(
                        name: name, shape: output.shape, values: exact.exactArray(output.elements.span),
                        bounds: exact.enclosure(output.elements.span)))
            } : nil
        let (output, tapes) = start.network.forward(
            x, weights, &statistics, .training, &engine, record: record)
        let (loss, gradient) = study.loss.evaluate(
            output, labels: start.inputs.training.labels(of: samples), &engine)
        let arrived = start.network.backward(gradient, tapes, weights, &engine)
        var update = Update(loss: arithmetic.exactValue(loss.elements[0]))
        update.activations = activations
        update.lossBounds = arithmetic.enclosure(loss.elements.span)
        update.lossTangent = arithmetic.tangents(loss.elements.span)?[0]
        if observe.contains(.gradients) {
            update.gradientTangents = arrived.compactMap { arithmetic.tangents($0.elements.span) }
            update.gradients = arrived.map { arithmetic.exactArray($0.elements.span) }
            update.gradientBounds = arrived.compactMap { arithmetic.enclosure($0.elements.span) }
        }
        // The master format holds every gradient, so they arrive unrounded.
        var gradients = converted(arrived)
        var updating = engine.continued(in: master)
        updating.enter("update")
        if let clip { Self.clip(&gradients, at: clip, &updating) }
        let rate = study.schedule.rate(
            study.optimizer.rate, update: step, updatesPerEpoch: batches.updatesPerEpoch, grid: start.grid)
        let constants = DescentConstants(
            rate: master.constant(rate), momentum: momentumFactor, weightDecay: weightDecay,
            nesterov: study.optimizer.nesterov, isFirst: step == 0, k: study.optimizer.k,
            scaledRate: scaledRate.map { master.constant($0) }, fused: study.optimizer.fusesUpdate)
        var events = RangeEvents()
        for i in parameters.indices {
            if observe.contains(.rangeEvents) {
                events += updating.rangeEvents(parameters[i], velocities[i], gradients[i], constants)
            }
            updating.descend(&parameters[i], &velocities[i], gradients[i], constants)
        }
        if observe.contains(.rangeEvents) { update.rangeEvents = events }
        if !log.counts.isEmpty { update.operations = log.counts }
        if update.lossBounds != nil {
            update.undecided = Undecided(
                count: log.undecided,
                first: log.firstUndecided.map {
                    Undecided.Place(part: updating.part(of: $0.operation) ?? "", element: $0.element)
                })
        }
        step += 1
        return update
    }

    /// η × k of this update where it is not formed as the contract has it: in binary64, then rounded onto the grid.
    private var scaledRate: ExactValue? {
        guard study.optimizer.scaledRate == .double else { return nil }
        let rate = study.schedule.rate(
            study.optimizer.rate, update: step, updatesPerEpoch: batches.updatesPerEpoch, grid: .binary64)
        guard let exact = Rational(rate) else { return rate }
        return start.grid.round(Format.binary64.round(exact * Rational(study.optimizer.k)))
    }

    /// Clipping at c: n = √dot(g, g), one reduction over all parameters in declaration order; if n > c, g × (c ÷ n). A NaN
    /// norm clips nothing. Where n > c is undecided, c ÷ max(n, c) encloses both factors.
    private static func clip(_ gradients: inout [Tensor<M.Scalar>], at c: M.Scalar, _ engine: inout Engine<M>) {
        let all = gradients.flatMap(\.elements)
        let flat = Tensor(all, shape: [all.count])
        var norm = engine.map(.squareRoot, engine.dot(flat, flat))
        switch engine.exceeds(norm.elements[0], c) {
        case false?: return
        case true?: break
        case nil: norm.elements[0] = engine.arithmetic.maximum(norm.elements[0], c)
        }
        let factor = engine.zip(.divide, engine.scalar(c), norm)
        for i in gradients.indices { gradients[i] = engine.zip(.multiply, gradients[i], factor, .scalar) }
    }

    /// The parameters as forward and backward see them.
    private func seen(_ engine: inout Engine<A>) -> [Tensor<A.Scalar>] {
        if name.master == nil, let same = parameters as? [Tensor<A.Scalar>] { return same }
        return parameters.map { parameter in
            var rounded = engine.rounded(master.exactArray(parameter.elements.span), shape: parameter.shape)
            // A rounding is differentiated as what it stands for: the number itself.
            if let tangents = master.tangents(parameter.elements.span) {
                rounded.elements = arithmetic.attaching(tangents, to: rounded.elements.span)
            }
            return rounded
        }
    }

    /// Tensors of the arithmetic as the master holds them.
    private func converted(_ tensors: [Tensor<A.Scalar>]) -> [Tensor<M.Scalar>] {
        if name.master == nil, let same = tensors as? [Tensor<M.Scalar>] { return same }
        return tensors.map { tensor in
            var elements = master.array(arithmetic.exactArray(tensor.elements.span))
            if let tangents = arithmetic.tangents(tensor.elements.span) {
                elements = master.attaching(tangents, to: elements.span)
            }
            return Tensor(elements, shape: tensor.shape)
        }
    }

    private func inputs(_ codes: [Int32], _ count: Int, _ engine: Engine<A>) -> Tensor<A.Scalar> {
        engine.gather(table, codes, shape: [count] + start.network.inputShape)
    }

    func classes(of samples: [Int]) -> [Int?] {
        var result: [Int?] = []
        var statistics = statistics
        // In pieces, to bound the memory; a sample's outputs do not depend on its neighbours.
        for first in stride(from: 0, to: samples.count, by: 256) {
            let piece = Array(samples[first..<min(first + 256, samples.count)])
            var engine = Engine(
                evaluating: piece.count, after: first, in: arithmetic, step: UInt64(step), threads: threads)
            let weights = seen(&engine)
            let x = inputs(start.inputs.test.codes(of: piece), piece.count, engine)
            let (output, _) = start.network.forward(x, weights, &statistics, .evaluation, &engine)
            result += start.network.classes(of: output, engine)
        }
        return result
    }

    func state(_ parts: StateParts) -> ExactState {
        let velocities = parts == .all ? velocities.compactMap { $0 } : []
        let statistics = parts == .all ? statistics : []
        return ExactState(
            step: step, parameters: parameters.map { master.exactArray($0.elements.span) },
            momentum: velocities.map { master.exactArray($0.elements.span) },
            statistics: statistics.map { arithmetic.exactArray($0.elements.span) },
            parameterBounds: parameters.compactMap { master.enclosure($0.elements.span) },
            momentumBounds: velocities.compactMap { master.enclosure($0.elements.span) },
            statisticBounds: statistics.compactMap { arithmetic.enclosure($0.elements.span) })
    }

    mutating func adopt(_ state: ExactState) {
        precondition(state.parameters.count == parameters.count, "a state of another network")
        step = state.step
        // Bounds say more than middles, to an arithmetic that has bounds.
        func taken<B: Arithmetic>(
            _ values: [ExactArray], _ bounds: [Enclosure], _ i: Int, shape: [Int], in arithmetic: B
        ) -> Tensor<B.Scalar> {
            let isEnclosing = arithmetic.enclosure([arithmetic.zero].span) != nil
            return Tensor(
                isEnclosing && i < bounds.count ? arithmetic.array(bounds[i]) : arithmetic.array(values[i]),
                shape: shape)
        }
        parameters = parameters.indices.map { i in
            taken(state.parameters, state.parameterBounds, i, shape: parameters[i].shape, in: master)
        }
        velocities = parameters.indices.map { i in
            guard i < state.momentum.count else { return nil }
            return taken(state.momentum, state.momentumBounds, i, shape: parameters[i].shape, in: master)
        }
        guard !state.statistics.isEmpty else { return }
        precondition(state.statistics.count == statistics.count, "statistics of another network")
        statistics = statistics.indices.map { i in
            taken(state.statistics, state.statisticBounds, i, shape: statistics[i].shape, in: arithmetic)
        }
    }

    var tangent: ExactState? {
        guard master.tangents([master.zero].span) != nil else { return nil }
        return ExactState(
            step: step, parameters: parameters.compactMap { master.tangents($0.elements.span) },
            momentum: velocities.compactMap { $0 }.compactMap { master.tangents($0.elements.span) },
            statistics: statistics.compactMap { arithmetic.tangents($0.elements.span) })
    }

    mutating func setTangent(_ direction: ExactState) {
        precondition(direction.parameters.count == parameters.count, "a direction of another network")
        func moving<B: Arithmetic>(
            _ tensor: Tensor<B.Scalar>, _ tangents: [ExactArray], _ i: Int, in arithmetic: B
        ) -> Tensor<B.Scalar> {
            let tangent = i < tangents.count ? tangents[i] : ExactArray(zeros: tensor.count, precision: 2)
            return Tensor(arithmetic.attaching(tangent, to: tensor.elements.span), shape: tensor.shape)
        }
        for i in parameters.indices {
            parameters[i] = moving(parameters[i], direction.parameters, i, in: master)
            velocities[i] = velocities[i].map { moving($0, direction.momentum, i, in: master) }
        }
        for i in statistics.indices {
            statistics[i] = moving(statistics[i], direction.statistics, i, in: arithmetic)
        }
    }

    var parameterCount: Int { parameters.count }
    var statisticCount: Int { statistics.count }
    func elementCount(ofParameter index: Int) -> Int { parameters[index].count }
    func elementCount(ofStatistic index: Int) -> Int { statistics[index].count }

    func firstNonFinite(inParameter index: Int) -> Int? {
        let elements = parameters[index].elements
        return master.firstNonFinite(elements.span)
    }

    func update(_ digest: inout Digest, withParameter index: Int) {
        let elements = parameters[index].elements
        digest.update(elements.span, in: master)
    }

    func encoding(ofParameter index: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let elements = parameters[index].elements
        master.encode(elements.span, into: &bytes)
        return bytes
    }

    func encoding(ofStatistic index: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let elements = statistics[index].elements
        arithmetic.encode(elements.span, into: &bytes)
        return bytes
    }
}

extension Arithmetic {
    /// The constant, or nil when it is 0: what vanishes on the grid is left out like what was 0 to begin with.
    fileprivate func nonzero(_ x: ExactValue) -> Scalar? {
        let rounded = constant(x)
        return compare(rounded, zero) == .equal ? nil : rounded
    }
}
