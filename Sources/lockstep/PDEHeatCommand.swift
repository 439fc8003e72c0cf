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
        try output.check()
        try options.prepare()
        Interruption.listen()
        let experiment = try HeatExperiment(timeSteps: timeSteps, settings) { Interruption.isRequested }
        let report = HeatReport(experiment, RunEnvironment(instructionSet: settings.instructionSet))
        try output.write(report.json)
        if output.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        if let folder = options.save { try report.exhibits.write(to: folder) }
        if Interruption.isRequested { throw LockstepExit.interrupted }
    }
}
