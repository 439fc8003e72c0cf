import Arithmetics
import Networks
import Training

/// Everything another program left, read and checked.
struct ForeignTrajectory {
    let format: Format
    /// Weights by step, step 0 first, ascending.
    let states: [(step: Int, state: ForeignState, weights: [ExactArray])]
    let momentum: [Int: ForeignState]
    let gradients: [Int: ForeignState]
    let losses: ForeignLosses?
    let activations: [Int: ForeignActivations]
    /// Most significant bits of any weight after step 0.
    let significantBits: Int

    /// - Throws: `FileError`, `StudyError`: one line.
    init(_ request: CheckRequest, _ network: Network, batchSize: (Int) -> Int) throws {
        func read(
            _ files: [CheckRequest.StepFile], _ what: String, partial: Bool = true
        ) throws -> [Int: ForeignState] {
            var result: [Int: ForeignState] = [:]
            for file in files {
                guard result[file.step] == nil else { throw StudyError("\(what): step \(file.step) is given twice") }
                result[file.step] = try ForeignState(file.path, request.names, network, partial: partial)
            }
            return result
        }
        let initial = try ForeignState(request.initial, request.names, network)
        if let bad = initial.firstNonFinite {
            throw StudyError(
                "\(request.initial): \(network.parameters[bad.tensor].name)[\(bad.element)] is not finite; starting weights are"
            )
        }
        let traces = try read(request.traces, "trace", partial: false)
        guard traces[0] == nil else {
            throw StudyError("trace: step 0 is what --initial gives; traces begin with step 1")
        }
        states = ([(0, initial)] + traces.keys.sorted().map { ($0, traces[$0]) }).compactMap { step, state in
            guard let state, let weights = state.complete else { return nil }
            return (step, state, weights)
        }
        momentum = try read(request.momentum, "momentum")
        gradients = try read(request.gradients, "gradients")
        losses = try request.losses.map { try ForeignLosses($0) }
        var activations: [Int: ForeignActivations] = [:]
        for file in request.activations {
            guard activations[file.step] == nil else {
                throw StudyError("activations: update \(file.step) is given twice")
            }
            activations[file.step] = try ForeignActivations(
                file.path, request.names, initial.layout, network, batch: batchSize(file.step))
        }
        self.activations = activations
        let later = states.dropFirst().map(\.state)
        format = later.first?.format ?? gradients.values.first?.format ?? initial.format
        for state in later where state.format != format {
            throw StudyError(
                "\(state.path): holds \(state.format.name ?? "?"), but other traces \(format.name ?? "?"); one format is wanted"
            )
        }
        significantBits = later.map(\.significantBits).max() ?? format.precision
    }

    /// Updates that something is known of.
    var updateCount: Int {
        max(
            states.last?.step ?? 0, (gradients.keys.max() ?? -1) + 1, (activations.keys.max() ?? -1) + 1,
            losses?.values.count ?? 0)
    }
}
