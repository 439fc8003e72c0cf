import Arithmetics
import TensorFiles
import Training

/// The tensors of an operation, read and named.
struct OperationFiles {
    let operands: [(name: String, shape: [Int], values: ExactArray)]
    let labels: [Int]
    let arriving: (shape: [Int], values: ExactArray)?
    /// What the other program computed: `y`, `dx`, ….
    let results: [(name: String, format: Format, values: ExactArray)]
    /// Of the results; of the operands where there are none.
    let format: Format

    init(_ request: OperationRequest) throws {
        let kind = request.operation
        func named(_ archive: TensorArchive) throws(StudyError) -> [(name: String, tensor: StoredTensor)] {
            var list: [(name: String, tensor: StoredTensor)] = []
            for entry in archive.entries {
                let ours = request.names.lazy.compactMap { NameMap.translate(entry.name, $0) }.first ?? entry.name
                guard !list.contains(where: { $0.name == ours }) else {
                    throw StudyError("map: two tensors become \"\(ours)\"")
                }
                list.append((ours, entry.tensor))
            }
            return list
        }
        func exact(_ tensor: StoredTensor, _ name: String, _ path: String) throws -> ExactArray {
            do { return ExactArray(try tensor.doubles()) } catch {
                throw FileError(path: path, place: "tensor \"\(name)\"", problem: error.problem, remedy: error.remedy)
            }
        }

        let inputs = try named(try TensorArchive.read(request.inputs))
        var operands: [(name: String, shape: [Int], values: ExactArray)] = []
        var operandFormat: Format?
        for (i, name) in kind.operands.enumerated() {
            // One tensor for one operand needs no name.
            let only = kind.operands.count == 1 && inputs.count == 1 ? inputs.first : nil
            guard let found = inputs.first(where: { $0.name == name }) ?? only else {
                if i >= kind.required { continue }
                let there = inputs.map { "\"\($0.name)\"" }.joined(separator: ", ")
                throw StudyError(
                    "\(request.inputs): no tensor \"\(name)\"; it has \(there); other names are given with --map THEIRS=\(name)"
                )
            }
            operandFormat = operandFormat ?? Format(found.tensor.type)
            operands.append((name, found.tensor.shape, try exact(found.tensor, name, request.inputs)))
        }
        if kind.takesLabels {
            guard let found = inputs.first(where: { $0.name == "labels" }) else {
                throw StudyError("\(request.inputs): no tensor \"labels\"; \(kind.name) wants one whole number a row")
            }
            labels = try found.tensor.integers()
        } else {
            labels = []
        }

        var results: [(name: String, format: Format, values: ExactArray)] = []
        var arriving: (shape: [Int], values: ExactArray)?
        if let path = request.output {
            let tensors = try named(try TensorArchive.read(path))
            guard let y = tensors.first(where: { $0.name == "y" }) ?? (tensors.count == 1 ? tensors.first : nil) else {
                throw StudyError("\(path): no tensor \"y\"; name it so, or let the file hold one tensor")
            }
            results.append(("y", try OperationFiles.format(y.tensor, "y", path), try exact(y.tensor, "y", path)))
        }
        if let path = request.gradients {
            for (name, tensor) in try named(try TensorArchive.read(path)) {
                if name == "g" {
                    arriving = (tensor.shape, try exact(tensor, name, path))
                } else {
                    results.append((name, try OperationFiles.format(tensor, name, path), try exact(tensor, name, path)))
                }
            }
        }
        self.operands = operands
        self.arriving = arriving
        self.results = results
        format = results.first?.format ?? operandFormat ?? .binary32
    }

    private static func format(_ tensor: StoredTensor, _ name: String, _ path: String) throws(StudyError) -> Format {
        guard let format = Format(tensor.type) else {
            throw StudyError(
                "\(path): tensor \"\(name)\" is \(tensor.type.rawValue); floating-point numbers are wanted")
        }
        return format
    }
}
