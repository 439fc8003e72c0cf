import ArgumentParser
import Arithmetics
import GradientPDE
import Reporting
import Training

/// `lockstep pde heat`: the heat equation below and above its stability threshold.
struct PDEHeatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heat",
        abstract: "The heat equation on 31 nodes, below and above the stability threshold of its time step.",
        discussion: """
            The threshold is proved by intervals and shown by running; every mode's growth is measured beside its symbol.

            Example: lockstep pde heat --dt 0.4,0.8 -a float -a mpfr:256 --save heat
            """)

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Time steps, with commas or repeated. (default: 0.4,0.8)", valueName: "dt"))
    var dt: [String] = []

    @OptionGroup(title: "Run") var options: PDEOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Running") var machine: MachineOptions

    func run() throws {
        let timeSteps = try exactNumbers(dt.isEmpty ? HeatExperiment.publishedTimeSteps : dt, of: "dt")
        let settings = try options.settings(steps: HeatExperiment.publishedSteps, machine)
        var experiment = try HeatExperiment(timeSteps: timeSteps, settings)
        try output.check()
        try options.prepare()
        Interruption.listen()
        var line = output.quiet ? nil : ProgressLine(.standardError, from: 0, of: experiment.stepCount)
        experiment.run { made in
            line?.show(step: made)
            return !Interruption.isRequested
        }
        line?.clear()
        let report = HeatReport(experiment, RunEnvironment(instructionSet: settings.instructionSet))
        try output.write(report.json)
        if output.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        if let folder = options.save { try report.exhibits.write(to: folder) }
        guard !experiment.isFinished else { return }
        try? TextOutput.standardError.write(
            "lockstep: interrupted after \(experiment.trajectories.count) trajectories; what was finished is kept\n")
        throw LockstepExit.interrupted
    }
}
