import ArgumentParser
import Arithmetics
import TensorFiles
import Training

// Flags are read as text and go through `Study.set`, so that a flag and a line of YAML are judged alike.

/// A command that takes everything that determines a result: a study file, and flags that win over it.
///
/// The groups are the command's own, not one group of groups: in debug the parser checks every level of nesting anew,
/// which made each start of the command take a third of a second.
protocol StudyCommand: ParsableCommand {
    var file: StudyFileOptions { get }
    var model: ModelOptions { get }
    var data: DataOptions { get }
    var training: TrainingOptions { get }
    var arithmetics: ArithmeticOptions { get }
}

extension StudyCommand {
    /// The study: the defaults, then the file, then the flags.
    ///
    /// - Throws: `FileError` or `StudyError`: one line.
    ///
    /// - Parameters:
    ///   - base: the defaults.
    ///   - names: the arithmetics where none are given.
    ///   - ignored: fields whose flags mean something else to this command.
    func study(
        over base: Study = Study(), arithmetics names: [String] = ["float", "double", "mpfr:256"],
        ignoring ignored: Set<String> = []
    ) throws -> Study {
        if training.steps != nil, training.epochs != nil {
            throw StudyError("steps: given beside epochs; one of them says how long to train")
        }
        var study = base
        if let path = file.study { study = try Study(path: path, over: base) }
        let given: [[(field: String, text: String?)]] = [
            model.fields, data.fields, training.fields, arithmetics.fields,
        ]
        if !model.map.isEmpty { study.nameMap = [] }
        if !arithmetics.arithmetic.isEmpty { study.arithmetics = [] }
        for (field, text) in given.joined() {
            if let text, !ignored.contains(field) { try study.set(field, to: text) }
        }
        if study.arithmetics.isEmpty {
            for name in names { try study.set("arithmetics", to: name) }
        }
        return study
    }
}

extension Study {
    /// Reads a study file.
    fileprivate init(path: String, over base: Study) throws {
        // Far more than any study needs, and little enough to read at once.
        let bytes = try readFile(path, limit: 1 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(path: path, problem: "is not UTF-8 text", remedy: "a study is a YAML file")
        }
        try self.init(yaml: text, path: path, over: base)
    }
}

struct StudyFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("YAML file with any of the fields below; flags win over it.", valueName: "file"))
    var study: String?
}

struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "mlp(IN,HIDDEN,...,OUT), lenet5 or cnn-small; a list of layers in a study file. (default: mlp(64,32,10))",
            valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("cross-entropy, bce or mse. (default: cross-entropy)", valueName: "name"))
    var loss: String?

    @Option(help: ArgumentHelp("torch, he, he-out, xavier or constant:C. (default: torch)", valueName: "name"))
    var `init`: String?

    @Option(help: ArgumentHelp("Starting weights from a .safetensors, .npz or .json file.", valueName: "file"))
    var initFrom: String?

    @Option(help: ArgumentHelp("A tensor of that file under another name; repeatable.", valueName: "theirs=ours"))
    var map: [String] = []

    var fields: [(field: String, text: String?)] {
        [("model", model), ("loss", loss), ("init", `init`), ("init-from", initFrom)] + map.map { ("map", $0) }
    }
}

struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "digits, digits28, synthetic:CxHxW,CLASSES,N, mnist:DIR, idx:IMAGES,LABELS[,...], cifar10:DIR or npz:FILE. (default: digits)",
            valueName: "set"))
    var data: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Share of the samples kept for testing where a set has no test part. (default: 0.2)", valueName: "share"))
    var testFraction: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Inputs become (x - M) / S, one pair or one a channel. (default: 0/1)", valueName: "M/S[,M/S...]"))
    var normalize: String?

    @Option(
        help: ArgumentHelp(
            "none, or crop-flip: training images moved by up to 4 pixels and mirrored at random. (default: none)",
            valueName: "choice"))
    var augment: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Samples an update. (default: 32)", valueName: "n"))
    var batch: String?

    @Option(
        help: ArgumentHelp("drop or keep the samples that do not fill a batch. (default: drop)", valueName: "choice"))
    var lastBatch: String?

    @Option(help: ArgumentHelp("sequential or shuffled. (default: shuffled)", valueName: "choice"))
    var order: String?

    var fields: [(field: String, text: String?)] {
        [
            ("data", data), ("test-fraction", testFraction), ("normalize", normalize), ("augment", augment),
            ("batch", batch), ("last-batch", lastBatch), ("order", order),
        ]
    }
}

struct TrainingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Updates to make. (default: 100)", valueName: "n"))
    var steps: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Passes over the training samples, in place of --steps.", valueName: "n"))
    var epochs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seed of weights, order and synthetic data. (default: 1)", valueName: "n"))
    var seed: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seed of the initial weights alone. (default: the seed)", valueName: "n"))
    var initSeed: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Learning rate. (default: 0.1)", valueName: "rate"))
    var lr: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Momentum factor. (default: 0)", valueName: "factor"))
    var momentum: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight decay. (default: 0)", valueName: "factor"))
    var weightDecay: String?

    @Flag(inversion: .prefixedNo, help: "Nesterov's momentum. (default: --no-nesterov)")
    var nesterov: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Factor k of Sun et al.: w - (lr k)(d / k), equal for every k in exact arithmetic. (default: 1)",
            valueName: "k"))
    var k: String?

    @Option(
        help: ArgumentHelp(
            "How lr k is formed: exact, or double: in binary64 as in the published code. (default: exact)",
            valueName: "choice"))
    var kRate: String?

    @Option(
        help: ArgumentHelp(
            "constant, step:E,F, milestones:M1,...,F or cosine:T, after warmup:W+; lengths in updates, or epochs: 20e. (default: constant)",
            valueName: "schedule"))
    var schedule: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Global norm to clip gradients at, or none. (default: none)", valueName: "norm"))
    var clip: String?

    var fields: [(field: String, text: String?)] {
        [
            ("steps", steps), ("epochs", epochs), ("seed", seed), ("init-seed", initSeed), ("lr", lr),
            ("momentum", momentum), ("weight-decay", weightDecay),
            ("nesterov", nesterov.map { "\($0)" }), ("k", k), ("k-rate", kRate),
            ("schedule", schedule), ("clip", clip),
        ]
    }
}

struct ArithmeticOptions: ParsableArguments {
    @Option(
        name: [.customShort("a"), .long],
        help: ArgumentHelp(
            "One of \(ArithmeticName.choices); then any of ,reduction=R ,accumulate=FORMAT ,master=FORMAT ,round=D; repeatable. (default: float, double, mpfr:256)",
            valueName: "name"))
    var arithmetic: [String] = []

    @Option(help: ArgumentHelp("What to compare with. (default: the most precise arithmetic)", valueName: "arithmetic"))
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "Where weights, inputs and rates start: coarsest (numbers all arithmetics hold), exact (each its own) or a format. (default: coarsest)",
            valueName: "grid"))
    var grid: String?

    var fields: [(field: String, text: String?)] {
        arithmetic.map { ("arithmetics", $0) } + [("reference", reference), ("grid", grid)]
    }
}
