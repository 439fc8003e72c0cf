import Arithmetics
import Foundation
import TensorFiles
import Training

/// One side of a diff: steps of tensors, from whatever was saved. Tensors are read when a step is asked for.
public struct Recording: Sendable {
    public enum Kind: String, Sendable {
        case file = "tensor file"
        case folder = "folder of steps"
        case savedRuns = "saved runs"
        case checkpoint
        case trace = "golden trace"
    }

    /// What was saved in one arithmetic, or by another program.
    public struct Series: Sendable {
        /// nil where there is only one and nothing names it.
        public let arithmetic: String?
        let steps: [RecordedStep]

        /// Steps that are there; nil for a file without a number.
        public var numbers: [Int?] { steps.map(\.number) }
    }

    public let path: String
    public let kind: Kind
    public let series: [Series]
    /// The trace itself, whose study and data can be compared too.
    let trace: Trace?

    /// Finds out what a path holds.
    ///
    /// - Throws: `FileError`, `TraceError`: one line.
    public init(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard !path.isEmpty, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError(path: path, problem: path.isEmpty ? "the path is empty" : "no such file or folder")
        }
        self.path = path
        if isFolder.boolValue {
            (kind, series) = try Recording.folder(path)
            trace = nil
        } else if ["safetensors", "npz", "npy", "json"].contains(where: { path.hasSuffix("." + $0) }) {
            kind = .file
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let number = StepFileName(name)?.weightsStep
            series = [Series(arithmetic: nil, steps: [RecordedStep(number: number, files: [.init(path: path)])])]
            trace = nil
        } else {
            let head = FileHandle(forReadingAtPath: path)?.readData(ofLength: 15)
            guard let head, head == Data("lockstep-trace ".utf8) else {
                throw FileError(
                    path: path, problem: "is nothing that can be compared",
                    remedy:
                        "expected .safetensors, .npz, .npy, .json of compare --save, a golden trace, or a folder of steps"
                )
            }
            let trace = try Trace(contentsOf: path)
            kind = .trace
            series = trace.sections.map { section in
                Series(
                    arithmetic: section.arithmetic.description,
                    steps: section.steps.map { RecordedStep(number: $0.step, $0, section.arithmetic, path) })
            }
            self.trace = trace
        }
    }
}

/// One step of a recording.
struct RecordedStep: Sendable {
    struct File: Sendable {
        var path: String
        /// What is added to the names of its tensors: `.momentum`, say.
        var suffix = ""
        var arithmetic: ArithmeticName?
    }

    enum Loss: Sendable {
        /// As a run or a tensor file gives it.
        case exact(ExactValue)
        /// Out of a text, with as many digits as were printed.
        case printed(ExactValue)
    }

    let number: Int?
    let loss: Loss?
    private let files: [File]
    private let recorded: (step: Trace.Step, arithmetic: ArithmeticName, path: String)?

    /// Or is its loss all that is known of it?
    var holdsTensors: Bool { recorded != nil || !files.isEmpty }

    init(number: Int?, files: [File], loss: Loss? = nil) {
        self.number = number
        self.files = files
        self.loss = loss
        recorded = nil
    }

    init(number: Int, _ step: Trace.Step, _ arithmetic: ArithmeticName, _ path: String) {
        self.number = number
        loss = step.loss.map { .exact($0) }
        files = []
        recorded = (step, arithmetic, path)
    }

    /// Reads the tensors.
    ///
    /// - Throws: `FileError`; `TraceError` for values that are none of the arithmetic's.
    func tensors() throws -> [RecordedTensor] {
        if let recorded { return try RecordedStep.tensors(recorded.step, recorded.arithmetic, recorded.path) }
        var result: [RecordedTensor] = []
        var names: Set<String> = []
        for file in files {
            for var tensor in try recordedTensors(of: file.path, file.arithmetic) {
                tensor.name += file.suffix
                guard names.insert(tensor.name).inserted else {
                    throw FileError(
                        path: file.path, place: "tensor \"\(tensor.name)\"",
                        problem: "is in another file of the step too")
                }
                result.append(tensor)
            }
        }
        return result
    }

    private static func tensors(
        _ step: Trace.Step, _ arithmetic: ArithmeticName, _ path: String
    ) throws(TraceError) -> [RecordedTensor] {
        var result: [RecordedTensor] = []
        for entry in step.tensors {
            guard let patterns = entry.values else {
                result.append(RecordedTensor(entry.name, digest: entry.digest, arithmetic))
                continue
            }
            var values: [ExactValue] = []
            for (i, pattern) in patterns.enumerated() {
                guard let value = arithmetic.stateFormat.contractDecode(bytes(pattern)) else {
                    throw TraceError(
                        "\(path): step \(step.step), \(entry.name)[\(i)]: \"\(pattern.prefix(40))\" is no number of \(arithmetic)"
                    )
                }
                values.append(value)
            }
            result.append(RecordedTensor(entry.name, shape: nil, ExactArray(values), arithmetic))
        }
        return result
    }

    /// The bytes of a bit pattern, least significant first; none where it is no hexadecimal number of whole bytes.
    private static func bytes(_ pattern: String) -> [UInt8] {
        let digits = Array(pattern.utf8)
        guard digits.count % 2 == 0 else { return [] }
        var result: [UInt8] = []
        for i in stride(from: digits.count - 2, through: 0, by: -2) {
            guard digits[i...i + 1].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let byte = UInt8(String(decoding: digits[i...i + 1], as: UTF8.self), radix: 16)
            else { return [] }
            result.append(byte)
        }
        return result
    }
}
