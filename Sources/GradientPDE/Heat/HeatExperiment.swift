import Arithmetics
import Training

/// The heat equation for several time steps in several arithmetics.
public struct HeatExperiment: Sendable {
    /// The published ones: stable and unstable.
    public static let publishedTimeSteps = ["0.4", "0.8"]

    public let settings: PDESettings
    /// As written.
    public let timeSteps: [Rational]
    public let trajectories: [HeatTrajectory]
    /// What became 0 on the grid, a line each.
    public let notes: [String]

    /// Runs everything.
    ///
    /// - Parameter isCancelled: asked between updates; what was finished is kept.
    /// - Throws: `StudyError` for a time step that is not positive or overflows the grid.
    public init(
        timeSteps: [Rational], _ settings: PDESettings, isCancelled: () -> Bool = { false }
    ) throws(StudyError) {
        self.settings = settings
        self.timeSteps = timeSteps
        var trajectories: [HeatTrajectory] = []
        var notes: [String] = []
        for timeStep in timeSteps {
            guard Rational(0) < timeStep else { throw StudyError("dt: \(timeStep) is not above 0") }
            for name in settings.arithmetics {
                let grid = settings.grid(for: name)
                let dt = try grid.hyperparameter(timeStep, "dt")
                if let note = grid.note(timeStep, "dt"), !notes.contains(note) { notes.append(note) }
                let a = arithmetic(name, instructionSet: settings.instructionSet)
                trajectories.append(
                    HeatTrajectory.run(name, a, written: timeStep, timeStep: dt, grid, settings, isCancelled))
            }
        }
        self.trajectories = trajectories
        self.notes = notes
    }
}

/// What one run recorded.
public struct HeatTrajectory: Sendable {
    public let arithmetic: ArithmeticName
    /// dt as written, and on the grid.
    public let written: Rational
    public let timeStep: ExactValue
    public let grid: Format
    public let records: [Record]

    public struct Record: Sendable {
        public let step: Int
        /// All 31 nodes.
        public let values: [RecordedValue]
    }

    static func run(
        _ name: ArithmeticName, _ a: some Arithmetic, written: Rational, timeStep: ExactValue, _ grid: Format,
        _ settings: PDESettings, _ isCancelled: () -> Bool
    ) -> HeatTrajectory {
        let initial = ExactArray((0..<HeatEquation.nodes).map { grid.round(HeatEquation.tent($0)) })
        var run = HeatRun(timeStep: timeStep, initial: initial, in: a, threads: settings.threads)
        var records = [Record(step: 0, values: run.values)]
        while run.step < settings.steps, !isCancelled() {
            run.advance()
            if settings.records(run.step) { records.append(Record(step: run.step, values: run.values)) }
        }
        return HeatTrajectory(arithmetic: name, written: written, timeStep: timeStep, grid: grid, records: records)
    }
}
