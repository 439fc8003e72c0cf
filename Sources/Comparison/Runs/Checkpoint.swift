import Arithmetics
import Foundation
import TensorFiles
import Training

/// A comparison on disk: the states of all runs and the records so far, so that a resumed run gives the same bits as an
/// unbroken one. A checkpoint is a folder `step-N` inside the folder the user names; it is written beside the old one and
/// takes its place by rename when complete.
public struct Checkpoint: Sendable {
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// Step of the newest checkpoint, nil when there is none.
    public var newestStep: Int? { Checkpoint.steps(in: folder).max() }

    /// The file beside the states.
    private struct Progress: Codable {
        var contract: Int
        var study: String
        var trust: Bool
        var decompose: Bool
        var decomposeTensors: Bool
        var measureEvery: Int
        var evaluateEvery: String?
        var pendingLosses: PendingLosses
        var step: Int
        var result: ComparisonFindings
        var amplifications: [[Double]?]
        /// SHA-256 of each run's file, the trust run's too.
        var digests: [String]
        /// nil in checkpoints that are older than tangents.
        var lyapunov: Bool?
    }

    /// Writes the present state of a comparison; the one before is removed when it is complete.
    ///
    /// - Throws: `FileError`; the checkpoint before is still there then, and nothing half-written.
    public func write(_ comparison: LockstepRuns) throws(FileError) {
        try makeFolder(folder)
        let final = "\(folder)/step-\(comparison.step)"
        let temporary = final + ".partial"
        try? FileManager.default.removeItem(atPath: temporary)
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        try makeFolder(temporary)
        try writeFiles(comparison, to: temporary)
        do {
            if FileManager.default.fileExists(atPath: final) { try FileManager.default.removeItem(atPath: final) }
            try FileManager.default.moveItem(atPath: temporary, toPath: final)
        } catch {
            throw FileError(path: final, problem: "cannot be written: \(error.localizedDescription)")
        }
        for other in Checkpoint.steps(in: folder) where other != comparison.step {
            try? FileManager.default.removeItem(atPath: "\(folder)/step-\(other)")
        }
    }

    private func writeFiles(_ comparison: LockstepRuns, to folder: String) throws(FileError) {
        let names = comparison.tensorNamesAndShapes
        var digests: [String] = []
        for (i, run) in comparison.runs.enumerated() {
            let state = run.state
            var tensors: [TensorStore.NamedTensor] = []
            for (t, (name, shape)) in names.enumerated() {
                tensors.append(
                    TensorStore.NamedTensor(
                        name: name, shape: shape, values: state.parameters[t],
                        bounds: state.parameterBounds.isEmpty ? nil : state.parameterBounds[t]))
                if t < state.momentum.count {
                    tensors.append(
                        TensorStore.NamedTensor(
                            name: name + ".momentum", shape: shape, values: state.momentum[t],
                            bounds: state.momentumBounds.isEmpty ? nil : state.momentumBounds[t]))
                }
            }
            for (t, (name, shape)) in comparison.statisticNamesAndShapes.enumerated() {
                tensors.append(
                    TensorStore.NamedTensor(
                        name: name, shape: shape, values: state.statistics[t],
                        bounds: state.statisticBounds.isEmpty ? nil : state.statisticBounds[t]))
            }
            if let tangent = run.tangent {
                func add(_ values: [ExactArray], _ named: [(name: String, shape: [Int])], _ ending: String) {
                    for (values, (name, shape)) in zip(values, named) {
                        tensors.append(TensorStore.NamedTensor(name: name + ending, shape: shape, values: values))
                    }
                }
                add(tangent.parameters, names, ".tangent")
                add(tangent.momentum, names, ".momentum.tangent")
                add(tangent.statistics, comparison.statisticNamesAndShapes, ".tangent")
            }
            let file = stateFile(folder, i, run.name)
            try TensorStore.write(tensors, of: run.name, to: file)
            digests.append(Digest.hexadecimal(of: try readFile(file)))
        }
        let progress = Progress(
            contract: contractVersion, study: comparison.prepared.study.yaml, trust: comparison.options.trust,
            decompose: comparison.options.decompose, decomposeTensors: comparison.options.decomposeTensors,
            measureEvery: comparison.options.measureEvery,
            evaluateEvery: comparison.options.evaluateEvery?.description, pendingLosses: comparison.pendingLosses,
            step: comparison.step, result: comparison.result, amplifications: comparison.amplifications,
            digests: digests, lyapunov: comparison.options.lyapunov)
        let path = "\(folder)/progress.json"
        let data: Data
        do { data = try Checkpoint.encoder.encode(progress) } catch {
            throw FileError(path: path, problem: "cannot be encoded: \(error.localizedDescription)")
        }
        try writeAtomically(path, Array(data))
    }

