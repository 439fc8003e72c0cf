import ArgumentParser
import Arithmetics
import Comparison
import Reporting
import TensorFiles
import Training

/// `lockstep compare`: one study in several arithmetics, stepped together.
struct CompareCommand: StudyCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Train the same network in several arithmetics at once and measure how they drift apart.",
        usage: "lockstep compare [--study FILE] [-a ARITHMETIC ...] [options]",
        discussion: """
            Every step of every arithmetic is compared with the reference, tensor by tensor, in ulps and as a whole. The \
            same study gives the same bits on every machine, with any number of threads.

            Example: lockstep compare --model 'mlp(64,32,10)' --data digits --steps 100 -a float -a double -a mpfr:256
            """)

    @OptionGroup(title: "Study") var file: StudyFileOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Data") var data: DataOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Arithmetics") var arithmetics: ArithmeticOptions
    @OptionGroup(title: "Measures") var measures: MeasureOptions
    @OptionGroup(title: "Precision ladder") var ladder: LadderArguments
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var picture: PictureOptions
    @OptionGroup(title: "Saved tensors") var save: SaveOptions
    @OptionGroup(title: "Running") var machine: MachineOptions
    @OptionGroup(title: "Running") var checkpoints: CheckpointOptions

    func run() throws {
        if let ladder = try ladder.options() { return try run(ladder) }
        var options = ComparisonOptions()
        options.instructionSet = try InstructionSet.selected()
        options.threads = try machine.threadCount()
        try measures.apply(to: &options)
        let prepared = try PreparedStudy(study())
        try measures.applyEvaluation(to: &options, of: prepared.study)
        try picture.apply(to: &options)
        // Last, because folders are made: a study that cannot be run leaves none.
        try output.check()
        try picture.check()
        options.save = try save.request(steps: prepared.study.steps)
        var keeper = try checkpoints.keeper()

        Interruption.listen()
        var comparison = try LockstepRuns(prepared, options)
        try keeper?.resume(&comparison)
        // A disk that fills up on the way must not cost the steps that were made.
        var failure: (any Error)?
        do {
            try advance(&comparison, &keeper)
            try keeper?.write(comparison)
        } catch { failure = error }
        let isInterrupted = !comparison.isFinished
        comparison.finish()

        let report = try ComparisonReport(
            comparison, RunEnvironment(instructionSet: options.instructionSet), isInterrupted: isInterrupted)
        try deliver(report)
        if let failure { throw failure }
        guard isInterrupted else { return }
        try? TextOutput.standardError.write("lockstep: \(interruptionMessage(comparison))\n")
        throw LockstepExit.interrupted
    }

    /// Every place gets its due even if another is full.
    private func deliver(_ report: ComparisonReport) throws {
        let places: [() throws -> Void] = [
            { try output.write(report.json) },
            {
                if output.showsText {
                    try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style))
                }
            },
            { try picture.write(report) },
        ]
        var failure: (any Error)?
        for place in places {
            do { try place() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func advance(_ comparison: inout LockstepRuns, _ keeper: inout CheckpointKeeper?) throws {
        let steps = comparison.prepared.study.steps
        var progress = output.quiet ? nil : ProgressLine(.standardError, from: comparison.step, of: steps)
        defer { progress?.clear() }
        while !comparison.isFinished, !Interruption.isRequested {
            try comparison.advance()
            progress?.show(step: comparison.step)
            try keeper?.writeIfDue(comparison)
        }
    }

    private func interruptionMessage(_ comparison: LockstepRuns) -> String {
        var message = "interrupted after step \(comparison.step) of \(comparison.prepared.study.steps)"
        if let json = output.json, json != "-" { message += "; \(json) holds the steps so far" }
        if let folder = checkpoints.checkpoint {
            message += "; the same command with --resume goes on from \(folder)"
        } else {
            message += "; with --checkpoint DIR a run can be resumed"
        }
        return message
    }
}

struct MeasureOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo, help: "Run the reference again with 64 bits more, to know which of its bits to believe."
    )
    var trust = true

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measure every so many steps, and the last. (default: 1)", valueName: "n"))
    var measureEvery: String?

    @Flag(help: "Split each step's error into what its arithmetic added and what it did to the error before.")
    var decompose = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Test accuracy every so many updates, or epochs: 1e; or end. (default: 1e where the study counts epochs, else end)",
            valueName: "n"))
    var evaluateEvery: String?

    @Flag(
        help:
            "Carry a tangent through every update: the largest Lyapunov exponent of training, with its interval.")
    var lyapunov = false

    @Flag(help: "Count the operations of each update, by kind: what the definition writes, however fast it is done.")
    var countOperations = false

    func apply(to options: inout ComparisonOptions) throws(StudyError) {
        options.trust = trust
        options.countOperations = countOperations
        options.decompose = decompose
        options.lyapunov = lyapunov
        if let measureEvery {
            options.measureEvery = try wholeNumber(measureEvery, of: "measure-every", in: 1...(1 << 40))
        }
    }

    func applyEvaluation(to options: inout ComparisonOptions, of study: Study) throws(StudyError) {
        switch evaluateEvery ?? (study.epochs == nil ? "end" : "1e") {
        case "end": options.evaluateEvery = nil
        case let text:
            do { options.evaluateEvery = try Schedule.Length(text) } catch {
                throw StudyError("evaluate-every: \(error), nor \"end\"")
            }
        }
    }
}

