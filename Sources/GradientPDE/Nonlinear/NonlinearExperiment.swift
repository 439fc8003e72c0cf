import Arithmetics
import Training

/// The nonlinear experiment: predicted by the reduced map, then run on the network, rate by rate and arithmetic by arithmetic.
public struct NonlinearExperiment: Sendable {
    public let nonlinear: NonlinearSettings
    public let settings: PDESettings
    /// Of the reduced map, with α as used in the first arithmetic.
    public let fixedPoints: FixedPoints
    /// One for each fixed point that can lose its stability, by rising z; those that could be proved.
    public let windows: [PeriodTwoWindow]
    /// One a rate.
    public let predictions: [NonlinearPrediction]
    /// Rates outermost.
    public private(set) var trajectories: [NonlinearTrajectory] = []
    /// What became 0 on the grid, a line each.
    public let notes: [String]

    private struct Plan {
        let name: ArithmeticName
        let written: Rational
        let rate, decay: ExactValue
        let kernel: ExactArray
        let grid: Format
    }
    private let plans: [Plan]
    private let classes: PatchClasses

    /// Predicts. `run` does the rest.
    ///
    /// - Throws: `StudyError` for numbers that overflow or vanish on the grid, or a start that does not fit.
    public init(_ nonlinear: NonlinearSettings, _ settings: PDESettings) throws(StudyError) {
        self.nonlinear = nonlinear
        self.settings = settings
        classes = PatchClasses(nonlinear.network)
        if case .values(let values, let source) = nonlinear.start {
            guard values.count == nonlinear.network.weights else {
                throw StudyError(
                    "init-from: \(source) holds \(values.count) numbers, but the kernel has \(nonlinear.network.weights)"
                )
            }
            if let bad = values.firstNonFinite {
                throw StudyError("init-from: \(source)[\(bad)] is \(values[bad].hexadecimal); a kernel is finite")
            }
        }
        var plans: [Plan] = []
        var notes: [String] = []
        for written in nonlinear.rates {
            for name in settings.arithmetics {
                let grid = settings.grid(for: name)
                let rate = try grid.hyperparameter(written, "lr")
                let decay = try grid.hyperparameter(nonlinear.decay, "alpha")
                for (number, exact, field) in [(rate, written, "lr"), (decay, nonlinear.decay, "alpha")]
                where number.kind == .zero {
                    throw StudyError("\(field): \(exact) is 0 on the grid; a finer --grid or a larger number is wanted")
                }
                let kernel = nonlinear.start.kernel(weights: nonlinear.network.weights, on: grid)
                if let bad = kernel.firstNonFinite {
                    throw StudyError("kernel: weight \(bad) overflows the grid")
                }
                plans.append(
                    Plan(name: name, written: written, rate: rate, decay: decay, kernel: kernel, grid: grid))
            }
        }
        self.plans = plans
        if let first = plans.first, (0..<first.kernel.count).allSatisfy({ first.kernel[$0].kind == .zero }) {
            notes.append("every weight is 0 on the grid")
        }
        self.notes = notes

        // The most precise start that is common to all speaks for all.
        func map(_ plan: Plan) -> ReducedMap {
            guard let rate = Rational(plan.rate), let decay = Rational(plan.decay) else {
                preconditionFailure("hyper-parameters are finite")
            }
            return ReducedMap(nonlinear.network, decay: decay, rate: rate)
        }
        let fixedPoints = FixedPoints(of: map(plans[0]))
        self.fixedPoints = fixedPoints
        let first = map(plans[0])
        windows = fixedPoints.points.compactMap { point in
            point.threshold == nil ? nil : PeriodTwoWindow(of: first, from: point)
        }
        predictions = nonlinear.rates.enumerated().map { i, written in
            let plan = plans[i * settings.arithmetics.count]
            return NonlinearPrediction(
                map(plan), written: written, from: nonlinear.network.projection(of: plan.kernel),
                fixedPoints: fixedPoints, steps: settings.steps)
        }
    }

    /// Updates of the first trajectory of every rate and arithmetic.
    public var stepCount: Int { plans.count * settings.steps }

    /// Runs what is left.
    ///
    /// - Parameter proceed: asked before each update, with the number of those that were made; false stops, and the trajectory at
    ///   hand is dropped.
    public mutating func run(_ proceed: (Int) -> Bool = { _ in true }) {
        for plan in plans.dropFirst(trajectories.count) {
            let made = trajectories.count * settings.steps
            let arithmetic = arithmetic(plan.name, instructionSet: settings.instructionSet)
            let hasRoom = arithmetic.format.precision >= 53 && !plan.name.isEnclosing
            let wide = hasRoom ? arithmetic : Binary64(instructionSet: settings.instructionSet)
            guard let trajectory = trajectory(plan, arithmetic, wide, { proceed(made + $0) }) else { return }
            trajectories.append(trajectory)
        }
    }

    public var isFinished: Bool { trajectories.count == plans.count }

    private func trajectory(
        _ plan: Plan, _ arithmetic: some Arithmetic, _ wide: some Arithmetic, _ proceed: (Int) -> Bool
    ) -> NonlinearTrajectory? {
        var cell = NonlinearCell(
            plan.name, arithmetic, wide: wide, nonlinear, written: plan.written, rate: plan.rate, decay: plan.decay,
            kernel: plan.kernel, grid: plan.grid, classes: classes, settings)
        for step in 0..<settings.steps {
            guard proceed(step) else { return nil }
            cell.advance()
        }
        return cell.finished()
    }
}

extension CheckerboardNetwork {
    /// ⟨c, K⟩ exactly, to 256 bits.
    func projection(of kernel: ExactArray) -> ExactValue {
        func project<A: Arithmetic>(_ arithmetic: A) -> ExactValue {
            var a = arithmetic
            return a.exactValue(a.dot(patch(in: a).elements.span, a.array(kernel).span))
        }
        return project(mpfrArithmetic(precision: NonlinearPrediction.precision))
    }
}