    /// Puts a fresh comparison of the same study where the newest checkpoint left off.
    ///
    /// - Throws: `FileError` when there is no checkpoint or it cannot be read; `StudyError` when it is of another study.
    public func resume(_ comparison: inout LockstepRuns) throws {
        guard let step = newestStep else {
            throw FileError(path: folder, problem: "holds no checkpoint", remedy: "leave --resume out to begin anew")
        }
        let path = "\(folder)/step-\(step)"
        let progress: Progress
        do {
            progress = try Checkpoint.decoder.decode(Progress.self, from: Data(try readFile("\(path)/progress.json")))
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(
                path: "\(path)/progress.json", problem: "is damaged", remedy: "leave --resume out to begin anew")
        }
        guard progress.contract == contractVersion else {
            throw StudyError(
                "\(path): is of contract version \(progress.contract); this program's is \(contractVersion)")
        }
        let ours = comparison.prepared.study.yaml
        if progress.study != ours {
            let theirs = progress.study.split(separator: "\n")
            let line = ours.split(separator: "\n").first { !theirs.contains($0) }
            throw StudyError("\(path): is of another study\(line.map { "; it lacks \"\($0)\"" } ?? "")")
        }
        let options = comparison.options
        guard progress.trust == options.trust, progress.decompose == options.decompose,
            progress.decomposeTensors == options.decomposeTensors, progress.measureEvery == options.measureEvery,
            progress.evaluateEvery == options.evaluateEvery?.description
        else {
            throw StudyError(
                "\(path): was made with other --trust, --decompose, --local-map, --measure-every or --evaluate-every")
        }
        guard (progress.lyapunov ?? false) == options.lyapunov else {
            throw StudyError("\(path): was made \(options.lyapunov ? "without" : "with") --lyapunov")
        }
        let names = comparison.tensorNamesAndShapes
        for i in comparison.runs.indices {
            let file = stateFile(path, i, comparison.runs[i].name)
            guard progress.digests.indices.contains(i),
                Digest.hexadecimal(of: try readFile(file)) == progress.digests[i]
            else { throw FileError(path: file, problem: "is damaged", remedy: "leave --resume out to begin anew") }
            let tensors = try TensorStore.read(file)
            func find(_ name: String, _ shape: [Int]) throws(FileError) -> ExactArray? {
                guard let tensor = tensors.first(where: { $0.name == name }) else { return nil }
                guard tensor.shape == shape else {
                    throw FileError(path: file, place: name, problem: "has shape \(tensor.shape), not \(shape)")
                }
                return tensor.values
            }
            // Bounds stand for an enclosing run: what is adopted of them are the bounds, and the values are not looked at.
            let isEnclosing = comparison.runs[i].name.isEnclosing
            let suffixes = isEnclosing ? [".lower", ".upper"] : [""]
            /// Values, or the bounds, of some tensors; of optional ones those that are there.
            func read(
                _ named: [(name: String, shape: [Int])], _ ending: String = "", isOptional: Bool = false
            ) throws(FileError) -> (values: [ExactArray], bounds: [Enclosure]) {
                var found: (values: [ExactArray], bounds: [Enclosure]) = ([], [])
                for (name, shape) in named {
                    var parts: [ExactArray] = []
                    for suffix in suffixes {
                        if let part = try find(name + ending + suffix, shape) {
                            parts.append(part)
                        } else if !isOptional {
                            throw FileError(path: file, place: name + ending + suffix, problem: "is missing")
                        }
                    }
                    guard parts.count == suffixes.count else { continue }
                    found.values.append(parts[0])
                    if isEnclosing { found.bounds.append(Enclosure(lower: parts[0], upper: parts[1])) }
                }
                return found
            }
            let weights = try read(names)
            let momentum = try read(names, ".momentum", isOptional: true)
            let statistics = try read(comparison.statisticNamesAndShapes)
            comparison.runs[i].adopt(
                ExactState(
                    step: step, parameters: weights.values, momentum: momentum.values, statistics: statistics.values,
                    parameterBounds: weights.bounds, momentumBounds: momentum.bounds,
                    statisticBounds: statistics.bounds))
            if comparison.runs[i].tangent != nil {
                comparison.runs[i].setTangent(
                    ExactState(
                        step: step, parameters: try read(names, ".tangent").values,
                        momentum: try read(names, ".momentum.tangent", isOptional: true).values,
                        statistics: try read(comparison.statisticNamesAndShapes, ".tangent").values))
            }
        }
        guard progress.step == step, progress.result.runs.map(\.arithmetic) == comparison.result.runs.map(\.arithmetic),
            progress.amplifications.count == comparison.amplifications.count,
            progress.pendingLosses.sums.count == comparison.pendingLosses.sums.count
        else { throw FileError(path: "\(path)/progress.json", problem: "is damaged") }
        comparison.step = step
        comparison.result = progress.result
        comparison.amplifications = progress.amplifications
        comparison.pendingLosses = progress.pendingLosses
    }

    private func stateFile(_ folder: String, _ index: Int, _ name: ArithmeticName) -> String {
        "\(folder)/\(index)-\(TensorStore.folderName(for: name)).\(TensorStore.pathExtension(for: name))"
    }

    private static func steps(in folder: String) -> [Int] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return entries.compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return decoder
    }
}

/// Makes a folder and those above it, if they are not there.
func makeFolder(_ path: String) throws(FileError) {
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw FileError(
            path: path, problem: "cannot be made: \(error.localizedDescription)",
            remedy: "name a folder that can be written")
    }
}
