import ArgumentParser

/// `lockstep oracle`: golden traces.
struct OracleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oracle",
        abstract: "Record what a study gives, to the last bit, and check it again anywhere.",
        subcommands: [OracleRecordCommand.self, OracleVerifyCommand.self, OracleCheckCommand.self])
}
