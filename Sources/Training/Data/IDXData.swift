import TensorFiles

/// Data sets made of IDX files, MNIST among them.
enum IDXData {
    static func load(
        images: String, labels: String, testImages: String?, testLabels: String?
    ) throws(FileError) -> LoadedData {
        let (shape, training) = try samples(images: images, labels: labels)
        guard let testImages, let testLabels else { return LoadedData(shape: shape, training: training) }
        let (testShape, test) = try samples(images: testImages, labels: testLabels)
        guard testShape == shape else {
            throw FileError(
                path: testImages, problem: "the images are \(size(testShape))",
                remedy: "those of \(images) are \(size(shape))")
        }
        return LoadedData(shape: shape, training: training, test: test)
    }

    /// The standard four names, each plain or with `.gz`. A folder that has only the test files is a data set of these.
    static func loadMNIST(folder: String) throws -> LoadedData {
        let present = Set(try fileNames(inFolder: folder))
        func pair(_ part: String) throws -> (images: String, labels: String)? {
            let found = ["images-idx3-ubyte", "labels-idx1-ubyte"].map { kind -> (name: String, path: String?) in
                let name = "\(part)-\(kind)"
                return (name, [name, name + ".gz"].first(where: present.contains).map { folder + "/" + $0 })
            }
            if let images = found[0].path, let labels = found[1].path { return (images, labels) }
            guard let missing = found.first(where: { $0.path == nil }), found.contains(where: { $0.path != nil }) else {
                return nil
            }
            throw FileError(
                path: folder, problem: "\(missing.name) is missing", remedy: "images and labels belong together")
        }
        let training = try pair("train")
        let test = try pair("t10k")
        guard let first = training ?? test else {
            throw FileError(
                path: folder, problem: "holds no MNIST files",
                remedy: "expected train-images-idx3-ubyte, train-labels-idx1-ubyte and the same of t10k, plain or .gz")
        }
        let second = training == nil ? nil : test
        return try load(
            images: first.images, labels: first.labels, testImages: second?.images, testLabels: second?.labels)
    }

    private static func samples(images: String, labels: String) throws(FileError) -> (shape: [Int], Samples) {
        let pixels = try IDXFile(reading: images, rank: 3)
        let classes = try IDXFile(reading: labels, rank: 1)
        guard pixels.dimensions[0] == classes.dimensions[0] else {
            throw FileError(
                path: labels, problem: "holds \(classes.dimensions[0]) labels",
                remedy: "expected one for each of the \(pixels.dimensions[0]) images of \(images)")
        }
        guard !pixels.data.isEmpty else { throw FileError(path: images, problem: "holds no pixels") }
        return (
            [1, pixels.dimensions[1], pixels.dimensions[2]],
            Samples(labels: classes.data.map { Int($0) }, pixels: .bytes(pixels.data, white: 255))
        )
    }

    private static func size(_ shape: [Int]) -> String { shape.dropFirst().map(String.init).joined(separator: "x") }
}
