import ArgumentParser
import Arithmetics
import Evaluation
import Reporting
import TensorFiles
import Training

/// `lockstep eval`: one function or operation in several arithmetics, side by side.
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Show what a function or operation gives in several arithmetics, and its error in ulps.",
        usage: """
            lockstep eval FUNCTION VALUE ... [-a ARITHMETIC ...] [options]
            lockstep eval FUNCTION --stdin --bits -a ARITHMETIC
            lockstep eval sum|dot|norm|matmul FILE.npy ... [-a ARITHMETIC ...] [options]
            """,
        discussion: """
            A value is a decimal (0.1), a quotient (1/3), a hexadecimal float (0x1.8p-3), inf, nan, or the bits of each \
            arithmetic's own format (bits:3f800000). A function of k values takes them in groups of k: several groups give \
            several rows. A vector is a list with commas (1,2,1/3) or a file; sum and norm also take several values.

            Example: lockstep eval exp 0.1 -a float -a bfloat16 -a mpfr:100
            """)

    @Argument(help: ArgumentHelp("One of \(Operation.names.joined(separator: ", ")).", valueName: "function"))
    var function: String

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Numbers, lists with commas, or .npy, .npz[#name] and .safetensors[#name] files.", valueName: "value"))
    var values: [String] = []

    @OptionGroup(title: "Arithmetics") var arithmetics: EvalArithmeticOptions
    @OptionGroup(title: "Input") var input: EvalInputOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var result: EvalOutputOptions
    @OptionGroup(title: "Running") var machine: MachineOptions

    func run() throws {
        let operation = try Operation(function)
        // The parser lets what it does not know through as values, because some of them begin with a sign.
        if let option = values.first(where: EvalCommand.isOption) {
            throw StudyError("unknown option '\(option)' (lockstep eval --help lists the options)")
        }
        let instructionSet = try InstructionSet.selected()
        let threads = try machine.threadCount()
        let names = try arithmetics.names()
        if try input.isStream() {
            guard values.isEmpty else {
                throw StudyError("stdin: the values come from standard input, not \"\(values[0])\"")
            }
            guard output.json == nil, result.output == nil else {
                throw StudyError("stdin: the answers go to standard output; leave --json and --output out")
            }
            guard arithmetics.arithmetic.count == 1 else {
                throw StudyError("stdin: wants one arithmetic, -a NAME; there are \(arithmetics.arithmetic.count)")
            }
            let stream = try patternStream(operation, in: names[0], threads: threads, instructionSet: instructionSet)
            return try EvalStream(stream).run()
        }
        guard !values.isEmpty else {
            throw StudyError("\(operation.name): wants values (lockstep eval --help shows how)")
        }
        let reference = try arithmetics.reference(for: names)
        try result.check(operation, values, names)
        try input.check(operation)
        try output.check()

        let results = try evaluate(operation, names, reference, instructionSet, threads)
        let report = EvaluationReport(results, RunEnvironment(instructionSet: instructionSet))
        if let path = result.output, case .arrays(let arrays) = results { try arrays.save(to: path) }
        try output.write(report.json)
        guard output.showsText else { return }
        let style = TextOutput.standardOutput.style
        try TextOutput.standardOutput.write(report.text(style, full: result.full))
    }

    private func evaluate(
        _ operation: Evaluation.Operation, _ names: [ArithmeticName], _ reference: Reference,
        _ instructionSet: InstructionSet,
        _ threads: Int
    ) throws -> EvaluationReport.Results {
        switch operation.shape {
        case .elementwise where !values.contains(where: { ArrayOperand.file($0) != nil }):
            return .scalars(
                try ScalarResults(
                    operation, values.map { try Operand($0) }, in: names, reference: reference,
                    instructionSet: instructionSet))
        case .elementwise, .product:
            return .arrays(
                try ArrayResults(
                    operation, values.map { try ArrayOperand($0) }, transposed: (input.transposeA, input.transposeB),
                    in: names,
                    reference: reference, threads: threads, instructionSet: instructionSet))
        case .reduction(let arity):
            // One vector may be spread over all values.
            let operands = arity == 1 ? [try ArrayOperand.joined(values)] : try values.map { try ArrayOperand($0) }
            return .vectors(
                try VectorResults(operation, operands, in: names, reference: reference, instructionSet: instructionSet))
        }
    }

    /// -1, -.5 and -inf are values.
    private static func isOption(_ text: String) -> Bool {
        guard text.hasPrefix("-"), let second = text.dropFirst().first else { return false }
        return !(second.isNumber || second == "." || text.lowercased().hasPrefix("-inf"))
    }
}

struct EvalArithmeticOptions: ParsableArguments {
    @Option(
        name: [.customShort("a"), .long],
        help: ArgumentHelp(
            "One of \(ArithmeticName.choices); then any of ,reduction=R ,accumulate=FORMAT ,round=D ,overflow=O; repeatable. (default: float, double, mpfr:256)",
            valueName: "name"))
    var arithmetic: [String] = []

    @Option(
        help: ArgumentHelp(
            "mpfr:P to measure errors against. (default: 64 bits more than the most precise arithmetic, at least 256)",
            valueName: "arithmetic"))
    var reference: String?

    func names() throws -> [ArithmeticName] {
        let texts = arithmetic.isEmpty ? ["float", "double", "mpfr:256"] : arithmetic
        var names: [ArithmeticName] = []
        for text in texts {
            let name = try ArithmeticName(text)
            guard name.master == nil else { throw StudyError("\"\(text)\": master= is for training; leave it out") }
            guard !names.contains(name) else { throw StudyError("arithmetic: \(name) is given twice") }
            names.append(name)
        }
        return names
    }

    func reference(for names: [ArithmeticName]) throws -> Reference {
        try reference.map { try Reference(ArithmeticName($0), for: names) } ?? Reference(for: names)
    }
}

struct EvalInputOptions: ParsableArguments {
    @Flag(help: "Read one evaluation a line from standard input, write it with its result.")
    var stdin = false

    @Flag(help: "With --stdin: lines hold bit patterns in hexadecimal.")
    var bits = false

    @Flag(help: "The first matrix of matmul is stored transposed.")
    var transposeA = false

    @Flag(help: "The second matrix of matmul is stored transposed.")
    var transposeB = false

    func isStream() throws(StudyError) -> Bool {
        if stdin != bits { throw StudyError(stdin ? "stdin: wants --bits beside it" : "bits: wants --stdin beside it") }
        return stdin
    }

    func check(_ operation: Evaluation.Operation) throws(StudyError) {
        guard transposeA || transposeB, operation != .matmul else { return }
        throw StudyError("transpose-\(transposeA ? "a" : "b"): is for matmul, not \(operation.name)")
    }
}

struct EvalOutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Save the tensor that a tensor operation gives in one arithmetic: .npy, .safetensors or .json.",
            valueName: "file"))
    var output: String?

    @Flag(help: "Show every digit of long numbers.")
    var full = false

    func check(_ operation: Evaluation.Operation, _ values: [String], _ names: [ArithmeticName]) throws {
        guard let output else { return }
        let isTensor: Bool =
            switch operation.shape {
            case .product: true
            case .elementwise: values.contains { ArrayOperand.file($0) != nil }
            case .reduction: false
            }
        guard isTensor else {
            throw StudyError(
                "output: a tensor operation has a result to save; \(operation.name) of these values has none")
        }
        guard names.count == 1 else {
            throw StudyError("output: wants one arithmetic, -a NAME; there are \(names.count)")
        }
        try ArrayResults.checkFile(output, for: names[0])
        try checkWritable(file: output)
    }
}
