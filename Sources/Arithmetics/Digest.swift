import CNettle

/// SHA-256, fed piece by piece (nettle).
public struct Digest {
    private var context = sha256_ctx()

    public init() { nettle_sha256_init(&context) }

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { nettle_sha256_update(&context, $0.count, $0.baseAddress) }
    }

    /// Numbers in the contract's encoding, a piece at a time: whole arrays of long numbers are not held twice.
    public mutating func update<A: Arithmetic>(_ x: Span<A.Scalar>, in arithmetic: A) {
        var bytes: [UInt8] = []
        for first in stride(from: 0, to: x.count, by: Digest.piece) {
            bytes.removeAll(keepingCapacity: true)
            arithmetic.encode(x.extracting(first..<min(first + Digest.piece, x.count)), into: &bytes)
            update(bytes)
        }
    }

    /// Short enough that the bytes stay near the processor.
    private static let piece = 512

    /// The digest so far as 64 lower-case hexadecimal digits.
    public consuming func hexadecimal() -> String {
        let bytes = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            nettle_sha256_digest(&context, 32, buffer.baseAddress)
            return Array(buffer)
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    public static func hexadecimal(of bytes: [UInt8]) -> String {
        var digest = Digest()
        digest.update(bytes)
        return digest.hexadecimal()
    }
}
