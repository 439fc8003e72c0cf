import Arithmetics
import Comparison
import Foundation
import TensorFiles
import Training

/// A comparison that runs by itself: one cell of a table, one negative control, one curve. Jobs depend on nothing but what they
/// hold, so they may run in any order, side by side, and be made again from their files.
public struct Job: Sendable {
    /// Names the job's files: letters, digits and `=,.-`.
    public let name: String
    /// The study of each run, in the order of `labels`: everything that determines the result.
    public let studies: [Study]
    public let labels: [String]
    /// Threads of each run's operations.
    public let threads: [Int]
    /// A weight replaced in the last run.
    public let flip: RoundingPerturbation.Flip?
    public var options: ComparisonOptions
    /// Updates that every run makes.
    public let steps: Int

    init(
        _ name: String, _ runs: [(label: String, study: Study, threads: Int)], steps: Int,
        flip: RoundingPerturbation.Flip? = nil, _ options: ComparisonOptions
    ) {
        self.name = name
        labels = runs.map(\.label)
        threads = runs.map(\.threads)
        studies = runs.map { run in
            var study = run.study
            study.steps = steps
            study.epochs = nil
            return study
        }
        self.steps = steps
        self.flip = flip
        self.options = options
        // Jobs run side by side; a job is one thread but where threads are what it is about.
        self.options.threads = 1
        self.options.trust = false
    }

    /// The runs at their starting points; the first is the reference of the others.
    ///
    /// - Parameter data: shared by all jobs.
    public func comparison(on data: DataSet) throws -> LockstepRuns {
        let prepared = try studies.map { try PreparedStudy($0, data: data) }
        let participants = prepared.indices.map { i in
            Participant(labels[i], studies[i].arithmetics[0], prepared: prepared[i], threads: threads[i])
        }
        return try LockstepRuns(prepared[0], participants, reference: participants.count > 1 ? 0 : nil, options)
    }

    /// All that determines the findings, in lines.
    private func origin(_ dataDigest: String) -> String {
        var lines = ["data: \(dataDigest)"]
        lines += zip(labels, studies).map { "run: \($0)\n\($1.yaml)" }
        if let flip { lines.append("\(RoundingPerturbation.flip(flip))") }
        lines.append("measure-every: \(options.measureEvery)")
        lines.append("evaluate-every: \(options.evaluateEvery?.description ?? "end")")
        lines.append("decompose: \(options.decompose) \(options.decomposeTensors)")
        return lines.joined(separator: "\n")
    }

    /// Runs the job to its end, from its file if it is finished, from its checkpoint if it was begun.
    ///
    /// - Parameters:
    ///   - kept: where finished jobs and checkpoints are kept, and what data they are made of; nil to keep none.
    ///   - shouldStop: asked before every update.
    ///   - advanced: told of updates made, those of a checkpoint too.
    /// - Returns: nil when it was stopped; its checkpoint is written then.
    /// - Throws: what the runs and files throw.
    public func run(
        on data: DataSet, keepingIn kept: (folder: String, dataDigest: String)?, shouldStop: () -> Bool,
        advanced: (Int) -> Void
    ) throws -> ComparisonFindings? {
        let origin = origin(kept?.dataDigest ?? "")
        let finished = kept.map { FindingsFile(path: "\($0.folder)/\(name).json") }
        if let finished, finished.exists {
            let findings = try finished.read(of: origin)
            advanced(steps)
            return findings
        }
        let checkpoint = kept.map { Checkpoint(folder: "\($0.folder)/\(name).running") }
        var comparison = try comparison(on: data)
        if let checkpoint, checkpoint.newestStep != nil {
            try checkpoint.resume(&comparison)
            advanced(comparison.step)
        }
        // The clock decides when a checkpoint is written, never what a run computes.
        var last = ContinuousClock.now
        while comparison.step < steps {
            if shouldStop() {
                try checkpoint?.write(comparison)
                return nil
            }
            if let flip, flip.step == comparison.step {
                try comparison.flip(run: labels.count - 1, tensor: flip.tensor, element: flip.element)
            }
            try comparison.advance()
            advanced(1)
            if let checkpoint, ContinuousClock.now - last >= .seconds(60) {
                try checkpoint.write(comparison)
                last = .now
            }
        }
        try finished?.write(comparison.result, of: origin)
        if let checkpoint { try? FileManager.default.removeItem(atPath: checkpoint.folder) }
        return comparison.result
    }
}
