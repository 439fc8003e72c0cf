import Arithmetics
import Comparison
import LawSupport
import Networks
import Tensors
import Testing
import Training

/// Whole updates of residual networks: emulation, kernels against definitions, threads, enclosures.
@Suite struct ResidualRunTests {
    static let models = ["resnet8(width:2)", "resnet8(width:2,swish:5)", "resnet8(width:2,fixup)"]
    private func yaml(_ model: String, _ names: [String]) -> String {
        let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            model: \(model)
            init: he-out
            batch: 4
            optimizer: {lr: 0.1, momentum: 0.9, weight-decay: 5e-4, nesterov: true}
            arithmetics: [\(list)]
            """
    }

    /// The emulation shares layers and orders with the native run, and no operation.
    @Test(arguments: models, [("float", "mpfr:24@binary32"), ("double", "mpfr:53@binary64")])
    func theEmulationTrainsTheSame(model: String, pair: (String, String)) throws {
        let text = yaml(model, [pair.0, pair.1])
        var (native, emulated) = (try start(text, in: pair.0), try start(text, in: pair.1))
        for step in 0..<2 {
            #expect(native.advance(observe: []).loss == emulated.advance(observe: []).loss, "step \(step)")
            #expect(native.digest == emulated.digest, "step \(step)")
        }
        #expect(native.statisticCount == (model.contains("fixup") ? 0 : 18))
        for i in 0..<native.statisticCount {
            #expect(native.encoding(ofStatistic: i) == emulated.encoding(ofStatistic: i))
        }
        #expect(native.classes(of: [0, 1]) == emulated.classes(of: [0, 1]))
    }

    @Test(arguments: models) func threadsAndInstructionSetsDoNotMatter(model: String) throws {
        let text = yaml(model, ["float"])
        var one = try start(text, in: "float", instructionSet: .plain)
        let expected = Trace(&one, steps: 3)
        #expect(expected.moves)
        for threads in [2, 7] {
            var run = try start(text, in: "float", threads: threads)
            #expect(Trace(&run, steps: 3) == expected)
            #expect(run.state == one.state)
        }
    }

    /// `Plain` overrides no bulk operation: its forward and backward pass are the definition.
    @Test(
        arguments: models.map { ($0, "float") }
            + ["double", "bfloat16", "mpfr:60", "interval:60"].map { (models[1], $0) })
    func kernelsMakeWhatTheDefinitionSays(model: String, name: String) throws {
        func check<A: Arithmetic>(_ arithmetic: A) throws {
            let network = try ModelSpecification(named: model).network(for: [1, 4, 3], classes: 3, grid: .bfloat16)
            var words = SeededWords(41)
            func random(_ shape: [Int]) -> Tensor<A.Scalar> {
                let values = (0..<shape.reduce(1, *)).map { _ in
                    arithmetic.constant(Rational(words.below(255) + 1, 128))
                }
                return Tensor(values, shape: shape)
            }
            let parameters = network.parameters.map { random($0.shape.shape) }
            let statistics = network.statistics.map { random($0.shape.shape) }
            let x = random([2, 1, 4, 3])
            func run<B: Arithmetic>(_ b: B) -> [[UInt8]] where B.Scalar == A.Scalar {
                var engine = Engine(b)
                var running = statistics
                let (y, tapes) = network.forward(x, parameters, &running, .training, &engine)
                let (loss, g) = Loss.crossEntropy.evaluate(y, labels: [0, 2], &engine)
                let gradients = network.backward(g, tapes, parameters, &engine)
                let z = network.forward(x, parameters, &running, .evaluation, &engine).output
                return ([y, loss, z] + gradients + running).map {
                    var bytes: [UInt8] = []
                    let elements = $0.elements
                    b.encode(elements.span, into: &bytes)
                    return bytes
                }
            }
            #expect(run(arithmetic) == run(Plain(arithmetic)))
        }
        try check(arithmetic(named: name))
    }

    /// Finer runs stay inside the bounds, statistics too.
    @Test(arguments: models) func enclosuresHoldFinerRuns(model: String) throws {
        let names = ["interval:120", "mpfr:120", "mpfr:300", "mpfr:150,round=up"]
        let text = yaml(model, names)
        var runs = try names.map { try start(text, in: $0) }
        for step in 0..<2 {
            for i in runs.indices { _ = runs[i].advance(observe: []) }
            let state = runs[0].state
            let certain = measure(state.parameterBounds, against: nil).all.bitsOfScale
            #expect(certain > 20, "step \(step): \(certain) bits")
            for i in 1..<4 {
                let other = runs[i].state
                #expect(measure(state.parameterBounds, against: other.parameters).all.outside == 0, "\(names[i])")
                if !other.statistics.isEmpty {
                    #expect(measure(state.statisticBounds, against: other.statistics).all.outside == 0, "\(names[i])")
                }
            }
        }
    }
}
