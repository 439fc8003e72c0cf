import Arithmetics
import Networks
import Training

/// A model on data that is built in, whose updates are timed: forward, backward and SGD with momentum and weight decay.
public struct TrainingWorkload: Sendable {
    /// `lenet5, batch 32`.
    public let name: String
    private let model: ModelSpecification
    private let data: String
    private let batch: Int

    public static let all = [
        TrainingWorkload("mlp(64,32,10)", .mlp([64, 32, 10]), "digits", 32),
        TrainingWorkload("mlp(784,256,256,10)", .mlp([784, 256, 256, 10]), "digits28", 128),
        TrainingWorkload("cnn-small", .cnnSmall, "digits", 32),
        TrainingWorkload("lenet5", .lenet5, "digits28", 32),
    ]

    private init(_ name: String, _ model: ModelSpecification, _ data: String, _ batch: Int) {
        self.name = "\(name), batch \(batch)"
        self.model = model
        self.data = data
        self.batch = batch
    }

    func run(
        _ arithmetic: ArithmeticName, _ request: BenchmarkRequest, _ isCancelled: () -> Bool,
        _ found: (TimedWork) throws -> Void
    ) throws {
        var study = Study()
        (study.model, study.data, study.batch) = (model, data, batch)
        study.optimizer.momentum = Rational(9, 10)
        study.optimizer.weightDecay = Rational(5, 10000)
        study.arithmetics = [arithmetic]
        var run = try makeRun(
            try PreparedStudy(study), in: arithmetic, instructionSet: request.instructionSet, threads: request.threads)
        let timing = Timing.measure(budget: request.budget, least: 2, isCancelled: isCancelled) {
            _ = run.advance(observe: [])
        }
        guard let timing else { return }
        try found(TimedWork(.training, name, arithmetic.description, units: 1, timing))
    }
}
