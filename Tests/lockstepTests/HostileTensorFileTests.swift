import Foundation
import TensorFiles
import Testing

// Memory is bounded by what a file holds, not by what it claims: each of these claims a terabyte or more, and is answered by a
// process that may not have two gigabytes of address space.

private func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}

private func npy(_ descr: String, _ shape: String) -> [UInt8] {
    let header = "{'descr': '\(descr)', 'fortran_order': True, 'shape': \(shape), }"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndian(UInt64(header.utf8.count), 2) + Array(header.utf8)
}

private func safetensors(_ header: String) -> [UInt8] {
    littleEndian(UInt64(header.utf8.count), 8) + Array(header.utf8)
}

@Test func claimsOfATerabyteTakeNoMemory() throws {
    let place = try Workplace()
    let terabyte = 1 << 40
    let hostile: [(name: String, bytes: [UInt8], says: String)] = [
        ("a.npy", npy("<f8", "(\(terabyte / 8),)"), "data bytes, the file has 0"),
        ("b.npy", npy("<f8", "(\(terabyte), \(terabyte))"), "is not a possible size"),
        (
            "c.npy", [0x93] + Array("NUMPY".utf8) + [2, 0] + littleEndian(1 << 31, 4) + [0x7B],
            "header length 2147483648"
        ),
        ("d.safetensors", littleEndian(UInt64(terabyte), 8) + [0x7B], "header length: \(terabyte) bytes"),
        (
            "e.safetensors",
            safetensors(#"{"a":{"dtype":"U8","shape":[\#(terabyte)],"data_offsets":[0,\#(terabyte)]}}"#),
            "reach beyond the file's 0 data bytes"
        ),
        ("f.json", Array(String(repeating: "[", count: 100_000).utf8), "more than 64 arrays and objects"),
        (
            "g.json", Array(#"{"tensors":{"a":{"shape":[\#(terabyte)],"values":[]}}}"#.utf8),
            "0 values do not fill shape"
        ),
    ]
    for file in hostile {
        try Data(file.bytes).write(to: place.folder.appendingPathComponent(file.name))
        let result = try place.shell("ulimit -v 2000000; exec \"$LOCKSTEP\" diff \(file.name) \(file.name)")
        let complaint = try #require(result.complaint, "\(file.name): \(result.status) \(result.errors.prefix(300))")
        #expect(complaint.hasPrefix("\(file.name): ") && complaint.contains(file.says), "\(complaint)")
    }
}
