import ArgumentParser
import Arithmetics
import Comparison
import Foundation
import Perturbation
import Reporting
import Synchronization
import TensorFiles
import Training

/// `lockstep perturb`: the same training, perturbed by rounding alone.
struct PerturbCommand: StudyCommand {
    static let configuration = CommandConfiguration(
        commandName: "perturb",
        abstract: "How far does rounding alone spread the result of training, next to seeds?",
        usage: "lockstep perturb [--preset NAME] [--seeds 1,2,...] [--k 1,3,...] [options]",
        discussion: """
            Trains one network for each seed and each perturbation that is nothing in exact arithmetic (the factor k of Sun et \
            al., orders of summation, directions of rounding, one weight moved by an ulp), and compares the spread of test \
            accuracy over the perturbations with that over the seeds. Powers of two for k and numbers of threads must change \
            no bit; if they do, the exit code is 1.

            --learning-rates 2,4,8 shows instead how two factors k part by learning rate; --heat-map FILE, in which tensors \
            and at which steps. There --k takes two numbers. (default: 1,3)

            Example: lockstep perturb --preset small --json table.json --checkpoint cells
            """)

    @OptionGroup(title: "Experiment") var perturbation: PerturbOptions
    @OptionGroup(title: "Study") var file: StudyFileOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Data") var data: DataOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Arithmetics") var arithmetics: ArithmeticOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var files: FigureOptions
    @OptionGroup(title: "Running") var checkpoints: CheckpointOptions

    func run() throws {
        let experiment = try perturbation.experiment()
        let preset = try perturbation.chosenPreset()
        let base = try preset?.study(for: experiment == .table ? .table : .plain) ?? Study()
        let study = try self.study(over: base, arithmetics: ["float"], ignoring: ["k"])
        if let preset, let wanted = preset.wantedData, study.data == Study().data {
            throw StudyError("preset \(preset.rawValue): wants --data \(wanted), the folder of your files")
        }
        let factors = try training.k.map { try wholeNumbers($0, of: "k", in: 1...Int(Int32.max)) }
        try output.check()
        try files.check()
        for path in [perturbation.heatMap, perturbation.localMap].compactMap({ $0 }) { try checkPicture(path) }
        let set = try DataSet(named: study.data, testFraction: study.testFraction, seed: study.seed)
        switch experiment {
        case .table: try runTable(study, preset, factors ?? [1, 3, 5, 7, 9, 11], set)
        case .rates: try runRates(study, preset, try pair(factors), set)
        case .map: try runMap(study, preset, try pair(factors), set)
        }
    }

    private func pair(_ factors: [Int]?) throws(StudyError) -> (Int, Int) {
        let factors = factors ?? [1, 3]
        guard factors.count == 2 else {
            throw StudyError("k: wants two factors here, such as 1,3, not \(factors.count)")
        }
        return (factors[0], factors[1])
    }

    private var environment: RunEnvironment { get throws { RunEnvironment(instructionSet: try .selected()) } }

    // MARK: Experiments

    private func runTable(_ study: Study, _ preset: Preset?, _ factors: [Int], _ set: DataSet) throws {
        var seeds = preset?.seeds ?? [1, 2, 3]
        if let text = perturbation.seeds {
            seeds = try text.split(separator: ",", omittingEmptySubsequences: false).map { part throws(StudyError) in
                guard let seed = UInt64(part) else {
                    throw StudyError("seeds: \"\(part)\" is not a whole number from 0 to \(UInt64.max)")
                }
                return seed
            }
        }
        let last = try perturbation.lastEpochs.map { try wholeNumber($0, of: "last-epochs", in: 1...(1 << 40)) }
        let request = TableRequest(
            study: study, seeds: seeds, factors: factors, others: try perturbation.others(preset),
            lastEpochs: last ?? min(preset?.lastEpochs ?? 1, study.epochs ?? 1),
            orderAlone: try perturbation.orderAlone())
        try request.check(on: set)
        let controls = try controlRequest(study, preset, set)
        let (cells, checks) = (try request.jobs(on: set), controls.jobs())
        let found = try run(cells + checks, on: set)
        let report = try AccuracyReport(
            request, preset: preset?.rawValue, on: set, request.table(of: Array(found[..<cells.count])),
            controls: controls.controls(of: Array(found[cells.count...])), environment,
            isInterrupted: found.contains { $0 == nil })
        try deliver(json: report.json, text: report.text, csv: report.csv, plot: report.figure)
        try end(found, broken: report.isBroken)
    }

    private func controlRequest(_ study: Study, _ preset: Preset?, _ set: DataSet) throws -> ControlRequest {
        let factors = try wholeNumbersOrNone(perturbation.controlK ?? "2,4,8", of: "control-k")
        let all = try PreparedStudy(study, data: set).study.steps
        var steps = min(all, preset?.controlSteps ?? all)
        if let text = perturbation.controlSteps { steps = try wholeNumber(text, of: "control-steps", in: 1...all) }
        var names = study.arithmetics
        for text in ["float", "double"] {
            let name = try ArithmeticName(text)
            if !names.contains(name) { names.append(name) }
        }
        let request = ControlRequest(
            study: study, factors: factors, threads: factors.isEmpty ? [] : [2, 3],
            arithmetics: factors.isEmpty ? [] : names, steps: steps)
        try request.check()
        return request
    }

    private func wholeNumbersOrNone(_ text: String, of option: String) throws(StudyError) -> [Int] {
        text == "none" ? [] : try wholeNumbers(text, of: option, in: 1...Int(Int32.max))
    }

    private func runRates(_ study: Study, _ preset: Preset?, _ factors: (Int, Int), _ set: DataSet) throws {
        let divisors = try wholeNumbers(perturbation.learningRates ?? "", of: "learning-rates", in: 1...(1 << 30))
        let request = RateDivergenceRequest(study: study, divisors: divisors, factors: factors)
        try request.check(on: set)
        if let tensor = perturbation.tensor {
            let names = try PreparedStudy(study, data: set).startingPoint(for: study.arithmetics[0]).network.parameters
                .map(\.name)
            guard names.contains(tensor) else {
                throw StudyError("tensor: no tensor \"\(tensor)\"; there are \(names.joined(separator: ", "))")
            }
        }
        let found = try run(try request.jobs(on: set), on: set)
        let report = try DivergenceReport(
            request, preset: preset?.rawValue, on: set, request.curves(of: found), environment,
            isInterrupted: found.contains { $0 == nil })
        try deliver(
            json: report.json, text: report.text, csv: report.csv, plot: report.figure(of: perturbation.tensor))
        try end(found)
    }

    private func runMap(_ study: Study, _ preset: Preset?, _ factors: (Int, Int), _ set: DataSet) throws {
        let every = try perturbation.measureEvery.map { try wholeNumber($0, of: "measure-every", in: 1...(1 << 40)) }
        let request = GrowthRequest(study: study, factors: factors, measureEvery: every ?? 1)
        let job = try request.job(on: set)
        _ = try job.comparison(on: set)
        let found = try run([job], on: set)
        guard let findings = found[0] else { return try end(found) }
        let report = try GrowthReport(request, preset: preset?.rawValue, on: set, findings, environment)
        try deliver(json: report.json, text: report.text, csv: report.csv, plot: nil)
        if let path = perturbation.heatMap { try report.errorMap.write(to: path) }
        if let path = perturbation.localMap { try report.localMap.write(to: path) }
    }

    // MARK: Running

    private func run(_ jobs: [Job], on set: DataSet) throws -> [ComparisonFindings?] {
        let queue = JobQueue(jobs, data: set, folder: try folder())
        let meter = ProgressMeter(steps: queue.steps, quiet: output.quiet)
        defer { meter.clear() }
        Interruption.listen()
        return try queue.run(
            atOnce: try perturbation.jobCount(), shouldStop: { Interruption.isRequested },
            advanced: { meter.advance($0) })
    }

    /// Where cells are kept. Last of all checks, because it is made.
    private func folder() throws -> String? {
        guard let folder = checkpoints.checkpoint else {
            if checkpoints.resume { throw StudyError("resume: wants --checkpoint DIR beside it") }
            return nil
        }
        let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let kept = present.filter { $0.hasSuffix(".json") || $0.hasSuffix(".running") }
        if !checkpoints.resume, !kept.isEmpty {
            throw FileError(
                path: folder, problem: "holds \(kept.count) cells of an earlier run",
                remedy: "go on from them with --resume, or name another folder")
        }
        try prepareFolder(folder)
        return folder
    }

    /// Every place gets its due even if another is full.
    private func deliver(json: JSONValue, text: @escaping (TextStyle) -> String, csv: CSVTable, plot: (any Picture)?)
        throws
    {
        let places: [() throws -> Void] = [
            { try output.write(json) },
            {
                if output.showsText { try TextOutput.standardOutput.write(text(TextOutput.standardOutput.style)) }
            },
            { if let path = files.csv { try csv.write(to: path) } },
            { if let path = files.plot, let plot { try plot.write(to: path) } },
        ]
        var failure: (any Error)?
        for place in places {
            do { try place() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func end(_ found: [ComparisonFindings?], broken: Bool = false) throws {
        let left = found.filter { $0 == nil }.count
        guard left > 0 else {
            if broken { throw LockstepExit.differs }
            return
        }
        var message = "interrupted with \(found.count - left) of \(found.count) runs finished"
        if let folder = checkpoints.checkpoint {
            message += "; the same command with --resume goes on from \(folder)"
        } else {
            message += "; with --checkpoint DIR they can be resumed"
        }
        try? TextOutput.standardError.write("lockstep: \(message)\n")
        throw LockstepExit.interrupted
    }
}

/// Files beside the JSON.
struct FigureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the numbers behind the figure as comma-separated values.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Draw the figure, .svg or .png; needs gnuplot.", valueName: "file"))
    var plot: String?

    func check() throws(FileError) {
        if let csv { try checkWritable(file: csv) }
        if let plot { try checkPicture(plot) }
    }
}

/// One line of progress for runs on several threads.
private final class ProgressMeter: Sendable {
    private struct State: ~Copyable {
        var line: ProgressLine?
        var step = 0
    }

    private let state: Mutex<State>

    init(steps: Int, quiet: Bool) {
        state = Mutex(State(line: quiet ? nil : ProgressLine(.standardError, from: 0, of: steps)))
    }

    func advance(_ steps: Int) {
        state.withLock { state in
            state.step += steps
            state.line?.show(step: state.step)
        }
    }

    func clear() { state.withLock { $0.line?.clear() } }
}
