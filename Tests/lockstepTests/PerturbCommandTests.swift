import Foundation
import TensorFiles
import Testing

private let tiny = [
    "perturb", "--data", "synthetic:1x4x4,3,60", "--model", "mlp(16,6,3)", "--batch", "8", "--lr", "0.3",
]

@Test func theTableOfPerturbedSGDIsWrittenEverywhere() throws {
    let place = try Workplace()
    let result = try place.run(
        tiny + [
            "--epochs", "2", "--seeds", "1,2", "--k", "1,3", "--perturb", "threads=2", "--control-k", "2", "--json",
            "r.json",
            "--csv", "r.csv",
        ])
    #expect(result.status == 0, "\(result.errors)")
    for text in ["k=1 ", "k=3 ", "threads=2", "sd over k", "from rounding", "verdict", "identical", "digest"] {
        #expect(result.output.contains(text), "\(text)")
    }
    let json = try place.json("r.json")
    #expect(
        json.object?.keys == [
            "schema", "contract", "experiment", "preset", "study", "environment", "request", "cells", "spread",
            "controls",
            "resultDigest", "interrupted",
        ])
    #expect(json["schema"]?.string == "lockstep.perturb/1" && json["experiment"]?.string == "perturbed-sgd")
    #expect(json["cells"]?.array?.count == 6 && json["controls"]?.array?.count == 6)
    #expect(json["cells"]?[0]?["epochs"]?[1]?.object?.keys == ["epoch", "step", "accuracy", "loss"])
    #expect(json["study"]?["steps"]?.int == 12 && json["study"]?["epochs"]?.int == 2)
    #expect(json["controls"]?.array?.allSatisfy { $0["verdict"]?.string == "identical" } == true)
    let lines = try String(decoding: readFile(place.path("r.csv")), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 13 && lines[0] == "perturbation,seed,epoch,step,accuracy,loss")
    #expect(lines[1].hasPrefix("k=1,1,1,6,0."))
}

@Test func divergenceAndGrowthAreWrittenToo() throws {
    let place = try Workplace()
    let rates = try place.run(
        tiny + ["--steps", "4", "--learning-rates", "1,2", "--k", "1,5", "--json", "r.json", "--csv", "r.csv", "-q"])
    #expect(rates.status == 0 && rates.output.isEmpty, "\(rates.errors)")
    let json = try place.json("r.json")
    #expect(json["experiment"]?.string == "divergence-against-rate" && json["k"]?[1]?.int == 5)
    #expect(json["curves"]?[1]?["scaledIterations"]?.array?.map(\.int) == [0, 1, 2, 3, 4])
    #expect(json["curves"]?[1]?["tensors"]?["fc2.bias"]?[4]?.double != nil)
    let lines = try String(decoding: readFile(place.path("r.csv")), as: UTF8.self).split(separator: "\n")
    #expect(lines[0] == "n,lr,scaledIteration,step,all,fc1.weight,fc1.bias,fc2.weight,fc2.bias" && lines.count == 11)

    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot") else { return }
    let map = try place.run(tiny + ["--steps", "6", "--heat-map", "h.svg", "--local-map", "l.svg", "--json", "g.json"])
    #expect(map.status == 0, "\(map.errors)")
    #expect(map.output.contains("mean part in"))
    for name in ["h.svg", "l.svg"] {
        #expect(try String(decoding: readFile(place.path(name)), as: UTF8.self).contains("fc1.weight"))
    }
    #expect(try place.json("g.json")["growth"]?["tensors"]?[3]?["name"]?.string == "fc2.bias")
}

@Test func interruptedCellsAreKeptAndGoneOnWith() throws {
    let place = try Workplace()
    let some = tiny + ["--seeds", "1,2", "--k", "1,3", "--control-k", "none", "--jobs", "2"]
    let long = some + ["--epochs", "100000", "--checkpoint", "c", "--json", "r.json", "-q"]
    let process = place.process(long)
    let errors = place.path("errors")
    try place.write("errors", "")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    while !place.exists("c"), process.isRunning { usleep(10_000) }
    usleep(300_000)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let text = String(decoding: try readFile(errors), as: UTF8.self)
    #expect(text.hasSuffix("runs finished; the same command with --resume goes on from c\n"), "\(text)")
    #expect(try place.json("r.json")["interrupted"]?.bool == true)
    #expect(try place.json("r.json")["resultDigest"]?.isNull == true)
    let kept = try FileManager.default.contentsOfDirectory(atPath: place.path("c"))
    #expect(kept.contains { $0.hasSuffix(".running") }, "\(kept)")
    let again = try place.run(long)
    #expect(
        again.complaint?.hasSuffix("cells of an earlier run; go on from them with --resume, or name another folder")
            == true)
    let other = try place.run(long + ["--resume", "--lr", "0.4"])
    #expect(other.complaint?.contains("is of another study; it lacks \"optimizer: {lr: 0.4,") == true, "\(other)")

    // Finished cells are read: the same digest, whether in one go or two.
    let short = some + ["--epochs", "3", "--json", "s.json", "-q"]
    #expect(try place.run(short + ["--checkpoint", "d", "--seeds", "1"]).status == 0)
    #expect(try place.run(short + ["--checkpoint", "d", "--resume"]).status == 0)
    let resumed = try place.json("s.json")["resultDigest"]?.string
    #expect(try place.run(short).status == 0)
    #expect(try place.json("s.json")["resultDigest"]?.string == resumed && resumed?.count == 64)
}

