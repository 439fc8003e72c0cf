import ArgumentParser
import Arithmetics
import GradientPDE
import Reporting
import TensorFiles
import Training

/// `lockstep pde nonlinear`: restrained instability of a one-layer network, and how errors pile up in it.
struct PDENonlinearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nonlinear",
        abstract: "A one-layer network between convergence and blow-up: predicted by one number, shown by running.",
        discussion: """
            The rates at which training converges, stays restrained (bounded, but never at rest) or blows up are predicted \
            from a map of one number and then run on the whole network, twice: rounded differently (k = 1 and 3).

            Example: lockstep pde nonlinear --preset small -a float -a double --save nonlinear
            """)

    @Option(help: ArgumentHelp("published, or small, which takes seconds. (default: published)", valueName: "name"))
    var preset: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Learning rates, with commas or repeated. (default: 0.01,0.03,0.05,0.07,0.09,0.1,0.11,0.13)",
            valueName: "rate"))
    var lr: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight decay. (default: 20)", valueName: "factor"))
    var alpha: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Factors of perturbed SGD, w - (lr k)(d / k): the first is the run, the others copies of it that only rounding tells apart. (default: 1,3)",
            valueName: "k,..."))
    var k: String?

    @Flag(help: "Pass through all layers, position by position, even where fewer operations give the same bits.")
    var everyPosition = false

    @OptionGroup(title: "Image and kernel") var checkerboard: CheckerboardOptions
    @OptionGroup(title: "Run") var options: PDEOptions
    @OptionGroup(title: "Precision ladder") var ladder: NonlinearLadderOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Running") var machine: MachineOptions

    func run() throws {
        let nonlinear = try nonlinearSettings()
        let settings = try options.settings(
            arithmetics: ["float", "double"], steps: NonlinearSettings.publishedSteps, machine)
        let climbs = try ladder.request(nonlinear)
        var experiment = try NonlinearExperiment(nonlinear, settings)
        try output.check()
        try options.prepare()
        Interruption.listen()
        advance(&experiment)
        var ladders: [NonlinearLadder] = []
        for climb in climbs where !Interruption.isRequested {
            let climbed = try NonlinearLadder(nonlinear, rate: climb.rate, climb.request, threads: settings.threads) {
                !Interruption.isRequested
            }
            if let climbed { ladders.append(climbed) }
        }
        let report = NonlinearReport(
            experiment, ladders, RunEnvironment(instructionSet: settings.instructionSet))
        try output.write(report.json)
        if output.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        if let folder = options.save { try report.save(to: folder) }
        guard !Interruption.isRequested else {
            try? TextOutput.standardError.write(
                "lockstep: interrupted after \(experiment.trajectories.count) trajectories; what was finished is kept\n"
            )
            throw LockstepExit.interrupted
        }
    }

    private func advance(_ experiment: inout NonlinearExperiment) {
        var line = output.quiet ? nil : ProgressLine(.standardError, from: 0, of: experiment.stepCount)
        defer { line?.clear() }
        experiment.run { made in
            line?.show(step: made)
            return !Interruption.isRequested
        }
    }

    private func nonlinearSettings() throws -> NonlinearSettings {
        var preset = NonlinearSettings.Preset.published
        if let text = self.preset {
            guard let known = NonlinearSettings.Preset(rawValue: text) else {
                let all = NonlinearSettings.Preset.allCases.map(\.rawValue).joined(separator: ", ")
                throw StudyError("preset: \"\(text)\" is none of \(all)")
            }
            preset = known
        }
        let network = try checkerboard.network(image: preset.imageSide, kernel: preset.kernelSide)
        var factors = NonlinearSettings.publishedFactors
        if let k {
            factors = try k.split(separator: ",", omittingEmptySubsequences: false).map {
                try wholeNumber(String($0), of: "k", in: 1...Int(Int32.max))
            }
        }
        let decay = try alpha.map { try exactNumbers([$0], of: "alpha") } ?? [preset.decay]
        guard decay.count == 1 else { throw StudyError("alpha: one number is wanted") }
        return try NonlinearSettings(
            network: network, decay: decay[0], rates: lr.isEmpty ? preset.rates : exactNumbers(lr, of: "lr"),
            factors: factors, start: try checkerboard.start(network), usesLayers: everyPosition)
    }
}

/// The same trajectories at rising precision.
struct NonlinearLadderOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Also run map and network at these precisions against a higher one, such as 24,53,113,200,300,400,500, and find the first step off.",
            valueName: "bits,..."))
    var ladder: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Rates to do so at. (default: those between convergence and 2/alpha)", valueName: "rate,...")
    )
    var ladderLr: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Bits of the higher precision. (default: the most + 100)", valueName: "bits"))
    var ladderReference: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Relative L2 error that counts as off. (default: 0.01)", valueName: "error"))
    var ladderThreshold: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps to watch at most. (default: 2000)", valueName: "n"))
    var ladderSteps: String?

    func request(_ nonlinear: NonlinearSettings) throws -> [(rate: Rational, request: NonlinearLadder.Request)] {
        guard let ladder else {
            let orphans = [
                ("ladder-lr", ladderLr.first), ("ladder-reference", ladderReference),
                ("ladder-threshold", ladderThreshold), ("ladder-steps", ladderSteps),
            ]
            for (name, text) in orphans where text != nil { throw StudyError("\(name): wants --ladder BITS beside it") }
            return []
        }
        let range = Format.precisions.lowerBound...Format.precisions.upperBound
        let bits = try ladder.split(separator: ",", omittingEmptySubsequences: false).map {
            try wholeNumber(String($0), of: "ladder", in: range)
        }
        var threshold = 0.01
        if let ladderThreshold {
            guard let value = Double(ladderThreshold), value > 0, value < 1 else {
                throw StudyError("ladder-threshold: \"\(ladderThreshold)\" is not a number between 0 and 1")
            }
            threshold = value
        }
        let request = try NonlinearLadder.Request(
            bits: bits, reference: try ladderReference.map { try wholeNumber($0, of: "ladder-reference", in: range) },
            threshold: threshold,
            steps: try ladderSteps.map { try wholeNumber($0, of: "ladder-steps", in: 1...10_000_000) } ?? 2000)
        let rates = try ladderLr.isEmpty ? nonlinear.restrainedRates : exactNumbers(ladderLr, of: "ladder-lr")
        guard !rates.isEmpty else {
            throw StudyError("ladder: none of the rates lies between 2/λ and 2/α; name some with --ladder-lr")
        }
        return rates.map { ($0, request) }
    }
}
