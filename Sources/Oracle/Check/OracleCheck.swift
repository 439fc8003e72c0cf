import Arithmetics
import Comparison
import Networks
import Training

/// Judges another program's training: is it this study, up to rounding?
///
/// From every foreign state the reference makes the next updates, and so does an ensemble of equally valid roundings. What the
/// other program has after those updates is then as far from the reference as its own roundings took it, or it did something
/// else. Nothing is inherited from earlier steps, so this holds in a chaotic training too, where any two valid roundings part
/// sooner or later.
public struct OracleCheck {
    private let request: CheckRequest
    private let prepared: PreparedStudy
    private let network: Network
    private let foreign: ForeignTrajectory
    private let format: Format
    private let referenceName: ArithmeticName
    private let members: [EnsembleMember]

    /// The check was told to stop.
    public struct Interrupted: Error {}

    /// Reads everything.
    ///
    /// - Throws: `FileError`, `StudyError`, `ModelError`, `DataError`: one line.
    public init(_ request: CheckRequest) throws {
        self.request = request
        // The network depends on the study alone; the grid, on which hyper-parameters go, on the foreign format.
        var study = request.study
        study.initFrom = nil
        study.nameMap = []
        study.reference = nil
        study.arithmetics = [ArithmeticName(.binary64)]
        let shape = try PreparedStudy(study)
        network = try shape.startingPoint(for: study.arithmetics[0]).network
        var batches = shape.batches
        foreign = try ForeignTrajectory(request, network) { batches.batch($0).count }
        format = foreign.format
        members = try EnsembleMember.all(for: format)
        guard let name = format.shortName else { throw StudyError("trace: unknown format") }
        study.arithmetics = [try ArithmeticName(name)]
        study.grid = .format(name: name, format)
        prepared = try PreparedStudy(study)
        // Twice the bits, and as many again as a long sum may cancel.
        referenceName = try request.reference ?? ArithmeticName("mpfr:\(2 * format.precision + 64)")
        guard referenceName.format.precision > format.precision else {
            throw StudyError("reference: \(referenceName) is no more precise than the \(name) numbers it should judge")
        }
    }

    /// Updates that are made: what `progress` counts to.
    public var updateCount: Int { foreign.updateCount }

    /// - Parameter progress: called with the number of updates made; returning false stops the work.
    /// - Throws: `OracleCheck.Interrupted`; what making a run throws.
    public func run(progress: (Int) -> Bool = { _ in true }) throws -> CheckFindings {
        var findings = CheckFindings(
            format: format, reference: referenceName, ensemble: members.map(\.label), limits: request.limits)
        var history = UpdateHistory()
        var runs = try ForcedRuns(prepared, reference: referenceName, members, request)
        var free: (reference: any Run, own: any Run)?
        if foreign.states.count > 1, request.otherOptimizer == nil {
            let alone = try ForcedRuns(prepared, reference: referenceName, [members[0]], request)
            free = (alone.reference, alone.members[0])
            let first = foreign.states[0]
            let start = ExactState(
                step: 0, parameters: first.weights, momentum: [], statistics: first.state.completeStatistics ?? [])
            free?.reference.adopt(start)
            free?.own.adopt(start)
        }
        let localisation = Localisation(
            prepared: prepared, network: network, reference: referenceName,
            members: members.filter { $0.k == 1 && !$0.fusesUpdate }.map(\.arithmetic), request: request)
        var next = 0
        var weights: [ExactArray] = []
        /// Theirs, where they are known.
        var statistics: [ExactArray]?
        var since = 0
        for step in 0..<foreign.updateCount {
            if next < foreign.states.count, foreign.states[next].step == step {
                weights = foreign.states[next].weights
                statistics = foreign.states[next].state.completeStatistics
                runs.adopt(
                    step: step, weights, momentum: foreign.momentum[step]?.complete, statistics: statistics)
                since = step
                next += 1
            }
            let before = runs.reference.state
            let update = runs.advance(gradients: foreign.gradients[step] != nil)
            if since == step, let activations = foreign.activations[step] {
                findings.operations += try localisation.judge(
                    Localisation.Update(
                        number: step, weights: weights, activations: activations,
                        gradients: foreign.gradients[step]?.arrays,
                        loss: foreign.losses.flatMap { step < $0.values.count ? $0.values[step] : nil }))
            }
            if since == step {
                history.append(
                    step: step, weights: weights, statistics: statistics, gradients: update.reference.gradients)
            }
            // Beyond the last state of another optimiser's run nothing is known of where it went.
            let isKnown = request.otherOptimizer == nil || since == step
            if isKnown, let losses = foreign.losses, step < losses.values.count {
                findings.judgements.append(loss(step, losses.values[step], update, step + 1 - since))
            }
            if isKnown, let gradients = foreign.gradients[step] {
                // Backward order: an error shows first where it was made.
                for i in network.parameters.indices.reversed() {
                    guard let theirs = gradients.values[i] else { continue }
                    let yardstick = Yardstick(
                        update.reference.gradients[i], update.members.map { $0.gradients[i] }, gradients.format,
                        start: nil, request.limits)
                    findings.judgements.append(
                        yardstick.judge(
                            ExactArray(theirs), .gradient, step: step, updates: step + 1 - since,
                            tensor: network.parameters[i].name))
                }
            }
            _ = free?.reference.advance(observe: [])
            _ = free?.own.advance(observe: [])
            let exact = runs.reference.state
            let states = runs.members.map(\.state)
            if request.otherOptimizer == nil, let buffers = foreign.momentum[step + 1] {
                judge(
                    &findings, .momentum, (step + 1, since), network.parameters.map(\.name),
                    (buffers.values, buffers.format), exact.momentum, states.map(\.momentum), nil)
            }
            if next < foreign.states.count, foreign.states[next].step == step + 1 {
                let state = foreign.states[next].state
                if request.otherOptimizer == nil {
                    judge(
                        &findings, .weights, (step + 1, since), network.parameters.map(\.name),
                        (state.values, state.format), exact.parameters, states.map(\.parameters), before.parameters)
                }
                judge(
                    &findings, .statistics, (step + 1, since), network.statistics.map(\.name),
                    (state.statistics, state.format), exact.statistics, states.map(\.statistics), before.statistics)
                if since == step {
                    history.finish(
                        step: step, weights: foreign.states[next].weights, statistics: state.completeStatistics)
                }
                if let free {
                    findings.trajectory.append(
                        CheckFindings.TrajectoryPoint(
                            step: step + 1,
                            foreign: relativeError(foreign.states[next].weights, free.reference.state.parameters),
                            own: relativeError(free.own.state.parameters, free.reference.state.parameters)))
                }
            }
            guard progress(step + 1) else { throw Interrupted() }
        }
        conclude(&findings)
        if findings.verdict == .differs, !request.limits.bitwise, request.limits.maxUlp == nil {
            let search = DeviationSearch(prepared, network, history, format, findings, referenceName, request)
            findings.explanation = try search.explanation()
        }
        return findings
    }

