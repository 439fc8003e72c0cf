import CNettle

/// SHA-256, fed piece by piece (nettle).
public struct Digest {
    private var context = sha256_ctx()

    public init() { nettle_sha256_init(&context) }

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { nettle_sha256_update(&context, $0.count, $0.baseAddress) }
    }

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
