import Arithmetics
import TensorFiles
import Testing

// `lockstep pde linear`, end to end, on a board of 25 positions: XXᵀ has the eigenvalue 25·16 = 400, α_min is 100.

private let tiny = ["pde", "linear", "--image", "8", "--kernel", "4", "--dt", "0.01", "--alpha", "50,150,190,210"]

@Test func theLinearExperimentIsTableFileAndPicture() throws {
    let place = try Workplace()
    let result = try place.run(tiny + ["-a", "double", "--steps", "40", "--json", "l.json", "--save", "l"])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
    for text in ["25 x 16 = 400, exactly", "alpha_min = 100, exactly", "marginal", "grows", "decays", "blows up"] {
        #expect(result.output.contains(text), "\(text) in \(result.output)")
    }
    #expect(result.output.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
    let json = try place.json("l.json")
    #expect(json["schema"]?.string == "lockstep.pde.linear/1" && json["eigenvalue"]?.int == 400)
    let runs = try #require(json["trajectories"]?.array)
    #expect(runs.map { $0["predicted"]?["behaviour"]?.string } == ["grows", "decays", "decays", "blows up"])
    #expect(runs.map { $0["shown"]?["behaviour"]?.string } == ["grows", "decays", "decays", "blows up"])
    for run in runs {
        let records = try #require(run["records"]?.array)
        #expect(records.count == 41)
        for key in ["totalLoss", "crossEntropy", "projection", "squaredNorm"] {
            #expect(records[0][key] == runs[0]["records"]?[0]?[key] || key == "totalLoss")
            #expect(records[7][key]?["hex"]?.string != nil && records[7][key]?["decimal"]?.string != nil, "\(key)")
        }
    }
    let files = try place.names(in: "l")
    #expect(files.contains("trajectories.csv") && files.contains("loss-double.svg"))
    // A saved kernel is a start: 40 and 20 + 20 steps are one run.
    let halves = try Workplace()
    _ = try halves.run(tiny + ["-a", "double", "-q", "--steps", "20", "--save", "first"])
    let first = halves.path("first/kernel-alpha150-double.safetensors")
    let second = try halves.run(
        ["pde", "linear", "--image", "8", "--kernel", "4", "--dt", "0.01", "--alpha", "150", "-a", "double", "-q"]
            + ["--steps", "20", "--init-from", first, "--json", "second.json"])
    #expect(second.status == 0, "\(second)")
    let last = try halves.json("second.json")["trajectories"]?[0]?["records"]?.array?.last?["squaredNorm"]
    #expect(last != nil && last == runs[1]["records"]?.array?.last?["squaredNorm"])
}

@Test func everyPositionGivesTheSameFile() throws {
    let place = try Workplace()
    for (name, more) in [("a", []), ("b", ["--every-position"])] {
        let result = try place.run(tiny + ["-a", "float", "-q", "--steps", "3", "--json", name] + more)
        #expect(result.status == 0, "\(result)")
    }
    let (a, b) = (try place.json("a")["trajectories"]?.array, try place.json("b")["trajectories"]?.array)
    #expect(a?.count == 4 && a?.map { $0["records"] } == b?.map { $0["records"] })
    #expect(a?[0]["convolution"]?.string == "classes of positions" && b?[0]["convolution"]?.string == "every position")
}

@Test func unusableLinearOptionsAreOneLineAndLeaveNothing() throws {
    let place = try Workplace()
    for (arguments, says) in [
        (["--alpha", "-1"], "alpha: -1 is below 0"), (["--dt", "0"], "dt: 0 is not above 0"),
        (["--dt", "1,2"], "dt: one number is wanted"), (["--kernel", "300"], "kernel: a side of 300 does not fit"),
        (["--preset", "large"], "preset: \"large\" is none of published, small"), (["--k", "0"], "k: \"0\""),
        (["--seed", "1", "--init-from", "x.npy"], "seed: a kernel from a file wants none"),
        (["--init-from", "x.npy"], "x.npy"), (["-a", "half"], "alpha: 11e6 overflows the grid"),
    ] {
        let result = try place.run(["pde", "linear", "--save", "out"] + arguments)
        #expect(
            try #require(result.complaint, "\(arguments): \(result)").contains(says), "\(arguments): \(result.errors)")
    }
    #expect(try place.names().isEmpty)
}
