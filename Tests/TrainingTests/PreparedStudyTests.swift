import Arithmetics
import TensorFiles
import Testing
import Training

@Suite struct PreparedStudyTests {
    private func point(_ yaml: String, _ name: String = "float") throws -> StartingPoint {
        try PreparedStudy(study(yaml)).startingPoint(for: ArithmeticName(name))
    }

    @Test func theCoarsestGridIsWhatEveryArithmeticHolds() throws {
        #expect(try point("arithmetics: [double, float, \"mpfr:256\"]").grid == .binary32)
        #expect(try point("arithmetics: [double, \"mpfr:10\"]", "double").grid.precision == 10)
        // The reference takes part.
        #expect(try point("arithmetics: [double]\nreference: mpfr:30", "double").grid.precision == 30)
        let mixed = try point("arithmetics: [\"mpfr:8@binary16\", float, \"mpfr:100\"]", "float").grid
        #expect(mixed.precision == 8 && mixed.range?.emax == 15)
        #expect(mixed.quantumExponent == Format(precision: 8, range: Format.binary16.range).quantumExponent)
        for (a, b) in zip(
            try point("arithmetics: [double, float]", "double").parameters,
            try point("arithmetics: [double, float]", "float").parameters)
        { #expect(a == b) }
    }

    @Test func exactAndNamedGrids() throws {
        let exact = "arithmetics: [float, double]\ngrid: exact\ninit: constant:0.1"
        #expect(try point(exact, "double").grid == .binary64)
        #expect(try point(exact, "double").parameters[0][0].double == 0.1)
        #expect(try point(exact, "float").parameters[0][0] == ExactValue(Float(0.1)))
        let named = "arithmetics: [float, double]\ngrid: bfloat16\ninit: constant:0.1\noptimizer: {momentum: 0.9}"
        #expect(try point(named, "double").parameters[0][0].double == 0x1.9ap-4)
        #expect(try point(named, "double").momentum.double == 0x1.ccp-1)
        // An arithmetic that does not hold the grid rounds once more.
        let finer = "arithmetics: [float]\ngrid: double\ninit: constant:0.1"
        #expect(try point(finer).parameters[0][0].double == 0.1)
        #expect(try start(finer, in: "float").state.parameters[0][0] == ExactValue(Float(0.1)))
    }

    @Test func whatVanishesOrOverflowsIsReported() throws {
        let notes = try point(
            "arithmetics: [float]\noptimizer: {lr: 1e-50, momentum: 1e-50, weight-decay: 1e-50}\nclip: 1e-50\n"
                + "normalize: 0/1e50"
        ).notes
        #expect(
            notes.prefix(4) == [
                "lr 1e-50 is 0 on the grid", "momentum 1e-50 is 0 on the grid", "weight-decay 1e-50 is 0 on the grid",
                "clip 1e-50 is 0 on the grid",
            ])
        #expect(notes.count == 5 && notes[4].hasSuffix(" inputs became 0 on the grid"))
        #expect(try point("arithmetics: [float]\noptimizer: {lr: 0}").notes.isEmpty)
        #expect(
            message { try point("arithmetics: [float]\noptimizer: {lr: 1e39}") }
                == "lr: 1e39 overflows the grid, whose largest number is 3.40282e38")
        #expect(
            message { try point("arithmetics: [float]\ninit: constant:1e39") }
                == "init: constant:1e39 overflows the grid, whose largest number is 3.40282e38")
        #expect(
            try point("arithmetics: [float]\ninit: constant:1e-50").notes == ["init constant:1e-50 is 0 on the grid"])
    }

    @Test func startingWeightsFromFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/w.json"
        func write(_ values: [Double], shape: [Int] = [2, 2], bias: String = "fc1.bias") throws {
            let tensors = [
                TensorStore.NamedTensor(name: "w", shape: shape, values: ExactArray(values)),
                TensorStore.NamedTensor(name: bias, shape: [2], values: ExactArray([1, 2] as [Double])),
            ]
            try TensorStore.write(tensors, of: ArithmeticName("mpfr:53"), to: path)
        }
        let yaml = """
            model: [dense: 2]
            data: synthetic:1x1x2,2,4
            batch: 1
            arithmetics: [float]
            init-from: \(path)
            map: ["w=fc1.weight"]
            """
        try write([1, 0.1, 1e-60, -0.0])
        let made = try point(yaml)
        #expect((0..<4).map { made.parameters[0][$0].double } == [1, Double(Float(0.1)), 0, 0])
        #expect(made.parameters[0][3] == .negativeZero && made.notes == ["1 values of fc1.weight became 0 on the grid"])
        try write([1, 2, 3, 1e39])
        #expect(message { try point(yaml) } == "\(path): fc1.weight[3] is 1e39, which overflows the grid")
        try write([1, .nan, 3, 4])
        #expect(message { try point(yaml) } == "\(path): tensor \"w\"[1] is NaN; starting weights are finite")
        try write([1, 2, 3, 4], shape: [4, 1])
        #expect(message { try point(yaml) } == "\(path): tensor \"w\" has shape [4, 1], but fc1.weight is [2, 2]")
        try write([1, 2, 3, 4], bias: "b")
        #expect(
            message { try point(yaml) }
                == "\(path): no tensor \"fc1.bias\"; it has w, b; other names are given with --map THEIRS=fc1.bias")
        try write([1, 2, 3, 4])
        #expect(
            message { try point(yaml.replacing("w=fc1", with: "v=fc1")) }
                == "map: \(path) has no tensor \"v\"; it has w, fc1.bias")
        #expect(
            message { try point(yaml.replacing("fc1.weight", with: "fc2.weight")) }
                == "map: the model has no parameter \"fc2.weight\"; it has fc1.weight, fc1.bias")
    }

    @Test func studiesThatCannotRun() throws {
        func prepare(_ yaml: String) -> String { message { try PreparedStudy(study(yaml)) } }
        #expect(prepare("") == "arithmetics: none given; name at least one, such as float, double or mpfr:256")
        #expect(prepare("arithmetics: [float, binary32]") == "arithmetics: float is given twice")
        #expect(
            prepare("arithmetics: [float]\nbatch: 2000")
                == "batch: 2000 is more than the 1438 training samples, so no batch is complete; "
                + "expected at most 1438, or last-batch: keep")
        #expect(
            prepare("arithmetics: [float]\nmodel: mlp(65,10)")
                == "mlp: the first size is 65 but a sample has 64 values; write mlp(64,…)")
        #expect(
            prepare("arithmetics: [float]\nmodel: [flatten, dense: 9]")
                == "model: 9 outputs for 10 classes; the last layer needs at least 10")
        #expect(
            prepare("arithmetics: [float]\nmodel: mlp(64,4000000,10)\nbatch: 1000")
                == "batch: 1000 samples make an activation of more than 2^31 elements; a smaller batch fits")
        #expect(
            prepare("arithmetics: [float]\nmodel: [conv: {out: 16777216, kernel: 4000, pad: 4096}, flatten, dense: 10]")
                == "model: layer 1: a tensor of [16777216, 1, 4000, 4000] is too large; at most 2147483647 elements fit"
        )
    }
}
