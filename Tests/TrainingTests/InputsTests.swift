import Arithmetics
import TensorFiles
import Testing
import Training

@Suite struct InputsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func data(_ x: StoredTensor, testFraction: Rational = Rational(0)) throws -> DataSet {
        let labels = try StoredTensor([Int](repeating: 0, count: x.shape[0]), shape: [x.shape[0]])
        try NumpyArchive.write(TensorArchive(["x": x, "y": labels]), to: folder.path + "/d.npz")
        return try DataSet(named: "npz:\(folder.path)/d.npz", testFraction: testFraction)
    }

    /// What a run sees: the table looked up.
    private func values(_ inputs: Inputs, _ samples: CodedSamples) -> [Double] {
        samples.codes(of: 0..<samples.count).map { inputs.table[Int($0)].double }
    }

    // Exact quotients rounded to binary32 with Python's fractions.
    @Test func bytesAreRoundedOnceFromTheirExactValue() throws {
        let data = try data(StoredTensor([0, 1, 128, 255] as [UInt8], shape: [2, 2]), testFraction: Rational(1, 2))
        let plain = try Inputs(data, grid: .binary32)
        #expect(values(plain, plain.training) == [0, 0x1.010102p-8])
        #expect(values(plain, plain.test) == [0x1.010102p-1, 1])
        #expect(plain.table.count == 256 && plain.roundedToZero == 0)
        let usual = try Inputs(data, normalization: Normalization(parsing: "0.1307/0.3081"), grid: .binary32)
        #expect(values(usual, usual.training) == [-0x1.b264ep-2, -0x1.a55c3ep-2])
        #expect(values(usual, usual.test) == [0x1.347afp+0, 0x1.692678p+1])
    }

    @Test func digitsAreSixteenths() throws {
        let digits = try DataSet(named: "digits")
        let inputs = try Inputs(digits, grid: .bfloat16)
        guard case .bytes(let bytes, _) = digits.test.pixels else {
            Issue.record("not bytes")
            return
        }
        #expect(inputs.test.count == 359 && inputs.training.count == 1438)
        let samples = [358, 0, 17]
        let looked = inputs.test.codes(of: samples).map { inputs.table[Int($0)].double }
        let expected = samples.flatMap { sample in bytes[sample * 64..<sample * 64 + 64].map { Double($0) / 16 } }
        #expect(looked == expected)
        #expect(inputs.test.labels(of: samples) == samples.map { digits.test.labels[$0] })
    }

    @Test func everyChannelHasItsOwnNormalization() throws {
        let pixels = [UInt8](repeating: 200, count: 12)
        let data = try data(StoredTensor(pixels, shape: [1, 3, 2, 2]))
        let three = try Normalization(parsing: "0.4914/0.247,0.4822/0.2435,0.4465/0.2616")
        let expected = [0x1.2f9632p+0, 0x1.3d9f66p+0, 0x1.4a950ep+0].flatMap { Array(repeating: $0, count: 4) }
        let inputs = try Inputs(data, normalization: three, grid: .binary32)
        #expect(values(inputs, inputs.training) == expected)
        #expect(
            message { try Inputs(data, normalization: Normalization(parsing: "0/1,0/1"), grid: .binary32) }
                == "normalization '0/1,0/1': has 2 pairs, and \(data.name) 3 channels; "
                + "expected one for all channels or one for each")
        // The same sample as numbers: 200 is no quotient of 255 there.
        let numbers = try self.data(StoredTensor([Double](repeating: 2, count: 12), shape: [1, 3, 2, 2]))
        let halves = try Inputs(numbers, normalization: Normalization(parsing: "1/1,1/2,0/-4"), grid: .binary32)
        #expect(values(halves, halves.training) == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5, -0.5])
        #expect(halves.table.count == 3)
    }

    @Test func numbersComeOntoTheGridAsTheyAre() throws {
        let x = [0.1, -3.5, 1e-30, -0.0, 0.1, 1e-46]
        let data = try data(StoredTensor(x, shape: [3, 2]), testFraction: Rational(1, 3))
        let inputs = try Inputs(data, grid: .binary32)
        let all = values(inputs, inputs.training) + values(inputs, inputs.test)
        // Swift's own conversion to Float is the other route to the nearest binary32.
        #expect(all.map(\.bitPattern) == x.map { Double(Float($0)).bitPattern })
        #expect(inputs.roundedToZero == 1, "1e-46 lies below half the smallest subnormal")
        #expect(inputs.table.count == 5, "0.1 occurs twice")
        let shifted = try Inputs(data, normalization: Normalization(parsing: "0.25/0.3"), grid: .binary32)
        #expect(Array(values(shifted, shifted.training).prefix(3)) == [-0x1p-1, -0x1.9p+3, -0x1.aaaaaap-1])
        // A grid that holds everything changes nothing.
        let exact = try Inputs(data, grid: .mpfr(precision: 64))
        #expect(values(exact, exact.training) + values(exact, exact.test) == x && exact.roundedToZero == 0)
    }

    @Test func overflowNamesTheFirstInputThatDoes() throws {
        let numbers = try data(StoredTensor([1, 2, 3, 65519, 65520, 1e6], shape: [3, 2]))
        #expect(
            message { try Inputs(numbers, grid: .binary16) }
                == "\(numbers.name): training sample 2, element 0: the input 6.552e4 overflows the grid; "
                + "the largest number there is 6.5504e4")
        // Bytes that do not occur may overflow.
        let small = try Normalization(parsing: "0/1e-5")
        let dark = try data(StoredTensor([0, 100] as [UInt8], shape: [1, 2]))
        let inputs = try Inputs(dark, normalization: small, grid: .binary16)
        #expect(values(inputs, inputs.training) == [0, 39_200])
        let bright = try data(StoredTensor([0, 100, 0, 254] as [UInt8], shape: [2, 2]), testFraction: Rational(1, 2))
        #expect(
            message { try Inputs(bright, normalization: small, grid: .binary16) }
                == "\(bright.name): test sample 0, element 1: the input 9.96078e4 overflows the grid; "
                + "the largest number there is 6.5504e4")
    }

    @Test func inputsThatBecomeZeroAreCounted() throws {
        let data = try data(
            StoredTensor([0, 1, 2, 255, 1, 0] as [UInt8], shape: [2, 3]), testFraction: Rational(1, 2))
        // Half the smallest subnormal of binary16 is 2^-25, which lies between 1/255 ÷ 2^18 and 2/255 ÷ 2^18.
        let inputs = try Inputs(data, normalization: Normalization(parsing: "0/262144"), grid: .binary16)
        #expect(values(inputs, inputs.training) == [0, 0, 0x1p-24])
        #expect(inputs.roundedToZero == 2)
    }

    @Test(arguments: ["", "0", "0/0", "1/2/3", "a/1", "0/1,", "0,1", "1/0.0", "nan/1", "0/inf"])
    func malformedNormalizationsAreRefused(text: String) {
        let wrong = text.split(separator: ",", omittingEmptySubsequences: false).first { $0 != "0/1" } ?? ""
        #expect(
            message { try Normalization(parsing: text) }
                == "normalization '\(text)': '\(wrong)' is not a mean and a deviation; "
                + "expected M/S[,M/S…], decimals with S not 0, such as 0.1307/0.3081")
    }
}
