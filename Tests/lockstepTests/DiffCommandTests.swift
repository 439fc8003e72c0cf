import Foundation
import TensorFiles
import Testing

@Test func diffAnswersWithItsExitCode() throws {
    let place = try Workplace()
    for (name, last) in [("a", Float(4)), ("b", Float(4).nextUp)] {
        var archive = TensorArchive()
        try archive.append("w", StoredTensor([1, 2, 3, last] as [Float], shape: [2, 2]))
        try archive.write(to: place.path("\(name).safetensors"))
    }
    let same = try place.run(["diff", "a.safetensors", "a.safetensors"])
    #expect(same.status == 0 && same.errors.isEmpty && same.output.hasPrefix("Identical: "))
    let other = try place.run(["diff", "a.safetensors", "b.safetensors", "--json", "d.json"])
    #expect(other.status == 1 && other.errors.isEmpty && other.output.contains("w[3] at [1, 1]"))
    #expect(try place.json("d.json")["verdict"] == "differs")
    #expect(try place.run(["diff", "a.safetensors", "b.safetensors", "--ulps", "1", "-q"]).status == 0)
    let json = try place.run(["diff", "a.safetensors", "b.safetensors", "--json", "-"])
    #expect(json.status == 1)
    #expect(try JSONValue(parsing: json.output)["schema"] == "lockstep.diff/1")
}

@Test func diffWritesACaseForEachTensorInItsJUnitReport() throws {
    let place = try Workplace()
    for (name, last) in [("a", Float(4)), ("b", Float(4).nextUp)] {
        var archive = TensorArchive()
        try archive.append("<same>", StoredTensor([1] as [Float], shape: [1]))
        try archive.append("w", StoredTensor([1, 2, 3, last] as [Float], shape: [2, 2]))
        if name == "b" { try archive.append("extra", StoredTensor([1] as [Float], shape: [1])) }
        try archive.write(to: place.path("\(name).safetensors"))
    }
    #expect(try place.run(["diff", "a.safetensors", "b.safetensors", "-q", "--junit", "d.xml"]).status == 1)
    let report = try String(contentsOfFile: place.path("d.xml"), encoding: .utf8)
    #expect(report.contains("<testsuites tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"0\">"))
    #expect(report.contains("name=\"&lt;same&gt;\"/>"))
    #expect(report.contains("1 of 4 elements differ; the first is [3]: A has 0x1p+2, B 0x1.000002p+2"))
    #expect(report.contains("<failure message=\"only B has extra\"/>"))
    #expect(try place.run(["diff", "a.safetensors", "b.safetensors", "--junit", "no/d.xml"]).status == 2)
}

@Test(arguments: [
    (["a.npz"], "missing expected argument '<b>' (lockstep diff --help lists the options)"),
    (["a.npz", "none"], "none: no such file or folder"),
    (["a.npz", "bad.npz"], "bad.npz: "),
    (["a.npz", "a.npz", "--ulps", "-1"], "ulps: \"-1\" is not a number of at least 0"),
    (["a.npz", "a.npz", "--names", "keras"], "names: \"keras\" is none of lockstep, pytorch"),
    (["a.npz", "a.npz", "--map", "x"], "map: \"x\" is not THEIRS=OURS"),
    (["a.npz", "a.npz", "--step", "x"], "step: \"x\" is not a whole number"),
    (["a.npz", "a.npz", "--json", "no/d.json"], "no/d.json: its folder does not exist"),
])
func unusableDiffGetsOneLine(_ arguments: [String], _ says: String) throws {
    let place = try Workplace()
    var archive = TensorArchive()
    try archive.append("w", StoredTensor([1] as [Float], shape: [1]))
    try archive.write(to: place.path("a.npz"))
    try place.write("bad.npz", "PK\u{3}\u{4} and then nothing of the kind")
    let result = try place.run(["diff"] + arguments)
    let complaint = try #require(result.complaint, "\(result.status) \(result.errors.prefix(300))")
    #expect(complaint.hasPrefix(says), "\(complaint)")
}
