import TensorFiles

/// A data set in an npz file: `x` and `y`, and where it has a test part `x_test` and `y_test`.
///
/// x is [N, F], [N, H, W] or [N, C, H, W], unsigned bytes (taken as byte/255) or floating-point numbers (taken as they are);
/// y is [N] of any integer type.
enum NumpyData {
    static func load(_ path: String) throws(FileError) -> LoadedData {
        let archive = try NumpyArchive.read(path, limit: DataSet.byteLimit)
        let (shape, training) = try samples(archive, "x", "y", path)
        guard archive["x_test"] != nil || archive["y_test"] != nil else {
            return LoadedData(shape: shape, training: training)
        }
        let (testShape, test) = try samples(archive, "x_test", "y_test", path)
        guard testShape == shape else {
            throw FileError(
                path: path, place: tensor("x_test"), problem: "the samples have shape \(testShape)",
                remedy: "those of x have \(shape)")
        }
        switch (training.pixels, test.pixels) {
        case (.bytes, .bytes), (.numbers, .numbers): break
        default:
            throw FileError(
                path: path, place: tensor("x_test"), problem: "one of x and x_test holds bytes, the other numbers",
                remedy: "expected uint8 in both or floating-point numbers in both")
        }
        return LoadedData(shape: shape, training: training, test: test)
    }

    private static func samples(
        _ archive: TensorArchive, _ inputs: String, _ labels: String, _ path: String
    ) throws(FileError) -> (shape: [Int], Samples) {
        let x = try archive.tensor(named: inputs, path: path)
        let y = try archive.tensor(named: labels, path: path)
        guard (2...4).contains(x.shape.count) else {
            throw FileError(
                path: path, place: tensor(inputs), problem: "has shape \(x.shape)",
                remedy: "expected [N, F], [N, H, W] or [N, C, H, W]")
        }
        guard x.count > 0 else {
            throw FileError(path: path, place: tensor(inputs), problem: "has shape \(x.shape), without an element")
        }
        guard y.shape == [x.shape[0]] else {
            throw FileError(
                path: path, place: tensor(labels), problem: "has shape \(y.shape)",
                remedy: "expected [\(x.shape[0])], a label for each sample of \(inputs)")
        }
        let sample = Array(x.shape.dropFirst())
        let shape = sample.count == 2 ? [1] + sample : sample
        return (shape, Samples(labels: try integers(y, labels, path), pixels: try pixels(x, inputs, path)))
    }

    private static func pixels(_ x: StoredTensor, _ name: String, _ path: String) throws(FileError) -> Samples.Pixels {
        if x.type == .uint8 { return .bytes(x.bytes, white: 255) }
        guard x.type.isFloatingPoint else {
            throw FileError(
                path: path, place: tensor(name), problem: "holds \(x.type.rawValue)",
                remedy: "expected uint8 or floating-point numbers")
        }
        // They are kept as binary64.
        guard x.count <= DataSet.byteLimit / 8 else {
            throw FileError(
                path: path, place: tensor(name), problem: "holds \(x.count) numbers",
                remedy: "at most \(DataSet.byteLimit / 8) are accepted")
        }
        let numbers = try x.doubles()
        if let position = numbers.firstIndex(where: { !$0.isFinite }) {
            let (sample, element) = position.quotientAndRemainder(dividingBy: x.count / x.shape[0])
            throw FileError(
                path: path, place: "\(tensor(name)), sample \(sample), element \(element)",
                problem: "the input is \(numbers[position])", remedy: "inputs must be finite numbers")
        }
        return .numbers(numbers)
    }

    private static func integers(_ y: StoredTensor, _ name: String, _ path: String) throws(FileError) -> [Int] {
        guard !y.type.isFloatingPoint, y.type != .bool else {
            throw FileError(
                path: path, place: tensor(name), problem: "holds \(y.type.rawValue)",
                remedy: "labels are of an integer type")
        }
        do throws(FileError) {
            let labels = try y.integers()
            guard let wrong = labels.firstIndex(where: { $0 < 0 || $0 >= DataSet.labelLimit }) else { return labels }
            throw FileError(
                place: "element \(wrong)", problem: "the label is \(labels[wrong])",
                remedy: "labels are 0 to classes - 1, below \(DataSet.labelLimit)")
        } catch {
            var located = error
            located.path = path
            located.place = [tensor(name), error.place].compactMap { $0 }.joined(separator: ", ")
            throw located
        }
    }

    private static func tensor(_ name: String) -> String { "tensor \"\(name)\"" }
}
