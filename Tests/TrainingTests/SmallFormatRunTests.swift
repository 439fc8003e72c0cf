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

    /// Every small format in every direction, the reductions in turn.
    @Test(
        arguments: ["", ",round=zero", ",round=up", ",round=down", ",round=stochastic:5"].enumerated().map { $0 }, 0..<5
    )
    func everyFormatAndDirectionEqualsItsEmulation(direction: (offset: Int, element: String), format: Int) throws {
        let formats = [
            ("half", "mpfr:11@binary16", ""), ("tf32", "mpfr:11@tf32", ""), ("fp8-e5m2", "mpfr:3@fp8-e5m2", ""),
            ("fp8-e4m3", "mpfr:4@fp8-e4m3", ",overflow=saturate"), ("float", "mpfr:24@binary32", ""),
        ]
        let reductions = ["", ",reduction=pairwise", ",reduction=blocked:5", ",reduction=kahan", ",reduction=exact"]
        let (native, emulated, rule) = formats[format]
        let rest = reductions[(direction.offset + format) % reductions.count] + direction.element + rule
        try expectTheSameRun(
            """
            model: [conv: {out: 2, kernel: 3, pad: 1, stride: 2}, relu, flatten, dense: 10]
            batch: 3
            optimizer: {lr: 1, momentum: 0.5}
            """, steps: 3, native + rest, emulated + rest)
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

    /// master= written out by hand: the gradient is that of a bfloat16 run at the rounded weights; clipping, buffers and weights
    /// are binary32, every rounding in the direction of the name.
    @Test(arguments: [
        (RoundingDirection.nearest, Reduction.sequential), (.zero, .kahan), (.up, .pairwise), (.down, .sequential),
    ])
    func weightsLiveInTheMasterFormat(direction: RoundingDirection, reduction: Reduction) throws {
        let rest = "reduction=\(reduction),round=\(direction)"
        let yaml = """
            model: mlp(64,8,10)
            batch: 4
            optimizer: {lr: 0.1, momentum: 0.7}
            clip: CLIP
            arithmetics: ["bfloat16,master=float,\(rest)", "bfloat16,\(rest)"]
            """
        var run = try start(yaml.replacing("CLIP", with: "0.75"), in: "bfloat16,master=float,\(rest)")
        var narrow = try start(yaml.replacing("CLIP", with: "none"), in: "bfloat16,\(rest)")
        let wide = SoftFloat(.binary32, reduction: reduction, direction: direction)
        let bfloat16 = SoftFloat(.bfloat16, direction: direction)
        let grid = SoftFloat(.bfloat16)
        let (rate, factor) = (grid.constant(Rational(1, 10)), grid.constant(Rational(7, 10)))
        var weights = run.state.parameters.map(\.doubles)
        var buffers: [[Double]] = []
        var clipped = 0
        for step in 0..<6 {
            let seen = weights.map { ExactArray($0.map { bfloat16.round(ExactValue($0)) }) }
            narrow.adopt(ExactState(step: step, parameters: seen, momentum: []))
            var gradients = narrow.advance(observe: .gradients).gradients.map(\.doubles)
            let all = gradients.flatMap { $0 }
            let norm = wide.squareRoot(wide.dot(all.span, all.span))
            if norm > 0.75 {
                clipped += 1
                gradients = gradients.map { $0.map { wide.multiply($0, wide.divide(0.75, norm)) } }
            }
            buffers =
                step == 0
                ? gradients
                : zip(buffers, gradients).map { v, g in zip(v, g).map { wide.add(wide.multiply(factor, $0), $1) } }
            weights = zip(weights, buffers).map { w, v in zip(w, v).map { wide.subtract($0, wide.multiply(rate, $1)) } }
            _ = run.advance(observe: [])
            #expect(run.state.parameters.map(\.doubles) == weights, "step \(step)")
            #expect(run.state.momentum.map(\.doubles) == buffers, "step \(step)")
        }
        #expect(clipped > 0, "no norm was clipped")
        #expect(weights.joined().contains { grid.constant(ExactValue($0)) != $0 }, "binary32 holds more")
    }

    /// Rounding the master's weights comes first in a step, one operation a parameter in declaration order, so that weight and
    /// bias of the only layer are sites 0 and 1, its product site 2 and its sum with the bias site 3. By hand, from the draws.
    @Test func roundingTheMasterWeightsTakesOneSiteAParameter() throws {
        let name = "half,master=float,round=stochastic:4"
        let yaml = "model: [flatten, dense: 10]\nbatch: 2\ngrid: float\narithmetics: [\"\(name)\"]"
        var run = try start(yaml, in: name)
        let half = Stochastic(SoftFloat(.binary16, direction: .stochastic(seed: 4)))
        var moved = 0
        for step in 0..<3 {
            func here(_ site: Int, _ element: Int) -> Stochastic<SoftFloat> {
                half.at(Site(step: UInt64(step), operation: UInt64(site)), element: element)
            }
            func rounded(_ parameter: Int) -> [Double] {
                run.state.parameters[parameter].doubles.enumerated().map { e, w in
                    var a = here(parameter, e)
                    return a.round(ExactValue(w))
                }
            }
            let (weights, bias) = (rounded(0), rounded(1))
            let nearest = SoftFloat(.binary16)
            moved += zip(weights, run.state.parameters[0].doubles).count { $0 != nearest.constant(ExactValue($1)) }
            let outputs = run.advance(observe: .activations).activations
            let x = outputs[0].values.doubles
            let expected = (0..<20).map { e in
                var product = here(2, e)
                let row = Array(x[e / 10 * 64..<(e / 10 + 1) * 64])
                let column = Array(weights[e % 10 * 64..<(e % 10 + 1) * 64])
                let y = product.dot(row.span, column.span)
                var sum = here(3, e)
                return sum.add(y, bias[e % 10])
            }
            #expect(outputs[1].values.doubles == expected, "step \(step)")
        }
        #expect(moved > 10, "some weights must round away from the nearest number")
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
