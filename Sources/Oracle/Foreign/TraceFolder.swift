import Foundation
import TensorFiles
import Training

/// A folder in which a program left its training, by the names of its files: `initial`, `step-000001`, `gradients-000000`,
/// `momentum-000001`, `activations-000000`, each `.safetensors` or `.npz`, and `losses.txt` or `losses.npy`.
public struct TraceFolder: Sendable {
    public private(set) var initial: String?
    public private(set) var traces: [CheckRequest.StepFile] = []
    public private(set) var momentum: [CheckRequest.StepFile] = []
    public private(set) var gradients: [CheckRequest.StepFile] = []
    public private(set) var activations: [CheckRequest.StepFile] = []
    public private(set) var losses: String?

    /// - Throws: `FileError` when the folder cannot be read.
    public init(_ path: String) throws(FileError) {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
            throw FileError(path: path, problem: "is no folder that can be read")
        }
        for name in names {
            let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            if name == "losses.txt" || name == "losses.npy" { losses = file }
            guard let dot = name.lastIndex(of: "."), ["safetensors", "npz"].contains(name[name.index(after: dot)...])
            else { continue }
            let stem = name[..<dot]
            if stem == "initial" {
                initial = file
                continue
            }
            let parts = stem.split(separator: "-")
            guard parts.count == 2, let step = Int(parts[1]), step >= 0 else { continue }
            let entry = CheckRequest.StepFile(step: step, path: file)
            switch parts[0] {
            case "step": if step > 0 { traces.append(entry) }
            case "momentum": momentum.append(entry)
            case "gradients": gradients.append(entry)
            case "activations": activations.append(entry)
            default: break
            }
        }
    }
}
