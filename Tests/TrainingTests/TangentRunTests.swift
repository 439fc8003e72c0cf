import Arithmetics
import Testing
import Training

/// A run that carries a tangent: the same run, and the derivative of its updates.
@Suite struct TangentRunTests {
    private func run(_ yaml: String, in name: String, carryingTangent: Bool = true) throws -> any Run {
        try makeRun(PreparedStudy(study(yaml)), in: ArithmeticName(name), carryingTangent: carryingTangent)
    }

    /// A direction of small integers that are powers of two, so that every format holds it.
    private func direction(_ run: any Run) -> ExactState {
        var stream = RandomStream(seed: 3, .other, 77)
        let tensors = (0..<run.parameterCount).map { i in
            ExactArray((0..<run.elementCount(ofParameter: i)).map { _ in Double(stream.bounded(5)) / 4 - 0.5 })
        }
        return ExactState(step: 0, parameters: tensors, momentum: [])
    }

    @Test(arguments: [
        "float", "double,reduction=pairwise", "half,round=stochastic:9", "bfloat16,accumulate=float,master=float",
        "fp8-e5m2,master=half,round=stochastic:2", "mpfr:70",
    ])
    func aTangentChangesNoBitOfARun(name: String) throws {
        for model in ["mlp(64,5,10)", "[conv: {out: 2, kernel: 3, pad: 1}, swish: 1, max-pool: 2, flatten, dense: 10]"]
        {
            let yaml = """
                model: \(model)
                batch: 4
                optimizer: {lr: 0.1, momentum: 0.9, weight-decay: 1e-3, nesterov: true}
                clip: 1
                arithmetics: ["\(name)"]
                """
            var plain = try run(yaml, in: name, carryingTangent: false)
            var moving = try run(yaml, in: name)
            moving.setTangent(direction(moving))
            #expect(plain.tangent == nil)
            let expected = Trace(&plain, steps: 3)
            #expect(Trace(&moving, steps: 3) == expected && expected.moves, "\(name), \(model)")
            #expect(moving.state == plain.state)
            let tangent = try #require(moving.tangent)
            #expect(
                tangent.parameters.contains { values in (0..<values.count).contains { values[$0].kind == .finite } })
            #expect(tangent.momentum.count == tangent.parameters.count)
        }
    }

    /// The tangent map of three updates with every kind of state, at 300 bits, against central differences at 1200 bits with step
    /// 2^-300: those are off by 2^-600 times a third derivative, the tangents by some thousand roundings of 2^-300.
    @Test func threeUpdatesHaveTheirDerivative() throws {
        let yaml = """
            model: [conv: {out: 1, kernel: 5, stride: 3}, batch-norm, swish: 1, flatten, dense: 3, tanh, dense: 10]
            batch: 3
            optimizer: {lr: 0.25, momentum: 0.5, weight-decay: 0.0078125, nesterov: true}
            clip: 0.5
            grid: float
            arithmetics: ["mpfr:300", "mpfr:1200"]
            """
        var moving = try run(yaml, in: "mpfr:300")
        let u = direction(moving)
        moving.setTangent(u)
        let h = Rational(1) / Rational(2).power(300)
        func moved(_ step: Rational) throws -> ExactState {
            var run = try run(yaml, in: "mpfr:1200", carryingTangent: false)
            let start = run.state
            let wide = Format.mpfr(precision: 1200)
            let parameters = try zip(start.parameters, u.parameters).map { w, d in
                ExactArray(
                    try (0..<w.count).map { i in
                        wide.round(try #require(Rational(w[i])) + (try #require(Rational(d[i]))) * step)
                    })
            }
            run.adopt(ExactState(step: 0, parameters: parameters, momentum: [], statistics: start.statistics))
            for _ in 0..<3 { _ = run.advance(observe: []) }
            return run.state
        }
        for _ in 0..<3 { _ = moving.advance(observe: []) }
        let tangent = try #require(moving.tangent)
        let (above, below) = (try moved(h), try moved(Rational(0) - h))
        let bound = Rational(1) / Rational(2).power(270)
        var compared = 0
        func compare(_ found: [ExactArray], _ above: [ExactArray], _ below: [ExactArray]) throws {
            #expect(found.count == above.count)
            for t in found.indices {
                for i in 0..<found[t].count {
                    let (a, b) = (try #require(Rational(above[t][i])), try #require(Rational(below[t][i])))
                    let error = (try #require(Rational(found[t][i]))) - (a - b) / (h + h)
                    guard Rational(0) - bound <= error, error <= bound else {
                        Issue.record("tensor \(t)[\(i)]: off by \(Format.binary64.round(error).decimal(digits: 5))")
                        return
                    }
                    compared += 1
                }
            }
        }
        try compare(tangent.parameters, above.parameters, below.parameters)
        try compare(tangent.momentum, above.momentum, below.momentum)
        try compare(tangent.statistics, above.statistics, below.statistics)
        // One channel has one running mean and one running variance.
        #expect(compared == 2 * u.parameters.reduce(0) { $0 + $1.count } + 2)
    }

    /// Where weights live in another format, derivatives pass through both roundings: as if there were none, but for their size.
    @Test func derivativesPassBetweenAFormatAndItsMaster() throws {
        let yaml = """
            model: [dense: 4, swish: 1, dense: 10]
            batch: 3
            optimizer: {lr: 0.5, momentum: 0.5}
            grid: float
            arithmetics: ["mpfr:300", "mpfr:200,master=mpfr:300"]
            """
        var tangents: [ExactState] = []
        for name in ["mpfr:300", "mpfr:200,master=mpfr:300"] {
            var moving = try run(yaml, in: name)
            moving.setTangent(direction(moving))
            for _ in 0..<3 { _ = moving.advance(observe: []) }
            tangents.append(try #require(moving.tangent))
        }
        let bound = Rational(1) / Rational(2).power(180)
        for (whole, mixed) in zip(tangents[0].parameters, tangents[1].parameters) {
            for i in 0..<whole.count {
                let error = (try #require(Rational(whole[i]))) - (try #require(Rational(mixed[i])))
                guard Rational(0) - bound <= error, error <= bound else {
                    Issue.record("off by \(Format.binary64.round(error).decimal(digits: 5))")
                    return
                }
            }
        }
        #expect(tangents[0] != tangents[1])
    }

    /// What observation gives: the slope of the loss is the gradient along the direction, and the gradients move by the Hessian.
    @Test func lossAndGradientsMoveAlong() throws {
        let yaml = "model: mlp(64,4,10)\nbatch: 3\ngrid: float\narithmetics: [\"mpfr:200\"]"
        var moving = try run(yaml, in: "mpfr:200")
        let u = direction(moving)
        moving.setTangent(u)
        let update = moving.advance(observe: .gradients)
        var slope = Rational(0)
        for (g, d) in zip(update.gradients, u.parameters) {
            for i in 0..<g.count { slope = slope + (try #require(Rational(g[i]))) * (try #require(Rational(d[i]))) }
        }
        let found = try #require(update.lossTangent.flatMap { Rational($0) })
        let bound = Rational(1) / Rational(2).power(180)
        #expect(Rational(0) - bound <= found - slope && found - slope <= bound)
        #expect(slope < Rational(0) || Rational(0) < slope)
        #expect(update.gradientTangents.map(\.count) == update.gradients.map(\.count))
    }

    @Test func directionsLeaveOutWhatIsNotGiven() throws {
        let yaml = "model: mlp(64,3,10)\nbatch: 3\noptimizer: {momentum: 0.5}\narithmetics: [double]"
        var moving = try run(yaml, in: "double")
        _ = moving.advance(observe: [])
        let zero = try #require(moving.tangent)
        #expect(zero.parameters.allSatisfy { values in (0..<values.count).allSatisfy { values[$0].kind == .zero } })
        let u = direction(moving)
        moving.setTangent(u)
        let tangent = try #require(moving.tangent)
        for (t, values) in tangent.parameters.enumerated() { #expect(values.doubles == u.parameters[t].doubles) }
        #expect(tangent.momentum.count == u.parameters.count)
        #expect(tangent.momentum.allSatisfy { values in (0..<values.count).allSatisfy { values[$0].kind == .zero } })
    }
}
