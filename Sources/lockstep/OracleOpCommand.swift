import ArgumentParser
import Arithmetics
import Oracle
import Reporting
import TensorFiles
import Training

/// `lockstep oracle op`: is one operation of another program right, up to rounding?
struct OracleOpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "op",
        abstract: "Judge one operation on your own tensors: rounding, ill-conditioning, or a mistake?",
        usage: "lockstep oracle op NAME --inputs FILE [--output FILE] [--gradients FILE] [--set NAME=VALUE ...]",
        discussion: """
            Operations: \(OperationKind.all.map(\.name).joined(separator: ", ")).

            The inputs file holds the operands: a, b (matmul); x, w, b (dense, conv2d, batch-norm, layer-norm; b may be \
            missing in the first two); x (others); z and labels (losses). The output file holds y. The gradients file holds \
            g, the gradient arriving at y, and any of da, db, dx, dw, dz. Options of an operation, such as stride, pad, \
            groups, size, transpose-a, eps or beta, are set with --set.

            Exit codes: 0 agrees, 1 differs, 3 undetermined, 2 unusable input.

            Example: lockstep oracle op conv2d --inputs in.npz --output out.npz --set stride=2 --set pad=1
            """)

    @Argument(help: ArgumentHelp("One of the operations below.", valueName: "name"))
    var name: String
    @Option(help: ArgumentHelp("A .safetensors, .npz or .npy file with the operands.", valueName: "file"))
    var inputs: String
    @Option(help: ArgumentHelp("Their result.", valueName: "file"))
    var output: String?
    @Option(help: ArgumentHelp("Their gradients.", valueName: "file"))
    var gradients: String?
    @Option(help: ArgumentHelp("An option of the operation; repeatable.", valueName: "name=value"))
    var set: [String] = []
    @Option(help: ArgumentHelp("A tensor under another name; repeatable.", valueName: "theirs=ours"))
    var map: [String] = []
    @Option(
        help: ArgumentHelp(
            "What the exact result is computed in. (default: mpfr, twice their bits and 64)", valueName: "arithmetic"))
    var reference: String?
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Output") var results: OutputOptions
    @OptionGroup(title: "Running") var machine: MachineOptions

    func run() throws {
        guard let kind = OperationKind.all.first(where: { $0.name == name }) else {
            let known = OperationKind.all.map(\.name)
            let near = nearest(to: name, in: known).map { "; did you mean \"\($0)\"?" }
            throw StudyError("no operation \"\(name)\"\(near ?? "; there are \(known.joined(separator: ", "))")")
        }
        var request = OperationRequest(kind, inputs: inputs)
        request.output = output
        request.gradients = gradients
        for text in map {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw StudyError("map: \"\(text)\" is not THEIRS=OURS")
            }
            request.names.append(NameMapping(theirs: parts[0], ours: parts[1]))
        }
        for text in set {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let value = Rational(decimal: parts[1]) else {
                throw StudyError("set: \"\(text)\" is not NAME=NUMBER, such as stride=2")
            }
            if kind.factors.contains(where: { $0.name == parts[0] }) {
                request.factors[parts[0]] = value
            } else if let whole = Int(parts[1]) {
                request.attributes[parts[0]] = whole
            } else {
                throw StudyError("set: \(parts[0]) is a whole number, not \"\(parts[1])\"")
            }
        }
        request.limits = try limits.limits()
        if let reference { request.reference = try ArithmeticName(reference) }
        request.threads = try machine.threadCount()
        request.instructionSet = try InstructionSet.selected()
        let check = try OperationCheck(request)
        try results.check()
        let findings = try check.run()
        let report = OperationReport(findings, RunEnvironment(instructionSet: request.instructionSet))
        try results.write(report.json)
        if results.showsText { try TextOutput.standardOutput.write(report.text(TextOutput.standardOutput.style)) }
        switch findings.verdict {
        case .agrees: return
        case .differs: throw LockstepExit.differs
        case .undetermined: throw LockstepExit.undetermined
        }
    }
}
