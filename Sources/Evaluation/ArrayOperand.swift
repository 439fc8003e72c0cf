import Arithmetics
import TensorFiles

/// Numbers in order, with a shape: typed with commas between, or a tensor of a file.
public struct ArrayOperand: Sendable {
    enum Content: Sendable {
        case exact(ExactArray)
        /// Some are quotients or patterns.
        case numbers([Operand])
    }

    /// As it was written.
    public let text: String
    public let shape: [Int]
    let content: Content

    public var count: Int { shape.reduce(1, *) }

    /// `1,1/3,0x1p-3`, or a `.npy`, `.npz` or `.safetensors` file; of several tensors in a file `FILE#NAME` names one.
    ///
    /// - Throws: `EvaluationError`, or `FileError` for a file that cannot be read.
    public init(_ text: String) throws {
        self.text = text
        if let (path, name) = ArrayOperand.file(text) {
            let tensor = try ArrayOperand.tensor(path, name)
            shape = tensor.shape
            do throws(FileError) { content = .exact(ExactArray(try tensor.doubles())) } catch {
                throw FileError(path: path, place: error.place, problem: error.problem, remedy: error.remedy)
            }
            return
        }
        let operands = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            try Operand(String(part))
        }
        shape = [operands.count]
        let exact = operands.compactMap(\.exactValue)
        content = exact.count == operands.count ? .exact(ExactArray(exact)) : .numbers(operands)
    }

    /// One vector of all the numbers of several texts. A file stands alone.
    ///
    /// - Throws: as above.
    public static func joined(_ texts: [String]) throws -> ArrayOperand {
        if texts.count == 1 { return try ArrayOperand(texts[0]) }
        if let path = texts.first(where: { file($0) != nil }) {
            throw EvaluationError("\"\(path)\" is a file, which stands alone; there are \(texts.count) values")
        }
        return try ArrayOperand(texts.joined(separator: ","))
    }

    /// Is this the name of a tensor file? With the tensor's name after #.
    public static func file(_ text: String) -> (path: String, tensor: String?)? {
        let endings = [".npy", ".npz", ".safetensors"]
        if endings.contains(where: text.hasSuffix) { return (text, nil) }
        for ending in endings {
            if let mark = text.firstRange(of: ending + "#") {
                let path = text[..<text.index(before: mark.upperBound)]
                return (String(path), String(text[mark.upperBound...]))
            }
        }
        return nil
    }

    private static func tensor(_ path: String, _ name: String?) throws(FileError) -> StoredTensor {
        let archive = try TensorArchive.read(path)
        if let name { return try archive.tensor(named: name, path: path) }
        guard archive.entries.count == 1 else {
            let some = archive.names.prefix(8).joined(separator: ", ") + (archive.names.count > 8 ? ", ..." : "")
            throw FileError(
                path: path, problem: "holds \(archive.entries.count) tensors",
                remedy: "write FILE#NAME for one of \(some.isEmpty ? "them" : some)")
        }
        return archive.entries[0].tensor
    }

    var hasPatterns: Bool {
        if case .numbers(let operands) = content { operands.contains(where: \.isPattern) } else { false }
    }

    /// Each number as the nearest of the format, or enclosed.
    func scalars<A: Arithmetic>(in a: A, _ name: ArithmeticName) throws(EvaluationError) -> [A.Scalar] {
        switch content {
        case .exact(let array): return a.array(array)
        case .numbers(let operands):
            let patterns = BitPatterns(name)
            var scalars: [A.Scalar] = []
            for operand in operands { scalars.append(try operand.constant(in: a, patterns, name)) }
            return scalars
        }
    }

    /// As rational numbers; nil unless all are finite.
    var rationals: [Rational]? {
        guard case .numbers(let operands) = content else { return nil }
        let rationals = operands.compactMap { operand in
            operand.exactValue?.kind == .zero ? Rational(0) : operand.rational
        }
        return rationals.count == operands.count ? rationals : nil
    }

    /// Each number exactly, quotients to so many bits.
    func values(bits: Int, _ reference: Reference) -> ExactArray {
        switch content {
        case .exact(let array): array
        case .numbers(let operands): ExactArray(operands.map { reference.approximation($0, bits: bits) })
        }
    }
}
