import Arithmetics
import Foundation
import TensorFiles
import Training

// Folders that can be compared: a checkpoint (a folder with progress.json, or one with such folders step-N in it); steps of one
// run (initial, step-N and what TraceFolder knows); and what `compare --save` makes, one folder of steps for each arithmetic.

extension Recording {
    static func folder(_ path: String) throws -> (Kind, [Series]) {
        let names = try entries(of: path)
        if names.contains("progress.json") { return (.checkpoint, try checkpoint(path, names)) }
        let newest = names.compactMap { name in
            name.hasPrefix("step-") && exists("\(path)/\(name)/progress.json") ? Int(name.dropFirst(5)) : nil
        }.max()
        if let newest {
            let inner = "\(path)/step-\(newest)"
            return (.checkpoint, try checkpoint(inner, entries(of: inner)))
        }
        let own = path.split(separator: "/").last.flatMap { arithmetic(ofFolder: String($0)) }
        let steps = try folderSteps(path, names, own)
        if !steps.isEmpty { return (.folder, [Series(arithmetic: own?.description, steps: steps)]) }
        var series: [Series] = []
        for name in names where isFolder("\(path)/\(name)") {
            let inner = "\(path)/\(name)"
            let arithmetic = arithmetic(ofFolder: name)
            let steps = try folderSteps(inner, entries(of: inner), arithmetic)
            if steps.isEmpty { continue }
            series.append(Series(arithmetic: arithmetic?.description ?? name, steps: steps))
        }
        guard !series.isEmpty else {
            throw FileError(
                path: path, problem: "holds no steps",
                remedy: "expected initial or step-N .safetensors, .npz or .json, folders of them, or a checkpoint")
        }
        return (.savedRuns, series)
    }

    /// The files of a folder by the step that they belong to.
    private static func folderSteps(
        _ path: String, _ names: [String], _ arithmetic: ArithmeticName?
    ) throws -> [RecordedStep] {
        var files: [Int: [RecordedStep.File]] = [:]
        var weights: [Int: String] = [:]
        for name in names {
            guard let parsed = StepFileName(name), !isFolder("\(path)/\(name)") else { continue }
            let step = parsed.step
            if parsed.suffix.isEmpty {
                if let other = weights.updateValue(name, forKey: step) {
                    throw FileError(path: path, problem: "\(other) and \(name) are both weights of step \(step)")
                }
            }
            files[step, default: []].append(
                RecordedStep.File(path: "\(path)/\(name)", suffix: parsed.suffix, arithmetic: arithmetic))
        }
        guard !files.isEmpty else { return [] }
        let losses = try TraceFolder(path).losses.map { try ForeignLosses($0) }
        // Loss t is that of update t, which leads to step t + 1.
        for step in (losses?.values ?? []).indices where files[step + 1] == nil { files[step + 1] = [] }
        return files.keys.sorted().map { step in
            let loss = losses.flatMap { losses -> RecordedStep.Loss? in
                guard step > 0, step <= losses.values.count else { return nil }
                let value = ExactValue(losses.values[step - 1])
                return losses.format == nil ? .printed(value) : .exact(value)
            }
            return RecordedStep(number: step, files: files[step] ?? [], loss: loss)
        }
    }

    /// `progress.json` and one file for each run.
    private static func checkpoint(_ path: String, _ names: [String]) throws -> [Series] {
        let progress = "\(path)/progress.json"
        let root = try JSONValue(parsing: readFile(progress), path: progress)
        guard let step = root["step"]?.int, let yaml = root["study"]?.string else {
            throw FileError(path: progress, problem: "is no checkpoint's", remedy: "it lacks step or study")
        }
        let study: Study
        do { study = try Study(yaml: yaml, path: progress) } catch {
            throw FileError(path: progress, problem: "its study cannot be read (\(error))")
        }
        let known = study.arithmetics + [study.reference].compactMap { $0 }
        var runs: [(number: Int, series: Series)] = []
        for name in names {
            guard name.hasSuffix(".safetensors") || name.hasSuffix(".json"), let dash = name.firstIndex(of: "-"),
                let dot = name.lastIndex(of: "."), dash < dot, let number = Int(name[..<dash])
            else { continue }
            let folder = String(name[name.index(after: dash)..<dot])
            let arithmetic =
                known.first { TensorStore.folderName(for: $0) == folder } ?? arithmetic(ofFolder: folder)
            let file = RecordedStep.File(path: "\(path)/\(name)", arithmetic: arithmetic)
            runs.append(
                (
                    number,
                    Series(
                        arithmetic: arithmetic?.description ?? folder,
                        steps: [RecordedStep(number: step, files: [file])])
                ))
        }
        guard !runs.isEmpty else { throw FileError(path: path, problem: "holds no states beside progress.json") }
        return runs.sorted { $0.number < $1.number }.map(\.series)
    }

    /// The arithmetic that a folder of `compare --save` is named after, where its name still shows it: a choice among those
    /// that give this name could not be made by the name alone.
    private static func arithmetic(ofFolder name: String) -> ArithmeticName? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.first == "mpfr", parts.count <= 3 else { return try? ArithmeticName(name) }
        return try? ArithmeticName("mpfr:" + parts.dropFirst().joined(separator: "@"))
    }

    private static func entries(of path: String) throws(FileError) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
            throw FileError(path: path, problem: "is no folder that can be read")
        }
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}

/// What a file's name says: `initial`, `step-000100`, `momentum-100`, and of update t, which leads to step t + 1,
/// `gradients-99` and `activations-99`.
struct StepFileName {
    let step: Int
    let suffix: String

    init?(_ name: String) {
        guard let dot = name.lastIndex(of: "."),
            ["safetensors", "npz", "json"].contains(name[name.index(after: dot)...])
        else { return nil }
        let stem = name[..<dot]
        if stem == "initial" {
            (step, suffix) = (0, "")
            return
        }
        let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[1]), (0..<1 << 40).contains(number) else { return nil }
        switch parts[0] {
        case "step": (step, suffix) = (number, "")
        case "momentum": (step, suffix) = (number, ".momentum")
        case "gradients": (step, suffix) = (number + 1, ".gradient")
        case "activations": (step, suffix) = (number + 1, ".activation")
        default: return nil
        }
    }

    /// The step, where the file holds weights.
    var weightsStep: Int? { suffix.isEmpty ? step : nil }
}
