import ArgumentParser
import Comparison
import Oracle
import Reporting
import TensorFiles
import Training

/// `lockstep diff`: where do two saved trainings, or two tensor files, first differ, and by how much?
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract:
            "Compare two tensor files, folders of steps, saved runs, checkpoints or golden traces, value by value.",
        usage: "lockstep diff A B [options]",
        discussion: """
            A and B are .safetensors, .npz, .npy or .json (of compare --save), a golden trace, a checkpoint, or a folder of \
            step-N files. Ulps are measured at A's values, in the coarser of two formats. All NaNs are one value; +0 and -0 \
            differ.

            Exit codes: 0 identical, or within the tolerance; 1 differs; 2 unusable input.

            Example: lockstep diff before.safetensors after.safetensors
            """)

    @Argument(help: ArgumentHelp("What to compare with: the reference.", valueName: "a"))
    var a: String
    @Argument(help: ArgumentHelp("What is compared.", valueName: "b"))
    var b: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Values at most so many ulps apart agree. (default: 0)", valueName: "n"))
    var ulps: String?
    @Flag(help: "+0 and -0 agree.")
    var ignoreZeroSign = false
    @Option(
        help: ArgumentHelp(
            "B's tensor THEIRS is A's OURS; one * on each side stands for the same text; repeatable.",
            valueName: "theirs=ours"))
    var map: [String] = []
    @Option(
        help: ArgumentHelp(
            "lockstep or pytorch: how B's tensors are named. (default: A's names; if none is shared, pytorch's order of layers)",
            valueName: "scheme"))
    var names: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Compare this step only; needed for a file against many steps.", valueName: "n"))
    var step: String?
    @Option(help: ArgumentHelp("Which of A's arithmetics. (default: all)", valueName: "name"))
    var arithmeticA: String?
    @Option(help: ArgumentHelp("Which of B's arithmetics. (default: all)", valueName: "name"))
    var arithmeticB: String?
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var junit: JUnitOptions

    func run() throws {
        let request = try self.request()
        try output.check()
        try junit.check()
        let (one, other) = (try Recording(a), try Recording(b))
        var diff = try Diff(one, other, request)
        Interruption.listen()
        var line = output.quiet || diff.stepCount < 2 ? nil : ProgressLine(.standardError, from: 0, of: diff.stepCount)
        defer { line?.clear() }
        let findings: DiffFindings
        do {
            findings = try diff.run { made in
                line?.show(step: made)
                return !Interruption.isRequested
            }
        } catch is Diff.Interrupted {
            line?.clear()
            try? TextOutput.standardError.write("lockstep: interrupted; nothing was written\n")
            throw LockstepExit.interrupted
        }
        line?.clear()
        let report = DiffReport(one, other, findings)
        try output.write(report.json)
        try junit.write(report.junit)
        if output.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        if findings.verdict == .differs { throw LockstepExit.differs }
    }

    private func request() throws(StudyError) -> DiffRequest {
        var request = DiffRequest()
        if let ulps {
            guard let value = Double(ulps), value >= 0, value.isFinite else {
                throw StudyError("ulps: \"\(ulps)\" is not a number of at least 0")
            }
            request.tolerance.ulps = value
        }
        request.tolerance.ignoresZeroSign = ignoreZeroSign
        // The same text as in a study.
        var study = Study()
        for text in map { try study.set("map", to: text) }
        request.rules = study.nameMap
        if let names {
            guard let scheme = NamePairing.usable.first(where: { $0.rawValue == names }) else {
                throw StudyError(
                    "names: \"\(names)\" is none of \(NamePairing.usable.map(\.rawValue).joined(separator: ", ")); other layouts need the model: lockstep oracle check"
                )
            }
            request.scheme = scheme
        }
        if let step { request.step = try wholeNumber(step, of: "step", in: 0...1 << 40) }
        request.arithmeticA = arithmeticA
        request.arithmeticB = arithmeticB
        return request
    }
}
