import Foundation
import TensorFiles
import Testing

// Files that are missing, damaged, or hold something else than the study needs.

/// A study file's text, and what the one line must say after its name.
struct StudyFileCase: Sendable, CustomTestStringConvertible {
    let text: String
    let says: String

    init(_ text: String, says: String) {
        self.text = text
        self.says = says
    }

    var testDescription: String { says }

    static let all = [
        StudyFileCase(
            "model: mlp(16,8,3)\nlearning-rate: 0.1\n", says: ":2: no field \"learning-rate\"; the fields are"),
        StudyFileCase("model: mlp(16,8,3)\nsteps: [1\nseed: 3\n", says: ":3: not YAML: "),
        StudyFileCase("steps: 3\nsteps: 4\n", says: "steps: given twice"),
        StudyFileCase("seed: 1\n\nsteps: many\n", says: ":3: steps: \"many\" is not a whole number"),
        StudyFileCase("lr: 0.1\n", says: ":1: lr: belongs under optimizer"),
        StudyFileCase("optimizer: {lr: 0.1, adam: true}\n", says: "optimizer: no field \"adam\""),
        StudyFileCase(
            "model:\n  - conv: {out: 8, kernel: 3}\n  - lstm: 4\n", says: "no layer \"lstm\"; the layers are conv,"),
        StudyFileCase("- one\n- two\n", says: ": a study is a list of \"field: value\" lines"),
        StudyFileCase(String(repeating: "[", count: 100_000), says: ":1: not YAML: "),
        StudyFileCase("steps: \u{1}\n", says: ": not YAML: "),
    ]
}

@Test(arguments: StudyFileCase.all)
func unusableStudyFileGetsItsLineNumber(_ one: StudyFileCase) throws {
    let place = try Workplace()
    try place.write("study.yaml", one.text)
    let result = try place.run(["compare", "--study", "study.yaml"])
    let complaint = try #require(result.complaint, "\(result.status) \(result.errors.prefix(400))")
    #expect(complaint.hasPrefix("study.yaml:"))
    #expect(complaint.contains(one.says))
    #expect(try place.names() == ["study.yaml"])
}

@Test func missingAndBinaryStudyFilesGetOneLine() throws {
    let place = try Workplace()
    #expect(try place.run(["compare", "--study", "none.yaml"]).complaint?.hasPrefix("none.yaml: no such file") == true)
    try Data([0x6D, 0xFF, 0xFE, 0x00]).write(to: place.folder.appendingPathComponent("binary.yaml"))
    #expect(
        try place.run(["compare", "--study", "binary.yaml"]).complaint
            == "binary.yaml: is not UTF-8 text; a study is a YAML file")
}

@Test func unusableDataFilesGetOneLine() throws {
    let place = try Workplace()
    #expect(try place.compare(["--data", "mnist:nowhere"]).complaint?.hasPrefix("nowhere: no such folder") == true)
    #expect(try place.compare(["--data", "npz:none.npz"]).complaint?.hasPrefix("none.npz: no such file") == true)
    try place.write("damaged.npz", "PK\u{3}\u{4} and then nothing of the kind")
    #expect(try place.compare(["--data", "npz:damaged.npz"]).complaint?.hasPrefix("damaged.npz: ") == true)
    // IDX: 2 images of 2 × 2, of which one is missing.
    try Data([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]).write(
        to: place.folder.appendingPathComponent("images"))
    try Data([0, 0, 8, 1, 0, 0, 0, 2, 0, 1]).write(to: place.folder.appendingPathComponent("labels"))
    #expect(try place.compare(["--data", "idx:images,labels"]).complaint?.hasPrefix("images: ") == true)
    #expect(try place.names() == ["damaged.npz", "images", "labels"])
}

/// Weights of the tiny study's network, all 1/8.
private func weights() -> [(name: String, shape: [Int], values: [Float])] {
    [("fc1.weight", [8, 16]), ("fc1.bias", [8]), ("fc2.weight", [3, 8]), ("fc2.bias", [3])].map { name, shape in
        (name, shape, [Float](repeating: 0.125, count: shape.reduce(1, *)))
    }
}

private func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], to path: String
) throws {
    var archive = TensorArchive()
    for tensor in tensors { try archive.append(tensor.name, StoredTensor(tensor.values, shape: tensor.shape)) }
    if path.hasSuffix(".npz") {
        try NumpyArchive.write(archive, to: path)
    } else {
        try Safetensors.write(archive, to: path)
    }
}

@Test(arguments: ["safetensors", "npz"])
func unusableWeightFilesGetOneLine(_ ending: String) throws {
    let place = try Workplace()
    func complaint(_ name: String, _ more: String...) throws -> String? {
        try place.compare(["-a", "float", "--init-from", name] + more).complaint
    }
    #expect(try complaint("none.\(ending)")?.hasPrefix("none.\(ending): no such file") == true)

    let good = weights()
    try write(good, to: place.path("good.\(ending)"))
    #expect(try place.compare(["-a", "float", "--init-from", "good.\(ending)", "-q"]).status == 0)
    #expect(
        try complaint("good.\(ending)", "--map", "0.weight=fc1.weight")?.contains(
            "has no tensor \"0.weight\"; it has fc1.weight")
            == true)

    let bytes = try readFile(place.path("good.\(ending)"))
    try Data(bytes.dropLast(40)).write(to: place.folder.appendingPathComponent("short.\(ending)"))
    #expect(try complaint("short.\(ending)")?.hasPrefix("short.\(ending): ") == true)

    var wrong = good
    wrong[0].shape = [16, 8]
    try write(wrong, to: place.path("shape.\(ending)"))
    #expect(try complaint("shape.\(ending)")?.contains("has shape [16, 8], but fc1.weight is [8, 16]") == true)

    try write(Array(good.dropLast()), to: place.path("lacking.\(ending)"))
    #expect(try complaint("lacking.\(ending)")?.contains("no tensor \"fc2.bias\"") == true)

    wrong = good
    wrong[2].values[5] = .nan
    try write(wrong, to: place.path("nan.\(ending)"))
    #expect(try complaint("nan.\(ending)")?.contains("\"fc2.weight\"[5] is NaN; starting weights are finite") == true)
}
