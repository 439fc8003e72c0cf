import ArgumentParser

/// `lockstep oracle`: golden traces, and a judge of other programs.
struct OracleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oracle",
        abstract: "Golden traces of a study, and a judge of other people's training.",
        subcommands: [
            OracleRecordCommand.self, OracleVerifyCommand.self, OracleCheckCommand.self, OracleOpCommand.self,
        ])
}
