/// The data sets that can be named, each as `kind` or `kind:where`.
public enum DataSetName: Hashable, Sendable {
    /// Handwritten digits, 8 × 8, built in.
    case digits
    /// The same, each pixel as 3 × 3 of them inside a border of 2: the size of MNIST.
    case digits28
    case synthetic(SyntheticData)
    /// A folder with the four files of MNIST or of a set with the same names.
    case mnist(folder: String)
    /// Images and labels in IDX files, and perhaps a test part.
    case idx(images: String, labels: String, testImages: String?, testLabels: String?)
    /// One folder, or files in CIFAR-10's binary layout.
    case cifar10([String])
    case npz(file: String)

    /// What `init(parsing:)` understands, for messages and help.
    public static let forms = [
        "digits", "digits28", "synthetic:CxHxW,CLASSES,N", "mnist:DIR", "idx:IMAGES,LABELS[,TESTIMAGES,TESTLABELS]",
        "cifar10:DIR", "cifar10:FILE[,FILE…]", "npz:FILE",
    ]

    /// - Throws: `DataError` listing what there is, or what is missing after the colon.
    public init(parsing text: String) throws(DataError) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let place = halves.count == 2 ? halves[1] : nil
        let places = place.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        let complete = !places.isEmpty && !places.contains("")
        func malformed() -> DataError {
            let right = DataSetName.forms.filter { $0 == halves[0] || $0.hasPrefix(halves[0] + ":") }
            return DataError(
                "data set '\(text)'", "is not complete", remedy: "expected " + right.joined(separator: " or "))
        }
        switch halves[0] {
        case "digits", "digits28":
            guard place == nil else {
                throw DataError("data set '\(text)'", "is built in and has no place", remedy: "expected \(halves[0])")
            }
            self = halves[0] == "digits" ? .digits : .digits28
        case "synthetic":
            guard let place else { throw malformed() }
            self = .synthetic(try SyntheticData(parsing: place))
        case "mnist":
            guard let place, !place.isEmpty else { throw malformed() }
            self = .mnist(folder: place)
        case "idx":
            guard complete, places.count == 2 || places.count == 4 else { throw malformed() }
            let test = places.count == 4
            self = .idx(
                images: places[0], labels: places[1], testImages: test ? places[2] : nil,
                testLabels: test ? places[3] : nil)
        case "cifar10":
            guard complete else { throw malformed() }
            self = .cifar10(places)
        case "npz":
            guard let place, !place.isEmpty else { throw malformed() }
            self = .npz(file: place)
        default:
            let known = DataSetName.forms.joined(separator: ", ")
            throw DataError("data set '\(text)'", "is unknown", remedy: "there are \(known)")
        }
    }
}
