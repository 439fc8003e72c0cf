import ArgumentParser
import Arithmetics
import Reporting
import Timing
import Training

/// `lockstep bench`: how fast is this machine?
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time products, functions and training on this machine, by arithmetic.",
        discussion: """
            Times are this machine's, now; results never depend on them. Every line is the median of repeated calls, with the \
            middle half of them beside it: where that is wide, the machine was busy.

            Examples: lockstep bench products training -a float -a mpfr:256 --threads 2
                      lockstep bench --model resnet20 --model lenet5 --batch 32 --batch 128 -a float
            """)

    @Argument(help: ArgumentHelp("products, functions, training. (default: all)", valueName: "what"))
    var kinds: [String] = []

    @Option(
        name: [.customShort("a"), .long],
        help: ArgumentHelp(
            "Any arithmetic of compare; repeatable. (default: float, double, bfloat16, mpfr:128, mpfr:256)",
            valueName: "name"))
    var arithmetic: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time for the calls of one line, after at least two. (default: 0.1)", valueName: "s"))
    var seconds: String?

    @Option(
        help: ArgumentHelp(
            "Train this instead: any model of compare that has a name; repeatable. (default: four small ones)",
            valueName: "name"))
    var model: [String] = []

    @Option(
        help: ArgumentHelp(
            "Data for --model, as compare names them. (default: digits of the model's size, else synthetic images)",
            valueName: "name"))
    var data: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Batch for --model; repeatable. (default: 128)", valueName: "n"))
    var batch: [String] = []

    @Option(
        help: ArgumentHelp("Only lines whose name holds this, such as \"by input\"; repeatable.", valueName: "text"))
    var only: [String] = []

    @OptionGroup(title: "Output") var output: OutputOptions
    @Option(parsing: .unconditional, help: ArgumentHelp("1 to 256. (default: 1)", valueName: "n"))
    var threads: String?

    func run() throws {
        let request = try self.request()
        try output.check()
        Interruption.listen()
        var works: [TimedWork] = []
        let style = TextOutput.standardError.style
        try Benchmark(request).run(isCancelled: { Interruption.isRequested }) { work in
            works.append(work)
            guard !output.quiet, style.isTerminal else { return }
            try? TextOutput.standardError.write("\r\u{1b}[K\(work.arithmetic): \(work.name)")
        }
        if !output.quiet, style.isTerminal { try? TextOutput.standardError.write("\r\u{1b}[K") }
        guard !works.isEmpty || only.isEmpty || Interruption.isRequested else {
            throw StudyError("only: no line's name holds \(only.map { "\"\($0)\"" }.joined(separator: " or "))")
        }
        let report = BenchmarkReport(request, works, RunEnvironment(instructionSet: request.instructionSet))
        try output.write(report.json)
        if output.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        guard Interruption.isRequested else { return }
        try? TextOutput.standardError.write("lockstep: interrupted; the lines so far are there\n")
        throw LockstepExit.interrupted
    }

    private func request() throws -> BenchmarkRequest {
        var request = BenchmarkRequest()
        if !kinds.isEmpty {
            request.kinds = try kinds.map { text throws(StudyError) in
                guard let kind = TimedWork.Kind(rawValue: text) else {
                    let known = TimedWork.Kind.allCases.map(\.rawValue)
                    let near = nearest(to: text, in: known).map { "; did you mean \($0)?" } ?? ""
                    throw StudyError("bench: \"\(text)\" is none of \(known.joined(separator: ", "))\(near)")
                }
                return kind
            }
        }
        if let workloads = try workloads() {
            if kinds.isEmpty { request.kinds = [.training] }
            guard request.kinds.contains(.training) else {
                throw StudyError("model: is for training, which is not timed here; add the word training")
            }
            request.workloads = workloads
        }
        request.only = only
        let names = arithmetic.isEmpty ? ["float", "double", "bfloat16", "mpfr:128", "mpfr:256"] : arithmetic
        request.arithmetics = try names.map { try ArithmeticName($0) }
        if let seconds {
            guard let value = Double(seconds), value >= 0, value <= 3600 else {
                throw StudyError("seconds: \"\(seconds)\" is not a number from 0 to 3600")
            }
            request.budget = value
        }
        if let threads { request.threads = try wholeNumber(threads, of: "threads", in: 1...256) }
        request.instructionSet = try InstructionSet.selected()
        return request
    }

    /// What to train, where it is said.
    private func workloads() throws -> [TrainingWorkload]? {
        guard !model.isEmpty else {
            guard data == nil, batch.isEmpty else {
                throw StudyError("\(data != nil ? "data" : "batch"): wants --model NAME beside it")
            }
            return nil
        }
        // One place judges text, for this command as for compare.
        let batches = batch.isEmpty ? ["128"] : batch
        return try model.flatMap { model in
            try batches.map { batch in
                var study = Study()
                try study.set("model", to: model)
                try study.set("batch", to: batch)
                return TrainingWorkload(study.model, data: data, batch: study.batch)
            }
        }
    }
}
