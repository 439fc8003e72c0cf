import ArgumentParser
import Arithmetics
import Foundation
import Perturbation
import TensorFiles
import Training

/// What `lockstep perturb` asks beside the study.
struct PerturbOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Settings by name: \(Preset.allCases.map(\.rawValue).joined(separator: ", ")); files and flags win over them.",
            valueName: "name"))
    var preset: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Columns of the table. (default: the preset's, or 1,2,3)", valueName: "1,2,..."))
    var seeds: String?

    @Option(
        help: ArgumentHelp(
            "What a seed decides: all, or the order of the samples alone, with the weights of --init-seed. (default: all)",
            valueName: "all|order"))
    var vary: String?

    @Option(
        help: ArgumentHelp(
            "A further row: \(RoundingPerturbation.forms), or none; repeatable. (default: the preset's)",
            valueName: "how"))
    var perturb: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Epochs at the end whose accuracies are averaged. (default: the preset's, or 1)", valueName: "n"))
    var lastEpochs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Powers of two that must change no bit, in float and double; or none. (default: 2,4,8)",
            valueName: "2,4,..."))
    var controlK: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Updates that controls compare. (default: the preset's, or all)", valueName: "n"))
    var controlSteps: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Instead of the table: two k side by side at these fractions of the rate, n times as long.",
            valueName: "2,4,8,..."))
    var learningRates: String?

    @Option(help: ArgumentHelp("Tensor of that figure. (default: all weights)", valueName: "name"))
    var tensor: String?

    @Option(
        help: ArgumentHelp(
            "Instead of the table: two k side by side, and which tensors and steps carry the growth, as colours.",
            valueName: "file"))
    var heatMap: String?

    @Option(help: ArgumentHelp("The same of the share of error that each step adds.", valueName: "file"))
    var localMap: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measure the map every so many steps. (default: 1)", valueName: "n"))
    var measureEvery: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Cells at once, one thread each. (default: number of cores)", valueName: "n"))
    var jobs: String?

    enum Experiment { case table, rates, map }

    /// - Throws: `StudyError` for options that do not go together.
    func experiment() throws(StudyError) -> Experiment {
        let isMap = heatMap != nil || localMap != nil
        if isMap, learningRates != nil {
            throw StudyError(
                "learning-rates: given beside \(heatMap != nil ? "heat-map" : "local-map"); one experiment at a time")
        }
        let experiment: Experiment = learningRates != nil ? .rates : isMap ? .map : .table
        let given: [(String, Bool, [Experiment])] = [
            ("seeds", seeds != nil, [.table]), ("vary", vary != nil, [.table]), ("perturb", !perturb.isEmpty, [.table]),
            ("last-epochs", lastEpochs != nil, [.table]), ("control-k", controlK != nil, [.table]),
            ("control-steps", controlSteps != nil, [.table]), ("tensor", tensor != nil, [.rates]),
            ("measure-every", measureEvery != nil, [.map]),
        ]
        if let stray = given.first(where: { $0.1 && !$0.2.contains(experiment) }) {
            let wanted = [
                Experiment.table: "the table of accuracies", .rates: "--learning-rates",
                .map: "--heat-map or --local-map",
            ]
            throw StudyError("\(stray.0): belongs to \(wanted[stray.2[0]] ?? "")")
        }
        return experiment
    }

    func chosenPreset() throws(StudyError) -> Preset? {
        guard let text = preset else { return nil }
        guard let found = Preset(rawValue: text) else {
            let known = Preset.allCases.map(\.rawValue).joined(separator: ", ")
            throw StudyError("preset: \"\(text)\" is none of \(known)")
        }
        return found
    }

    func orderAlone() throws(StudyError) -> Bool {
        switch vary {
        case nil, "all": return false
        case "order": return true
        case let text?: throw StudyError("vary: \"\(text)\" is none of all, order")
        }
    }

    func others(_ preset: Preset?) throws(StudyError) -> [RoundingPerturbation] {
        if perturb == ["none"] { return [] }
        var all: [RoundingPerturbation] = []
        for text in perturb.isEmpty ? preset?.others ?? [] : perturb { all.append(try RoundingPerturbation(text)) }
        return all
    }

    func jobCount() throws(StudyError) -> Int {
        guard let jobs else { return max(1, ProcessInfo.processInfo.activeProcessorCount) }
        return try wholeNumber(jobs, of: "jobs", in: 1...256)
    }
}

/// Whole numbers with commas between.
func wholeNumbers(_ text: String, of option: String, in range: ClosedRange<Int>) throws(StudyError) -> [Int] {
    var all: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        all.append(try wholeNumber(String(part), of: option, in: range))
    }
    return all
}
