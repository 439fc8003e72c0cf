import Arithmetics
import TensorFiles
import Testing
import Training

@Suite struct NumpyDataTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func npz(_ tensors: KeyValuePairs<String, StoredTensor>) throws -> String {
        let path = folder.path + "/d.npz"
        try NumpyArchive.write(TensorArchive(tensors), to: path)
        return path
    }

    private func tensor(_ values: [some StoredElement], _ shape: Int...) throws -> StoredTensor {
        try StoredTensor(values, shape: shape)
    }

    @Test func bytesAndNumbersAreReadInEveryShape() throws {
        let bytes = try npz(["x": tensor([1, 2, 3, 4] as [UInt8], 2, 1, 2), "y": tensor([0, 5] as [UInt64], 2)])
        let data = try DataSet(named: "npz:" + bytes, testFraction: Rational(1, 2))
        #expect(data.shape == [1, 1, 2] && data.classes == 6 && data.test.labels == [5])
        guard case .bytes([1, 2], white: 255) = data.training.pixels else {
            Issue.record("\(data)")
            return
        }
        let x: [Float] = [0.1, -0.0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        let numbers = try npz([
            "x": tensor(x, 2, 3, 2, 1), "y": tensor([1, 0] as [Int8], 2),
            "x_test": tensor([1, 2, 3, 4, 5, 0x1p-1074] as [Double], 1, 3, 2, 1), "y_test": tensor([7], 1),
        ])
        let floats = try DataSet(named: "npz:" + numbers)
        #expect(floats.shape == [3, 2, 1] && floats.channels == 3 && floats.classes == 8)
        #expect(floats.training.labels == [1, 0] && floats.test.labels == [7])
        guard case .numbers(let read) = floats.training.pixels, case .numbers(let test) = floats.test.pixels else {
            Issue.record("not numbers")
            return
        }
        #expect(read.map(\.bitPattern) == x.map { Double($0).bitPattern })
        #expect(test.last == 0x1p-1074)
        let features = try npz(["x": tensor(x, 3, 4), "y": tensor([0, 1, 2], 3)])
        let flat = try DataSet(named: "npz:" + features)
        #expect(flat.shape == [4] && flat.channels == 1)
    }

    @Test func wrongTensorsAreNamed() throws {
        let x = try tensor([1, 2, 3, 4] as [UInt8], 2, 2)
        let y = try tensor([0, 1], 2)
        let cases: [(KeyValuePairs<String, StoredTensor>, String)] = try [
            (["y": y], "tensor \"x\": is missing; the file holds \"y\""),
            (["x": x], "tensor \"y\": is missing; the file holds \"x\""),
            (
                ["x": x, "y": y, "x_test": x],
                "tensor \"y_test\": is missing; the file holds \"x\", \"y\", \"x_test\""
            ),
            (
                ["x": tensor([1] as [UInt8], 1), "y": y],
                "tensor \"x\": has shape [1]; expected [N, F], [N, H, W] or [N, C, H, W]"
            ),
            (["x": tensor([] as [UInt8], 0, 3), "y": y], "tensor \"x\": has shape [0, 3], without an element"),
            (
                ["x": tensor([1, 2] as [Int16], 2, 1), "y": y],
                "tensor \"x\": holds int16; expected uint8 or floating-point numbers"
            ),
            (
                ["x": x, "y": tensor([0, 1, 2], 3)],
                "tensor \"y\": has shape [3]; expected [2], a label for each sample of x"
            ),
            (
                ["x": x, "y": tensor([0, 1] as [Float], 2)],
                "tensor \"y\": holds float32; labels are of an integer type"
            ),
            (
                ["x": x, "y": tensor([0, -1], 2)],
                "tensor \"y\", element 1: the label is -1; labels are 0 to classes - 1, below 1000000"
            ),
            (
                ["x": x, "y": tensor([1_000_000, 0], 2)],
                "tensor \"y\", element 0: the label is 1000000; labels are 0 to classes - 1, below 1000000"
            ),
            (
                ["x": x, "y": tensor([0, UInt64.max], 2)],
                "tensor \"y\", element 1: 18446744073709551615 is not exactly representable as an integer"
            ),
            (
                ["x": tensor([0, 1, 2, 3, 4, .nan] as [Float], 2, 3), "y": y],
                "tensor \"x\", sample 1, element 2: the input is nan; inputs must be finite numbers"
            ),
            (
                ["x": tensor([-.infinity, 1] as [Double], 2, 1), "y": y],
                "tensor \"x\", sample 0, element 0: the input is -inf; inputs must be finite numbers"
            ),
            (
                ["x": x, "y": y, "x_test": tensor([1] as [UInt8], 1, 1), "y_test": tensor([1], 1)],
                "tensor \"x_test\": the samples have shape [1]; those of x have [2]"
            ),
            (
                ["x": x, "y": y, "x_test": tensor([1, 2] as [Float], 1, 2), "y_test": tensor([1], 1)],
                "tensor \"x_test\": one of x and x_test holds bytes, the other numbers; "
                    + "expected uint8 in both or floating-point numbers in both"
            ),
        ]
        for (tensors, expected) in cases {
            let path = try npz(tensors)
            #expect(message { try DataSet(named: "npz:" + path) } == "\(path): \(expected)")
        }
    }
}
