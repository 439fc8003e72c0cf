import Arithmetics
import Networks
import TensorFiles
import Training

/// One tensor a parameter, in declaration order and our layout: weights, momentum buffers or gradients of another program; with
/// weights its running statistics, if it saved them.
struct ForeignState: Sendable {
    let path: String
    let format: Format
    /// nil where the file has no tensor for a parameter, which only gradients and buffers may lack.
    let values: [[Double]?]
    /// In the order of their layers; nil where the file has none.
    let statistics: [[Double]?]
    let layout: TensorLayout

    var arrays: [ExactArray?] { values.map { $0.map { ExactArray($0) } } }
    /// All of them; nil if one is missing.
    var complete: [ExactArray]? {
        let known = arrays.compactMap { $0 }
        return known.count == values.count ? known : nil
    }
    /// All of them; nil if one is missing.
    var completeStatistics: [ExactArray]? {
        let known = statistics.compactMap { $0.map { ExactArray($0) } }
        return known.count == statistics.count ? known : nil
    }

    /// - Throws: `FileError`, or `StudyError` for a tensor that is missing, of another shape, or of another format than the
    ///   rest.
    ///
    /// - Parameter partial: some parameters may be missing.
    init(_ path: String, _ map: NameMap, _ network: Network, partial: Bool = false) throws {
        let file = try ForeignFile(path)
        let parameters = TensorLayout.Parameter.all(of: network)
        let (names, layout) = try map.resolve(
            parameters.map(\.name), statistics: network.statistics.map(\.name), in: file, partial: partial)
        var format: Format?
        func find(_ ours: String, _ expected: [Int]) throws(StudyError) -> [Double]? {
            guard let theirs = names[ours], let tensor = file[theirs] else { return nil }
            guard tensor.shape == expected else {
                throw StudyError(
                    "\(path): tensor \"\(theirs)\" has shape \(tensor.shape), but \(ours) is \(expected) in layout \(layout.rawValue)"
                )
            }
            if let format, format != tensor.format {
                throw StudyError(
                    "\(path): tensor \"\(theirs)\" is \(tensor.format.name ?? "?"), others are \(format.name ?? "?"); one format is wanted"
                )
            }
            format = tensor.format
            return tensor.values
        }
        var values: [[Double]?] = []
        for parameter in parameters {
            let found = try find(parameter.name, layout.shape(of: parameter))
            guard found != nil || partial else { throw StudyError("\(path): no tensor for \(parameter.name)") }
            values.append(found.map { layout.imported($0, parameter) })
        }
        var statistics: [[Double]?] = []
        for statistic in network.statistics { statistics.append(try find(statistic.name, statistic.shape.shape)) }
        guard let format else { throw StudyError("\(path): holds no parameters") }
        self.path = path
        self.format = format
        self.values = values
        self.statistics = statistics
        self.layout = layout
    }

    /// Index of the first NaN or infinity: tensor and element.
    var firstNonFinite: (tensor: Int, element: Int)? {
        for (i, tensor) in values.enumerated() {
            if let element = tensor?.firstIndex(where: { !$0.isFinite }) { return (i, element) }
        }
        return nil
    }

    /// The least precision that holds every value: less than the format's where numbers of a smaller format were stored.
    var significantBits: Int {
        values.compactMap { $0 }.joined().reduce(1) { max($0, $1.isFinite ? ExactValue($1).significantBits : 1) }
    }
}
