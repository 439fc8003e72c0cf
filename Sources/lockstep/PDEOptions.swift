import ArgumentParser
import Arithmetics
import GradientPDE
import TensorFiles
import Training

/// What every `lockstep pde` subcommand takes.
struct PDEOptions: ParsableArguments {
    @Option(
        name: [.customShort("a"), .long],
        help: ArgumentHelp(
            "One of \(ArithmeticName.choices); then any of ,reduction=R ,accumulate=FORMAT ,round=D; repeatable. (default: float, double, mpfr:256)",
            valueName: "name"))
    var arithmetic: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where initial values and rates start: coarsest (numbers all arithmetics hold), exact (each its own) or a format. (default: coarsest)",
            valueName: "grid"))
    var grid: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Updates to make. (default: the published number)", valueName: "n"))
    var steps: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Record every so many steps, the first and the last. (default: 1)", valueName: "n"))
    var every: String?

    @Option(
        help: ArgumentHelp(
            "Save the curves (.csv), the figures (.svg, .png; needs gnuplot) and the last states there.",
            valueName: "dir"))
    var save: String?

    /// - Parameters:
    ///   - names: arithmetics where none is given.
    ///   - steps: updates where no number is given.
    /// - Throws: `StudyError`: one line.
    func settings(
        arithmetics names: [String] = ["float", "double", "mpfr:256"], steps defaultSteps: Int,
        _ machine: MachineOptions
    ) throws -> PDESettings {
        // Judged like the fields of a study.
        var study = Study()
        for name in arithmetic.isEmpty ? names : arithmetic { try study.set("arithmetics", to: name) }
        if let grid { try study.set("grid", to: grid) }
        return try PDESettings(
            arithmetics: study.arithmetics, grid: study.grid,
            steps: try steps.map { try wholeNumber($0, of: "steps", in: 0...10_000_000) } ?? defaultSteps,
            every: try every.map { try wholeNumber($0, of: "every", in: 1...10_000_000) } ?? 1,
            threads: try machine.threadCount(), instructionSet: try InstructionSet.selected())
    }

    /// Finds out before a long run that nothing could be saved. Makes the folder.
    func prepare() throws(FileError) {
        if let save { try prepareFolder(save) }
    }
}

/// Exact numbers out of a repeatable option; a text may hold several with commas between.
///
/// - Throws: `StudyError` for anything that is no decimal or quotient, and for a number given twice.
func exactNumbers(_ texts: [String], of option: String) throws(StudyError) -> [Rational] {
    var numbers: [Rational] = []
    for text in texts.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }) {
        guard let number = Rational(decimal: text) else {
            throw StudyError("\(option): \"\(text)\" is not a decimal or a quotient, such as 0.4 or 2/5")
        }
        guard !numbers.contains(number) else { throw StudyError("\(option): \(number) is given twice") }
        numbers.append(number)
    }
    return numbers
}
