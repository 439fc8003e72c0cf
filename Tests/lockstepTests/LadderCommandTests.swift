import Testing

// `compare --ladder` and `compare --lyapunov` as a user meets them.

private let chaotic = [
    "compare", "--data", "synthetic:1x1x4,3,24", "--batch", "6", "--lr", "4", "--momentum", "0.9", "--study", "m.yaml",
]

private func place() throws -> Workplace {
    let place = try Workplace()
    try place.write("m.yaml", "model: [dense: 4, tanh, dense: 3]\n")
    return place
}

@Test func aLadderIsShownWrittenAndTabled() throws {
    let place = try place()
    let result = try place.run(
        chaotic + [
            "--steps", "70", "--ladder", "20,8,14", "--trust-steps", "500", "--json", "l.json", "--csv", "l.csv",
            "--lyapunov",
        ])
    #expect(result.status == 0, "\(result.errors)")
    for text in ["Precision ladder of dense: 4 - tanh - dense: 3", "against mpfr:120", "off by 1%", "tangent map"] {
        #expect(result.output.contains(text), "\(text)")
    }
    let json = try place.json("l.json")
    #expect(json["schema"]?.string == "lockstep.ladder/1" && json["trustSteps"]?.int == 500)
    #expect(json["result"]?["rungs"]?.array?.map { $0["bits"]?.int } == [8, 14, 20])
    #expect(json["result"]?["lyapunovExponent"]?["value"]?.double != nil)
    #expect(json["result"]?["amplificationExponent"]?.isNull == true)
    #expect(json["resultDigest"]?.string?.count == 64)
    let steps = try #require(json["result"]?["steps"]?.int)
    let lines = try place.text("l.csv").split(separator: "\n")
    #expect(lines.first == "step,mpfr:8,mpfr:14,mpfr:20" && lines.count == steps + 2)
}

@Test func aLyapunovExponentStandsInTableAndResult() throws {
    let place = try place()
    let result = try place.run(chaotic + ["--steps", "30", "-a", "double", "--lyapunov", "--json", "r.json"])
    #expect(result.status == 0 && result.output.contains("Lyapunov exponent"), "\(result.errors)")
    let run = try #require(try place.json("r.json")["runs"]?[0])
    #expect(run["tangentAmplifications"]?.array?.count == 30 && run["lyapunovExponent"]?["low"]?.double != nil)
}

@Test(arguments: [
    (["--ladder", "24"], "ladder: wants two precisions at least, each once, such as 24,53,113,200,300"),
    (["--ladder", "24,x"], "ladder: \"x\" is not a whole number from 2 to 16384"),
    (["--ladder", "24,53", "-a", "float"], "ladder: takes no --arithmetic; leave it out"),
    (["--ladder", "24,53", "--checkpoint", "c"], "ladder: takes no --checkpoint; leave it out"),
    (["--ladder", "24,53", "--ladder-threshold", "2"], "ladder-threshold: \"2\" is not a number between 0 and 1"),
    (
        ["--ladder", "24,53", "--reference", "mpfr:60"],
        "reference: mpfr:60 is no reference for 53 bits; wanted is mpfr:P with P of 73 at least"
    ),
    (["--trust-steps", "9"], "trust-steps: wants --ladder beside it"),
    (
        ["--lyapunov", "-a", "interval:60", "-a", "float"],
        "lyapunov: interval:60 has bounds for a derivative, and a single number is wanted of every one; leave it out"
    ),
])
func unusableLaddersAreSaidInOneLine(arguments: [String], message: String) throws {
    let result = try place().run(chaotic + ["--steps", "3"] + arguments)
    #expect(result.complaint == message, "\(result.status) \(result.errors)")
}
