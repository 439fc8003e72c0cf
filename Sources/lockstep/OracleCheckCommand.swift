import ArgumentParser
import Arithmetics
import Foundation
import Oracle
import Reporting
import TensorFiles
import Training

/// `lockstep oracle check`: is another program's training this study, up to rounding?
struct OracleCheckCommand: StudyCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge weights, gradients and losses that another program saved: rounding, or a mistake?",
        usage: "lockstep oracle check --study FILE --initial FILE [--trace STEP=FILE ...] [options]",
        discussion: """
            Weights of step k are those after k updates; gradients of update t are those made from the weights of step t, \
            before clipping and weight decay. From each of their states the next update is made again, exactly and by an \
            ensemble of equally valid roundings. An error as large as the ensemble's is rounding.

            Exit codes: 0 agrees, 1 differs, 3 undetermined, 2 unusable input.

            Example: lockstep oracle check --study study.yaml --initial init.safetensors --trace 1=step1.safetensors
            """)

    @OptionGroup(title: "Study") var file: StudyFileOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Data") var data: DataOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Arithmetics") var arithmetics: ArithmeticOptions
    @OptionGroup(title: "Their files") var foreign: ForeignOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var junit: JUnitOptions
    @OptionGroup(title: "Running") var machine: MachineOptions

    func run() throws {
        let study = try self.study()
        var request = try foreign.request(study)
        request.limits = try limits.limits()
        request.reference = study.reference
        request.threads = try machine.threadCount()
        request.instructionSet = try InstructionSet.selected()
        let check = try OracleCheck(request)
        try output.check()
        try junit.check()

        Interruption.listen()
        var line = output.quiet ? nil : ProgressLine(.standardError, from: 0, of: check.updateCount)
        defer { line?.clear() }
        let findings: CheckFindings
        do {
            findings = try check.run { made in
                line?.show(step: made)
                return !Interruption.isRequested
            }
        } catch is OracleCheck.Interrupted {
            line?.clear()
            try? TextOutput.standardError.write("lockstep: interrupted; nothing was written\n")
            throw LockstepExit.interrupted
        }
        line?.clear()
        let report = CheckReport(study, findings, RunEnvironment(instructionSet: request.instructionSet))
        try output.write(report.json)
        try junit.write(report.junit)
        if output.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        switch findings.verdict {
        case .agrees: return
        case .differs: throw LockstepExit.differs
        case .undetermined: throw LockstepExit.undetermined
        }
    }
}

/// What another program saved.
struct ForeignOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder with initial, step-N, gradients-N, momentum-N and activations-N .safetensors or .npz, and losses.txt; the options below win over it.",
            valueName: "dir"))
    var from: String?

    @Option(help: ArgumentHelp("Their weights before the first update.", valueName: "file"))
    var initial: String?

    @Option(help: ArgumentHelp("Their weights after STEP updates; repeatable.", valueName: "step=file"))
    var trace: [String] = []

    @Option(help: ArgumentHelp("Their gradients of an update, counted from 0; repeatable.", valueName: "update=file"))
    var gradients: [String] = []

    @Option(help: ArgumentHelp("Their momentum buffers after STEP updates; repeatable.", valueName: "step=file"))
    var momentumBuffers: [String] = []

    @Option(
        help: ArgumentHelp(
            "Outputs of their layers in an update's forward pass, by layer; repeatable.", valueName: "update=file"))
    var activations: [String] = []

    @Option(help: ArgumentHelp("Their losses: a text with one a line, or .npy.", valueName: "file"))
    var losses: String?

    @Flag(
        help:
            "Find the first operation at fault: layer by layer with --activations, else gradient by gradient. Happens by itself where they are given; this asks for them."
    )
    var localise = false

    @Option(
        help: ArgumentHelp(
            "Their optimiser, where it is not SGD as a study has it: then losses, gradients and operations are judged, updates are not.",
            valueName: "name"))
    var otherOptimizer: String?

    @Option(
        help: ArgumentHelp(
            "lockstep, torchvision, pytorch, flax or keras: how their tensors are named. (default: the first that fits)",
            valueName: "scheme"))
    var names: String?

    @Option(
        help: ArgumentHelp(
            "channels-first or channels-last: how dense weights, kernels and images are laid out. (default: that of the names)",
            valueName: "layout"))
    var layout: String?

    func request(_ study: Study) throws -> CheckRequest {
        let folder = try from.map { try TraceFolder($0) }
        guard let start = initial ?? folder?.initial else {
            throw StudyError(
                from.map { "from: \($0) holds no initial.safetensors or initial.npz; give --initial" }
                    ?? "initial: their weights before the first update are wanted; give --initial FILE, or --from DIR")
        }
        var request = CheckRequest(study: study, initial: start)
        func files(_ given: [String], _ option: String, _ found: [CheckRequest.StepFile]?) throws
            -> [CheckRequest.StepFile]
        {
            given.isEmpty ? found ?? [] : try given.map { try stepFile($0, option) }
        }
        request.traces = try files(trace, "trace", folder?.traces)
        request.gradients = try files(gradients, "gradients", folder?.gradients)
        request.momentum = try files(momentumBuffers, "momentum-buffers", folder?.momentum)
        request.activations = try files(activations, "activations", folder?.activations)
        request.losses = losses ?? folder?.losses
        request.otherOptimizer = otherOptimizer
        if localise, request.activations.isEmpty, request.gradients.isEmpty {
            throw StudyError(
                "localise: wants what lies inside an update; give --activations UPDATE=FILE, --gradients UPDATE=FILE, or both"
            )
        }
        request.names.rules = study.nameMap
        if let names {
            guard let scheme = NameScheme(rawValue: names) else {
                throw StudyError("names: \"\(names)\" is none of \(list(NameScheme.allCases.map(\.rawValue)))")
            }
            request.names.scheme = scheme
        }
        if let layout {
            guard let known = TensorLayout(rawValue: layout) else {
                throw StudyError("layout: \"\(layout)\" is none of \(list(TensorLayout.allCases.map(\.rawValue)))")
            }
            request.names.layout = known
        }
        return request
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    private func stepFile(_ text: String, _ option: String) throws(StudyError) -> CheckRequest.StepFile {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let step = Int(parts[0]), (0...1 << 40).contains(step) else {
            throw StudyError("\(option): \"\(text)\" is not STEP=FILE, such as 1=step1.safetensors")
        }
        return CheckRequest.StepFile(step: step, path: String(parts[1]))
    }
}

/// Where rounding ends.
struct LimitOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Rounding is at most so many times the largest error of the ensemble. (default: 8)", valueName: "x"))
    var maxRatio: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("No element may be farther from the exact one than so many ulps.", valueName: "ulps"))
    var maxUlp: String?

    @Flag(help: "Every bit must be that of Lockstep's own run in their format.")
    var bitwise = false

    func limits() throws(StudyError) -> CheckLimits {
        var limits = CheckLimits()
        if let maxRatio { limits.maxRatio = try number(maxRatio, "max-ratio") }
        if let maxUlp { limits.maxUlp = try number(maxUlp, "max-ulp") }
        limits.bitwise = bitwise
        return limits
    }

    private func number(_ text: String, _ option: String) throws(StudyError) -> Double {
        guard let value = Double(text), value >= 0, value.isFinite else {
            throw StudyError("\(option): \"\(text)\" is not a number of at least 0")
        }
        return value
    }
}
