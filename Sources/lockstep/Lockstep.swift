import ArgumentParser
import Arithmetics
import CKernels
import Foundation
import Reporting

/// The command line: parses, and hands over to the rooms below.
@main
struct Lockstep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep",
        abstract: "How far does training in one arithmetic drift from the truth? Bit for bit, on any machine.",
        discussion: """
            Example: lockstep compare --model 'mlp(64,32,10)' --data digits --steps 100 -a float -a double -a mpfr:256

            Exit codes: 0 done or agrees, 1 differs (oracle, diff), 3 undetermined (oracle), 2 unusable input (one line says what is wrong), 130 interrupted.
            """,
        version: "lockstep \(lockstepVersion)",
        subcommands: [
            CompareCommand.self, EvalCommand.self, OracleCommand.self, DiffCommand.self, PerturbCommand.self,
            PDECommand.self, BenchCommand.self, InfoCommand.self,
        ])

    static func main() {
        TextOutput.prepare()
        // Every step allocates the same tensors: pages that go back to the system come back as page faults.
        ls_keep_memory()
        let arguments = Array(CommandLine.arguments.dropFirst())
        var command: any ParsableCommand
        do { command = try parseAsRoot(arguments) } catch {
            Foundation.exit(UsageMessage(error, arguments).show())
        }
        do {
            // Before a file is read: whatever the command computes, it would not be the contract's result.
            if Lockstep.computes(command) { try SelfCheck().require() }
            try command.run()
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch  where exitCode(for: error) == .success {
            // No subcommand was given: the help.
            Foundation.exit(UsageMessage(error, arguments).show())
        } catch {
            Foundation.exit(complain("\(error)"))
        }
    }

    /// Every subcommand but `info`, which tells what is wrong; what the parser answers with help is none.
    private static func computes(_ command: any ParsableCommand) -> Bool {
        func isLeaf(_ type: any ParsableCommand.Type) -> Bool {
            let below = type.configuration.subcommands
            return below.isEmpty ? type == Swift.type(of: command) : below.contains(where: isLeaf)
        }
        return isLeaf(Lockstep.self) && !(command is InfoCommand)
    }

    /// Says in one line what is wrong.
    ///
    /// - Returns: the exit code.
    static func complain(_ message: String) -> Int32 {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        // Without a standard error the exit code must do.
        try? TextOutput.standardError.write("lockstep: \(line)\n")
        return LockstepExit.unusable.rawValue
    }
}

/// The exit codes of every subcommand.
enum LockstepExit {
    static let differs = ExitCode(1)
    static let undetermined = ExitCode(3)
    static let unusable = ExitCode(2)
    static let interrupted = ExitCode(130)
}
