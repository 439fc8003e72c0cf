import ArgumentParser
import Comparison
import TensorFiles
import Training

struct CheckpointOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Keep the state here, about once a minute and at the end.", valueName: "dir"))
    var checkpoint: String?

    @Flag(help: "Go on from the checkpoint; the result has the same bits as an unbroken run's.")
    var resume = false

    /// - Throws: `StudyError` or `FileError` when the folder does not fit what is asked.
    func keeper() throws -> CheckpointKeeper? {
        guard let folder = checkpoint else {
            if resume { throw StudyError("resume: wants --checkpoint DIR beside it") }
            return nil
        }
        let checkpoint = Checkpoint(folder: folder)
        if !resume {
            if let step = checkpoint.newestStep {
                throw FileError(
                    path: folder, problem: "holds a checkpoint of step \(step)",
                    remedy: "go on from it with --resume, or name another folder")
            }
            try prepareFolder(folder)
        }
        return CheckpointKeeper(checkpoint: checkpoint, resumes: resume)
    }
}

/// Writes a checkpoint now and then.
struct CheckpointKeeper {
    let checkpoint: Checkpoint
    let resumes: Bool
    /// The clock decides when a checkpoint is written, never what a run computes.
    private var last = ContinuousClock.now
    private var lastStep: Int?

    init(checkpoint: Checkpoint, resumes: Bool) {
        self.checkpoint = checkpoint
        self.resumes = resumes
    }

    mutating func resume(_ comparison: inout LockstepRuns) throws {
        guard resumes else { return }
        try checkpoint.resume(&comparison)
        lastStep = comparison.step
    }

    mutating func writeIfDue(_ comparison: LockstepRuns) throws(FileError) {
        if ContinuousClock.now - last >= .seconds(60) { try write(comparison) }
    }

    mutating func write(_ comparison: LockstepRuns) throws(FileError) {
        guard lastStep != comparison.step else { return }
        try checkpoint.write(comparison)
        last = .now
        lastStep = comparison.step
    }
}
