import Arithmetics
import Testing
import Training

@Suite struct SyntheticDataTests {
    // The words are NumPy 2.4's, np.random.Philox(key=[42, 5], counter=[0, i0, 0, 0] - 1).random_raw, taken as
    // little-endian bytes, class 0 … 2 and 3 + sample, added and halved in Python. 12 bytes end inside a word.
    @Test func bytesAreTheRecordedOnes() throws {
        let data = try DataSet(named: "synthetic:2x2x3,3,5", testFraction: Rational(0), seed: 42)
        guard case .bytes(let bytes, white: 255) = data.training.pixels else {
            Issue.record("not bytes of 255")
            return
        }
        #expect(data.shape == [2, 2, 3] && data.classes == 3 && data.training.labels == [0, 1, 2, 0, 1])
        #expect(
            bytes == [
                123, 89, 159, 6, 184, 182, 209, 154, 109, 61, 128, 50,
                118, 58, 157, 228, 185, 41, 227, 90, 141, 100, 44, 142,
                92, 119, 143, 88, 115, 113, 17, 96, 136, 148, 150, 190,
                73, 119, 205, 19, 219, 157, 95, 153, 137, 53, 130, 46,
                136, 77, 126, 170, 129, 73, 209, 61, 117, 34, 141, 194,
            ])
    }

    @Test func theSeedMatters() throws {
        func bytes(_ seed: UInt64) throws -> [UInt8] {
            let made = try DataSet(named: "synthetic:1x4x4,2,4", seed: seed).training.pixels
            guard case .bytes(let bytes, _) = made else { return [] }
            return bytes
        }
        #expect(try bytes(1) == bytes(1))
        #expect(try bytes(1) != bytes(2))
    }
}
