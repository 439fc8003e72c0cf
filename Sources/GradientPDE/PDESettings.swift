import Arithmetics
import Training

/// What every experiment of this room takes besides its own numbers: arithmetics side by side, where their numbers start, and
/// how far to go.
public struct PDESettings: Sendable {
    public let arithmetics: [ArithmeticName]
    public let grid: GridChoice
    /// Updates to make.
    public let steps: Int
    /// Record every so many steps, besides the first and the last.
    public let every: Int
    /// Never changes a result.
    public let threads: Int
    public let instructionSet: InstructionSet

    /// - Throws: `StudyError` where no arithmetic is named, one is named twice, or one has another for its weights.
    public init(
        arithmetics: [ArithmeticName], grid: GridChoice = .coarsest, steps: Int, every: Int = 1, threads: Int = 1,
        instructionSet: InstructionSet = .best
    ) throws(StudyError) {
        precondition(steps >= 0 && every >= 1 && threads >= 1, "negative counts")
        guard !arithmetics.isEmpty else {
            throw StudyError("arithmetics: none given; name at least one, such as float, double or mpfr:256")
        }
        for (i, name) in arithmetics.enumerated() {
            guard !arithmetics[..<i].contains(name) else { throw StudyError("arithmetics: \(name) is given twice") }
            guard name.master == nil else {
                throw StudyError("arithmetics: \"\(name)\": master= is for training; leave it out")
            }
        }
        self.arithmetics = arithmetics
        self.grid = grid
        self.steps = steps
        self.every = every
        self.threads = threads
        self.instructionSet = instructionSet
    }

    /// Where the numbers of one arithmetic start: contract, section 5.
    public func grid(for name: ArithmeticName) -> Format {
        switch grid {
        case .coarsest: .coarsest(arithmetics.map(\.format))
        case .exact: name.format
        case .format(_, let format): format
        }
    }

    /// A hyper-parameter as one arithmetic has it: onto the grid, and rounded once more, to nearest, where the arithmetic does not
    /// hold the grid's number.
    ///
    /// - Throws: `StudyError` where it overflows either.
    func hyperparameter(_ exact: Rational, _ field: String, in name: ArithmeticName) throws(StudyError) -> ExactValue {
        let onGrid = try grid(for: name).hyperparameter(exact, field)
        guard let rational = Rational(onGrid) else { preconditionFailure("a number of the grid is finite") }
        return try name.format.hyperparameter(rational, field)
    }

    /// What the user is told of a hyper-parameter that one arithmetic has only 0 for; nil for all others.
    func note(_ exact: Rational, _ field: String, in name: ArithmeticName) throws(StudyError) -> String? {
        guard exact != Rational(0), try hyperparameter(exact, field, in: name).kind == .zero else { return nil }
        return "\(field) \(exact) is 0 on the grid"
    }

    /// Is the state after `step` updates part of the result?
    public func records(_ step: Int) -> Bool { step % every == 0 || step == steps }
}

extension Format {
    /// A hyper-parameter on this grid, by one rounding to nearest.
    ///
    /// - Throws: `StudyError` where it overflows.
    func hyperparameter(_ exact: Rational, _ name: String) throws(StudyError) -> ExactValue {
        let value = round(exact)
        guard value.isFinite else {
            throw StudyError(
                "\(name): \(exact) overflows the grid, whose largest number is \(largest.decimal(digits: 6))")
        }
        return value
    }
}
