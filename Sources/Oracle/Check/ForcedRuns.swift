import Arithmetics
import Training

/// Runs that take over the foreign weights again and again, so that each judgement is about the updates since then and not
/// about errors inherited: the reference, and the members of the ensemble. Momentum buffers are each run's own, made from the
/// gradients at the foreign weights, unless the other program's are given; so are running statistics.
struct ForcedRuns {
    let prepared: PreparedStudy
    private(set) var reference: any Run
    private(set) var members: [any Run]

    init(_ prepared: PreparedStudy, reference: ArithmeticName, _ members: [EnsembleMember], _ request: CheckRequest)
        throws
    {
        self.prepared = prepared
        func run(_ study: PreparedStudy, _ name: ArithmeticName) throws -> any Run {
            try makeRun(
                study, in: name, startingAs: prepared.study.arithmetics[0], instructionSet: request.instructionSet,
                threads: request.threads)
        }
        self.reference = try run(prepared.updating(), reference)
        self.members = try members.map {
            try run(prepared.updating(k: $0.k, fused: $0.fusesUpdate, reversed: $0.reversesBatch), $0.arithmetic)
        }
    }

    /// Takes over weights, and momentum buffers and running statistics where they are given.
    mutating func adopt(step: Int, _ weights: [ExactArray], momentum: [ExactArray]?, statistics: [ExactArray]?) {
        func state(_ run: any Run) -> ExactState {
            ExactState(
                step: step, parameters: weights, momentum: momentum ?? run.state.momentum, statistics: statistics ?? [])
        }
        reference.adopt(state(reference))
        for i in members.indices { members[i].adopt(state(members[i])) }
    }

    /// One update in every run.
    mutating func advance(gradients: Bool) -> (reference: Update, members: [Update]) {
        let observe: Observation = gradients ? .gradients : []
        let exact = reference.advance(observe: .gradients)
        var updates: [Update] = []
        for i in members.indices { updates.append(members[i].advance(observe: observe)) }
        return (exact, updates)
    }
}