    private func judge(
        _ findings: inout CheckFindings, _ subject: CheckFindings.Subject, _ place: (step: Int, since: Int),
        _ names: [String], _ theirs: (values: [[Double]?], format: Format), _ exact: [ExactArray],
        _ members: [[ExactArray]], _ start: [ExactArray]?
    ) {
        guard exact.count == theirs.values.count else { return }
        for (i, name) in names.enumerated() {
            guard let values = theirs.values[i] else { continue }
            let yardstick = Yardstick(
                exact[i], members.map { $0[i] }, theirs.format, start: start?[i], request.limits)
            findings.judgements.append(
                yardstick.judge(
                    ExactArray(values), subject, step: place.step, updates: place.step - place.since, tensor: name))
        }
    }

    private func loss(
        _ step: Int, _ value: Double, _ update: (reference: Update, members: [Update]), _ updates: Int
    ) -> CheckFindings.Judgement {
        let yardstick = Yardstick(
            ExactArray([update.reference.loss]), update.members.map { ExactArray([$0.loss]) },
            foreign.losses?.format ?? format, start: nil, request.limits)
        return yardstick.judge(ExactArray([value]), .loss, step: step, updates: updates, tensor: "loss")
    }

    /// ‖x - y‖ / ‖y‖ over all tensors.
    private func relativeError(_ x: [ExactArray], _ y: [ExactArray]) -> Double {
        measure(x, against: y, in: format).all.relativeL2
    }

    private func conclude(_ findings: inout CheckFindings) {
        if foreign.significantBits < format.precision, foreign.states.count > 1, foreign.significantBits > 1 {
            let narrower = Format.named.map(\.format).filter { $0.precision >= foreign.significantBits }
                .min { $0.precision < $1.precision }
            let name = narrower?.shortName.map { " such as \($0)" } ?? ""
            findings.notes.append(
                "no weight has more than \(foreign.significantBits) significant bits: they were stored in a smaller format\(name) before"
            )
        }
        let judged = findings.judgements
        guard !judged.isEmpty || !findings.operations.isEmpty else {
            findings.reasons = [
                request.otherOptimizer.map {
                    "optimizer not modelled: the updates of \($0) cannot be judged; give gradients (--gradients) or losses (--losses)"
                }
                    ?? "nothing to judge: give weights after an update (--trace), gradients (--gradients) or losses (--losses)"
            ]
            return
        }
        let differing = judged.filter { $0.verdict == .differs }
        let blind = judged.filter { $0.verdict == .undetermined }
        if let first = differing.map(\.update).min() {
            findings.verdict = .differs
            findings.firstDifference = differing.filter { $0.update == first }.max { $0.ratio < $1.ratio }
        } else if !blind.isEmpty {
            findings.verdict = .undetermined
            findings.reasons.append(
                "\(blind.count) of \(judged.count) tensors lie outside the ensemble, but its own spread is more than a quarter of the update, so that neither rounding nor a mistake can be named"
            )
        } else if !judged.isEmpty, judged.allSatisfy({ $0.isBlind }) {
            findings.verdict = .undetermined
            findings.reasons.append(
                "every update is lost in the rounding of the weights: a mistake would not show; give gradients, or weights in a wider format"
            )
        } else if let optimizer = request.otherOptimizer {
            findings.verdict = .undetermined
            findings.reasons.append(
                "optimizer not modelled: the updates of \(optimizer) were not judged; losses, gradients and operations that were given agree"
            )
        } else {
            findings.verdict = .agrees
        }
        if findings.verdict != .differs, findings.operations.contains(where: { $0.verdict == .differs }) {
            findings.verdict = .differs
            findings.reasons.append("an operation differs, though too little for gradients and weights to show it")
        }
        let unseen = judged.filter { $0.verdict == .agrees && $0.isBlind }
        if findings.verdict == .agrees, !unseen.isEmpty {
            findings.notes.append(
                "\(unseen.count) of \(judged.count) tensors changed by less than rounding can show: of those nothing is known"
            )
        }
    }
}

extension CheckFindings.Judgement {
    /// The update, counted from 0, at which what is judged was made.
    public var update: Int {
        switch subject {
        case .weights, .momentum, .statistics: step - 1
        case .loss, .gradient: step
        }
    }

    /// Would not even a wholly wrong update have been seen?
    var isBlind: Bool { resolution.map { $0 > 1 } ?? false }
}
