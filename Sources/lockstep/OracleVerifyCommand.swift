import ArgumentParser
import Arithmetics
import Oracle
import Reporting
import TensorFiles
import Training

/// `lockstep oracle verify`: does this machine get the bits of a golden trace?
struct OracleVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Run the studies of golden traces again and compare every bit.",
        usage: "lockstep oracle verify TRACE ... [options]",
        discussion: """
            Exit codes: 0 every trace was reproduced, 1 one differs (the first step, tensor and element are named), \
            2 a trace cannot be read or judged.
            """)

    @Argument(help: ArgumentHelp("Traces that oracle record wrote.", valueName: "trace"))
    var traces: [String]
    @OptionGroup(title: "Running") var machine: MachineOptions
    @Flag(name: .shortAndLong, help: "Say only what differs.")
    var quiet = false

    func run() throws {
        let options = try machine.traceOptions()
        // All are read before the first is run: a mistake in the last should not cost the time of the others.
        let read = try traces.map { path in (path: path, trace: try Trace(contentsOf: path)) }
        Interruption.listen()
        var differs = false
        for (path, trace) in read {
            let difference = try verify(trace, path, options)
            if let difference {
                differs = true
                try TextOutput.standardOutput.write("\(path): \(difference)\n")
            } else if !quiet {
                let names = trace.sections.map(\.arithmetic.description).joined(separator: ", ")
                try TextOutput.standardOutput.write("\(path): reproduced, \(trace.study.steps) steps in \(names)\n")
            }
        }
        if differs { throw LockstepExit.differs }
    }

    private func verify(_ trace: Trace, _ path: String, _ options: TraceOptions) throws -> TraceDifference? {
        var line = quiet ? nil : ProgressLine(.standardError, from: 0, of: trace.stepCount)
        defer { line?.clear() }
        do {
            return try trace.verify(options) { made in
                line?.show(step: made)
                return !Interruption.isRequested
            }
        } catch is TraceInterrupted {
            line?.clear()
            try? TextOutput.standardError.write("lockstep: interrupted while verifying \(path)\n")
            throw LockstepExit.interrupted
        } catch let error as TraceError {
            throw TraceError("\(path): \(error)")
        }
    }
}

extension MachineOptions {
    /// What recording and verifying need to know of the machine.
    func traceOptions() throws -> TraceOptions {
        var options = TraceOptions()
        options.threads = try threadCount()
        options.instructionSet = try InstructionSet.selected()
        return options
    }
}
