import Arithmetics
import Training

/// The heat equation for several time steps in several arithmetics: what is predicted, and what happens.
public struct HeatExperiment: Sendable {
    /// The published ones: stable and unstable.
    public static let publishedTimeSteps = ["0.4", "0.8"]
    public static let publishedSteps = 100

    public let settings: PDESettings
    /// As written.
    public let timeSteps: [Rational]
    public let threshold: HeatThreshold
    /// One a time step and arithmetic, time steps outermost.
    public private(set) var trajectories: [HeatTrajectory] = []
    /// What became 0 on the grid, a line each.
    public let notes: [String]

    private struct Plan {
        let name: ArithmeticName
        let written: Rational
        let timeStep: ExactValue
    }
    private let plans: [Plan]
    private let measure: HeatTrajectory.Measurement

    /// Proves and shows the threshold. `run` does the rest.
    ///
    /// - Throws: `StudyError` for a time step that is not positive or overflows the grid.
    public init(
        timeSteps: [Rational], _ settings: PDESettings, measure: HeatTrajectory.Measurement = .init()
    ) throws(StudyError) {
        self.settings = settings
        self.measure = measure
        self.timeSteps = timeSteps
        var plans: [Plan] = []
        var notes: [String] = []
        for written in timeSteps {
            guard Rational(0) < written else { throw StudyError("dt: \(written) is not above 0") }
            for name in settings.arithmetics {
                plans.append(
                    Plan(name: name, written: written, timeStep: try settings.hyperparameter(written, "dt", in: name)))
                if let note = try settings.note(written, "dt", in: name), !notes.contains(note) { notes.append(note) }
            }
        }
        self.plans = plans
        self.notes = notes
        threshold = HeatThreshold(instructionSet: settings.instructionSet)
    }

    /// Updates of all trajectories.
    public var stepCount: Int { plans.count * settings.steps }
    public var isFinished: Bool { trajectories.count == plans.count }

    /// Runs what is left.
    ///
    /// - Parameter proceed: asked before each update, with the number of those that were made; false stops, and the trajectory at
    ///   hand is dropped.
    public mutating func run(_ proceed: (Int) -> Bool = { _ in true }) {
        for plan in plans.dropFirst(trajectories.count) {
            let made = trajectories.count * settings.steps
            let known = trajectories.first { $0.timeStep == plan.timeStep }?.prediction
            let prediction = known ?? HeatPrediction(timeStep: plan.timeStep)
            let a = arithmetic(plan.name, instructionSet: settings.instructionSet)
            let trajectory = HeatTrajectory.run(plan.name, a, written: plan.written, prediction, settings, measure) {
                proceed(made + $0)
            }
            guard let trajectory else { return }
            trajectories.append(trajectory)
        }
    }
}

/// One run: what it recorded, and what that says.
public struct HeatTrajectory: Sendable {
    public let arithmetic: ArithmeticName
    /// dt as written; as used it is `prediction.timeStep`.
    public let written: Rational
    public let prediction: HeatPrediction
    public let records: [Record]
    /// The first recorded step with a value that is not finite.
    public let firstNonFinite: Int?
    /// Lyapunov exponent from the tangent map; nil in an enclosing arithmetic, whose vector has no length.
    public private(set) var tangent: LyapunovEstimate?
    /// The same from a second run that starts half the digits apart, over the second half of the steps that its distance can
    /// be told; nil also where the two became identical too soon.
    public private(set) var twoTrajectories: LyapunovEstimate?
    /// The step from which on both runs were identical.
    public private(set) var mergedAt: Int?
    public private(set) var modes: [ModeGrowth] = []

    public struct Record: Sendable {
        public let step: Int
        /// All 31 nodes.
        public let values: [RecordedValue]

        /// The largest |u|; of enclosures, the largest bound.
        public var peak: Double {
            values.map { value in
                value.bounds.map { max(abs($0.lower.double), abs($0.upper.double)) } ?? abs(value.double)
            }.max { $0 < $1 || $1.isNaN } ?? 0
        }
    }

    /// Updates of the tangent vector that come before its measurement, for the mode of most growth to leave the others behind,
    /// and that are measured; as many in all of two trajectories.
    public struct Measurement: Sendable {
        public var transient: Int
        public var measured: Int

        public init(transient: Int = 1000, measured: Int = 1000) {
            self.transient = transient
            self.measured = measured
        }
    }

    public var timeStep: ExactValue { prediction.timeStep }

    /// What the run shows, by the tangent exponent's interval; nil without one.
    public var behaviour: Behaviour? {
        guard let exponent = tangent?.exponent else { return nil }
        return exponent.high < 0 ? .decays : exponent.low > 0 ? .blowsUp : .undecided
    }

    static func run<A: Arithmetic>(
        _ name: ArithmeticName, _ a: A, written: Rational, _ prediction: HeatPrediction, _ settings: PDESettings,
        _ measure: Measurement, _ proceed: (Int) -> Bool
    ) -> HeatTrajectory? {
        let grid = settings.grid(for: name)
        let initial = ExactArray((0..<HeatEquation.nodes).map { grid.round(HeatEquation.tent($0)) })
        let timeStep = prediction.timeStep
        var run = HeatRun(timeStep: timeStep, initial: initial, in: a, threads: settings.threads)
        var records = [Record(step: 0, values: run.values)]
        while run.step < settings.steps {
            guard proceed(run.step) else { return nil }
            run.advance()
            if settings.records(run.step) { records.append(Record(step: run.step, values: run.values)) }
        }
        var trajectory = HeatTrajectory(
            arithmetic: name, written: written, prediction: prediction, records: records,
            firstNonFinite: records.first { !$0.values.allSatisfy(\.isFinite) }?.step)
        trajectory.modes = trajectory.modes(prediction)
        guard !name.isEnclosing else { return trajectory }
        let (transient, measured) = (measure.transient, measure.measured)
        let growths = heatTangentGrowths(timeStep: timeStep, in: a, steps: transient + measured, transient: transient)
        trajectory.tangent = LyapunovEstimate(growths, .tangent)
        let twin = HeatTwin(timeStep: timeStep, initial: initial, in: a, steps: transient + measured)
        trajectory.mergedAt = twin.mergedAt
        trajectory.twoTrajectories = LyapunovEstimate(twin.growths, .twoTrajectories, transient: twin.growths.count / 2)
        return trajectory
    }
}