@Test(arguments: [
    (["--preset", "medium"], "preset: \"medium\" is none of paper, small, lenet, resnet8, resnet20"),
    (["--preset", "paper"], "preset paper: wants --data cifar10:DIR, the folder of your files"),
    (["--epochs", "2", "--seeds", "1,x"], "seeds: \"x\" is not a whole number from 0 to 18446744073709551615"),
    (["--epochs", "2", "--k", "1,0"], "k: \"0\" is not a whole number from 1 to 2147483647"),
    (["--epochs", "2", "--k", "3"], "k: wants 1 among them: the study as it is"),
    (["--steps", "20"], "epochs: wants at least 1: the accuracy of a cell is that of its last epochs"),
    (["--epochs", "2", "--steps", "20"], "steps: given beside epochs; one of them says how long to train"),
    (["--epochs", "2", "--last-epochs", "3"], "last-epochs: 3 is not a whole number from 1 to 2, the epochs"),
    (["--epochs", "2", "--vary", "order,all"], "vary: \"order,all\" is none of all, order"),
    (["--epochs", "2", "--control-k", "3"], "control-k: 3 is no power of two above 1; others may change every bit"),
    (["--epochs", "2", "-a", "float", "-a", "double"], "arithmetics: the table is of one arithmetic, not 2"),
    (
        ["--epochs", "2", "--perturb", "flip=fc9.weight[0]@1"],
        "flip: no tensor \"fc9.weight\"; there are fc1.weight, fc1.bias, fc2.weight, fc2.bias"
    ),
    (["--epochs", "2", "--tensor", "fc1.weight"], "tensor: belongs to --learning-rates"),
    (["--learning-rates", "2", "--seeds", "1"], "seeds: belongs to the table of accuracies"),
    (
        ["--learning-rates", "2", "--heat-map", "h.svg"],
        "learning-rates: given beside heat-map; one experiment at a time"
    ),
    (["--learning-rates", "2", "--k", "1,3,5"], "k: wants two factors here, such as 1,3, not 3"),
    (
        ["--learning-rates", "2", "--tensor", "fc9.weight"],
        "tensor: no tensor \"fc9.weight\"; there are fc1.weight, fc1.bias, fc2.weight, fc2.bias"
    ),
    (["--learning-rates", "2,zero"], "learning-rates: \"zero\" is not a whole number from 1 to 1073741824"),
    (["--heat-map", "h.gif"], "h.gif: is no kind of picture; end the name in .svg or .png"),
    (["--epochs", "2", "--resume"], "resume: wants --checkpoint DIR beside it"),
    (["--epochs", "2", "--jobs", "0"], "jobs: \"0\" is not a whole number from 1 to 256"),
])
func unusablePerturbationsGetOneLine(arguments: [String], expected: String) throws {
    let place = try Workplace()
    let whole = arguments.first == "--preset" ? ["perturb"] + arguments : tiny + arguments
    let result = try place.run(whole)
    #expect(result.complaint == expected, "\(result)")
    #expect(try place.names().isEmpty)
}

@Test func compareTellsAccuracyOnTheWay() throws {
    let place = try Workplace()
    let study = ["--data", "synthetic:1x4x4,3,60", "--model", "mlp(16,6,3)", "--batch", "8", "-a", "float"]
    let epochs = try place.run(["compare"] + study + ["--epochs", "3", "--augment", "crop-flip", "--json", "r.json"])
    #expect(epochs.status == 0 && epochs.output.contains("Test accuracy on the way"), "\(epochs)")
    let json = try place.json("r.json")
    #expect(json["runs"]?[0]?["epochs"]?.array?.map { $0["step"]?.int } == [6, 12, 18])
    #expect(json["study"]?["augment"]?.string == "crop-flip" && json["study"]?["steps"]?.int == 18)
    let last = json["runs"]?[0]?["epochs"]?[2]?["accuracy"]?.double
    #expect(last == json["runs"]?[0]?["test"]?["accuracy"]?.double && last != nil)
    let end = try place.run(["compare"] + study + ["--epochs", "1", "--evaluate-every", "end", "--json", "-"])
    #expect(end.status == 0 && !end.output.contains("\"epochs\": ["))
}

@Test(arguments: [
    (
        ["--evaluate-every", "0"],
        "evaluate-every: \"0\" is not a whole number of at least 1, with an e for epochs, nor \"end\""
    ),
    (["--local-map", "l.svg"], "local-map: wants --decompose beside it"),
    (["--heat-map", "h.txt"], "h.txt: is no kind of picture; end the name in .svg or .png"),
    (["--epochs", "2", "--steps", "2"], "steps: given beside epochs; one of them says how long to train"),
    (["--k-rate", "single"], "k-rate: \"single\" is none of exact, double"),
])
func unusableEpochsAndMapsGetOneLine(arguments: [String], expected: String) throws {
    let place = try Workplace()
    let result = try place.run(["compare", "-a", "float"] + arguments)
    #expect(result.complaint == expected, "\(result)")
    #expect(try place.names().isEmpty)
}
