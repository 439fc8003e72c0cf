import Arithmetics
import TensorFiles
import Testing
import Training

@Suite struct TensorStoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Values that each format holds, the awkward ones first.
    private func values(_ format: Format) -> ExactArray {
        var list: [ExactValue] = [.nan, .infinity, .negativeInfinity, .zero, .negativeZero, .one, format.largest]
        if let quantum = format.quantumExponent {
            for n in [1, 3, 5] {
                list.append(format.round(Rational(n) / Rational(2).power(-quantum)))
                list.append(format.round(Rational(-n) / Rational(2).power(-quantum)))
            }
        }
        var stream = RandomStream(seed: 5, .other, 0)
        while list.count < 24 {
            let numerator = Rational(Int(bitPattern: UInt(stream.word())))
            list.append(format.round(numerator / Rational(1 + Int(stream.bounded(1 << 40)))))
        }
        return ExactArray(list).rounded(to: format)
    }

    @Test(arguments: ["float", "double", "mpfr:2", "mpfr:256", "mpfr:53@binary64", "mpfr:100@binary128"])
    func exactValuesSurvive(text: String) throws {
        let name = try ArithmeticName(text)
        let path = folder.path + "/t." + TensorStore.pathExtension(for: name)
        let tensors = [
            TensorStore.NamedTensor(name: "fc1.weight", shape: [2, 3, 4], values: values(name.format)),
            TensorStore.NamedTensor(name: "empty \"one\"", shape: [0, 3], values: ExactArray(zeros: 0, precision: 53)),
            TensorStore.NamedTensor(name: "scalar", shape: [], values: ExactArray([ExactValue.negativeZero])),
        ]
        try TensorStore.write(tensors, of: name, to: path)
        let read = try TensorStore.read(path)
        #expect(Set(read.map(\.name)) == Set(tensors.map(\.name)))
        for tensor in tensors {
            let back = try #require(read.first { $0.name == tensor.name })
            #expect(back.shape == tensor.shape && back.values.count == tensor.values.count)
            #expect(back.values.firstDifference(from: tensor.values) == nil, "\(tensor.name)")
        }
    }

    @Test func foldersAndEndings() throws {
        #expect(
            try TensorStore.folderName(for: ArithmeticName("mpfr:24@binary32,reduction=kahan"))
                == "mpfr-24-binary32-reduction-kahan")
        #expect(
            try TensorStore.folderName(for: ArithmeticName("double,reduction=blocked:8"))
                == "double-reduction-blocked-8")
        #expect(try TensorStore.pathExtension(for: ArithmeticName("mpfr:24@binary32")) == "json")
    }

    @Test func theTextIsReadable() throws {
        let path = folder.path + "/t.json"
        let tensor = TensorStore.NamedTensor(name: "b", shape: [2], values: ExactArray([-0.1875, 0.0]))
        try TensorStore.write([tensor], of: ArithmeticName("mpfr:53"), to: path)
        let text = String(decoding: try readFile(path), as: UTF8.self)
        #expect(text == "{\"tensors\":{\"b\":{\"shape\":[2],\"values\":[\"-0x1.8p-3\",\"0x0p+0\"]}}}\n")
    }

    @Test(arguments: [
        ("", "not a JSON value"), ("{\"tensors\": {", ""),
        ("[]", "no \"tensors\"; expected {\"tensors\": {name: {\"shape\": …, \"values\": …}}}"),
        ("{\"tensors\": {\"a\": 3}}", "tensor \"a\": shape or values are missing"),
        ("{\"tensors\": {\"a\": {\"shape\": [1]}}}", "tensor \"a\": shape or values are missing"),
        ("{\"tensors\": {\"a\": {\"shape\": [1.5], \"values\": []}}}", "tensor \"a\": shape or values are missing"),
        (
            "{\"tensors\": {\"a\": {\"shape\": [2], \"values\": [\"0x1p+0\"]}}}",
            "tensor \"a\": 1 values do not fill shape [2]"
        ),
        (
            "{\"tensors\": {\"a\": {\"shape\": [-1], \"values\": [\"0x1p+0\"]}}}",
            "tensor \"a\": 1 values do not fill shape [-1]"
        ),
        (
            "{\"tensors\": {\"a\": {\"shape\": [9223372036854775807, 4], \"values\": []}}}",
            "tensor \"a\": 0 values do not fill shape [9223372036854775807, 4]"
        ),
        (
            "{\"tensors\": {\"a\": {\"shape\": [2], \"values\": [\"0x1p+0\", 3]}}}",
            "tensor \"a\"[1]: not an exact number; expected a text such as \"-0x1.8p-3\""
        ),
        (
            "{\"tensors\": {\"a\": {\"shape\": [1], \"values\": [\"0x1p+99999999999999999999\"]}}}",
            "tensor \"a\"[0]: not an exact number; expected a text such as \"-0x1.8p-3\""
        ),
        (
            "{\"tensors\": {\"a\": {\"shape\": [1], \"values\": [\"0x2p+0\"]}}}",
            "tensor \"a\"[0]: not an exact number; expected a text such as \"-0x1.8p-3\""
        ),
    ])
    func damagedFilesGetOneLine(text: String, expected: String) throws {
        let path = try folder.write("d.json", Array(text.utf8))
        let found = message { try TensorStore.read(path) }
        #expect(found.hasPrefix("\(path): ") || found.hasPrefix("\(path), "), "\(found)")
        #expect(!found.contains("\n"))
        if expected.contains("tensor") { #expect(found == "\(path): \(expected)") }
    }

    @Test func aMissingFileIsNamed() {
        let path = folder.path + "/none.json"
        #expect(message { try TensorStore.read(path) }.hasPrefix("\(path): "))
    }
}
