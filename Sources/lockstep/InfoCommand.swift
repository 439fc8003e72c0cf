import ArgumentParser
import Reporting

/// `lockstep info`: versions, machine, and everything that can be named.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show versions, this machine, and every arithmetic, model and data set there is.")

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        try output.check()
        let information = try Information()
        if output.showsText { try TextOutput.standardOutput.write(information.text(TextOutput.standardOutput.style)) }
        try output.write(information.json)
    }
}
