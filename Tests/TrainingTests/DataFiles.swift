import Foundation
import Testing

/// A folder of a test's own, removed when the value goes.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "lockstep-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}

/// The real data sets, where the environment says where they are.
let dataFolder = ProcessInfo.processInfo.environment["LOCKSTEP_DATA"]

/// The text of the error that `body` throws.
func message(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "(no error)"
    } catch {
        return "\(error)"
    }
}

func bigEndian(_ values: Int...) -> [UInt8] {
    values.flatMap { value in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
}

/// An IDX file of unsigned bytes.
func idx(_ dimensions: [Int], _ data: [UInt8]) -> [UInt8] {
    bigEndian(0x800 + dimensions.count) + dimensions.flatMap { bigEndian($0) } + data
}

/// A gzip file whose one deflate block is stored, not compressed (RFC 1951, section 3.2.4; RFC 1952).
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < 1 << 16)
    func littleEndian(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
    var crc: UInt32 = ~0
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + littleEndian(bytes.count, 2)
        + littleEndian(~bytes.count & 0xFFFF, 2) + bytes + littleEndian(Int(~crc), 4) + littleEndian(bytes.count, 4)
}
