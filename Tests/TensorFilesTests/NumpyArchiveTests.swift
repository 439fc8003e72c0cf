import TensorFiles
import Testing

@Suite struct NumpyArchiveTests {
    @Test(arguments: [false, true]) func everyTypeAndShapeComesBackUnchanged(compressed: Bool) throws {
        var archive = TensorArchive()
        for (seed, type) in ElementType.allCases.enumerated() where type.numpyCode != nil {
            for shape in shapes {
                try archive.append("\(type.rawValue)/\(shape)", randomTensor(type, shape, seed: UInt64(seed)))
            }
        }
        let file = try NumpyArchive.encode(archive, compressed: compressed)
        #expect(try NumpyArchive.decode(file) == archive)
        #expect(try NumpyArchive.encode(archive, compressed: compressed) == file)
        #expect(try NumpyArchive.decode(NumpyArchive.encode(TensorArchive())) == TensorArchive())
    }

    @Test(arguments: [ForeignFiles.stored, ForeignFiles.deflated]) func numpysFilesAreRead(file: [UInt8]) throws {
        let archive = try NumpyArchive.decode(file)
        #expect(archive.names == ["w", "labels"])
        #expect(try archive["w"]?.floats() == [0, 1, 2, 3, 4, 5])
        #expect(archive["w"]?.shape == [2, 3])
        #expect(try archive["labels"]?.integers() == [3, -1])
        #expect(archive["v"] == nil)
    }

    /// Member names changed in place, in the local header and in the directory; equal lengths keep the offsets right.
    private func renamed(_ old: String, _ new: String) throws -> [UInt8] {
        let one = try StoredTensor([1 as UInt8], shape: [1])
        return replacing(try NumpyArchive.encode(TensorArchive(["aaaa": one, "bbbb": one])), old, new)
    }

    @Test(arguments: [
        ("aaaa.npy", "/aaa.npy", "member \"/aaa.npy\": the name is an absolute path"),
        ("aaaa.npy", "\\aaa.npy", "member \"\\\\aaa.npy\": the name is an absolute path"),
        ("aaaa.npy", "C:aa.npy", "member \"C:aa.npy\": the name is an absolute path"),
        ("aaaa.npy", "../a.npy", "member \"../a.npy\": the name leads out of its folder with '..'"),
        ("aaaa.npy", "b/../npy", "member \"b/../npy\": the name leads out of its folder with '..'"),
        ("aaaa.npy", "aa\naa.py", "member \"aa\\u{a}aa.py\": the name holds a control character"),
        ("aaaa.npy", "aaaa.txt", "member \"aaaa.txt\": is not an .npy member; an npz file holds nothing else"),
        ("aaaa.npy", "bbbb.npy", "member \"bbbb.npy\": the name occurs twice"),
    ])
    func eachFaultyNameHasItsLine(old: String, new: String, expected: String) throws {
        let file = try renamed(old, new)
        #expect(line { try NumpyArchive.decode(file, path: "a.npz") } == "a.npz: " + expected)
    }

    @Test func aWrongChecksumIsFound() throws {
        var file = ForeignFiles.stored
        // The first data byte of the first member: "NUMPY" marks its header, 128 bytes long, and the array follows.
        let start = try #require(position(of: "NUMPY", in: file)) - 1 + 128
        file[start] ^= 1
        #expect(line { try NumpyArchive.decode(file, path: "a.npz") } == "a.npz: member \"w.npy\": damaged (CRC error)")
    }

    @Test func claimedSizesAreCheckedBeforeMemoryIsTaken() throws {
        var file = try NumpyArchive.encode(
            TensorArchive(["a": StoredTensor([1 as UInt8], shape: [1])]), compressed: true)
        let directory = try #require(position(of: "PK\u{1}\u{2}", in: file))
        let packed = Int(file[directory + 20])
        // 2^32 - 2 bytes unpacked, at offset 24 of the directory entry.
        file.replaceSubrange(directory + 24..<directory + 28, with: [0xFE, 0xFF, 0xFF, 0xFF])
        #expect(
            line { try NumpyArchive.decode(file) }
                == "member \"a.npy\": claims 4294967294 bytes out of \(packed) packed ones, more than they can hold")
        file.replaceSubrange(directory + 24..<directory + 28, with: [0, 4, 0, 0])
        #expect(
            line { try NumpyArchive.decode(file) }
                == "member \"a.npy\": shape [1] of uint8 needs 1 data bytes, the file has 896")
        #expect(
            line { try NumpyArchive.decode(file, limit: 1023) }
                == "member \"a.npy\": the archive unpacks to more than 1023 bytes, the most that is accepted here")
        file[directory + 10] = 12
        #expect(
            line { try NumpyArchive.decode(file) }
                == "member \"a.npy\": compression method 12; known are 0 (stored) and 8 (deflated)")
        file[directory + 8] |= 1
        #expect(line { try NumpyArchive.decode(file) } == "member \"a.npy\": is encrypted")
    }

    @Test func theClockStaysOutOfTheFile() throws {
        let file = try NumpyArchive.encode(TensorArchive(["a": StoredTensor([1 as UInt8], shape: [1])]))
        let directory = try #require(position(of: "PK\u{1}\u{2}", in: file))
        // Time 0:00:00 and date 1980-01-01 at offset 12 of the directory entry.
        #expect(Array(file[directory + 12..<directory + 16]) == [0, 0, 0x21, 0])
    }

    @Test func membersAreReadByTheNpyRules() throws {
        let header = "{'descr': '<V2', 'fortran_order': False, 'shape': (1,), }"
        let archive = try TensorArchive(["w": StoredTensor([1 as UInt16], shape: [1])])
        // Stored, with another checksum than the altered header's: the header is refused before the checksum is
        // reached.
        let file = replacing(try NumpyArchive.encode(archive), "'<u2'", "'<V2'")
        #expect(
            line { try NumpyArchive.decode(file) }
                == "member \"w.npy\": " + line { try NumpyFile.decode(npy(header, [1, 0])) })
    }

    @Test func whatIsNoZipIsSaidToBeNone() {
        #expect(line { try NumpyArchive.decode([], path: "a.npz") } == "a.npz: 0 bytes are too few for a zip file")
        #expect(
            line { try NumpyArchive.decode([UInt8](repeating: 7, count: 64)) }
                == "not a whole zip file (Not a zip archive)")
    }

    @Test func whatNpzCannotHoldIsRefused() throws {
        var archive = try TensorArchive(["w": StoredTensor(encodings: [0 as UInt16], type: .bfloat16, shape: [1])])
        #expect(
            line { try NumpyArchive.encode(archive, path: "a.npz") }
                == "a.npz: tensor \"w\": npy has no name for bfloat16; write float32 or a safetensors file")
        archive.setMetadata("1", for: "step")
        #expect(line { try NumpyArchive.encode(archive) } == "npz has no place for metadata; write a safetensors file")
        let escaping = try TensorArchive(["../w": StoredTensor([0.5], shape: [1])])
        #expect(
            line { try NumpyArchive.encode(escaping) }
                == "tensor \"../w\": the name leads out of its folder with '..'")
    }

    private func position(of text: String, in file: [UInt8]) -> Int? {
        let pattern = Array(text.utf8)
        return file.indices.first { file[$0...].starts(with: pattern) }
    }

    private func replacing(_ file: [UInt8], _ old: String, _ new: String) -> [UInt8] {
        var file = file
        while let start = position(of: old, in: file) {
            file.replaceSubrange(start..<start + old.utf8.count, with: new.utf8)
        }
        return file
    }
}
