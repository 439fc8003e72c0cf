import Arithmetics
import Comparison
import Reporting
import TensorFiles
import Testing
import Training

private func makeReport(_ fields: [(String, String)], interruptAt stop: Int? = nil) throws -> ComparisonReport {
    var study = Study()
    for (field, text) in [("data", "synthetic:1x4x4,3,60"), ("model", "mlp(16,4,3)"), ("batch", "10"), ("steps", "3")]
        + fields
    {
        try study.set(field, to: text)
    }
    var comparison = try LockstepRuns(PreparedStudy(study), ComparisonOptions())
    while !comparison.isFinished, comparison.step != stop { try comparison.advance() }
    comparison.finish()
    return try ComparisonReport(comparison, RunEnvironment(instructionSet: .plain), isInterrupted: stop != nil)
}

private let three = [("arithmetics", "float"), ("arithmetics", "double"), ("arithmetics", "mpfr:80")]

@Test func digestIsOfTheDeterministicPartOfTheOutput() throws {
    let report = try makeReport(three)
    // The other route: what a reader of the file would hash.
    let json = try JSONValue(parsing: report.json.encoded(.pretty), path: "report")
    var object = JSONObject()
    object["contract"] = json["contract"]
    object["study"] = report.study.portableJSON
    object["reference"] = json["reference"]
    object["runs"] = json["runs"]
    #expect(json["resultDigest"]?.string == Digest.hexadecimal(of: JSONValue(object).encoded()))
}

@Test func jsonHoldsTheRecords() throws {
    let report = try makeReport(three)
    let run = try #require(report.json["runs"]?[0])
    let record = report.result.runs[0]
    #expect(run["arithmetic"]?.string == record.arithmetic)
    for (i, step) in record.steps.enumerated() {
        #expect(run["steps"]?[i]?["digest"]?.string == step.digest)
        #expect(run["steps"]?[i]?["loss"]?["hex"]?.string == step.loss?.hexadecimal)
        #expect(run["steps"]?[i]?["error"]?["maxUlp"]?.double == step.error?.maxUlp)
        #expect(run["steps"]?[i]?["tensors"]?["fc1.bias"]?["medianUlp"]?.double == step.tensors[1].error.medianUlp)
    }
    #expect(run["firstDifference"]?["value"]?["hex"]?.string == record.firstDifference?.value.hexadecimal)
    // The reference is not compared with itself.
    #expect(report.json["runs"]?[2]?["steps"]?[1]?["error"]?.isNull == true)
}

@Test func interruptedReportClaimsNoDigest() throws {
    let report = try makeReport(three, interruptAt: 2)
    #expect(report.resultDigest == nil)
    #expect(report.json["interrupted"] == true && report.json["resultDigest"] == .null)
    #expect(report.text(.plain).contains("Interrupted after step 2 of 3"))
}

@Test func gridAndItsLossesAreEchoed() throws {
    let report = try makeReport(three + [("weight-decay", "1e-60")])
    let values = try #require(report.json["study"]?["values"]?[0])
    #expect(values["grid"]?["precision"]?.int == 24)
    #expect(values["weight-decay"]?["hex"]?.string == "0x0p+0")
    #expect(values["notes"]?[0]?.string == "weight-decay 1e-60 is 0 on the grid")
    #expect(report.text(.plain).contains("note      weight-decay 1e-60 is 0 on the grid"))
    // Each on its own grid: three entries, and only float loses the decay.
    let exact = try makeReport(three + [("weight-decay", "1e-60"), ("grid", "exact")])
    #expect(exact.startingValues.map(\.grid.precision) == [24, 53, 80])
    #expect(exact.startingValues.map(\.notes.isEmpty) == [false, true, true])
}

@Test func textSaysHowManyBitsAreRight() throws {
    let text = try makeReport(three).text(.plain)
    let float = try #require(text.split(separator: "\n").first { $0.hasPrefix("  float ") })
    #expect(float.contains(" of 24"))
    #expect(text.contains("After 3 steps, compared with mpfr:80 ("))
    #expect(text.contains("borne out by mpfr:144)"))
    let alone = try makeReport([("arithmetics", "double")]).text(.plain)
    #expect(alone.contains("one arithmetic alone"))
}

@Test func durationsReadWell() {
    let cases: [(Double, String)] = [
        (0.42, "0.42 s"), (5, "5.0 s"), (12.4, "12 s"), (200, "3 min 20 s"), (18_720, "5 h 12 min"), (.infinity, "?"),
    ]
    for (seconds, text) in cases { #expect(ProgressLine.duration(seconds: seconds) == text) }
}

@Test func heatMapsHoldTheErrorsAndTheirLocalShares() throws {
    var study = Study()
    for (field, text) in [
        ("data", "synthetic:1x4x4,3,60"), ("model", "mlp(16,4,3)"), ("batch", "10"), ("steps", "6"),
        ("arithmetics", "float"), ("arithmetics", "double"),
    ] { try study.set(field, to: text) }
    var options = ComparisonOptions()
    options.decompose = true
    options.decomposeTensors = true
    options.evaluateEvery = try Schedule.Length("3")
    var comparison = try LockstepRuns(PreparedStudy(study), options)
    while !comparison.isFinished { try comparison.advance() }
    let run = comparison.result.runs[0]
    let map = HeatMap(errorsOf: run, title: "t")
    #expect(map.rowNames == ["all weights", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
    #expect(map.columns == [1, 2, 3, 4, 5, 6])
    for (column, step) in map.columns.enumerated() {
        let record = run.steps[step]
        #expect(map.values[0][column] == record.error?.relativeL2)
        #expect(map.values[3][column] == record.tensors[2].error.relativeL2)
    }
    let shares = HeatMap(localSharesOf: run, title: "t")
    let parts = try #require(run.steps[6].tensors[3].parts)
    #expect(shares.values[4][5] == parts.local / (parts.local + parts.propagated))
    #expect(shares.values.joined().allSatisfy { $0.map { (0...1).contains($0) } ?? true })

    // 900 columns of 5 rows are more than are drawn: every second, and the last.
    var long = run
    long.steps = (0...900).map { i in
        var step = run.steps[i % 7]
        step.step = i
        return step
    }
    let thinned = HeatMap(errorsOf: long, title: "t")
    #expect(thinned.columns.count == 450 && thinned.columns.last == 900 && thinned.columns[0] == 2)

    // What was split and evaluated on the way changes no digest, and stands in the JSON.
    let report = try ComparisonReport(comparison, RunEnvironment(instructionSet: .plain), isInterrupted: false)
    var plainOptions = ComparisonOptions()
    plainOptions.decompose = true
    var plain = try LockstepRuns(PreparedStudy(study), plainOptions)
    while !plain.isFinished { try plain.advance() }
    let other = try ComparisonReport(plain, RunEnvironment(instructionSet: .plain), isInterrupted: false)
    #expect(report.resultDigest == other.resultDigest && report.resultDigest != nil)
    let json = try #require(report.json["runs"]?[0])
    #expect(json["epochs"]?.array?.map { $0["step"]?.int } == [3, 6])
    #expect(json["steps"]?[6]?["tensors"]?["fc2.bias"]?["propagatedError"]?.double == parts.propagated)
    #expect(other.json["runs"]?[0]?["epochs"] == nil)
}
