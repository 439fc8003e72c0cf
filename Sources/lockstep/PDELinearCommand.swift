import ArgumentParser
import Arithmetics
import GradientPDE
import Reporting
import TensorFiles
import Training

/// `lockstep pde linear`: the two bounds of weight decay for the linearised network.
struct PDELinearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "linear",
        abstract: "The linearised one-layer network: too little weight decay grows, too much blows up.",
        discussion: """
            Both bounds are exact: one from the only eigenvalue of XX^T, an integer, one from the time step. What happens beside \
            them is proved by intervals and shown by running.

            Example: lockstep pde linear --preset small -a float -a double --save linear
            """)

    @Option(help: ArgumentHelp("published, or small, which takes seconds. (default: published)", valueName: "name"))
    var preset: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Weight decays, with commas or repeated. (default: 1.1e7,1.2e7,1.3e7,1.9e8,2.0e8,2.1e8,2.2e8)",
            valueName: "factor"))
    var alpha: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("Time step. (default: 1e-8)", valueName: "dt"))
    var dt: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Factor of XX^T, and of swish. (default: 1)", valueName: "factor"))
    var beta: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Factor k of Sun et al.: w - (dt k)(d / k). (default: 1)", valueName: "k"))
    var k: String?

    @Flag(help: "Convolve position by position, even where fewer operations give the same bits.")
    var everyPosition = false

    @OptionGroup(title: "Image and kernel") var checkerboard: CheckerboardOptions
    @OptionGroup(title: "Run") var options: PDEOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Running") var machine: MachineOptions

    func run() throws {
        let linear = try linearSettings()
        let settings = try options.settings(
            arithmetics: ["float", "double"], steps: LinearSettings.publishedSteps, machine)
        var experiment = try LinearExperiment(linear, settings)
        try output.check()
        try options.prepare()
        Interruption.listen()
        advance(&experiment)
        let report = LinearReport(experiment, RunEnvironment(instructionSet: settings.instructionSet))
        try output.write(report.json)
        if output.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        if let folder = options.save { try report.save(to: folder) }
        guard !experiment.isFinished else { return }
        try? TextOutput.standardError.write(
            "lockstep: interrupted after \(experiment.trajectories.count) trajectories; what was finished is kept\n")
        throw LockstepExit.interrupted
    }

    private func advance(_ experiment: inout LinearExperiment) {
        var line = output.quiet ? nil : ProgressLine(.standardError, from: 0, of: experiment.stepCount)
        experiment.run { made in
            line?.show(step: made)
            return !Interruption.isRequested
        }
        line?.clear()
    }

    private func linearSettings() throws -> LinearSettings {
        var preset = LinearSettings.Preset.published
        if let text = self.preset {
            guard let known = LinearSettings.Preset(rawValue: text) else {
                let all = LinearSettings.Preset.allCases.map(\.rawValue).joined(separator: ", ")
                throw StudyError("preset: \"\(text)\" is none of \(all)")
            }
            preset = known
        }
        let network = try checkerboard.network(image: preset.imageSide, kernel: preset.kernelSide)
        func one(_ text: String?, _ option: String, _ preset: Rational) throws(StudyError) -> Rational {
            guard let text else { return preset }
            let numbers = try exactNumbers([text], of: option)
            guard numbers.count == 1 else { throw StudyError("\(option): one number is wanted") }
            return numbers[0]
        }
        return try LinearSettings(
            network: network, decays: alpha.isEmpty ? preset.decays : exactNumbers(alpha, of: "alpha"),
            timeStep: one(dt, "dt", preset.timeStep), beta: one(beta, "beta", Rational(1)),
            k: try k.map { try wholeNumber($0, of: "k", in: 1...Int(Int32.max)) } ?? 1,
            start: try checkerboard.start(network), usesEveryPosition: everyPosition)
    }
}
