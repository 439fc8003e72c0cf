import Arithmetics

extension DataSet {
    /// Reads or makes a data set.
    ///
    /// - Parameters:
    ///   - name: One of `DataSetName.forms`.
    ///   - testFraction: Share of the samples, counted from the end, that become the test part where the files have none.
    ///   - seed: The study's; only synthetic data depend on it.
    /// - Throws: `DataError` for the name or fraction, `FileError` for what the files hold.
    public init(named name: String, testFraction: Rational = Rational(1, 5), seed: UInt64 = 0) throws {
        let loaded =
            switch try DataSetName(parsing: name) {
            case .digits: try Digits.load()
            case .digits28: try Digits.loadEnlarged()
            case .synthetic(let specification): specification.generate(seed: seed)
            case .mnist(let folder): try IDXData.loadMNIST(folder: folder)
            case .idx(let images, let labels, let testImages, let testLabels):
                try IDXData.load(images: images, labels: labels, testImages: testImages, testLabels: testLabels)
            case .cifar10(let places): try CIFAR10.load(places)
            case .npz(let file): try NumpyData.load(file)
            }
        try self.init(name: name, loaded, testFraction: testFraction)
    }
}
