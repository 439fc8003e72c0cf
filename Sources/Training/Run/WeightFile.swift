import Arithmetics
import Networks
import TensorFiles

/// Starting weights from a file of another program, found by name.
struct WeightFile {
    /// In declaration order.
    let values: [ExactArray]

    /// - Throws: `FileError` for an unreadable file, `StudyError` for a tensor that is missing or of another shape.
    init(_ path: String, _ map: [NameMapping], _ network: Network) throws {
        let tensors = try TensorStore.read(path)
        for mapping in map {
            guard tensors.contains(where: { $0.name == mapping.theirs }) else {
                throw StudyError(
                    "map: \(path) has no tensor \"\(mapping.theirs)\"; it has \(tensors.map(\.name).joined(separator: ", "))"
                )
            }
            guard network.parameters.contains(where: { $0.name == mapping.ours }) else {
                throw StudyError(
                    "map: the model has no parameter \"\(mapping.ours)\"; it has \(network.parameters.map(\.name).joined(separator: ", "))"
                )
            }
        }
        values = try network.parameters.map { parameter in
            let name = map.first { $0.ours == parameter.name }?.theirs ?? parameter.name
            guard let tensor = tensors.first(where: { $0.name == name }) else {
                throw StudyError(
                    "\(path): no tensor \"\(name)\"; it has \(tensors.map(\.name).joined(separator: ", ")); other names are given with --map THEIRS=\(parameter.name)"
                )
            }
            guard tensor.shape == parameter.shape.shape else {
                throw StudyError(
                    "\(path): tensor \"\(name)\" has shape \(tensor.shape), but \(parameter.name) is \(parameter.shape.shape)"
                )
            }
            if let bad = (0..<tensor.values.count).first(where: { !tensor.values[$0].isFinite }) {
                throw StudyError(
                    "\(path): tensor \"\(name)\"[\(bad)] is \(tensor.values[bad].hexadecimal); starting weights are finite"
                )
            }
            return tensor.values
        }
    }
}
