import TensorFiles
import Testing

@Suite struct GunzipTests {
    @Test func allMembersAreRead() throws {
        #expect(try gunzip(ForeignFiles.gzip, limit: 100) == Array("lockstep and on".utf8))
        #expect(try gunzip(ForeignFiles.gzip, limit: 15).count == 15)
    }

    @Test func eachFaultHasItsLine() {
        let file = ForeignFiles.gzip
        #expect(
            line { try gunzip(file, limit: 14, path: "a.gz") }
                == "a.gz: holds more than 14 bytes, the most that is accepted here")
        #expect(line { try gunzip([1, 2, 3], limit: 9) } == "not a gzip file; the first bytes must be 1f 8b")
        #expect(
            line { try gunzip(Array(file.dropLast()), limit: 100) }
                == "offset \(file.count - 1): the gzip data is cut short")
        #expect(
            line { try gunzip(file + [0], limit: 100) }
                == "offset \(file.count): bytes after the end that are no gzip member")
        var damaged = file
        damaged[file.count - 8] ^= 1
        #expect(
            line { try gunzip(damaged, limit: 100) }
                == "offset \(file.count - 4): damaged gzip data (incorrect data check)")
    }
}
