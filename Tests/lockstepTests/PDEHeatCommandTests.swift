import Arithmetics
import TensorFiles
import Testing

// `lockstep pde heat`, end to end.

@Test func theHeatEquationIsTableFileAndPicture() throws {
    let place = try Workplace()
    let result = try place.run([
        "pde", "heat", "-a", "float", "-a", "interval:64", "--steps", "6", "--every", "2", "--json", "h.json", "--save",
        "h",
    ])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
    for text in ["0.50137328766468998141", "every mode decays", "a mode grows", "float", "decays", "blows up", "even"] {
        #expect(result.output.contains(text), "\(text) in \(result.output)")
    }
    #expect(result.output.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })

    let json = try place.json("h.json")
    #expect(json["schema"]?.string == "lockstep.pde.heat/1")
    #expect(json["threshold"]?["below"]?["proved"]?.string == "decays")
    let runs = try #require(json["trajectories"]?.array)
    #expect(runs.map { $0["dt"]?["written"]?.string } == ["0.4", "0.4", "0.8", "0.8"])
    for run in runs {
        let records = try #require(run["records"]?.array)
        #expect(records.map { $0["step"]?.int } == [0, 2, 4, 6])
        #expect(records.allSatisfy { $0["u"]?.array?.count == 31 })
    }
    // 1.4 + 0.4 × ((1.5 + 1.3) - 2 × 1.4) = 1.4 twice: node 14 has not moved much; its hex and decimal are one number.
    let node = try #require(runs[0]["records"]?[1]?["u"]?[14])
    let hex = try #require(node["hex"]?.string.flatMap { ExactValue(hexadecimal: $0) })
    let decimal = try #require(node["decimal"]?.string.flatMap { Rational(decimal: $0) })
    #expect(Format.binary32.round(decimal) == hex && abs(hex.double - 1.4) < 0.1)
    let bounds = try #require(runs[1]["records"]?[3]?["u"]?[14])
    let (lower, upper) = (bounds["lower"]?["decimal"]?.string, bounds["upper"]?["decimal"]?.string)
    #expect(try #require(lower.flatMap { Rational(decimal: $0) }) < #require(upper.flatMap { Rational(decimal: $0) }))

    let files = try place.names(in: "h")
    #expect(files.contains("profiles.csv") && files.contains("peaks.svg") && files.contains("profiles-dt0.4-float.png"))
    let lines = try place.text("h/profiles.csv").split(separator: "\n")
    #expect(lines.count == 17 && lines.allSatisfy { $0.split(separator: ",").count == 34 })
}

@Test func unusableHeatOptionsAreOneLineAndLeaveNothing() throws {
    let place = try Workplace()
    for (arguments, says) in [
        (["--dt", "0"], "dt: 0 is not above 0"), (["--dt", "fast"], "dt: \"fast\" is not a decimal or a quotient"),
        (["--dt", "0.4,2/5"], "dt: 0.4 is given twice"), (["--steps", "-1"], "steps: \"-1\" is not a whole number"),
        (["--every", "0"], "every: \"0\""), (["-a", "half,master=float"], "master= is for training"),
        (["--dt", "1e6", "-a", "half"], "dt: 1e6 overflows the grid"),
        (["--grid", "fine"], "grid: \"fine\" is none of"),
    ] {
        let result = try place.run(["pde", "heat", "--save", "out"] + arguments)
        #expect(
            try #require(result.complaint, "\(arguments): \(result)").contains(says), "\(arguments): \(result.errors)")
    }
    #expect(try place.names().isEmpty)
}
