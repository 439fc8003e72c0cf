import Arithmetics
import TensorFiles
import Training

/// The tensors of an operation under the names that it knows them by, as exact numbers.
struct OperationOperands {
    let operands: [(name: String, shape: [Int], values: ExactArray)]
    let labels: [Int]
    let arriving: (shape: [Int], values: ExactArray)?
    /// What the other program computed: `y`, `dx`, ….
    let results: [(name: String, format: Format, values: ExactArray)]
    /// Of the results; of the operands where there are none.
    let format: Format

    init(_ request: OperationRequest, _ tensors: OperationTensors) throws {
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

        let title = tensors.inputs.title
        let inputs = try named(tensors.inputs.archive)
        var operands: [(name: String, shape: [Int], values: ExactArray)] = []
        var operandFormat: Format?
        for (i, name) in kind.operands.enumerated() {
            // One tensor for one operand needs no name.
            let only = kind.operands.count == 1 && inputs.count == 1 ? inputs.first : nil
            guard let found = inputs.first(where: { $0.name == name }) ?? only else {
                if i >= kind.required { continue }
                let there = inputs.map { "\"\($0.name)\"" }.joined(separator: ", ")
                throw StudyError(
                    "\(title): no tensor \"\(name)\"; it has \(there); other names are given with --map THEIRS=\(name)"
                )
            }
            operandFormat = operandFormat ?? Format(found.tensor.type)
            operands.append((name, found.tensor.shape, try exact(found.tensor, name, title)))
        }
        if kind.takesLabels {
            guard let found = inputs.first(where: { $0.name == "labels" }) else {
                throw StudyError("\(title): no tensor \"labels\"; \(kind.name) wants one whole number a row")
            }
            labels = try found.tensor.integers()
        } else {
            labels = []
        }

        var results: [(name: String, format: Format, values: ExactArray)] = []
        var arriving: (shape: [Int], values: ExactArray)?
        if let output = tensors.output {
            let path = output.title
            let tensors = try named(output.archive)
            guard let y = tensors.first(where: { $0.name == "y" }) ?? (tensors.count == 1 ? tensors.first : nil) else {
                throw StudyError("\(path): no tensor \"y\"; name it so, or let the file hold one tensor")
            }
            results.append(("y", try OperationOperands.format(y.tensor, "y", path), try exact(y.tensor, "y", path)))
        }
        if let gradients = tensors.gradients {
            let path = gradients.title
            for (name, tensor) in try named(gradients.archive) {
                if name == "g" {
                    arriving = (tensor.shape, try exact(tensor, name, path))
                } else {
                    results.append(
                        (name, try OperationOperands.format(tensor, name, path), try exact(tensor, name, path)))
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
