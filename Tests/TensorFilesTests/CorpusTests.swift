import Foundation
import TensorFiles
import Testing

/// The fuzzing corpus (Fixtures/fuzz, one folder a reader) and seeded mutations of it, in every test run.
@Suite struct CorpusTests {
    static func files(_ reader: Reader) throws -> [(name: String, bytes: [UInt8])] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Fixtures/fuzz/\(reader.rawValue)").standardized.path
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, try readFile("\(folder)/\(name)"))
        }
    }

    @Test(arguments: Reader.allCases) func corpusIsReadOrRefusedInOneLine(reader: Reader) throws {
        let files = try CorpusTests.files(reader)
        for (name, bytes) in files {
            let objection = reader.objection(to: bytes)
            #expect(objection == nil, "\(name): \(objection ?? "")")
        }
        // Both happen, or the corpus shows nothing.
        let accepted = files.count { reader.accepts($0.bytes) }
        #expect(accepted > 1 && accepted < files.count)
    }

    @Test(arguments: Reader.allCases) func mutationsOfTheCorpusAreReadOrRefusedInOneLine(reader: Reader) throws {
        var random = SplitMix64(state: 2027)
        let files = try CorpusTests.files(reader).filter { $0.bytes.count < 4096 }
        try #require(!files.isEmpty)
        for round in 0..<400 {
            let (name, original) = files[round % files.count]
            var bytes = original
            for _ in 0...random.below(3) { mutate(&bytes, files[random.below(files.count)].bytes, &random) }
            let objection = reader.objection(to: bytes)
            #expect(objection == nil, "seed 2027, round \(round) from \(name): \(objection ?? "")")
        }
    }

    /// One of: a byte, an integer of 1, 2, 4 or 8 bytes at an edge of its range, a cut, a piece of another file.
    private func mutate(_ bytes: inout [UInt8], _ other: [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else {
            bytes = other
            return
        }
        let position = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        case 1:
            let width = 1 << random.below(4)
            let edges: [UInt64] = [0, 1, .max, .max >> 1, .max << 63, 1 << 32, UInt64(bytes.count)]
            let value = edges[random.below(edges.count)]
            for i in 0..<min(width, bytes.count - position) {
                bytes[position + i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * i))
            }
        case 2: bytes.removeSubrange(position..<min(bytes.count, position + 1 + random.below(16)))
        default:
            guard !other.isEmpty else { return }
            let start = random.below(other.count)
            bytes.replaceSubrange(
                position..<position, with: other[start..<min(other.count, start + 1 + random.below(24))])
        }
    }

    // The archives' names are data: nothing is ever written by them, and those that could mislead another program are refused.
    @Test func memberNamesThatLeadElsewhereAreRefused() throws {
        let says = Dictionary(
            uniqueKeysWithValues: try CorpusTests.files(.npz).map { name, bytes in
                (name, line { try NumpyArchive.decode(bytes) })
            })
        #expect(says["leads-out"]?.hasSuffix("the name leads out of its folder with '..'") == true)
        #expect(says["backslash"]?.hasSuffix("the name leads out of its folder with '..'") == true)
        #expect(says["absolute"]?.hasSuffix("the name is an absolute path") == true)
        #expect(says["twice"]?.hasSuffix("the name occurs twice") == true)
        #expect(says["nested"] == "no error")
    }
}
