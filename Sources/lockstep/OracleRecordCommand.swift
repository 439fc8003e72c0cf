import ArgumentParser
import Arithmetics
import Oracle
import Reporting
import TensorFiles
import Training

/// `lockstep oracle record`: a study's trajectory as a golden trace.
struct OracleRecordCommand: StudyCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Run a study in each of its arithmetics and write a golden trace.",
        usage: "lockstep oracle record [--study FILE] [options] --output TRACE",
        discussion: """
            A trace is text: the study, and after every step the loss and a digest of every tensor.

            Example: lockstep oracle record --study study.yaml --output study.trace
            """)

    @OptionGroup(title: "Study") var file: StudyFileOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Data") var data: DataOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Arithmetics") var arithmetics: ArithmeticOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("Where the trace goes.", valueName: "trace"))
    var output: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep the values of tensors of at most so many elements. (default: 16)", valueName: "n"))
    var values: String?
    @OptionGroup(title: "Running") var machine: MachineOptions
    @Flag(name: .shortAndLong, help: "No live line; mistakes are still told.")
    var quiet = false

    func run() throws {
        let study = try self.study()
        var options = try machine.traceOptions()
        if let values { options.valuesUpTo = try wholeNumber(values, of: "values", in: 0...(1 << 30)) }
        try checkWritable(file: output)
        Interruption.listen()
        var line = quiet ? nil : ProgressLine(.standardError, from: 0, of: study.steps * study.arithmetics.count)
        defer { line?.clear() }
        let trace: Trace
        do {
            let provenance = RunEnvironment(instructionSet: options.instructionSet).provenance
            trace = try Trace.record(study, provenance: [provenance], options) { made in
                line?.show(step: made)
                return !Interruption.isRequested
            }
        } catch is TraceInterrupted {
            line?.clear()
            try? TextOutput.standardError.write("lockstep: interrupted; nothing was written\n")
            throw LockstepExit.interrupted
        }
        line?.clear()
        try trace.write(to: output)
        if !quiet {
            let names = study.arithmetics.map(\.description).joined(separator: ", ")
            try TextOutput.standardOutput.write("recorded \(output): \(study.steps) steps in \(names)\n")
        }
    }
}
