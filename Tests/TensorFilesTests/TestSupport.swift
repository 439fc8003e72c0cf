import TensorFiles

/// The line an operation fails with; "no error" when it succeeds, so that an assertion on it objects.
func line<Result>(_ operation: () throws -> Result) -> String {
    do {
        _ = try operation()
        return "no error"
    } catch {
        return "\(error)"
    }
}

func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// SplitMix64 (Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, 2014): seeded, the same
/// everywhere.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }
}

/// A tensor of seeded bytes: every encoding may occur, NaNs and subnormals among them.
func randomTensor(_ type: ElementType, _ shape: [Int], seed: UInt64) throws -> StoredTensor {
    var random = SplitMix64(state: seed)
    let count = type.byteCount(shape: shape) ?? 0
    let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) & (type == .bool ? 1 : 0xFF) }
    return try StoredTensor(type: type, shape: shape, bytes: bytes)
}

/// A version 1.0 npy file with any header text and data.
func npy(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let count = header.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(header.utf8) + data
}

/// A safetensors file with any header text and data.
func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8) + data
}

/// Shapes with a scalar, empty axes and lengths of 1 among them.
let shapes = [[], [0], [1], [5], [2, 3], [3, 0, 2], [2, 1, 4]]
