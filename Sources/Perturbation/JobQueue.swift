import Arithmetics
import Comparison
import Synchronization
import TensorFiles
import Training

/// Runs jobs side by side, in any order; what each finds does not depend on the others.
public struct JobQueue: Sendable {
    public let jobs: [Job]
    public let data: DataSet
    /// Where finished jobs and checkpoints are kept; nil to keep none.
    public let folder: String?

    public init(_ jobs: [Job], data: DataSet, folder: String?) {
        precondition(Set(jobs.map(\.name)).count == jobs.count, "two jobs of one name would share their files")
        self.jobs = jobs
        self.data = data
        self.folder = folder
    }

    /// Updates of all jobs.
    public var steps: Int { jobs.reduce(0) { $0 + $1.steps } }

    private struct State {
        var next = 0
        var failure: (any Error)?
        var found: [ComparisonFindings?]
    }

    /// - Parameters:
    ///   - atOnce: how many run at a time, at most one a core.
    ///   - shouldStop: asked before every update, on any thread.
    ///   - advanced: told of updates made, on any thread.
    /// - Returns: for each job what it found, nil where it was stopped or not begun.
    /// - Throws: the first error of any job; the others are stopped then, and keep what they have.
    public func run(
        atOnce: Int, shouldStop: @escaping @Sendable () -> Bool, advanced: @escaping @Sendable (Int) -> Void
    ) throws -> [ComparisonFindings?] {
        let state = Mutex(State(found: jobs.map { _ in nil }))
        let kept = folder.map { (folder: $0, dataDigest: data.digest) }
        var workers = Array(0..<max(1, min(atOnce, jobs.count)))
        forEachConcurrently(&workers, threads: workers.count) { _ in
            while true {
                let number: Int? = state.withLock { state in
                    guard state.failure == nil, state.next < jobs.count, !shouldStop() else { return nil }
                    defer { state.next += 1 }
                    return state.next
                }
                guard let number else { return }
                do {
                    let found = try jobs[number].run(
                        on: data, keepingIn: kept,
                        shouldStop: { shouldStop() || state.withLock { $0.failure != nil } }, advanced: advanced)
                    state.withLock { $0.found[number] = found }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.found
        }
    }
}
