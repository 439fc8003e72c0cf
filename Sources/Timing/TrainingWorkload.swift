import Arithmetics
import Networks
import Training

/// A model on data, whose updates are timed: forward, backward and SGD with momentum and weight decay.
public struct TrainingWorkload: Sendable {
    /// `lenet5, batch 32`; with data of one's own, `lenet5 on mnist:FOLDER, batch 32`.
    public let name: String
    private let study: Study

    /// What is timed where no model is named.
    public static let standard = [
        TrainingWorkload(.mlp([64, 32, 10]), batch: 32), TrainingWorkload(.mlp([784, 256, 256, 10])),
        TrainingWorkload(.cnnSmall, batch: 32), TrainingWorkload(.lenet5, batch: 32),
    ]

    /// - Parameters:
    ///   - data: as a study names it; nil for images of the model's size: the built-in digits where they fit, else synthetic
    ///     ones (3×32×32 for residual networks).
    ///   - batch: samples of an update.
    public init(_ model: ModelSpecification, data: String? = nil, batch: Int = 128) {
        var study = Study()
        (study.model, study.data, study.batch) = (model, data ?? TrainingWorkload.fitting(model, batch), batch)
        // Nothing is evaluated, and all samples count for the largest batch.
        study.testFraction = Rational(0)
        study.optimizer.momentum = Rational(9, 10)
        study.optimizer.weightDecay = Rational(5, 10000)
        self.study = study
        name = model.summary + (data.map { " on \($0)" } ?? "") + ", batch \(batch)"
    }

    private static func fitting(_ model: ModelSpecification, _ batch: Int) -> String {
        func synthetic(_ shape: String, classes: Int) -> String {
            "synthetic:\(shape),\(classes),\(max(classes, 2 * batch))"
        }
        switch model {
        case .mlp(let sizes) where sizes[0] == 784 && sizes.last == 10: return "digits28"
        case .mlp(let sizes) where sizes[0] != 64 || sizes.last != 10:
            return synthetic("1x1x\(sizes[0])", classes: sizes.last ?? 1)
        case .lenet5: return "digits28"
        case .resnet: return synthetic("3x32x32", classes: 10)
        case .mlp, .cnnSmall, .layers: return "digits"
        }
    }

    /// Loads the data, and finds out whether model, data and batch go together.
    ///
    /// - Throws: `StudyError`, `ModelError`, `DataError` or `FileError`: one line.
    func loaded() throws -> LoadedWorkload {
        let data = try DataSet(named: study.data, testFraction: study.testFraction, seed: study.seed)
        let workload = LoadedWorkload(name: name, study: study, data: data)
        _ = try workload.prepared(ArithmeticName(.binary32))
        return workload
    }
}

/// A workload with its data.
struct LoadedWorkload {
    let name: String
    fileprivate let study: Study
    fileprivate let data: DataSet

    fileprivate func prepared(_ arithmetic: ArithmeticName) throws -> PreparedStudy {
        var study = study
        study.arithmetics = [arithmetic]
        return try PreparedStudy(study, data: data)
    }

    func run(
        _ arithmetic: ArithmeticName, _ request: BenchmarkRequest, _ isCancelled: () -> Bool,
        _ found: (TimedWork) throws -> Void
    ) throws {
        var run = try makeRun(
            try prepared(arithmetic), in: arithmetic, instructionSet: request.instructionSet, threads: request.threads)
        let timing = Timing.measure(budget: request.budget, least: 2, isCancelled: isCancelled) {
            _ = run.advance(observe: [])
        }
        guard let timing else { return }
        try found(TimedWork(.training, name, arithmetic.description, units: 1, timing))
    }
}
