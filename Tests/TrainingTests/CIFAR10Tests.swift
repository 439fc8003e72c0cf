import Arithmetics
import Testing
import Training

/// One record: a label, and planes filled with three bytes.
private func record(_ label: UInt8, _ red: UInt8 = 1, _ green: UInt8 = 2, _ blue: UInt8 = 3) -> [UInt8] {
    [label] + [red, green, blue].flatMap { [UInt8](repeating: $0, count: 1024) }
}

private let notWhole = "more than whole records; expected one or more records of 3073 bytes: a label and 3x32x32 pixels"

/// Files that are none, and what is said of them; 2 × 3074 bytes is how a file of CIFAR-100 looks, two labels a record.
private let damaged: [(bytes: [UInt8], expected: String)] = [
    ([], "holds 0 bytes, 0 " + notWhole),
    (Array(record(1).dropLast()), "holds 3072 bytes, 3072 " + notWhole),
    (record(1) + [0] + record(1) + [0], "holds 6148 bytes, 2 " + notWhole),
    (record(1) + record(10), "record 1: the label is 10; CIFAR-10 has labels 0 to 9"),
]

@Suite struct CIFAR10Tests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func recordsAreLabelsAndPlanes() throws {
        let a = try folder.write("a.bin", record(4, 10, 20, 30) + record(0))
        let b = try folder.write("b.bin", record(9))
        let data = try DataSet(named: "cifar10:\(a),\(b)", testFraction: Rational(0))
        #expect(data.shape == [3, 32, 32] && data.classes == 10 && data.training.labels == [4, 0, 9])
        guard case .bytes(let bytes, white: 255) = data.training.pixels else {
            Issue.record("not bytes of 255")
            return
        }
        #expect(bytes.count == 3 * 3072)
        #expect([bytes[0], bytes[1023], bytes[1024], bytes[3071], bytes[3072]] == [10, 10, 20, 30, 1])
    }

    @Test func aFolderHasATestPartByName() throws {
        let place = "cifar10:" + folder.path
        #expect(
            message { try DataSet(named: place) }
                == "\(folder.path): holds no .bin files; expected data_batch_1.bin to 5 and test_batch.bin")
        try folder.write("my-test.bin", record(7))
        try folder.write("readme.html", [1])
        try folder.write("._a.bin", [1])
        // Only test records: they are split.
        #expect(try DataSet(named: place).training.labels == [7])
        try folder.write("b.bin", record(1))
        try folder.write("a.bin", record(2))
        let data = try DataSet(named: place)
        #expect(data.training.labels == [2, 1] && data.test.labels == [7])
        // The six published files, where they are all there, and nothing else.
        for k in 1...5 { try folder.write("data_batch_\(k).bin", record(UInt8(k))) }
        try folder.write("test_batch.bin", record(8))
        let published = try DataSet(named: place)
        #expect(published.training.labels == [1, 2, 3, 4, 5] && published.test.labels == [8])
    }

    @Test(arguments: damaged)
    func damagedFilesAreRefused(bytes: [UInt8], expected: String) throws {
        let path = try folder.write("a.bin", bytes)
        #expect(message { try DataSet(named: "cifar10:\(path)") } == "\(path): \(expected)")
    }

    @Test func missingFilesAreNamed() {
        #expect(
            message { try DataSet(named: "cifar10:\(folder.path)/none.bin") }
                == "\(folder.path)/none.bin: no such file or folder; cannot be read")
    }

    // Values read with Python from the same file.
    @Test(.enabled(if: dataFolder != nil)) func theTestSubset() throws {
        let file = (dataFolder ?? "") + "/cifar10-jpeg-test-1000.bin"
        let data = try DataSet(named: "cifar10:" + file, testFraction: Rational(0))
        #expect(data.training.labels == (0..<1000).map { $0 % 10 })
        guard case .bytes(let bytes, white: 255) = data.training.pixels else {
            Issue.record("not bytes of 255")
            return
        }
        #expect(Array(bytes[0..<8]) == [141, 159, 168, 187, 183, 166, 175, 178])
        let green = 7 * 3072 + 1024
        #expect(Array(bytes[green..<green + 8]) == [40, 59, 46, 17, 48, 33, 27, 41])
    }
}
