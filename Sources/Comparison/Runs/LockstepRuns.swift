import Arithmetics
import TensorFiles
import Training

public struct ComparisonOptions: Sendable {
    /// Run the reference again with 64 bits more.
    public var trust = true
    /// Split the error of every measured update into local and propagated.
    public var decompose = false
    /// Measure every so many steps; the first and the last step always.
    public var measureEvery = 1
    /// Split every tensor's error too, not only that of all weights. Wants `decompose`.
    public var decomposeTensors = false
    /// Measure test accuracy every so many updates or epochs, and after the last; nil: after the last alone.
    public var evaluateEvery: Schedule.Length?
    /// Carry a tangent along every run, for the Lyapunov exponent of training.
    public var lyapunov = false
    /// Count the operations of every update, by kind.
    public var countOperations = false
    /// Count where a factor k that is a power of two could have changed a bit.
    public var countRangeEvents = false
    /// Never changes a result.
    public var threads = 1
    public var instructionSet = InstructionSet.best
    public var save: SaveRequest?

    public init() {}
}

/// Runs of one study in several arithmetics, stepped together and measured after each step. No trajectory is held: only the
/// current states, and the records.
///
/// - Source: contract, section 6.
public struct LockstepRuns: Sendable {
    public let prepared: PreparedStudy
    public let options: ComparisonOptions
    /// Everything found so far.
    public internal(set) var result: ComparisonFindings
    public internal(set) var step = 0

    /// One a participant, in the order of `result.runs`; the trust run comes last where there is one.
    var runs: [any Run]
    /// One a run, without the trust run.
    public let participants: [Participant]
    let referenceIndex: Int?
    private let trustIndex: Int?
    /// Names and shapes of the parameters, in declaration order.
    let tensorNamesAndShapes: [(name: String, shape: [Int])]
    /// The same of the running statistics.
    let statisticNamesAndShapes: [(name: String, shape: [Int])]
    private var tensorNames: [String] { tensorNamesAndShapes.map(\.name) }
    /// Amplifications of the steps before the threshold, by run; nil once it is passed.
    var amplifications: [[Double]?]
    var pendingLosses: PendingLosses

    /// The study's arithmetics.
    ///
    /// - Throws: what loading the study throws, and `StudyError` for options that do not fit it.
    public init(_ prepared: PreparedStudy, _ options: ComparisonOptions) throws {
        let names = prepared.study.participants
        try self.init(
            prepared, names.map { Participant("\($0)", $0) },
            reference: prepared.study.effectiveReference.flatMap { names.firstIndex(of: $0) }, options)
    }

    /// Any runs of one network on one data set.
    ///
    /// - Parameters:
    ///   - prepared: the study of every participant that has none of its own; how many steps are made is its to say.
    ///   - participants: at least one; labels differ.
    ///   - reference: number of the participant that the others are compared with; nil for one alone.
    /// - Throws: what making the runs throws, and `StudyError` for options that do not fit them.
    public init(
        _ prepared: PreparedStudy, _ participants: [Participant], reference referenceIndex: Int?,
        _ options: ComparisonOptions
    ) throws {
        precondition(!participants.isEmpty && Set(participants.map(\.label)).count == participants.count)
        self.prepared = prepared
        self.options = options
        self.participants = participants
        self.referenceIndex = referenceIndex
        let names = participants.map(\.arithmetic)
        let reference = referenceIndex.map { names[$0] }
        guard options.measureEvery >= 1 else {
            throw StudyError("measure-every: \(options.measureEvery) is not a whole number of at least 1")
        }
        if options.decompose {
            guard let reference else {
                throw StudyError("decompose: wants a reference; one arithmetic alone has nothing to be compared with")
            }
            if let name = names.first(where: \.isEnclosing) {
                throw StudyError(
                    "decompose: \(name) has bounds for a state, and a single number is wanted of every weight; leave it out"
                )
            }
            for name in names where !reference.stateFormat.contains(name.stateFormat) {
                throw StudyError(
                    "decompose: reference \(reference) does not hold every number of \(name), whose states it must take over exactly"
                )
            }
        }
        if options.lyapunov, let name = names.first(where: \.isEnclosing) {
            throw StudyError(
                "lyapunov: \(name) has bounds for a derivative, and a single number is wanted of every one; leave it out"
            )
        }
        runs = try participants.map {
            try makeRun(
                $0.prepared ?? prepared, in: $0.arithmetic, instructionSet: options.instructionSet,
                threads: $0.threads ?? options.threads, counting: options.countOperations,
                carryingTangent: options.lyapunov)
        }
        for i in runs.indices where options.lyapunov { runs[i].startTangent(seed: prepared.study.seed) }
        if options.trust, let reference, let wider = reference.wider {
            trustIndex = runs.count
            // The same starting point, inputs and hyper-parameters: the reference's, whatever the grid.
            let trust = try makeRun(
                prepared, in: wider, startingAs: reference, instructionSet: options.instructionSet,
                threads: options.threads)
            runs.append(trust)
        } else {
            trustIndex = nil
        }
        let network = try prepared.startingPoint(for: names[0]).network
        tensorNamesAndShapes = network.parameters.map { ($0.name, $0.shape.shape) }
        statisticNamesAndShapes = network.statistics.map { ($0.name, $0.shape.shape) }
        amplifications = names.map { _ in [] }
        result = ComparisonFindings(
            reference: referenceIndex.map {
                ComparisonFindings.Reference(arithmetic: participants[$0].label, trustedBits: nil)
            },
            runs: participants.map { RunRecord(arithmetic: $0.label) })
        pendingLosses = PendingLosses(runs: participants.count)
        if trustIndex != nil, case .mpfr(let precision, _) = reference?.kind {
            result.reference?.trustedBits = precision
        }
        let start = referenceState
        noteFirsts(against: start, nil)
        record(start, updates: nil, decomposition: nil)
        try save(nil)
    }

