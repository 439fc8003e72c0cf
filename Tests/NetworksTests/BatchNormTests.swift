import Arithmetics
import LawSupport
import Networks
import Tensors
import Testing

/// Batch norm against the contract's formulas written again as plain loops over hardware numbers, every operation rounded, bit for
/// bit; and what its two modes promise.
@Suite struct BatchNormTests {
    /// Shape [batch, channels, plane].
    struct Loops<Number: BinaryFloatingPoint> {
        let (batch, channels, plane): (Int, Int, Int)
        let (epsilon, rho): (Number, Number)
        var mean: [Number]
        var variance: [Number]

        func index(_ n: Int, _ c: Int, _ p: Int) -> Int { (n * channels + c) * plane + p }

        func sum(_ c: Int, _ term: (Int) -> Number) -> Number {
            var s: Number = 0
            for n in 0..<batch { for p in 0..<plane { s = s + term(index(n, c, p)) } }
            return s
        }

        mutating func train(_ x: [Number], _ w: [Number], _ b: [Number], unbiased: Bool) -> [Number] {
            var y = x
            let m = batch * plane
            let r: Number = 1 / Number(m)
            for c in 0..<channels {
                let mean = sum(c) { x[$0] } * r
                let variance = sum(c) { (x[$0] - mean) * (x[$0] - mean) } * r
                let sigma = (variance + epsilon).squareRoot()
                for n in 0..<batch {
                    for p in 0..<plane {
                        let i = index(n, c, p)
                        y[i] = ((x[i] - mean) / sigma) * w[c] + b[c]
                    }
                }
                let kept: Number = 1 - rho
                self.mean[c] = (kept * self.mean[c]) + (rho * mean)
                let seen = unbiased ? variance * (Number(m) / Number(m - 1)) : variance
                self.variance[c] = (kept * self.variance[c]) + (rho * seen)
            }
            return y
        }

        func evaluate(_ x: [Number], _ w: [Number], _ b: [Number]) -> [Number] {
            x.indices.map { i in
                let c = i / plane % channels
                return ((x[i] - mean[c]) / (variance[c] + epsilon).squareRoot()) * w[c] + b[c]
            }
        }
    }

    private func check<A: Arithmetic, Number: BinaryFloatingPoint>(
        _ arithmetic: A, _ type: Number.Type, _ shape: [Int], unbiased: Bool
    ) throws where A.Scalar == Number {
        // In binary32 and binary64 round(1 - ρ) is the hardware's difference, and M/(M - 1) its quotient.
        let (epsilon, rho) = (Number(1e-5), Number(0.1))
        let layer = BatchNorm(
            shape: shape, epsilon: ExactValue(Double(epsilon)), rho: ExactValue(Double(rho)), isUnbiased: unbiased)
        var words = SeededWords(21)
        func random(_ count: Int) -> [Number] { (0..<count).map { _ in Number(words.below(4001) - 2000) / 700 } }
        let (batch, channels, plane) = (3, shape[0], shape.dropFirst().reduce(1, *))
        var loops = Loops<Number>(
            batch: batch, channels: channels, plane: plane, epsilon: epsilon, rho: rho,
            mean: [Number](repeating: 0, count: channels), variance: [Number](repeating: 1, count: channels))
        let (w, b) = (random(channels), random(channels))
        let parameters = [Tensor(w, shape: [channels]), Tensor(b, shape: [channels])]
        var engine = Engine(arithmetic)
        var statistics = layer.statistics.map { Tensor(repeating: arithmetic.constant($0.start), shape: $0.shape) }
        for _ in 0..<2 {
            let x = random(batch * channels * plane)
            let y = layer.forward(
                Tensor(x, shape: [batch] + shape), parameters[...], &statistics, .training, &engine
            ).output
            #expect(y.elements == loops.train(x, w, b, unbiased: unbiased))
            #expect(statistics[0].elements == loops.mean && statistics[1].elements == loops.variance)
        }
        let x = random(batch * channels * plane)
        let before = statistics.map(\.elements)
        let y = layer.forward(
            Tensor(x, shape: [batch] + shape), parameters[...], &statistics, .evaluation, &engine
        ).output
        #expect(y.elements == loops.evaluate(x, w, b))
        #expect(statistics.map(\.elements) == before, "evaluation only reads")
    }

    @Test(arguments: [true, false]) func statisticsFollowTheFormulasOfTheContract(unbiased: Bool) throws {
        try check(Binary32(), Float.self, [3, 2, 5], unbiased: unbiased)
        try check(Binary64(), Double.self, [4], unbiased: unbiased)
    }

    /// Without statistics the layer is what it is in training.
    @Test func theShortFormIsTheTrainingMode() {
        let layer = BatchNorm(shape: [2, 3], epsilon: .one, rho: ExactValue(0.25))
        var words = SeededWords(22)
        let x = distinctTensor([4, 2, 3], &words)
        let parameters = layer.parameters.map { distinctTensor($0.shape, &words) }
        var engine = Engine(checkingArithmetic)
        var statistics = layer.statistics.map { distinctTensor($0.shape, &words) }
        let short = layer.forward(x, parameters[...], &engine).output
        let long = layer.forward(x, parameters[...], &statistics, .training, &engine).output
        #expect(rationals(short) == rationals(long))
    }

    /// Passes that make an operation again, in several channels at a time and on several threads, against every operation made
    /// once, one after the other: outputs, gradients and the number of operations.
    @Test(arguments: [Mode.training, .evaluation], [[11, 6, 7], [3, 2, 150], [4]])
    func noPassChangesABit(mode: Mode, shape: [Int]) {
        func run<A: Arithmetic>(_ arithmetic: A, threads: Int) -> [[UInt32]] where A.Scalar == Float {
            let layer = BatchNorm(shape: shape, epsilon: ExactValue(1e-5), rho: ExactValue(0.125))
            var words = SeededWords(23)
            func random(_ shape: [Int]) -> Tensor<Float> {
                let count = shape.reduce(1, *)
                return Tensor((0..<count).map { _ in Float(words.below(4001) - 2000) / 700 }, shape: shape)
            }
            let (x, g) = (random([5] + shape), random([5] + shape))
            let parameters = [random([shape[0]]), random([shape[0]])]
            var statistics = [random([shape[0]]), Tensor(repeating: Float(1.5), shape: [shape[0]])]
            var engine = Engine(arithmetic, threads: threads)
            let (y, tape) = layer.forward(x, parameters[...], &statistics, mode, &engine)
            let (input, own) = layer.backward(g, tape, parameters[...], wantsInputGradient: true, &engine)
            let results = [y] + (input.map { [$0] } ?? []) + own + statistics
            return results.map { $0.elements.map { $0.bitPattern } } + [[UInt32(engine.site.operation)]]
        }
        let expected = run(Plain(Binary32()), threads: 1)
        #expect(expected.count == 7)
        for threads in [1, 3] { #expect(run(Binary32(), threads: threads) == expected) }
        #expect(run(Binary32(instructionSet: .plain), threads: 1) == expected)
    }

    @Test func oneValueAChannelWantsTwoSamples() {
        #expect(BatchNorm(shape: [5], epsilon: .one, rho: .one).smallestBatch == 2)
        #expect(BatchNorm(shape: [5, 1, 1], epsilon: .one, rho: .one).smallestBatch == 2)
        #expect(BatchNorm(shape: [5, 1, 2], epsilon: .one, rho: .one).smallestBatch == 1)
        #expect(LayerNorm(shape: [5], epsilon: .one).smallestBatch == 1)
    }
}
