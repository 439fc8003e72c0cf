/// The number formats a stored tensor may have, with their names in the file formats that know them.
public enum ElementType: String, CaseIterable, Hashable, Sendable {
    case bool
    case uint8, int8
    case uint16, int16
    case uint32, int32
    case uint64, int64
    /// IEEE 754 binary16.
    case float16
    /// The upper half of binary32: 8 exponent bits, 8 bits of precision.
    case bfloat16
    case float32
    case float64
    /// OCP 8-bit floating point E4M3: no infinities, largest value 448, one NaN encoding for each sign.
    case fp8e4m3 = "fp8-e4m3"
    /// OCP 8-bit floating point E5M2: IEEE-like, with infinities.
    case fp8e5m2 = "fp8-e5m2"

    /// Bytes of one element.
    public var byteWidth: Int {
        switch self {
        case .bool, .uint8, .int8, .fp8e4m3, .fp8e5m2: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Whether values are floating-point numbers.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64, .fp8e4m3, .fp8e5m2: true
        default: false
        }
    }

    /// Kind and width as in NumPy's array-protocol type strings (`f4`, `u1`); nil where npy has no name for the format.
    ///
    /// Source: NumPy reference, "The array interface protocol", key `typestr`.
    public var numpyCode: String? {
        switch self {
        case .bool: "b1"
        case .uint8: "u1"
        case .int8: "i1"
        case .uint16: "u2"
        case .int16: "i2"
        case .uint32: "u4"
        case .int32: "i4"
        case .uint64: "u8"
        case .int64: "i8"
        case .float16: "f2"
        case .float32: "f4"
        case .float64: "f8"
        case .bfloat16, .fp8e4m3, .fp8e5m2: nil
        }
    }

    /// The `dtype` of a safetensors header.
    ///
    /// Source: safetensors README, section "Format", and the `Dtype` enumeration of its reference implementation.
    public var safetensorsName: String {
        switch self {
        case .bool: "BOOL"
        case .uint8: "U8"
        case .int8: "I8"
        case .uint16: "U16"
        case .int16: "I16"
        case .uint32: "U32"
        case .int32: "I32"
        case .uint64: "U64"
        case .int64: "I64"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float32: "F32"
        case .float64: "F64"
        case .fp8e4m3: "F8_E4M3"
        case .fp8e5m2: "F8_E5M2"
        }
    }

    public init?(numpyCode: String) {
        guard let type = Self.allCases.first(where: { $0.numpyCode == numpyCode }) else { return nil }
        self = type
    }

    public init?(safetensorsName: String) {
        guard let type = Self.allCases.first(where: { $0.safetensorsName == safetensorsName }) else { return nil }
        self = type
    }

    /// Elements of a tensor of this shape; nil for a negative length, more than 64 axes, or a size beyond `Int`.
    ///
    /// The lengths other than 0 must fit together, so that the answer does not depend on where a 0 stands.
    public static func elementCount(shape: [Int]) -> Int? {
        guard shape.count <= maximumRank else { return nil }
        var product = 1
        for length in shape where length != 0 {
            guard length > 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            product = next
        }
        return shape.contains(0) ? 0 : product
    }

    /// Bytes of a tensor of this shape; nil under the conditions of `elementCount(shape:)` or when the bytes exceed
    /// `Int`.
    public func byteCount(shape: [Int]) -> Int? {
        guard let count = Self.elementCount(shape: shape) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: byteWidth)
        return overflow ? nil : bytes
    }

    /// Most axes of a tensor, as in NumPy 2.
    public static let maximumRank = 64
}
