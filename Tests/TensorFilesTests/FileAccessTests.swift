import Foundation
import TensorFiles
import Testing

/// A new folder for one test, gone after it.
func withScratchFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("TensorFilesTests-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

@Suite struct FileAccessTests {
    private func contents(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func whatIsWrittenIsReadAndNothingElseIsLeft() throws {
        try withScratchFolder { folder in
            let path = folder + "/a.bin"
            for bytes in [[], [1, 2, 3], [UInt8](repeating: 7, count: 1_100_000)] as [[UInt8]] {
                try writeAtomically(path, bytes)
                #expect(try readFile(path) == bytes)
            }
            #expect(try contents(folder) == ["a.bin"])
            #expect(
                line { try readFile(path, limit: 2) }
                    == "\(path): holds more than 2 bytes, the most that is accepted here")
        }
    }

    @Test func shortWritesAreContinued() throws {
        try withScratchFolder { folder in
            let bytes = (0..<100).map { UInt8($0) }
            try writeAtomically(folder + "/a", bytes, through: { write($0, $1, min($2, 7)) })
            #expect(try readFile(folder + "/a") == bytes)
        }
    }

    @Test func aFullDeviceLeavesTheOldFileAndNoTemporary() throws {
        try withScratchFolder { folder in
            let path = folder + "/a"
            try writeAtomically(path, [1, 2])
            var room = 5
            let failure = line {
                try writeAtomically(
                    path, [UInt8](repeating: 9, count: 50),
                    through: { descriptor, bytes, count in
                        if room == 0 {
                            errno = ENOSPC
                            return -1
                        }
                        let written = write(descriptor, bytes, min(count, room))
                        room -= written
                        return written
                    })
            }
            #expect(failure == "\(path): no space left on the device; 5 of 50 bytes were written")
            #expect(try readFile(path) == [1, 2])
            #expect(try contents(folder) == ["a"])
        }
    }

    #if os(Linux)
        @Test func devicesAreWrittenWithoutReplacingThem() throws {
            #expect(
                line { try writeAtomically("/dev/full", [1]) }
                    == "/dev/full: no space left on the device; 0 of 1 bytes were written")
            try writeAtomically("/dev/null", [1])
            #expect(try readFile("/dev/null") == [])
            #expect(
                line { try readFile("/dev/zero", limit: 10) }
                    == "/dev/zero: holds more than 10 bytes, the most that is accepted here")
        }
    #endif

    @Test func linksAreFollowedAndPermissionsKept() throws {
        try withScratchFolder { folder in
            try writeAtomically(folder + "/real", [1])
            chmod(folder + "/real", 0o640)
            symlink("real", folder + "/link")
            try writeAtomically(folder + "/link", [2])
            #expect(try readFile(folder + "/real") == [2])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "real")
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/real")[.posixPermissions] as? Int
            #expect(mode == 0o640)
        }
    }

    @Test func eachUnusablePathHasItsLine() throws {
        try withScratchFolder { folder in
            #expect(line { try readFile(folder + "/none") } == "\(folder)/none: no such file or folder; cannot be read")
            #expect(line { try readFile(folder) } == "\(folder): is a folder, not a file")
            #expect(line { try writeAtomically(folder, []) } == "\(folder): is a folder, not a file")
            #expect(
                line { try writeAtomically(folder + "/no/a", []) }
                    == "\(folder)/no/a: no such file or folder; a temporary file must be created in \"\(folder)/no/\"")
            try writeAtomically(folder + "/a", [])
            #expect(
                line { try readFile(folder + "/a/b") }
                    == "\(folder)/a/b: a part of the path is not a folder; cannot be read")
            #expect(line { try readFile("") } == "the path is empty; name a file")
            #expect(line { try readFile("a\0b") } == "a\\u{0}b: the path holds a zero byte")
        }
    }

    /// The superuser may read everything.
    @Test(.enabled(if: geteuid() != 0)) func closedFilesSaySo() throws {
        try withScratchFolder { folder in
            try writeAtomically(folder + "/a", [1])
            chmod(folder + "/a", 0)
            #expect(line { try readFile(folder + "/a") } == "\(folder)/a: permission denied; cannot be read")
        }
    }

    @Test func errorsStayOnOneLine() {
        let error = FileError(path: "a\nb", place: "x\u{2028}y", problem: "p\u{1B}[31m", remedy: "r")
        #expect("\(error)" == "a\\u{a}b: x\\u{2028}y: p\\u{1b}[31m; r")
    }
}
