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
    /// Carry a tangent along every run, for the Lyapunov exponent of training.
    public var lyapunov = false
    /// Count the operations of every update, by kind.
    public var countOperations = false
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
    let referenceIndex: Int?
    private let trustIndex: Int?
    /// Names and shapes of the parameters, in declaration order.
    let tensorNamesAndShapes: [(name: String, shape: [Int])]
    /// The same of the running statistics.
    let statisticNamesAndShapes: [(name: String, shape: [Int])]
    private var tensorNames: [String] { tensorNamesAndShapes.map(\.name) }
    /// Amplifications of the steps before the threshold, by run; nil once it is passed.
    var amplifications: [[Double]?]

    /// - Throws: what loading the study throws, and `StudyError` for options that do not fit it.
    public init(_ prepared: PreparedStudy, _ options: ComparisonOptions) throws {
        self.prepared = prepared
        self.options = options
        let names = prepared.study.participants
        let reference = prepared.study.effectiveReference
        referenceIndex = reference.flatMap { names.firstIndex(of: $0) }
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
        runs = try names.map {
            try makeRun(
                prepared, in: $0, instructionSet: options.instructionSet, threads: options.threads,
                counting: options.countOperations, carryingTangent: options.lyapunov)
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
            reference: reference.map { ComparisonFindings.Reference(arithmetic: "\($0)", trustedBits: nil) },
            runs: names.map { RunRecord(arithmetic: "\($0)") })
        if trustIndex != nil, case .mpfr(let precision, _) = reference?.kind {
            result.reference?.trustedBits = precision
        }
        let states = runs.map(\.state)
        noteFirsts(states, nil)
        record(states: states, updates: nil, decomposition: nil)
        try save(states, nil)
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
        let observation = saving ? options.save?.observation ?? [] : []
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
        var states = tasks[..<count].map { _ in ExactState(step: next, parameters: [], momentum: []) }
        let snapshot = runs
        forEachConcurrently(&states, threads: options.threads, indexed: { i, state in state = snapshot[i].state })
        noteFirsts(states, updates)
        noteUndecided(updates)
        if options.lyapunov {
            for i in result.runs.indices { result.runs[i].noteTangent(tasks[i].tangentAmplification) }
        }
        if measured {
            record(
                states: states, updates: updates,
                decomposition: before.isEmpty ? nil : (before, tasks[count...].map(\.run)))
        }
        if saving { try save(states, updates) }
    }

    private func save(_ states: [ExactState], _ updates: [Update]?) throws(FileError) {
        guard let request = options.save, request.steps.contains(step) else { return }
        for i in result.runs.indices {
            try request.write(
                step: step, of: runs[i].name, states[i], updates?[i], tensorNamesAndShapes, statisticNamesAndShapes)
        }
    }

    private struct StepTask: Sendable {
        var run: any Run
        var update: Update?
        var tangentAmplification: Double?
    }

    /// First difference and blow-up, which are looked for at every step, measured or not.
    private mutating func noteFirsts(_ states: [ExactState], _ updates: [Update]?) {
        for i in result.runs.indices {
            if result.runs[i].blowUp == nil { result.runs[i].blowUp = blowUp(states[i], updates?[i]) }
            if let referenceIndex, i != referenceIndex, result.runs[i].firstDifference == nil {
                result.runs[i].firstDifference = firstDifference(states[i], states[referenceIndex])
            }
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
        states: [ExactState], updates: [Update]?, decomposition: (before: [ExactState], mapped: [any Run])?
    ) {
        let measured = measurements(states, decomposition)
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
        if let trustIndex, let referenceIndex, let soFar = result.reference?.trustedBits {
            let bits = matchingBits(states[referenceIndex].parameters, states[trustIndex].parameters)
            result.reference?.trustedBits = min(soFar, bits)
        }
    }

    private struct StepMeasurement: Sendable {
        var digest = ""
        var error: (all: ErrorMeasures, tensors: [ErrorMeasures])?
        var parts: ErrorParts?
        var enclosures: (all: EnclosureMeasures, tensors: [EnclosureMeasures])?
    }

    private func measurements(
        _ states: [ExactState], _ decomposition: (before: [ExactState], mapped: [any Run])?
    ) -> [StepMeasurement] {
        var all = result.runs.map { _ in StepMeasurement() }
        let names = prepared.study.participants
        forEachConcurrently(
            &all, threads: options.threads,
            indexed: { [runs, referenceIndex] i, one in
                one.digest = runs[i].digest
                if names[i].isEnclosing {
                    let reference = referenceIndex.flatMap { $0 == i ? nil : states[$0].parameters }
                    one.enclosures = measure(states[i].parameterBounds, against: reference)
                }
                guard let r = referenceIndex, i != r else { return }
                one.error = measure(states[i].parameters, against: states[r].parameters, in: names[i].stateFormat)
                if let (before, mapped) = decomposition {
                    // The reference itself has no image.
                    let image = mapped[i < r ? i : i - 1].state.parameters
                    one.parts = ErrorParts(
                        before: (before[i].parameters, before[r].parameters), image: image,
                        after: (states[i].parameters, states[r].parameters))
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

    private func blowUp(_ state: ExactState, _ update: Update?) -> BlowUp? {
        if let update, !update.loss.isFinite { return BlowUp(step: step, tensor: "loss", index: 0) }
        for (t, name) in tensorNames.enumerated() {
            if let i = state.parameters[t].firstNonFinite { return BlowUp(step: step, tensor: name, index: i) }
        }
        return nil
    }

    /// What is known only at the end: growth exponents of runs that never reached the threshold, accuracy and churn.
    public mutating func finish() {
        for i in result.runs.indices where result.runs[i].growthExponent == nil {
            if let kept = amplifications[i] { result.runs[i].growthExponent = GrowthExponent(kept) }
        }
        for i in result.runs.indices { result.runs[i].settleTangent() }
        let samples = Array(0..<prepared.data.test.count)
        guard !samples.isEmpty else { return }
        var classes = result.runs.map { _ in [Int?]() }
        forEachConcurrently(
            &classes, threads: options.threads,
            indexed: { [runs] i, found in
                found = runs[i].classes(of: samples)
            })
        let labels = prepared.data.test.labels
        for i in result.runs.indices {
            let right = zip(classes[i], labels).filter { $0 == $1 }.count
            var churn: Double?
            if let referenceIndex, i != referenceIndex {
                let different = zip(classes[i], classes[referenceIndex]).filter { $0 != nil && $1 != nil && $0 != $1 }
                churn = Double(different.count) / Double(samples.count)
            }
            let undecided = prepared.study.participants[i].isEnclosing ? classes[i].filter { $0 == nil }.count : nil
            result.runs[i].test = TestRecord(
                accuracy: Double(right) / Double(samples.count), churn: churn, undecided: undecided)
        }
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
