import Arithmetics
import Testing
import Training

/// Two images of 2 × 3 and their labels.
private let images = idx([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255])
private let labels = idx([2], [0, 3])

/// Images that are none, and what is said of them.
private let damaged: [(bytes: [UInt8], expected: String)] = [
    ([], "holds 0 bytes, too few for an IDX header; expected 16 or more"),
    (Array(images[0..<15]), "holds 15 bytes, too few for an IDX header; expected 16 or more"),
    (
        [0, 0, 13, 3] + Array(images[4...]),
        "offset 0: the magic number is 3331; expected 2051, IDX with 3 axes of unsigned bytes"
    ),
    (
        labels + bigEndian(0, 0),
        "offset 0: the magic number is 2049; expected 2051, IDX with 3 axes of unsigned bytes"
    ),
    (
        Array(images.dropLast()),
        "11 bytes follow the header, whose size 2x2x3 needs 12; "
            + "the file is cut short, longer than it says, or damaged"
    ),
    (
        images + [0],
        "13 bytes follow the header, whose size 2x2x3 needs 12; "
            + "the file is cut short, longer than it says, or damaged"
    ),
    (
        idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], []),
        "0 bytes follow the header, whose size 4294967295x4294967295x4294967295 is no possible size; "
            + "the file is cut short, longer than it says, or damaged"
    ),
    (idx([2, 0, 3], []), "holds no pixels"),
    (Array(gzip(images).dropLast(9)), "offset 42: the gzip data is cut short"),
]

@Suite struct IDXDataTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [false, true])
    func plainAndPackedFilesAreRead(packed: Bool) throws {
        let i = try folder.write("i", packed ? gzip(images) : images)
        let l = try folder.write("l", packed ? gzip(labels) : labels)
        let data = try DataSet(named: "idx:\(i),\(l)", testFraction: Rational(1, 2))
        #expect(data.shape == [1, 2, 3] && data.classes == 4)
        #expect(data.training.labels == [0] && data.test.labels == [3])
        guard case .bytes([1, 2, 3, 4, 5, 6], white: 255) = data.training.pixels,
            case .bytes([7, 8, 9, 10, 11, 255], white: 255) = data.test.pixels
        else {
            Issue.record("\(data)")
            return
        }
    }

    @Test func aTestPartOfItsOwnStays() throws {
        let i = try folder.write("i", images)
        let l = try folder.write("l", labels)
        let ti = try folder.write("ti", idx([1, 2, 3], [0, 0, 0, 0, 0, 9]))
        let tl = try folder.write("tl", idx([1], [7]))
        let data = try DataSet(named: "idx:\(i),\(l),\(ti),\(tl)")
        #expect(data.training.labels == [0, 3] && data.test.labels == [7] && data.classes == 8)
        let wide = try folder.write("wide", idx([1, 3, 2], [0, 0, 0, 0, 0, 9]))
        #expect(
            message { try DataSet(named: "idx:\(i),\(l),\(wide),\(tl)") }
                == "\(wide): the images are 3x2; those of \(i) are 2x3")
    }

    @Test(arguments: damaged)
    func damagedImagesAreRefused(bytes: [UInt8], expected: String) throws {
        let i = try folder.write("i", bytes)
        let l = try folder.write("l", labels)
        #expect(message { try DataSet(named: "idx:\(i),\(l)") } == "\(i): \(expected)")
    }

    @Test func everyImageNeedsOneLabel() throws {
        let i = try folder.write("i", images)
        let l = try folder.write("l", idx([3], [0, 1, 2]))
        #expect(
            message { try DataSet(named: "idx:\(i),\(l)") }
                == "\(l): holds 3 labels; expected one for each of the 2 images of \(i)")
        #expect(
            message { try DataSet(named: "idx:\(i),\(folder.path)/none") }
                == "\(folder.path)/none: no such file or folder; cannot be read")
    }

    @Test func theFilesOfMNISTAreFoundByName() throws {
        let place = "mnist:" + folder.path
        #expect(
            message { try DataSet(named: place) }
                == "\(folder.path): holds no MNIST files; expected train-images-idx3-ubyte, train-labels-idx1-ubyte "
                + "and the same of t10k, plain or .gz")
        try folder.write("t10k-images-idx3-ubyte.gz", gzip(images))
        #expect(
            message { try DataSet(named: place) }
                == "\(folder.path): t10k-labels-idx1-ubyte is missing; images and labels belong together")
        try folder.write("t10k-labels-idx1-ubyte", labels)
        // Only the test files: they are split.
        let half = try DataSet(named: place, testFraction: Rational(1, 2))
        #expect(half.training.labels == [0] && half.test.labels == [3])
        try folder.write("train-images-idx3-ubyte", images)
        try folder.write("train-labels-idx1-ubyte", idx([2], [5, 6]))
        let both = try DataSet(named: place, testFraction: Rational(1, 2))
        #expect(both.training.labels == [5, 6] && both.test.labels == [0, 3] && both.classes == 7)
        #expect(
            message { try DataSet(named: place + "/none") }
                == "\(folder.path)/none: no such folder; name the folder that holds the data files")
    }

    // Class counts as published; the sums come from Python's gzip module.
    @Test(.enabled(if: dataFolder != nil)) func theTestImagesOfMNIST() throws {
        let data = try DataSet(named: "mnist:" + (dataFolder ?? ""), testFraction: Rational(0))
        #expect(data.shape == [1, 28, 28] && data.classes == 10 && data.training.count == 10_000)
        let counts = (0..<10).map { k in data.training.labels.count { $0 == k } }
        #expect(counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
        #expect(Array(data.training.labels.prefix(12)) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0, 6])
        guard case .bytes(let bytes, white: 255) = data.training.pixels else {
            Issue.record("not bytes of 255")
            return
        }
        #expect(bytes.count == 7_840_000)
        #expect(bytes[0..<784].reduce(0) { $0 + Int($1) } == 18_454)
        #expect(Array(bytes[200..<210]) == [0, 0, 84, 185, 159, 151, 60, 36, 0, 0])
    }
}
