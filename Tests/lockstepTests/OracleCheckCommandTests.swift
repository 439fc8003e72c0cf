import Foundation
import TensorFiles
import Testing

// `lockstep oracle check` and `op` from the outside: exit codes, reports for machines, mistakes in one line.

/// A place with the weights of a tiny training that the command itself saved, step by step.
private func placeWithTrace(_ arguments: [String] = []) throws -> Workplace {
    let place = try Workplace()
    let saved = try place.compare(
        ["-a", "float", "--grid", "float", "--order", "sequential", "--save", "own", "--save-steps", "0,1,2,3", "-q"]
            + arguments)
    #expect(saved.status == 0, "\(saved.errors)")
    return place
}

private func check(_ place: Workplace, _ arguments: [String]) throws -> CommandResult {
    let states = (1...3).flatMap { ["--trace", "\($0)=own/float/step-00000\($0).safetensors"] }
    return try place.run(
        ["oracle", "check"] + Workplace.tiny + [
            "--order", "sequential", "--initial", "own/float/step-000000.safetensors",
        ]
            + states + arguments)
}

@Test func checkSaysAgreesDiffersAndUndetermined() throws {
    let place = try placeWithTrace(["--lr", "0.5"])
    let agrees = try check(place, ["--lr", "0.5", "--bitwise"])
    #expect(agrees.status == 0, "\(agrees.errors)")
    #expect(agrees.output.contains("Agrees: every bit"))
    let differs = try check(place, ["--lr", "0.25"])
    #expect(differs.status == 1)
    #expect(differs.output.contains("every update is 2.0 times") || differs.output.contains("gradient doubled"))
    let nothing = try place.run(
        ["oracle", "check"] + Workplace.tiny + ["--initial", "own/float/step-000000.safetensors"])
    #expect(nothing.status == 3)
    #expect(nothing.output.contains("nothing to judge"))
}

@Test func checkWritesReportsForMachines() throws {
    let place = try placeWithTrace(["--weight-decay", "0.01"])
    let result = try check(place, ["--json", "r.json", "--junit", "r.xml", "-q"])
    #expect(result.status == 1 && result.output.isEmpty && result.errors.isEmpty)
    let json = try place.json("r.json")
    #expect(json["schema"]?.string == "lockstep.oracle/1")
    #expect(json["verdict"]?.string == "differs")
    #expect(json["explanation"]?["name"]?.string == "another weight decay")
    #expect(json["firstDifference"]?["update"]?.int == 0)
    #expect(json["ensemble"]?.array?.count == 15)
    let tensors = try #require(json["tensors"]?.array)
    #expect(tensors.count == 12)
    for key in ["subject", "ratio", "foreign", "own", "ensemble", "worst", "resolution"] {
        #expect(tensors[0][key] != nil, "\(key)")
    }
    let text = String(decoding: try readFile(place.path("r.xml")), as: UTF8.self)
    // Four tensors and the verdict.
    #expect(text.components(separatedBy: "<testcase ").count == 6)
    #expect(text.contains("tests=\"5\" failures=\"5\"") && text.hasSuffix("</testsuites>\n"))
    #expect(!text.contains("\"another weight decay\"") && text.contains("another weight decay: "))
}

@Test func aFolderOfATraceIsReadWhole() throws {
    let place = try placeWithTrace()
    let moved = try place.shell(
        "mkdir t && cp own/float/step-000000.safetensors t/initial.safetensors && cp own/float/step-00000[123].safetensors t/"
    )
    #expect(moved.status == 0)
    let result = try place.run(
        ["oracle", "check"] + Workplace.tiny + ["--order", "sequential", "--from", "t", "--json", "-"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try JSONValue(parsing: Array(result.output.utf8), path: "output")
    #expect(json["tensors"]?.array?.count == 12)
}

@Test func operationsAreJudgedFromFiles() throws {
    let place = try Workplace()
    var inputs = TensorArchive()
    try inputs.append("a", StoredTensor([Float(1), 2, 3, 4], shape: [2, 2]))
    try inputs.append("b", StoredTensor([Float(0.5), -1, 0.25, 3], shape: [2, 2]))
    try inputs.write(to: place.path("in.npz"))
    for (values, status) in [([Float(1), 5, 2.5, 9], Int32(0)), ([1, 5, 2.5, 9.5], 1)] {
        var output = TensorArchive()
        try output.append("y", StoredTensor(values, shape: [2, 2]))
        try output.write(to: place.path("out.npz"))
        let result = try place.run(["oracle", "op", "matmul", "--inputs", "in.npz", "--output", "out.npz"])
        #expect(result.status == status, "\(result.errors)\(result.output)")
    }
    let near = try place.run(["oracle", "op", "matmull", "--inputs", "in.npz"])
    #expect(near.complaint?.contains("did you mean \"matmul\"?") ?? false)
}

@Test(arguments: [
    (["--trace", "x"], "is not STEP=FILE"),
    (["--names", "torch"], "is none of lockstep, torchvision, pytorch, flax, keras"),
    (["--max-ratio", "many"], "is not a number of at least 0"), (["--losses", "none.txt"], "none.txt"),
    (["--reference", "half"], "no more precise"), (["--initial", "none.npz"], "none.npz"),
    (["--junit", "no/where.xml"], "its folder does not exist"),
]) func unusableChecksAreOneLine(arguments: [String], message: String) throws {
    let place = try placeWithTrace()
    let initial = arguments.contains("--initial") ? [] : ["--initial", "own/float/step-000000.safetensors"]
    let result = try place.run(["oracle", "check"] + Workplace.tiny + initial + arguments)
    #expect(result.complaint?.contains(message) ?? false, "\(result.errors)")
}
