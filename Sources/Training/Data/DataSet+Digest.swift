import Arithmetics

extension DataSet {
    /// SHA-256 over everything a run sees of the data: shape, classes, labels and pixels of both parts. Two machines compare
    /// it where their files lie in different places.
    public var digest: String {
        var digest = Digest()
        digest.update(Array("\(shape) \(classes)\n".utf8))
        for part in [training, test] {
            digest.update(Array("\(part.count)\n".utf8))
            digest.update(part.labels.flatMap { withUnsafeBytes(of: Int64($0).littleEndian, Array.init) })
            switch part.pixels {
            case .bytes(let bytes, let white):
                digest.update(Array("\(white)\n".utf8))
                digest.update(bytes)
            case .numbers(let numbers):
                digest.update(numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
            }
        }
        return digest.hexadecimal()
    }
}
