import Arithmetics
import Testing

// Each case costs a start of the command; what belongs together stands in one test, so that a failure names the case.

/// Arguments after those of the tiny study, and what the one line must say.
struct UnusableCase: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let says: String

    init(_ arguments: String..., says: String) {
        self.arguments = arguments
        self.says = says
    }

    var testDescription: String { arguments.joined(separator: " ") }

    static let options = [
        // What the argument parser itself finds.
        UnusableCase(
            "--modle", "x", says: "unknown option '--modle'. Did you mean '--model'? (lockstep compare --help"),
        UnusableCase("stray", says: "unexpected argument 'stray'"),
        UnusableCase("--lr", says: "missing value for '--lr <rate>'"),
        // Names.
        UnusableCase("--model", "renset8", says: "model: no model \"renset8\"; the models are mlp("),
        UnusableCase(
            "--model", "resnet", says: "model: no model \"resnet\"; the depth of a residual network is 6n + 2"),
        UnusableCase("--model", "mlp(17,3)", says: "the first size is 17 but a sample has 16 values; write mlp(16,"),
        UnusableCase("--model", "lenet5", says: "lenet5: wants images of 28"),
        UnusableCase("--model", "mlp(16,16777216,16777216,3)", says: "too large"),
        UnusableCase("--data", "letters", says: "data set 'letters': is unknown; there are digits,"),
        UnusableCase("--data", "synthetic:0x4x4,3,60", says: "expected synthetic:CxHxW,CLASSES,N"),
        UnusableCase("--data", "synthetic:99999x99999x99999,3,60", says: "too large"),
        UnusableCase("-a", "quad", says: "arithmetics: \"quad\": no format \"quad\"; the formats are half,"),
        UnusableCase("-a", "mpfr:1", says: "mpfr:P wants a whole precision from 2 to 16384"),
        UnusableCase("-a", "float", "-a", "float", says: "arithmetics: float is given twice"),
        UnusableCase("-a", "float,reduction=tree", says: "no reduction \"tree\"; the reductions are sequential"),
        UnusableCase("--reference", "truth", says: "reference: \"truth\""),
        UnusableCase("--loss", "l1", says: "loss: \"l1\" is none of cross-entropy, bce, mse"),
        UnusableCase("--init", "zeros", says: "init: no initialiser \"zeros\"; the initialisers are torch"),
        UnusableCase("--grid", "fine", says: "grid: \"fine\" is none of coarsest, exact, half"),
        UnusableCase("--order", "random", says: "order: \"random\" is none of sequential, shuffled"),
        UnusableCase("--last-batch", "pad", says: "last-batch: \"pad\" is none of drop, keep"),
        UnusableCase("--schedule", "linear:3", says: "schedule: \"linear:3\" is no schedule; it is constant,"),
        // Numbers.
        UnusableCase("--lr", "fast", says: "lr: \"fast\" is not a decimal of at least 0, such as 0.1"),
        UnusableCase("--lr", "-0.1", says: "lr: \"-0.1\" is not a decimal of at least 0"),
        UnusableCase("--lr", "1e99", says: "lr: 1e99 overflows the grid, whose largest number is 3.40282e38"),
        UnusableCase("--steps", "ten", says: "steps: \"ten\" is not a whole number from 0"),
        UnusableCase("--batch", "0", says: "batch: \"0\" is not a whole number from 1"),
        UnusableCase("--batch", "49", says: "batch: 49 is more than the 48 training samples"),
        UnusableCase("--seed", "-1", says: "seed: \"-1\" is not a whole number from 0 to 18446744073709551615"),
        UnusableCase("--k", "0", says: "k: \"0\" is not a whole number from 1"),
        UnusableCase("--clip", "0", says: "clip: \"0\" is not none, or a decimal above 0"),
        UnusableCase("--test-fraction", "1", says: "test-fraction: \"1\" is not a decimal from 0 to below 1"),
        UnusableCase("--normalize", "0/0", says: "decimals with S not 0"),
        UnusableCase("--threads", "0", says: "threads: \"0\" is not a whole number from 1 to 256"),
        UnusableCase("--threads", "257", says: "threads: \"257\" is not a whole number from 1 to 256"),
        UnusableCase("--measure-every", "0", says: "measure-every: \"0\" is not a whole number from 1"),
        // Options that do not go together.
        UnusableCase("--map", "0.weight=fc1.weight", says: "map: renames tensors of a file, but no file is named"),
        UnusableCase("--save-steps", "1", says: "save-steps: wants --save DIR beside it"),
        UnusableCase("--save", "s", "--save-steps", "9", says: "save-steps: \"9\" is not a whole number from 0 to 3"),
        UnusableCase("--save", "s", "--save-what", "loss", says: "save-what: \"loss\" is none of weights, gradients"),
        UnusableCase("--resume", says: "resume: wants --checkpoint DIR beside it"),
        UnusableCase("--checkpoint", "none", "--resume", says: "none: holds no checkpoint; leave --resume out"),
        UnusableCase("-a", "double", "--decompose", says: "decompose: wants a reference"),
        // Where results cannot go.
        UnusableCase("--json", "no/such/result.json", says: "no/such/result.json: its folder does not exist"),
        UnusableCase("--json", ".", says: "is a folder, not a file"),
        UnusableCase("--plot", "error.jpeg", says: "error.jpeg: is no kind of picture; end the name in .svg or .png"),
    ]
}

@Test(arguments: UnusableCase.options)
func unusableOptionGetsOneLineAndLeavesNothing(_ one: UnusableCase) throws {
    let place = try Workplace()
    // The result that must not appear is asked for first, so that a case may name its own or lack a value.
    let result = try place.compare(["--json", "kept.json"] + one.arguments)
    let complaint = try #require(result.complaint, "\(result)")
    #expect(complaint.contains(one.says))
    #expect(result.output.isEmpty)
    #expect(try place.names().isEmpty)
}

@Test func mistypedSubcommandIsRecognised() throws {
    let place = try Workplace()
    for (words, says) in [
        (["comapre", "-a", "float"], "lockstep has no subcommand \"comapre\"; did you mean \"compare\"?"),
        (["oracle", "chekc"], "lockstep oracle has no subcommand \"chekc\"; did you mean \"check\"?"),
        (["oracle", "dance", "-q"], "lockstep oracle has no subcommand \"dance\"; there are record, "),
    ] {
        let result = try place.run(words)
        #expect(result.complaint?.hasPrefix(says) == true, "\(result)")
    }
}

@Test func unknownOrAbsentInstructionSetGetsOneLine() throws {
    let place = try Workplace()
    // No processor has both.
    let foreign = InstructionSet.neon.isAvailable ? "avx2" : "neon"
    for name in ["abacus", foreign] {
        let result = try place.compare(environment: ["LOCKSTEP_ISA": name])
        let complaint = try #require(result.complaint, "\(result)")
        #expect(complaint.hasPrefix("LOCKSTEP_ISA=\(name): no such instruction set here; this machine has plain"))
        #expect(try place.run(["info"], environment: ["LOCKSTEP_ISA": name]).complaint == complaint)
    }
}