    public var isFinished: Bool { step >= prepared.study.steps }

    private func isMeasured(_ step: Int) -> Bool {
        step % options.measureEvery == 0 || step == prepared.study.steps
    }

    /// Makes one update in every run, and measures.
    ///
    /// - Throws: `FileError` when a file that was asked for cannot be written.
    public mutating func advance() throws {
        let next = step + 1
        let saving = options.save?.steps.contains(next) ?? false
        let saved = saving ? options.save?.observation ?? [] : []
        let observation = options.countRangeEvents ? saved.union(.rangeEvents) : saved
        let measured = isMeasured(next)
        var before: [ExactState] = []
        if options.decompose, measured { before = runs.map(\.state) }

        // The reference made to step from each low state stands beside the runs: all are independent.
        var tasks = runs.map { StepTask(run: $0) }
        if let referenceIndex, !before.isEmpty {
            for i in result.runs.indices where i != referenceIndex {
                var copy = runs[referenceIndex]
                copy.adopt(before[i])
                tasks.append(StepTask(run: copy))
            }
        }
        let count = runs.count
        runs = []
        forEachConcurrently(&tasks, threads: options.threads) { task in
            (task.update, task.tangentAmplification) = task.run.advanceMeasuringTangent(observe: observation)
        }
        runs = tasks[..<count].map(\.run)
        step = next
        let updates = tasks[..<count].compactMap(\.update)
        let reference = measured || seeksFirstDifference ? referenceState : nil
        noteFirsts(against: reference, updates)
        noteUndecided(updates)
        noteRangeEvents(updates)
        if options.evaluateEvery != nil { pendingLosses.add(updates) }
        if options.lyapunov {
            for i in result.runs.indices { result.runs[i].noteTangent(tasks[i].tangentAmplification) }
        }
        if measured {
            record(
                reference, updates: updates,
                decomposition: before.isEmpty ? nil : (before, tasks[count...].map(\.run)))
        }
        if options.evaluates(
            next, of: prepared.study.steps, updatesPerEpoch: prepared.batches.updatesPerEpoch)
        {
            evaluate()
        }
        if saving { try save(updates) }
    }

    /// Weights and buffers of a run, by its number in the order of `result.runs`.
    public func state(ofRun index: Int) -> ExactState { runs[index].state }

    private func save(_ updates: [Update]?) throws(FileError) {
        guard let request = options.save, request.steps.contains(step) else { return }
        for i in result.runs.indices {
            try request.write(
                step: step, of: runs[i].name, runs[i].state, updates?[i], tensorNamesAndShapes, statisticNamesAndShapes)
        }
    }

    private struct StepTask: Sendable {
        var run: any Run
        var update: Update?
        var tangentAmplification: Double?
    }

    /// The reference's weights: exact copies of the other runs' are made one after the other, and not kept.
    var referenceState: ExactState? { referenceIndex.map { runs[$0].state(.weights) } }

    /// Is there a run that has not differed from the reference yet?
    private var seeksFirstDifference: Bool {
        result.runs.indices.contains { i in
            referenceIndex != nil && i != referenceIndex && result.runs[i].firstDifference == nil
        }
    }

    /// First difference and blow-up, which are looked for at every step, measured or not.
    mutating func noteFirsts(against reference: ExactState?, _ updates: [Update]?) {
        for i in result.runs.indices {
            if result.runs[i].blowUp == nil { result.runs[i].blowUp = blowUp(of: i, updates?[i]) }
            if let reference, i != referenceIndex, result.runs[i].firstDifference == nil {
                result.runs[i].firstDifference = firstDifference(runs[i].state(.weights), reference)
            }
        }
    }

    private mutating func noteRangeEvents(_ updates: [Update]) {
        for i in result.runs.indices {
            guard let events = updates[i].rangeEvents else { continue }
            var total = result.runs[i].rangeEvents ?? RangeEvents()
            total += events
            result.runs[i].rangeEvents = total
        }
    }

    private mutating func noteUndecided(_ updates: [Update]) {
        for i in result.runs.indices {
            guard let undecided = updates[i].undecided else { continue }
            var total = result.runs[i].undecided ?? UndecidedRecord()
            total.count += undecided.count
            if total.first == nil, let first = undecided.first {
                total.first = first
                total.firstStep = step
            }
            result.runs[i].undecided = total
        }
    }

