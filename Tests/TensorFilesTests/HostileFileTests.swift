import TensorFiles
import Testing

/// Whatever the bytes, a reader returns or throws; these tests fail by crashing, or by accepting half a file.
@Suite struct HostileFileTests {
    enum Kind: String, CaseIterable {
        case npy, npyVersion2, npz, npzDeflated, safetensors, gzip, json

        var file: [UInt8] {
            switch self {
            case .npy: ForeignFiles.float32Fortran
            case .npyVersion2: ForeignFiles.boolVersion2
            case .npz: ForeignFiles.stored
            case .npzDeflated: ForeignFiles.deflated
            case .safetensors: ForeignFiles.safetensors
            case .gzip: ForeignFiles.gzip
            case .json: Array(#"{"a": [1, -2.5e3, "x\u00e9\ud834\udd1eé"], "b": {"c": null, "d": true}}"#.utf8)
            }
        }

        /// Reads the bytes and uses what was read.
        func read(_ bytes: [UInt8]) throws(FileError) {
            switch self {
            case .npy, .npyVersion2: _ = try NumpyFile.decode(bytes).doubles()
            case .npz, .npzDeflated: try use(NumpyArchive.decode(bytes, limit: 1 << 20))
            case .safetensors: try use(Safetensors.decode(bytes))
            case .gzip: _ = try gunzip(bytes, limit: 1 << 20)
            case .json: _ = try JSONValue(parsing: bytes).text(.pretty)
            }
        }

        private func use(_ archive: TensorArchive) throws(FileError) {
            for entry in archive.entries { _ = try entry.tensor.doubles() }
        }
    }

    @Test(arguments: Kind.allCases) func everyTruncationIsRefusedInOneLine(kind: Kind) throws {
        let file = kind.file
        try kind.read(file)
        let accepted = file.indices.filter { length in
            let message = line { try kind.read(Array(file.prefix(length))) }
            return message == "no error" || message.contains("\n")
        }
        // A gzip file cut between members is a whole gzip file.
        let whole = kind == .gzip ? file.indices.dropFirst().filter { file[$0...].starts(with: [0x1F, 0x8B]) } : []
        #expect(accepted == whole)
    }

    @Test(arguments: Kind.allCases) func flippedBytesNeverTrap(kind: Kind) {
        var random = SplitMix64(state: 2026)
        let file = kind.file
        var refused = 0
        var brokenLines = 0
        for _ in 0..<1000 {
            var bytes = file
            for _ in 0...random.below(4) {
                let position = random.below(bytes.count)
                bytes[position] =
                    random.below(2) == 0 ? bytes[position] ^ 1 << random.below(8) : UInt8(random.below(256))
            }
            let message = line { try kind.read(bytes) }
            if message != "no error" { refused += 1 }
            if message.contains("\n") { brokenLines += 1 }
        }
        #expect(brokenLines == 0 && refused > 100, "seed 2026, \(refused) refused")
    }

    @Test(arguments: Kind.allCases) func insertedAndRemovedBytesNeverTrap(kind: Kind) {
        var random = SplitMix64(state: 7)
        let file = kind.file
        var brokenLines = 0
        for _ in 0..<300 {
            var bytes = file
            let start = random.below(bytes.count)
            let end = min(bytes.count, start + random.below(9))
            bytes.replaceSubrange(start..<end, with: (0..<random.below(9)).map { _ in UInt8(random.below(256)) })
            if line({ try kind.read(bytes) }).contains("\n") { brokenLines += 1 }
        }
        #expect(brokenLines == 0, "seed 7")
    }

    @Test func headerLengthsAreReadAsUnsigned() {
        for byte in [0x7F, 0x80, 0xFF] as [UInt8] {
            let file = [UInt8](repeating: byte, count: 8) + Array("{}".utf8)
            #expect(line { try Safetensors.decode(file) }.hasSuffix("bytes; at most 100000000 are allowed"))
        }
        let version2: [UInt8] = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B]
        #expect(
            line { try NumpyFile.decode(version2) }
                == "offset 8: header length 4294967295; at most 1 bytes are possible here")
    }
}
