import ArgumentParser
import Arithmetics
import Comparison
import Reporting
import TensorFiles
import Training

/// The precision ladder of `lockstep compare`.
struct LadderArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Instead of -a: mpfr at these precisions against a much higher one, until each is off; how fast errors grow, and how many bits so many steps need.",
            valueName: "24,53,113,..."))
    var ladder: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Relative L2 error at which a precision is off. (default: 0.01)", valueName: "error"))
    var ladderThreshold: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps that the answer is for. (default: the study's)", valueName: "n"))
    var trustSteps: String?

    @Option(help: ArgumentHelp("Write the errors of a ladder by step.", valueName: "file"))
    var csv: String?

    /// nil where no ladder is asked for.
    func options() throws(StudyError) -> LadderOptions? {
        guard let ladder else {
            for (name, value) in [
                ("ladder-threshold", ladderThreshold), ("trust-steps", trustSteps), ("csv", csv),
            ] where value != nil { throw StudyError("\(name): wants --ladder beside it") }
            return nil
        }
        var options = LadderOptions()
        for part in ladder.split(separator: ",", omittingEmptySubsequences: false) {
            options.bits.append(try wholeNumber(String(part), of: "ladder", in: Format.precisions))
        }
        if let ladderThreshold {
            guard let threshold = Double(ladderThreshold), threshold > 0, threshold < 1 else {
                throw StudyError("ladder-threshold: \"\(ladderThreshold)\" is not a number between 0 and 1")
            }
            options.threshold = threshold
        }
        if let trustSteps { options.trustSteps = try wholeNumber(trustSteps, of: "trust-steps", in: 1...(1 << 40)) }
        return options
    }
}

extension CompareCommand {
    /// `--ladder`: the same study at rising precision.
    func run(_ ladder: LadderOptions) throws {
        var ladder = ladder
        ladder.instructionSet = try InstructionSet.selected()
        ladder.threads = try machine.threadCount()
        ladder.decompose = measures.decompose
        ladder.lyapunov = measures.lyapunov
        let refused: [(name: String, isGiven: Bool)] = [
            ("arithmetic", !arithmetics.arithmetic.isEmpty), ("measure-every", measures.measureEvery != nil),
            ("count-operations", measures.countOperations), ("save", save.save != nil),
            ("checkpoint", checkpoints.checkpoint != nil || checkpoints.resume),
        ]
        for option in refused where option.isGiven {
            throw StudyError("ladder: takes no --\(option.name); leave it out")
        }
        let study = try LadderRuns.study(study(), ladder)
        try output.check()
        try picture.check()
        if let csv = self.ladder.csv { try checkWritable(file: csv) }

        Interruption.listen()
        var runs = try LadderRuns(study, ladder)
        var progress = output.quiet ? nil : ProgressLine(.standardError, from: 0, of: study.steps)
        while !runs.isFinished, !Interruption.isRequested {
            runs.advance()
            progress?.show(step: runs.step)
        }
        progress?.clear()
        let isInterrupted = !runs.isFinished
        runs.finish()

        let report = LadderReport(
            runs, RunEnvironment(instructionSet: ladder.instructionSet), isInterrupted: isInterrupted)
        try output.write(report.json)
        if output.showsText {
            try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style))
        }
        if let csv = self.ladder.csv { try CSVTable(report.findings).write(to: csv) }
        if let plot = picture.plot { try Figure(report).write(to: plot) }
        guard isInterrupted else { return }
        try? TextOutput.standardError.write(
            "lockstep: interrupted after step \(runs.step) of \(study.steps); what was found so far is shown\n")
        throw LockstepExit.interrupted
    }
}
