import Arithmetics
import Testing
import Training

/// All samples, whatever the split.
private func whole(_ name: String) throws -> DataSet { try DataSet(named: name, testFraction: Rational(0)) }

private func bytes(_ samples: Samples) -> [UInt8] {
    guard case .bytes(let bytes, _) = samples.pixels else { return [] }
    return bytes
}

@Suite struct DataSetTests {
    // Sums, and the weighted sum that no exchange of pixels survives: Python's csv and gzip modules on the same file.
    @Test func digitsAreThePublishedOnes() throws {
        let digits = try whole("digits")
        #expect(digits.name == "digits" && digits.shape == [1, 8, 8] && digits.classes == 10)
        #expect(digits.training.count == 1797 && digits.test.count == 0)
        let counts = (0..<10).map { k in digits.training.labels.count { $0 == k } }
        #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
        let pixels = bytes(digits.training)
        var sum = 0
        var weighted = 0
        for (position, byte) in pixels.enumerated() {
            sum += Int(byte)
            weighted += (position % 64 + 1) * Int(byte)
        }
        #expect(sum == 561_718 && weighted == 18_222_371)
        #expect(Array(pixels[0..<16]) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
        #expect(Array(pixels.suffix(8)) == [0, 1, 8, 12, 14, 12, 1, 0] && digits.training.labels.last == 8)
        guard case .bytes(_, white: 16) = digits.training.pixels else {
            Issue.record("white must be 16")
            return
        }
    }

    @Test func enlargedDigitsRepeatEveryPixel() throws {
        let large = try whole("digits28")
        #expect(large.shape == [1, 28, 28] && large.training.count == 1797)
        let small = bytes(try whole("digits").training)
        let pixels = bytes(large.training)
        #expect(pixels.count == 1797 * 784)
        for sample in [0, 1, 1000, 1796] {
            var expected: [UInt8] = []
            for row in 0..<28 {
                for column in 0..<28 {
                    let border = row < 2 || row >= 26 || column < 2 || column >= 26
                    expected.append(border ? 0 : small[sample * 64 + (row - 2) / 3 * 8 + (column - 2) / 3])
                }
            }
            #expect(Array(pixels[sample * 784..<sample * 784 + 784]) == expected, "sample \(sample)")
        }
    }

    @Test(arguments: [("0", 5), ("1/5", 4), ("0.39", 4), ("0.4", 3), ("0.999", 1)])
    func theLastSamplesAreTheTestPart(fraction: String, training: Int) throws {
        let f = try #require(Rational(decimal: fraction))
        let all = try DataSet(named: "synthetic:1x2x3,3,5", testFraction: Rational(0), seed: 42)
        let split = try DataSet(named: "synthetic:1x2x3,3,5", testFraction: f, seed: 42)
        #expect(split.training.count == training && split.test.count == 5 - training)
        #expect(split.training.labels + split.test.labels == [0, 1, 2, 0, 1])
        #expect(bytes(split.training) + bytes(split.test) == bytes(all.training))
        #expect(split.classes == 3)
    }

    @Test(arguments: ["-0.1", "1", "3/2"])
    func fractionsOutOfRangeAreRefused(fraction: String) throws {
        let f = try #require(Rational(decimal: fraction))
        #expect(
            message { try DataSet(named: "synthetic:1x1x1,2,5", testFraction: f) }
                == "test-fraction: is out of range; expected 0 <= fraction < 1, such as 0.2")
    }
}
