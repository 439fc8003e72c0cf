import Arithmetics
import TensorFiles
import Testing
import Training

@Suite struct AugmentationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Placement: Equatable {
        let dy: Int
        let dx: Int
        let isFlipped: Bool
    }

    /// Two channels of 5 × 7, every byte of a sample another one but 0.
    private let channels = 2
    private let height = 5
    private let width = 7
    private func pixels(samples: Int) -> [UInt8] { (0..<samples * 70).map { UInt8(1 + ($0 * 37) % 255) } }

    private func inputs(_ x: StoredTensor, seed: UInt64, normalization: String = "0/1") throws -> Inputs {
        let labels = try StoredTensor([Int](repeating: 0, count: x.shape[0]), shape: [x.shape[0]])
        try NumpyArchive.write(TensorArchive(["x": x, "y": labels]), to: folder.path + "/d.npz")
        let data = try DataSet(named: "npz:\(folder.path)/d.npz", testFraction: Rational(0))
        return try Inputs(
            data, normalization: Normalization(parsing: normalization), augmentation: .cropFlip, seed: seed,
            grid: .binary64)
    }

    /// The contract's words in the plainest form: a border of 4 zeros, mirrored, and a window of the image's size cut out.
    private func moved(_ plane: [Double], _ placement: Placement, zero: Double) -> [Double] {
        let margin = 4
        var padded = (0..<height + 2 * margin).map { r in
            (0..<width + 2 * margin).map { c in
                let (y, x) = (r - margin, c - margin)
                return (0..<height).contains(y) && (0..<width).contains(x) ? plane[y * width + x] : zero
            }
        }
        // The window is placed in the image as it is; columns are then read from the right.
        padded = Array(padded[placement.dy..<placement.dy + height])
        return padded.flatMap { row -> [Double] in
            let window = Array(row[placement.dx..<placement.dx + width])
            return placement.isFlipped ? window.reversed() : window
        }
    }

    // Words from NumPy 2.4's Philox, key (7, 3), counter (0, epoch, sample, 0); bounded draws done in Python.
    private let recorded: [(epoch: Int, sample: Int, Placement)] = [
        (0, 0, Placement(dy: 5, dx: 3, isFlipped: true)), (0, 1, Placement(dy: 7, dx: 3, isFlipped: false)),
        (1, 0, Placement(dy: 3, dx: 1, isFlipped: false)), (1, 2, Placement(dy: 0, dx: 8, isFlipped: false)),
        (5, 1437, Placement(dy: 3, dx: 2, isFlipped: true)),
    ]

    @Test func imagesAreMovedAndMirroredAsRecorded() throws {
        let bytes = pixels(samples: 1438)
        let inputs = try inputs(StoredTensor(bytes, shape: [1438, channels, height, width]), seed: 7)
        for (epoch, sample, placement) in recorded {
            let plane = height * width
            let expected = (0..<channels).flatMap { channel in
                let start = (sample * channels + channel) * plane
                return moved(bytes[start..<start + plane].map { Double($0) / 255 }, placement, zero: 0)
            }
            let shown = inputs.trainingCodes(of: [sample], epoch: epoch).map { inputs.table[Int($0)].double }
            #expect(shown == expected, "epoch \(epoch), sample \(sample)")
        }
    }

    @Test func anImageDependsOnItsNumberAndNotOnItsPlaceInTheBatch() throws {
        let inputs = try inputs(StoredTensor(pixels(samples: 9), shape: [9, channels, height, width]), seed: 3)
        let (alone, together) = (
            [4, 8].map { inputs.trainingCodes(of: [$0], epoch: 2) }, inputs.trainingCodes(of: [4, 8], epoch: 2)
        )
        #expect(alone.flatMap(\.self) == together)
        #expect(inputs.trainingCodes(of: [4], epoch: 3) != alone[0])
    }

    @Test func blackIsTheByteZeroBeforeNormalization() throws {
        let bytes = [UInt8](repeating: 255, count: 70)
        let inputs = try inputs(
            StoredTensor(bytes, shape: [1, channels, height, width]), seed: 7, normalization: "0.5/0.25,0.25/0.5")
        // Moved by (1, -1): one row and one column come from outside.
        let shown = inputs.trainingCodes(of: [0], epoch: 0).map { inputs.table[Int($0)].double }
        #expect(Set(shown[..<35]) == [-2, 2] && Set(shown[35...]) == [-0.5, 1.5])
        #expect(shown.filter { $0 < 0 }.count == 2 * (7 + 4))
    }

    @Test func numbersAreMovedWithZerosOutside() throws {
        let numbers = (0..<70).map { 1 + Double($0) }
        let inputs = try inputs(
            StoredTensor(numbers, shape: [1, channels, height, width]), seed: 7, normalization: "1/2")
        let expected = [0, 1].flatMap { channel in
            moved(Array(numbers[channel * 35..<channel * 35 + 35]), recorded[0].2, zero: 0).map { ($0 - 1) / 2 }
        }
        #expect(inputs.trainingCodes(of: [0], epoch: 0).map { inputs.table[Int($0)].double } == expected)
    }

    @Test func rowsOfNumbersAreNoImages() throws {
        let x = try StoredTensor([1, 2, 3, 4] as [UInt8], shape: [2, 2])
        #expect(
            message { try inputs(x, seed: 1) }
                == "augment: crop-flip moves images, and samples of npz:\(folder.path)/d.npz are rows of numbers; expected none"
        )
    }

    private let yaml = """
        model: [{dense: 10}]
        data: digits
        augment: crop-flip
        batch: 400
        arithmetics: [double]
        """

    @Test func trainingSeesTheImagesOfItsEpoch() throws {
        // The first layer's gradient of its weights is, up to the loss, the images that were seen.
        func losses(_ yaml: String) throws -> [ExactValue] {
            var run = try start(yaml, in: "double")
            return (0..<4).map { _ in run.advance(observe: []).loss }
        }
        let shown = try losses(yaml)
        #expect(try losses(yaml) == shown)
        #expect(try losses(yaml.replacing("crop-flip", with: "none")) != shown)

        // Rate 0 and sequential batches: the loss of an epoch's first batch changes with the images alone.
        let still = yaml + "\noptimizer: {lr: 0}\norder: sequential"
        let found = try losses(still)
        #expect(found[0] != found[3], "the second epoch moves the same images otherwise")
        let plain = try losses(still.replacing("crop-flip", with: "none"))
        #expect(plain[0] == plain[3])
        // Three batches of 400 an epoch.
        var batches = try BatchOrder(sampleCount: 1438, batchSize: 400, order: .sequential, seed: 1)
        #expect(batches.updatesPerEpoch == 3 && batches.batch(3) == batches.batch(0))
    }

    @Test func testImagesAreShownAsTheyAre() throws {
        let augmented = try start(yaml, in: "double")
        let plain = try start(yaml.replacing("crop-flip", with: "none"), in: "double")
        let samples = Array(0..<359)
        #expect(augmented.classes(of: samples) == plain.classes(of: samples))
    }
}
