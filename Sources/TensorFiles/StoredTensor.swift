/// A tensor as files hold it: a number format, a shape and the encodings, little-endian in row-major order.
///
/// The bytes are kept as they are: NaN payloads, negative zeros and subnormals survive reading and writing.
public struct StoredTensor: Hashable, Sendable {
    public let type: ElementType
    /// Length of each axis; empty for a scalar.
    public let shape: [Int]
    /// `count * type.byteWidth` bytes.
    public let bytes: [UInt8]

    /// Number of elements, the product of the shape.
    public var count: Int { bytes.count / type.byteWidth }

    /// - Throws: `FileError` when the shape is impossible or does not fit the bytes.
    public init(type: ElementType, shape: [Int], bytes: [UInt8]) throws(FileError) {
        guard let needed = type.byteCount(shape: shape) else {
            throw FileError(problem: "shape \(shape) of \(type.rawValue) is not a possible size")
        }
        guard needed == bytes.count else {
            throw FileError(problem: "shape \(shape) of \(type.rawValue) needs \(needed) bytes, not \(bytes.count)")
        }
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// A tensor from bit patterns: the way in for formats that Swift has no type for.
    ///
    /// - Parameters:
    ///   - encodings: One word an element, row-major; as wide as the format.
    ///   - type: The format the words are read in.
    ///   - shape: Length of each axis.
    /// - Throws: `FileError` when the words have another width than the format or do not fill the shape.
    public init<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        encodings: [Bits], type: ElementType, shape: [Int]
    ) throws(FileError) {
        guard Bits.bitWidth == 8 * type.byteWidth else {
            throw FileError(problem: "\(type.rawValue) has \(8 * type.byteWidth) bits, not \(Bits.bitWidth)")
        }
        let words = encodings.map { $0.littleEndian }
        try self.init(type: type, shape: shape, bytes: words.withUnsafeBytes { [UInt8]($0) })
    }

    /// A tensor from Swift values, row-major.
    ///
    /// - Throws: `FileError` when the values do not fill the shape.
    public init<Element: StoredElement>(_ values: [Element], shape: [Int]) throws(FileError) {
        try self.init(encodings: values.map { $0.storedBits }, type: Element.elementType, shape: shape)
    }
}
