import ArgumentParser

/// `lockstep pde`: gradient descent as a discretised partial differential equation.
struct PDECommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pde",
        abstract: "Show where explicit time stepping is stable, restrained or unstable, in any arithmetic.",
        subcommands: [PDEHeatCommand.self, PDELinearCommand.self, PDENonlinearCommand.self])
}
