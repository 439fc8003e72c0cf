import Arithmetics
import Training

/// The linear experiment: bounds of α predicted exactly, proved beside them, and run α by α and arithmetic by arithmetic.
public struct LinearExperiment: Sendable {
    public let linear: LinearSettings
    public let settings: PDESettings
    /// One for each Δt that takes part: one, unless every arithmetic has a grid of its own. Made by `run`.
    public private(set) var thresholds: [LinearThresholds] = []
    /// α outermost.
    public private(set) var trajectories: [LinearTrajectory] = []
    /// What became 0 on the grid, a line each.
    public let notes: [String]

    private struct Plan {
        let name: ArithmeticName
        let written: Rational
        let coefficients: LinearCoefficients
        let kernel: ExactArray
    }
    private let plans: [Plan]
    private let classes: PatchClasses

    /// Checks. `run` does the rest.
    ///
    /// - Throws: `StudyError` for numbers that overflow the grid, or a start that does not fit.
    public init(_ linear: LinearSettings, _ settings: PDESettings) throws(StudyError) {
        self.linear = linear
        self.settings = settings
        let network = linear.network
        if case .values(let values, let source) = linear.start {
            guard values.count == network.weights else {
                throw StudyError(
                    "init-from: \(source) holds \(values.count) numbers, but the kernel has \(network.weights)")
            }
            if let bad = values.firstNonFinite {
                throw StudyError("init-from: \(source)[\(bad)] is \(values[bad].hexadecimal); a kernel is finite")
            }
        }
        var plans: [Plan] = []
        var notes: [String] = []
        for written in linear.decays {
            for name in settings.arithmetics {
                let grid = settings.grid(for: name)
                let kernel = linear.start.kernel(weights: network.weights, on: grid)
                if let bad = kernel.firstNonFinite { throw StudyError("kernel: weight \(bad) overflows the grid") }
                let coefficients = try LinearCoefficients(linear, decay: written, settings, in: name)
                plans.append(Plan(name: name, written: written, coefficients: coefficients, kernel: kernel))
                for (number, field) in [(linear.timeStep, "dt"), (written, "alpha")] {
                    if let note = try settings.note(number, field, in: name), !notes.contains(note) {
                        notes.append(note)
                    }
                }
            }
        }
        self.plans = plans
        self.notes = notes
        classes = PatchClasses(network)
    }

    /// Updates of all trajectories.
    public var stepCount: Int { plans.count * settings.steps }
    public var isFinished: Bool { trajectories.count == plans.count }

    /// Runs what is left.
    ///
    /// - Parameter proceed: asked before each update, with the number of those that were made; false stops, and the trajectory at
    ///   hand is dropped.
    public mutating func run(_ proceed: (Int) -> Bool = { _ in true }) {
        for plan in plans where !thresholds.contains(where: { $0.timeStep == plan.coefficients.timeStep }) {
            thresholds.append(
                LinearThresholds(
                    linear.network, plan.coefficients, kernel: plan.kernel, classes,
                    instructionSet: settings.instructionSet))
        }
        for plan in plans.dropFirst(trajectories.count) {
            let made = trajectories.count * settings.steps
            let arithmetic = arithmetic(plan.name, instructionSet: settings.instructionSet)
            guard let trajectory = trajectory(plan, arithmetic, { proceed(made + $0) }) else { return }
            trajectories.append(trajectory)
        }
    }

    private func trajectory<A: Arithmetic>(
        _ plan: Plan, _ arithmetic: A, _ proceed: (Int) -> Bool
    ) -> LinearTrajectory? {
        var cell = LinearCell(
            plan.name, arithmetic, linear, written: plan.written, plan.coefficients, kernel: plan.kernel, classes,
            settings)
        for step in 0..<settings.steps {
            guard proceed(step) else { return nil }
            cell.advance()
        }
        return cell.finished()
    }
}
