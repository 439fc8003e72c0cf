import Arithmetics
import Networks
import TensorFiles

/// Starting weights, and running statistics where they are there, from a file of another program, found by name.
struct WeightFile {
    /// In declaration order.
    let values: [ExactArray]
    /// nil where the file has none of that name.
    let statistics: [ExactArray?]

    /// - Throws: `FileError` for an unreadable file, `StudyError` for a tensor that is missing or of another shape.
    init(_ path: String, _ map: [NameMapping], _ network: Network) throws {
        let tensors = try TensorStore.read(path)
        for mapping in map {
            guard tensors.contains(where: { $0.name == mapping.theirs }) else {
                throw StudyError(
                    "map: \(path) has no tensor \"\(mapping.theirs)\"; it has \(tensors.map(\.name).joined(separator: ", "))"
                )
            }
            let known = network.parameters.map(\.name) + network.statistics.map(\.name)
            guard known.contains(mapping.ours) else {
                throw StudyError(
                    "map: the model has no parameter \"\(mapping.ours)\"; it has \(known.joined(separator: ", "))"
                )
            }
        }
        func find(_ ours: String, _ shape: [Int]) throws -> ExactArray? {
            let name = map.first { $0.ours == ours }?.theirs ?? ours
            guard let tensor = tensors.first(where: { $0.name == name }) else { return nil }
            guard tensor.shape == shape else {
                throw StudyError(
                    "\(path): tensor \"\(name)\" has shape \(tensor.shape), but \(ours) is \(shape)")
            }
            if let bad = (0..<tensor.values.count).first(where: { !tensor.values[$0].isFinite }) {
                throw StudyError(
                    "\(path): tensor \"\(name)\"[\(bad)] is \(tensor.values[bad].hexadecimal); starting weights are finite"
                )
            }
            return tensor.values
        }
        values = try network.parameters.map { parameter in
            if let values = try find(parameter.name, parameter.shape.shape) { return values }
            let name = map.first { $0.ours == parameter.name }?.theirs ?? parameter.name
            throw StudyError(
                "\(path): no tensor \"\(name)\"; it has \(tensors.map(\.name).joined(separator: ", ")); other names are given with --map THEIRS=\(parameter.name)"
            )
        }
        statistics = try network.statistics.map { try find($0.name, $0.shape.shape) }
    }
}