    /// Adds the records of the present step.
    private mutating func record(
        _ reference: ExactState?, updates: [Update]?, decomposition: (before: [ExactState], mapped: [any Run])?
    ) {
        let measured = measurements(against: reference, decomposition)
        for i in result.runs.indices {
            var record = StepRecord(step: step, loss: updates?[i].loss, digest: measured[i].digest)
            record.operations = updates?[i].operations
            if let found = measured[i].error {
                record.error = found.all
                record.tensors = zip(tensorNames, found.tensors).map { TensorRecord(name: $0, error: $1) }
            }
            if let found = measured[i].enclosures {
                record.enclosure = EnclosureRecord(
                    loss: updates?[i].lossBounds.map {
                        EnclosureRecord.LossBounds(lower: $0.lower[0], upper: $0.upper[0])
                    }, all: found.all, tensors: found.tensors, undecided: updates?[i].undecided)
            }
            if let parts = measured[i].parts {
                record.localError = parts.local
                record.propagatedError = parts.propagated
                record.amplification = parts.amplification
                for (t, part) in measured[i].tensorParts.enumerated() {
                    record.tensors[t].parts = part
                }
            }
            if let error = record.error {
                if error.relativeL2 >= GrowthExponent.threshold {
                    if let kept = amplifications[i] { result.runs[i].growthExponent = GrowthExponent(kept) }
                    amplifications[i] = nil
                } else if let a = record.amplification {
                    amplifications[i]?.append(a)
                }
            }
            result.runs[i].steps.append(record)
        }
        if let trustIndex, let reference, let soFar = result.reference?.trustedBits {
            let bits = matchingBits(reference.parameters, runs[trustIndex].state(.weights).parameters)
            result.reference?.trustedBits = min(soFar, bits)
        }
    }

    private struct StepMeasurement: Sendable {
        var digest = ""
        var error: (all: ErrorMeasures, tensors: [ErrorMeasures])?
        var parts: ErrorParts?
        var tensorParts: [TensorParts] = []
        var enclosures: (all: EnclosureMeasures, tensors: [EnclosureMeasures])?
    }

    private func measurements(
        against reference: ExactState?, _ decomposition: (before: [ExactState], mapped: [any Run])?
    ) -> [StepMeasurement] {
        var all = result.runs.map { _ in StepMeasurement() }
        let names = participants.map(\.arithmetic)
        let splitsTensors = options.decomposeTensors
        forEachConcurrently(
            &all, threads: options.threads,
            indexed: { [runs, referenceIndex] i, one in
                one.digest = runs[i].digest
                let isReference = i == referenceIndex
                guard names[i].isEnclosing || (reference != nil && !isReference) else { return }
                let state = runs[i].state(.weights)
                if names[i].isEnclosing {
                    one.enclosures = measure(
                        state.parameterBounds, against: isReference ? nil : reference?.parameters)
                }
                guard let reference, let r = referenceIndex, !isReference else { return }
                one.error = measure(state.parameters, against: reference.parameters, in: names[i].stateFormat)
                if let (before, mapped) = decomposition {
                    // The reference itself has no image.
                    let image = mapped[i < r ? i : i - 1].state.parameters
                    one.parts = ErrorParts(
                        before: (before[i].parameters, before[r].parameters), image: image,
                        after: (state.parameters, reference.parameters))
                    guard splitsTensors else { return }
                    one.tensorParts = image.indices.map { t in
                        let after = (state.parameters[t], reference.parameters[t])
                        return TensorParts(
                            prior: norm(ofDifference: [before[i].parameters[t]], [before[r].parameters[t]]),
                            error: norm(ofDifference: [after.0], [after.1]),
                            local: norm(ofDifference: [after.0], [image[t]]),
                            propagated: norm(ofDifference: [image[t]], [after.1]))
                    }
                }
            })
        return all
    }

    private func firstDifference(_ state: ExactState, _ reference: ExactState) -> FirstDifference? {
        for (t, name) in tensorNames.enumerated() {
            if let i = state.parameters[t].firstDifference(from: reference.parameters[t]) {
                return FirstDifference(
                    step: step, tensor: name, index: i, value: state.parameters[t][i],
                    reference: reference.parameters[t][i])
            }
        }
        return nil
    }

    private func blowUp(of run: Int, _ update: Update?) -> BlowUp? {
        if let update, !update.loss.isFinite { return BlowUp(step: step, tensor: "loss", index: 0) }
        for (t, name) in tensorNames.enumerated() {
            if let i = runs[run].firstNonFinite(inParameter: t) { return BlowUp(step: step, tensor: name, index: i) }
        }
        return nil
    }
}

extension ArithmeticName {
    /// `mpfr:P` with 64 bits more, if that is one.
    var wider: ArithmeticName? {
        guard case .mpfr(let precision, range: nil) = kind, Format.precisions.contains(precision + 64),
            accumulate == nil, master == nil
        else { return nil }
        return ArithmeticName(.mpfr(precision: precision + 64, range: nil), reduction: reduction, direction: direction)
    }
}
