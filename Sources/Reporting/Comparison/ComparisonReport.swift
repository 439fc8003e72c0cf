import Arithmetics
import Comparison
import Networks
import TensorFiles
import Training

/// A comparison as it is shown: the study, where it ran, and what was found, up to the step that was reached.
public struct ComparisonReport: Sendable {
    public let study: Study
    public let result: ComparisonFindings
    public let options: ComparisonOptions
    public let environment: RunEnvironment
    /// Stopped by the user before its last step.
    public let isInterrupted: Bool
    /// Updates made.
    public let step: Int
    public let data: DataSummary
    public let network: Network
    /// The numbers of the grid that were used: one entry for all arithmetics, or one for each where the grid is `exact`.
    public let startingValues: [StartingValues]

    public struct DataSummary: Sendable {
        public let training: Int
        public let test: Int
        public let updatesPerEpoch: Int
    }

    public init(_ comparison: LockstepRuns, _ environment: RunEnvironment, isInterrupted: Bool) throws {
        let prepared = comparison.prepared
        let study = prepared.study
        self.study = study
        result = comparison.result
        options = comparison.options
        step = comparison.step
        self.environment = environment
        self.isInterrupted = isInterrupted
        data = DataSummary(
            training: prepared.data.training.count, test: prepared.data.test.count,
            updatesPerEpoch: prepared.batches.updatesPerEpoch)
        let names = study.participants
        network = try prepared.startingPoint(for: names[0]).network
        let groups = study.grid == .exact ? names.map { [$0] } : [names]
        startingValues = try groups.map { group in
            StartingValues(
                arithmetics: group, try prepared.startingPoint(for: group[0]), study,
                updatesPerEpoch: prepared.batches.updatesPerEpoch)
        }
    }
}

extension ComparisonReport {
    /// What was compared, in one line.
    public var title: String {
        "\(study.model.text) on \(study.data), error against \(result.reference?.arithmetic ?? "itself")"
    }
}

/// The numbers that a study's hyper-parameters became on the grid.
public struct StartingValues: Sendable {
    public let arithmetics: [ArithmeticName]
    public let grid: Format
    /// Of update 0.
    public let rate: ExactValue
    public let momentum: ExactValue
    public let weightDecay: ExactValue
    public let clip: ExactValue?
    /// What became 0 there.
    public let notes: [String]

    init(arithmetics: [ArithmeticName], _ point: StartingPoint, _ study: Study, updatesPerEpoch: Int) {
        self.arithmetics = arithmetics
        grid = point.grid
        rate = study.schedule.rate(
            study.optimizer.rate, update: 0, updatesPerEpoch: updatesPerEpoch, grid: point.grid)
        momentum = point.momentum
        weightDecay = point.weightDecay
        clip = point.clip
        notes = point.notes
    }

    var json: JSONValue {
        [
            "arithmetics": JSONValue(arithmetics.map { JSONValue($0.description) }),
            "grid": [
                "precision": JSONValue(grid.precision), "emin": grid.range.map { JSONValue($0.emin) } ?? .null,
                "emax": grid.range.map { JSONValue($0.emax) } ?? .null,
            ],
            "lr": rate.json, "momentum": momentum.json, "weight-decay": weightDecay.json,
            "clip": clip.map(\.json) ?? .null, "notes": JSONValue(notes.map { JSONValue($0) }),
        ]
    }
}