struct SaveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Save tensors as DIR/ARITHMETIC/step-000100.safetensors (.json for mpfr).", valueName: "dir")
    )
    var save: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("After which steps. (default: the last)", valueName: "1,10,100"))
    var saveSteps: String?

    @Option(
        help: ArgumentHelp(
            "weights, gradients, momentum, activations, with commas between. (default: weights)", valueName: "what"))
    var saveWhat: String?

    /// - Parameter last: number of steps of the study.
    func request(steps last: Int) throws -> SaveRequest? {
        guard let save else {
            if saveSteps != nil || saveWhat != nil {
                throw StudyError("\(saveSteps != nil ? "save-steps" : "save-what"): wants --save DIR beside it")
            }
            return nil
        }
        var steps: Set<Int> = [last]
        if let saveSteps {
            steps = []
            for part in saveSteps.split(separator: ",", omittingEmptySubsequences: false) {
                steps.insert(try wholeNumber(String(part), of: "save-steps", in: 0...last))
            }
        }
        var contents: Set<SaveRequest.Content> = [.weights]
        if let saveWhat {
            contents = []
            for part in saveWhat.split(separator: ",", omittingEmptySubsequences: false) {
                guard let content = SaveRequest.Content(rawValue: String(part)) else {
                    let known = SaveRequest.Content.allCases.map(\.rawValue).joined(separator: ", ")
                    throw StudyError("save-what: \"\(part)\" is none of \(known)")
                }
                contents.insert(content)
            }
        }
        try prepareFolder(save)
        return SaveRequest(folder: save, steps: steps, contents: contents)
    }
}

/// The figure of a comparison.
struct PictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Draw error against step, .svg or .png; needs gnuplot.", valueName: "file"))
    var plot: String?

    @Option(
        help: ArgumentHelp(
            "Draw each tensor's relative L2 error against step as colours, one file an arithmetic.", valueName: "file"))
    var heatMap: String?

    @Option(
        help: ArgumentHelp(
            "The same of the share of each step's error that its own arithmetic added; wants --decompose.",
            valueName: "file"))
    var localMap: String?

    func apply(to options: inout ComparisonOptions) throws(StudyError) {
        guard localMap != nil else { return }
        guard options.decompose else { throw StudyError("local-map: wants --decompose beside it") }
        options.decomposeTensors = true
    }

    func check() throws(FileError) {
        for path in [plot, heatMap, localMap].compactMap({ $0 }) { try checkPicture(path) }
    }

    func write(_ report: ComparisonReport) throws(FileError) {
        if let plot { try Figure(errorsOf: report.result, title: report.title).write(to: plot) }
        let compared = report.result.runs.filter { $0.steps.contains { $0.error != nil } }
        for run in compared {
            func path(_ path: String) -> String {
                guard compared.count > 1, let name = try? ArithmeticName(run.arithmetic) else { return path }
                // check() has seen the ending, which is four letters.
                return "\(path.dropLast(4))-\(TensorStore.folderName(for: name))\(path.suffix(4))"
            }
            let title =
                "\(report.study.model.summary), \(run.arithmetic) against \(report.result.reference?.arithmetic ?? "")"
            if let heatMap { try HeatMap(errorsOf: run, title: title).write(to: path(heatMap)) }
            if let localMap { try HeatMap(localSharesOf: run, title: title).write(to: path(localMap)) }
        }
    }
}
