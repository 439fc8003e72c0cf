import Arithmetics
import Comparison
import Networks
import Perturbation
import TensorFiles
import Training

/// The table of perturbed SGD as it is shown (A1).
public struct AccuracyReport: Sendable {
    public let request: TableRequest
    public let table: AccuracyTable
    /// One each, nil where it was not finished.
    public let controls: [Control?]
    /// Over the factors k; nil until all their cells are there.
    public let spread: Spread?
    public let environment: RunEnvironment
    /// Stopped by the user before the last cell was finished.
    public let isInterrupted: Bool
    let heading: ExperimentHeading

    /// - Parameter preset: its name, where the study came from one.
    public init(
        _ request: TableRequest, preset: String?, on data: DataSet, _ table: AccuracyTable, controls: [Control?],
        _ environment: RunEnvironment, isInterrupted: Bool
    ) throws {
        self.request = request
        self.table = table
        self.controls = controls
        self.environment = environment
        self.isInterrupted = isInterrupted
        spread = table.spread(bootstrapSeed: request.study.seed)
        heading = try ExperimentHeading(request.study, preset: preset, on: data)
    }

    /// Did something change that must not?
    public var isBroken: Bool {
        controls.contains { $0?.verdict == .broken }
            || table.rows.indices.contains { table.isUnchanged(row: $0) == false }
    }
}

/// What an experiment trains, for the head of its report.
struct ExperimentHeading: Sendable {
    let study: Study
    let preset: String?
    let parameters: Int
    let training: Int
    let test: Int
    let updatesPerEpoch: Int

    init(_ study: Study, preset: String?, on data: DataSet) throws {
        let prepared = try PreparedStudy(study, data: data)
        self.study = prepared.study
        self.preset = preset
        parameters = try prepared.startingPoint(for: study.arithmetics[0]).network.parameterCount
        training = data.training.count
        test = data.test.count
        updatesPerEpoch = prepared.batches.updatesPerEpoch
    }

    /// Lines on network, data and training.
    ///
    /// - Parameter more: what else is told of the training.
    func lines(_ style: TextStyle, _ more: [String] = []) -> [String] {
        let optimizer = study.optimizer
        var training = ["\(Numbers.grouped(study.steps)) steps"]
        if let epochs = study.epochs { training = [Numbers.count(epochs, "epoch")] + training }
        training.append("lr \(optimizer.rate)")
        if study.schedule.description != "constant" { training.append(study.schedule.description) }
        if optimizer.momentum != Rational(0) {
            training.append("\(optimizer.nesterov ? "Nesterov " : "")momentum \(optimizer.momentum)")
        }
        if optimizer.weightDecay != Rational(0) { training.append("weight decay \(optimizer.weightDecay)") }
        if optimizer.scaledRate != .exact { training.append("lr k formed in binary64") }
        if let clip = study.clip { training.append("clip \(clip)") }
        let sections: [(String, [String])] = [
            ("preset", preset.map { [$0] } ?? []),
            ("model", [study.model.summary, Numbers.count(parameters, "parameter"), "init \(study.initializer)"]),
            (
                "data",
                [study.data, "\(Numbers.grouped(self.training)) samples to train on, \(Numbers.grouped(test)) to test"]
                    + (study.augmentation == .none ? [] : [study.augmentation.rawValue])
            ),
            (
                "batches",
                ["\(study.order) batches of \(study.batch)", Numbers.count(updatesPerEpoch, "update") + " an epoch"]
            ),
            ("training", training + more), ("run in", [study.arithmetics[0].description]),
        ]
        return sections.filter { !$0.1.isEmpty }.flatMap { Paragraph.lines($0.1, after: $0.0, style) }
    }
}
