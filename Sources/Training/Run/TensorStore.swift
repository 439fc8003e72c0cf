import Arithmetics
import TensorFiles

/// Named tensors of exact values in files: safetensors where the format is binary32 or binary64, JSON with exact
/// hexadecimal numbers for every other.
public enum TensorStore {
    public struct NamedTensor: Sendable {
        public let name: String
        public let shape: [Int]
        public let values: ExactArray
        /// In an enclosing arithmetic: what is written, as `name.lower` and `name.upper`.
        public let bounds: Enclosure?

        public init(name: String, shape: [Int], values: ExactArray, bounds: Enclosure? = nil) {
            self.name = name
            self.shape = shape
            self.values = values
            self.bounds = bounds
        }

        /// What stands for it in a file.
        fileprivate var written: [NamedTensor] {
            guard let bounds else { return [self] }
            return [
                NamedTensor(name: name + ".lower", shape: shape, values: bounds.lower),
                NamedTensor(name: name + ".upper", shape: shape, values: bounds.upper),
            ]
        }
    }

    /// Ending of the file that `write` makes for an arithmetic.
    public static func pathExtension(for name: ArithmeticName) -> String {
        switch name.stateKind {
        case .small, .binary32, .binary64: "safetensors"
        case .mpfr, .interval: "json"
        }
    }

    /// Folder name of an arithmetic: its name with `:` `,` `=` `@` replaced by `-`.
    public static func folderName(for name: ArithmeticName) -> String {
        String(name.description.map { ":,=@".contains($0) ? "-" : $0 })
    }

    public static func write(_ tensors: [NamedTensor], of name: ArithmeticName, to path: String) throws(FileError) {
        switch name.stateKind {
        case .small, .binary32:
            var archive = TensorArchive()
            for tensor in tensors {
                try archive.append(tensor.name, StoredTensor(tensor.values.floats, shape: tensor.shape))
            }
            try Safetensors.write(archive, to: path)
        case .binary64:
            var archive = TensorArchive()
            for tensor in tensors {
                try archive.append(tensor.name, StoredTensor(tensor.values.doubles, shape: tensor.shape))
            }
            try Safetensors.write(archive, to: path)
        case .mpfr, .interval: try write(tensors.flatMap(\.written), asTextTo: path)
        }
    }

    /// JSON with exact hexadecimal numbers, for any arithmetic.
    public static func write(_ tensors: [NamedTensor], asTextTo path: String) throws(FileError) {
        var object = JSONObject()
        for tensor in tensors {
            let values = (0..<tensor.values.count).map { JSONValue(tensor.values[$0].hexadecimal) }
            object[tensor.name] = [
                "shape": JSONValue(tensor.shape.map { JSONValue($0) }), "values": JSONValue(values),
            ]
        }
        try (["tensors": JSONValue(object)] as JSONValue).write(to: path, .compact)
    }

    /// Reads safetensors, npz or npy by their ending, or the JSON that `write` makes.
    public static func read(_ path: String) throws(FileError) -> [NamedTensor] {
        if path.hasSuffix(".json") { return try readJSON(path) }
        var tensors: [NamedTensor] = []
        for entry in try TensorArchive.read(path).entries {
            do {
                tensors.append(
                    NamedTensor(
                        name: entry.name, shape: entry.tensor.shape, values: ExactArray(try entry.tensor.doubles())))
            } catch {
                throw FileError(
                    path: path, place: "tensor \"\(entry.name)\"", problem: error.problem, remedy: error.remedy)
            }
        }
        return tensors
    }

    private static func readJSON(_ path: String) throws(FileError) -> [NamedTensor] {
        let root = try JSONValue(parsing: try readFile(path), path: path)
        guard let object = root["tensors"]?.object else {
            throw FileError(
                path: path, problem: "no \"tensors\"",
                remedy: "expected {\"tensors\": {name: {\"shape\": …, \"values\": …}}}")
        }
        var tensors: [NamedTensor] = []
        for member in object.members {
            let place = "tensor \"\(member.key)\""
            guard let shape = member.value["shape"]?.array?.map(\.int), !shape.contains(nil),
                let texts = member.value["values"]?.array
            else { throw FileError(path: path, place: place, problem: "shape or values are missing") }
            let sizes = shape.compactMap { $0 }
            guard ElementType.elementCount(shape: sizes) == texts.count else {
                throw FileError(path: path, place: place, problem: "\(texts.count) values do not fill shape \(sizes)")
            }
            var values: [ExactValue] = []
            for (i, text) in texts.enumerated() {
                guard let value = text.string.flatMap({ ExactValue(hexadecimal: $0) }) else {
                    throw FileError(
                        path: path, place: "\(place)[\(i)]", problem: "not an exact number",
                        remedy: "expected a text such as \"-0x1.8p-3\"")
                }
                // An array has room for its longest value in every element.
                guard value.significantBits <= Format.precisions.upperBound else {
                    throw FileError(
                        path: path, place: "\(place)[\(i)]", problem: "has \(value.significantBits) significant bits",
                        remedy: "no format has more than \(Format.precisions.upperBound)")
                }
                values.append(value)
            }
            tensors.append(NamedTensor(name: member.key, shape: sizes, values: ExactArray(values)))
        }
        return tensors
    }
}
