import Arithmetics
import Testing
import Training

// Whole training runs by two routes: software formats on integers, and MPFR held to the format's precision, exponent range and
// subnormals. They share the layers and the order of operations, and not one arithmetic operation; the draws of stochastic
// rounding are the same by the contract.
@Suite struct SmallFormatRunTests {
    private func expectTheSameRun(_ yaml: String, steps: Int, _ native: String, _ emulated: String) throws {
        let whole = yaml + "\narithmetics: [\"\(native)\", \"\(emulated)\"]"
        var first = try start(whole, in: native)
        var second = try start(whole, in: emulated)
        let a = Trace(&first, steps: steps)
        let b = Trace(&second, steps: steps)
        #expect(a.firstDifference(from: b) == nil, "\(native)")
        #expect(a.moves, "\(native)")
    }

    static let pairs = [
        ("bfloat16", "mpfr:8@bfloat16"), ("half", "mpfr:11@binary16"), ("tf32", "mpfr:11@tf32"),
        ("fp8-e5m2", "mpfr:3@fp8-e5m2"), ("fp8-e4m3,overflow=saturate", "mpfr:4@fp8-e4m3,overflow=saturate"),
    ]

    @Test(arguments: pairs) func smallFormatsEqualTheirEmulation(native: String, emulated: String) throws {
        try expectTheSameRun(
            "model: mlp(64,16,10)\nbatch: 4\noptimizer: {lr: 0.25, momentum: 0.5}", steps: 20, native, emulated)
    }

    @Test(arguments: ["zero", "up", "down", "stochastic:5"])
    func everyDirectionEqualsItsEmulation(direction: String) throws {
        for (native, emulated) in [
            ("bfloat16", "mpfr:8@bfloat16"), ("float", "mpfr:24@binary32"), ("double", "mpfr:53@binary64"),
        ] {
            try expectTheSameRun(
                "model: mlp(64,8,10)\nbatch: 4\noptimizer: {lr: 0.25, weight-decay: 0.01}\nclip: 1", steps: 4,
                "\(native),round=\(direction)", "\(emulated),round=\(direction)")
        }
    }

    @Test(arguments: ["bfloat16", "half,round=stochastic:8"]) func everyLayer(native: String) throws {
        let emulated = native.hasPrefix("half") ? "mpfr:11@binary16,round=stochastic:8" : "mpfr:8@bfloat16"
        try expectTheSameRun(
            """
            model:
              - conv: {out: 2, kernel: 3, pad: 1}
              - swish: 0.75
              - max-pool: 2
              - conv: {out: 2, kernel: 3, stride: 2, groups: 2, bias: false}
              - softplus
              - flatten
              - dense: 6
              - sigmoid
              - dense: 10
            batch: 2
            optimizer: {lr: 0.5, momentum: 0.5}
            """, steps: 2, native, emulated)
    }

    @Test(arguments: [
        ("bfloat16,accumulate=float", "mpfr:8@bfloat16,accumulate=mpfr:24@binary32"),
        ("half,master=float", "mpfr:11@binary16,master=mpfr:24@binary32"),
        (
            "bfloat16,reduction=pairwise,accumulate=float,master=double,round=stochastic:6",
            "mpfr:8@bfloat16,reduction=pairwise,accumulate=mpfr:24@binary32,master=mpfr:53@binary64,round=stochastic:6"
        ),
    ])
    func mixedPrecisionEqualsItsEmulation(native: String, emulated: String) throws {
        try expectTheSameRun(
            "model: mlp(64,8,10)\nbatch: 4\noptimizer: {lr: 0.25, momentum: 0.5}\nclip: 1", steps: 5, native, emulated)
    }

    /// master= written out by hand: the gradient is that of a bfloat16 run at the rounded weights; buffers and weights are
    /// binary32.
    @Test func weightsLiveInTheMasterFormat() throws {
        let yaml = """
            model: mlp(64,8,10)
            batch: 4
            optimizer: {lr: 0.125, momentum: 0.5}
            arithmetics: ["bfloat16,master=float", bfloat16]
            """
        var run = try start(yaml, in: "bfloat16,master=float")
        var narrow = try start(yaml, in: "bfloat16")
        var weights = run.state.parameters.map(\.floats)
        var buffers: [[Float]] = []
        for step in 0..<6 {
            narrow.adopt(ExactState(step: step, parameters: weights.map { ExactArray($0) }, momentum: []))
            let gradients = narrow.advance(observe: .gradients).gradients.map(\.floats)
            buffers = step == 0 ? gradients : zip(buffers, gradients).map { v, g in zip(v, g).map { 0.5 * $0 + $1 } }
            weights = zip(weights, buffers).map { w, v in zip(w, v).map { $0 - 0.125 * $1 } }
            _ = run.advance(observe: [])
            #expect(run.state.parameters.map(\.floats) == weights, "step \(step)")
            #expect(run.state.momentum.map(\.floats) == buffers, "step \(step)")
        }
        let held = zip(weights.flatMap { $0 }, narrow.state.parameters.flatMap(\.floats))
        #expect(held.contains { Float(SoftFloat(.bfloat16).constant(ExactValue($0.0))) != $0.0 }, "binary32 holds more")
    }

    @Test func drawsAreReplayedByAnyNumberOfThreadsAndFromAnyState() throws {
        let yaml = "model: mlp(64,8,10)\nbatch: 4\narithmetics: [\"bfloat16,round=stochastic:1\"]"
        var one = try start(yaml, in: "bfloat16,round=stochastic:1")
        var two = try start(yaml, in: "bfloat16,round=stochastic:1", threads: 8)
        let middle = Trace(&one, steps: 2)
        #expect(middle == Trace(&two, steps: 2))
        var resumed = try start(yaml, in: "bfloat16,round=stochastic:1")
        resumed.adopt(one.state)
        #expect(Trace(&one, steps: 2) == Trace(&resumed, steps: 2))
        var other = try start(yaml.replacing("stochastic:1", with: "stochastic:2"), in: "bfloat16,round=stochastic:2")
        #expect(Trace(&other, steps: 2) != middle)
    }
}
