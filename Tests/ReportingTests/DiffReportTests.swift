import Arithmetics
import Foundation
import Oracle
import Reporting
import TensorFiles
import Testing

private func report(
    _ a: KeyValuePairs<String, StoredTensor>, _ b: KeyValuePairs<String, StoredTensor>, ulps: Double = 0
) throws -> DiffReport {
    let folder = NSTemporaryDirectory() + "lockstep-diff-report-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try TensorArchive(a).write(to: folder + "/a.safetensors")
    try TensorArchive(b).write(to: folder + "/b.safetensors")
    let (one, other) = (try Recording(folder + "/a.safetensors"), try Recording(folder + "/b.safetensors"))
    var request = DiffRequest()
    request.tolerance.ulps = ulps
    var diff = try Diff(one, other, request)
    return DiffReport(one, other, try diff.run())
}

private let one: Float = 1

@Test func diffTextShowsBothValuesInDecimalHexAndBits() throws {
    let text = try report(
        ["w": StoredTensor([0, 2, one, 4] as [Float], shape: [2, 2])],
        ["w": StoredTensor([0, 2, one.nextUp, 4] as [Float], shape: [2, 2])]
    ).text(.plain)
    #expect(text.hasPrefix("Differs: 1 of 1 tensor, 1 of 4 elements\n"))
    #expect(text.contains("  first     w[2] at [1, 0]\n"))
    #expect(text.contains("            A  1.00000000  0x1p+0         bits 3f800000\n"))
    #expect(text.contains("            B  1.00000012  0x1.000002p+0  bits 3f800001\n"))
    #expect(text.contains("            1.00 ulps of float32, 1 apart in order\n"))
    #expect(text.contains("  w       float32         4          1  1.00       0        1   2.60e-8  [2]\n"))
}

@Test func diffTextTellsAgreementFromIdentity() throws {
    let a: KeyValuePairs = ["w": try StoredTensor([one, 2], shape: [2])]
    let b: KeyValuePairs = ["w": try StoredTensor([one.nextUp, 2], shape: [2])]
    #expect(try report(a, a).text(.plain).hasPrefix("Identical: 1 tensor, 2 elements\n"))
    #expect(try report(a, b, ulps: 1).text(.plain).hasPrefix("Agrees: 1 of 2 elements differ, none beyond 1.00 ulps\n"))
    #expect(try report(a, b, ulps: 0.5).text(.plain).hasPrefix("Differs: 1 of 1 tensor, 1 of 2 elements\n"))
}

@Test func diffJSONHoldsTheCounts() throws {
    let json = try report(
        ["u": StoredTensor([one], shape: [1]), "w": StoredTensor([one, 0, .nan, 1, 8] as [Float], shape: [5])],
        ["w": StoredTensor([one, -0.0, 1, one.nextUp, 8.000004] as [Float], shape: [5])]
    ).json
    #expect(json["schema"] == "lockstep.diff/1" && json["verdict"] == "differs")
    let step = try #require(json["series"]?[0]?["steps"]?[0])
    #expect(step["onlyInA"] == ["u"] && step["onlyInB"] == [])
    let w = try #require(step["tensors"]?[0])
    #expect(w["differing"] == 4 && w["nonFinite"] == 1 && w["elements"] == 5)
    #expect(w["histogram"]?["identical"] == 1 && w["histogram"]?["zeroSign"] == 1 && w["histogram"]?["infinite"] == 1)
    #expect(w["histogram"]?["bins"]?[0]?["log2AtMost"] == 0 && w["histogram"]?["bins"]?[1]?["elements"] == 1)
    #expect(w["maxUlp"] == "Infinity" && w["relativeL2"] == "Infinity")
    #expect(
        w["first"]?["index"] == 1 && w["first"]?["b"]?["bits"] == "80000000" && w["first"]?["b"]?["hex"] == "-0x0p+0")
    #expect(w["first"]?["ulps"]?.double == 0)
    #expect(json["firstDifference"]?["tensor"] == "w" && json["firstDifference"]?["element"]?["index"] == 1)
}
