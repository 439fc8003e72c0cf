import TensorFiles

/// Files in the binary layout of CIFAR-10: records of a label byte and three planes of 32 × 32 bytes, red, green, blue.
///
/// - Source: Krizhevsky, *The CIFAR-10 dataset*, section "Binary version".
enum CIFAR10 {
    static let shape = [3, 32, 32]
    static let recordSize = 1 + 3 * 32 * 32
    static let classes = 10

    /// - Parameter places: One folder, or files.
    static func load(_ places: [String]) throws(FileError) -> LoadedData {
        let isSingleFolder = places.count == 1 && isFolder(places[0])
        let paths = isSingleFolder ? try files(inFolder: places[0]) : places
        let test = paths.filter { $0.split(separator: "/").last?.contains("test") ?? false }
        let training = paths.filter { !test.contains($0) }
        // Only test files: they are the whole data set, which the test fraction divides.
        guard !training.isEmpty, !test.isEmpty else { return LoadedData(shape: shape, training: try read(paths)) }
        return LoadedData(shape: shape, training: try read(training), test: try read(test))
    }

    /// The six files of the published set where they are all there, else every `.bin` file.
    private static func files(inFolder folder: String) throws(FileError) -> [String] {
        let standard = (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
        let present = try fileNames(inFolder: folder).filter { $0.hasSuffix(".bin") }
        guard !present.isEmpty else {
            throw FileError(
                path: folder, problem: "holds no .bin files",
                remedy: "expected data_batch_1.bin to 5 and test_batch.bin")
        }
        let names = standard.allSatisfy(present.contains) ? standard : present
        return names.map { folder + "/" + $0 }
    }

    private static func read(_ paths: [String]) throws(FileError) -> Samples {
        var labels: [Int] = []
        var pixels: [UInt8] = []
        for path in paths {
            let bytes = try readFile(path, limit: DataSet.byteLimit - pixels.count)
            guard !bytes.isEmpty, bytes.count % recordSize == 0 else {
                throw FileError(
                    path: path,
                    problem: "holds \(bytes.count) bytes, \(bytes.count % recordSize) more than whole records",
                    remedy: "expected one or more records of \(recordSize) bytes: a label and 3x32x32 pixels")
            }
            pixels.reserveCapacity(pixels.count + bytes.count)
            for start in stride(from: 0, to: bytes.count, by: recordSize) {
                guard bytes[start] < classes else {
                    throw FileError(
                        path: path, place: "record \(start / recordSize)", problem: "the label is \(bytes[start])",
                        remedy: "CIFAR-10 has labels 0 to \(classes - 1)")
                }
                labels.append(Int(bytes[start]))
                pixels += bytes[start + 1..<start + recordSize]
            }
        }
        return Samples(labels: labels, pixels: .bytes(pixels, white: 255))
    }
}
