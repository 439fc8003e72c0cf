import Foundation
import TensorFiles
import Testing

// What goes where: the table and the JSON, a pipe that closes, a disk that is full.

@Test func resultHasTheDocumentedKeys() throws {
    let place = try Workplace()
    let result = try place.compare(["-a", "float", "-a", "mpfr:100", "--decompose", "--json", "r.json"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try place.json("r.json")
    #expect(json["schema"]?.string == "lockstep.compare/1")
    #expect(json["contract"]?.int == 1)
    #expect(json["study"]?["model"]?.string == "mlp(16,8,3)")
    #expect(json["study"]?["values"]?[0]?["lr"]?["hex"]?.string == "0x1.99999ap-4")
    for key in ["machine", "instructionSet", "swift", "mpfr", "gmp", "commit"] {
        #expect(json["environment"]?[key] != nil, "\(key)")
    }
    #expect(json["reference"]?["arithmetic"]?.string == "mpfr:100")
    #expect(json["reference"]?["trustedBits"]?.int != nil)
    #expect(json["resultDigest"]?.string?.count == 64)
    #expect(json["interrupted"]?.bool == false)
    let run = try #require(json["runs"]?[0]?.object)
    #expect(run.keys == ["arithmetic", "steps", "firstDifference", "blowUp", "growthExponent", "test"])
    #expect(run["firstDifference"]?.object?.keys == ["step", "tensor", "index", "value", "reference"])
    #expect(run["test"]?.object?.keys == ["accuracy", "churn"])
    let steps = try #require(run["steps"]?.array)
    #expect(steps.map { $0["step"]?.int } == [0, 1, 2, 3])
    #expect(steps[0]["loss"]?.isNull == true)
    let measures = ["maxUlp", "maxUlpOfScale", "meanUlp", "medianUlp", "relativeL1", "relativeL2", "matchingBits"]
    for step in steps {
        for key in ["digest", "localError", "amplification"] { #expect(step[key] != nil, "\(key)") }
        for measure in measures { #expect(step["error"]?[measure]?.double != nil, "\(measure)") }
        #expect(step["tensors"]?.object?.keys == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
        for measure in measures { #expect(step["tensors"]?["fc2.bias"]?[measure]?.double != nil, "\(measure)") }
    }
    #expect(steps[3]["tensors"]?["fc1.weight"]?["worst"]?.object?.keys == ["index", "value", "reference"])
    #expect(steps[0]["error"]?["matchingBits"]?.string == "Infinity")
    #expect(steps[3]["loss"]?.object?.keys == ["hex", "decimal"])
}

@Test func numbersThatAreNotFiniteAreNamed() throws {
    let place = try Workplace()
    let result = try place.compare(["-a", "float", "-a", "double", "--lr", "1e38", "--json", "-"])
    #expect(result.status == 0 && result.errors.isEmpty)
    let json = try JSONValue(parsing: Array(result.output.utf8), path: "standard output")
    let run = try #require(json["runs"]?[0])
    #expect(run["blowUp"]?["step"]?.int != nil)
    #expect(run["steps"]?[3]?["loss"]?["decimal"]?.string == "NaN")
    #expect(run["steps"]?[3]?["error"]?["relativeL2"]?.string == "Infinity")
}

@Test func pipedTableIsPlainAndNamesEveryRun() throws {
    let place = try Workplace()
    let result = try place.compare()
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(result.output.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    for text in ["mlp(16,8,3), 163 parameters", "float ", "double ", "mpfr:256", "fc2.bias", "digest"] {
        #expect(result.output.contains(text), "\(text)")
    }
}

@Test func quietSaysNothing() throws {
    let place = try Workplace()
    let result = try place.compare(["-q", "--json", "r.json"])
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
    #expect(try place.names() == ["r.json"])
}

@Test func studyEchoedInTheResultReadsBackAsTheSame() throws {
    let place = try Workplace()
    try place.write(
        "s.yaml",
        """
        model: mlp(16,8,3)
        data: synthetic:1x4x4,3,60
        batch: 10
        steps: 2
        optimizer: {lr: 0.25, momentum: 0.9}
        arithmetics: [float, double]
        """)
    let filed = try place.run(["compare", "--study", "s.yaml", "--seed", "7", "-q", "--json", "a.json"])
    #expect(filed.status == 0, "\(filed.errors)")
    let flagged = try place.compare([
        "--steps", "2", "--lr", "0.25", "--momentum", "0.9", "-a", "float", "-a", "double", "--seed", "7", "-q",
        "--json",
        "b.json",
    ])
    #expect(flagged.status == 0, "\(flagged.errors)")
    let (a, b) = (try place.json("a.json"), try place.json("b.json"))
    #expect(a["study"] == b["study"])
    #expect(a["resultDigest"] == b["resultDigest"])
    // A flag list replaces the file's.
    let replaced = try place.run(["compare", "--study", "s.yaml", "-a", "float", "-q", "--json", "c.json"])
    #expect(replaced.status == 0)
    #expect(try place.json("c.json")["study"]?["arithmetics"]?.array?.count == 1)
}

@Test func savedTensorsGoWhereTheyAreDocumented() throws {
    let place = try Workplace()
    let result = try place.compare([
        "-a", "float", "-a", "mpfr:100", "--momentum", "0.5", "--save", "s", "--save-steps", "0,3", "--save-what",
        "weights,gradients,momentum,activations", "-q",
    ])
    #expect(result.status == 0, "\(result.errors)")
    for file in ["float/step-000000.safetensors", "mpfr-100/step-000000.json", "mpfr-100/step-000003.json"] {
        #expect(place.exists("s/" + file), "\(file)")
    }
    let names = try Safetensors.read(place.path("s/float/step-000003.safetensors")).entries.map(\.name)
    for name in ["fc1.weight", "fc1.weight.gradient", "fc1.weight.momentum"] {
        #expect(names.contains(name), "\(name)")
    }
    // What was saved is where another study can start.
    let again = try place.compare(["--init-from", "s/mpfr-100/step-000003.json", "-a", "mpfr:100", "-q"])
    #expect(again.status == 0, "\(again.errors)")
}

@Test func closedPipeIsNoFailure() throws {
    let place = try Workplace()
    let line = "\"$LOCKSTEP\" compare \(Workplace.tiny.map { "'\($0)'" }.joined(separator: " "))"
    let piped = try place.shell("{ \(line); echo status $? >&2; } | head -1")
    #expect(piped.output.hasPrefix("  model") && piped.errors == "status 0\n", "\(piped)")
    let closed = try place.shell("\(line) --json r.json >&- 2>&-")
    #expect(closed.status == 0)
    #expect(try place.json("r.json")["resultDigest"]?.string != nil)
}

@Test func fullDiskGetsOneLineAndLeavesNothing() throws {
    let place = try Workplace()
    // Files may grow to one or a few kilobytes (the unit differs between shells): the result is far larger.
    let line = "ulimit -f 2; exec \"$LOCKSTEP\" compare \(Workplace.tiny.map { "'\($0)'" }.joined(separator: " ")) -q"
    #expect(try place.shell(line + " --json r.json").complaint?.hasPrefix("r.json: ") == true)
    #expect(try place.shell(line + " --checkpoint c -a mpfr:9000").complaint?.hasPrefix("c/step-3.partial/") == true)
    #expect(try place.names() == ["c"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("c")).isEmpty)
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    #expect(try place.compare(["-q", "--json", "/dev/full"]).complaint?.hasPrefix("/dev/full: no space left") == true)
    let table = try place.shell("\"$LOCKSTEP\" info > /dev/full")
    #expect(table.complaint == "standard output: no space left on the device")
}

@Test func folderThatCannotBeWrittenIsFoundBeforeTheRun() throws {
    let place = try Workplace()
    try place.write("file", "")
    // Long enough that a run that began would show.
    let long = ["--steps", "1000000"]
    #expect(try place.compare(long + ["--save", "file"]).complaint == "file: is a file, not a folder")
    #expect(try place.compare(long + ["--checkpoint", "file/c"]).complaint?.hasPrefix("file/c: ") == true)
    #expect(try place.compare(long + ["--json", "file/r.json"]).complaint?.hasPrefix("file/r.json: ") == true)
    #expect(try place.names() == ["file"])
}

@Test func enclosuresAndCountsAreShownAndSaved() throws {
    let place = try Workplace()
    let result = try place.compare([
        "-a", "interval:70", "-a", "mpfr:140", "--count-operations", "--json", "r.json", "--save", "s",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Enclosures, after step 3"))
    #expect(result.output.contains("Operations of the update that led to step 3"))
    let run = try #require(try place.json("r.json")["runs"]?[0])
    #expect(run["undecided"]?["count"]?.int == 0)
    let last = try #require(run["steps"]?[3])
    #expect(last["enclosure"]?.object?.keys == ["loss", "all", "tensors", "undecided"])
    #expect(last["enclosure"]?["all"]?["outside"]?.int == 0)
    #expect(last["enclosure"]?["tensors"]?["fc2.bias"]?["leastBits"] != nil)
    // Ten rows through 16·8 + 8·3 products, twice and the last layer once more.
    #expect((last["operations"]?["exactTerm"]?.int ?? 0) >= 10 * (2 * (16 * 8 + 8 * 3) + 8 * 3))
    let saved = try place.json("s/interval-70/step-000003.json")
    let lower = try #require(saved["tensors"]?["fc1.weight.lower"]?["values"]?[0]?.string)
    let upper = try #require(saved["tensors"]?["fc1.weight.upper"]?["values"]?[0]?.string)
    #expect(lower != upper && saved["tensors"]?["fc1.weight"] == nil)
    let again = try place.compare(["-a", "interval:70", "-a", "mpfr:140", "--json", "q.json", "-q"])
    #expect(again.status == 0)
    #expect(try place.json("q.json")["resultDigest"] == place.json("r.json")["resultDigest"])
}
