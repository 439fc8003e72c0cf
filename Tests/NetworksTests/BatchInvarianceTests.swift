import Arithmetics
import LawSupport
import Networks
import Tensors
import Testing

/// What a layer makes of a sample depends on the sample alone: not on its place in the batch, the size of the batch, the
/// neighbours (infinities and NaN included), or the threads. Kernels take rows in tiles, so this is no matter of course.
/// (Stochastic rounding draws by place, and is left out by nature.)
@Suite struct BatchInvarianceTests {
    static let layers: [(layer: any Layer, input: [Int])] =
        [
            (Dense(inputs: 20, outputs: 19), [20]), (Dense(inputs: 5, outputs: 1, hasBias: false), [5]),
            (Flatten(inputShape: [2, 2, 3]), [2, 2, 3]),
        ]
        + (LayerGradientTests.convolutions + [
            Convolution(inputShape: [2, 5, 6], channels: 17, kernel: 3, padding: 1),
            Convolution(inputShape: [1, 4, 4], channels: 2, kernel: 5, padding: 2),
        ]).map { ($0, $0.inputShape) }
        + LayerGradientTests.windows.flatMap { p -> [(any Layer, [Int])] in
            let shape = [2, 5, 4]
            return [
                (AveragePooling(inputShape: shape, window: p.window, stride: p.stride, padding: p.padding), shape),
                (MaxPooling(inputShape: shape, window: p.window, stride: p.stride, padding: p.padding), shape),
            ]
        }
        + LayerGradientTests.activations.map { (Activation($0.function, shape: [11]), [11]) }
        + [
            (LayerNorm(shape: [2, 5], epsilon: .one), [2, 5]), (AveragePooling(planesOf: [3, 4, 5]), [3, 4, 5]),
            (ScalarBias(shape: [2, 3]), [2, 3]), (ScalarScale(shape: [2, 3]), [2, 3]),
        ]

    static let arithmetics: [any Arithmetic] =
        InstructionSet.allCases.filter(\.isAvailable).flatMap { set -> [any Arithmetic] in
            [Binary32(instructionSet: set), Binary64(instructionSet: set)]
        }
        + ["float,reduction=pairwise", "mpfr:70"].compactMap { try? arithmetic(named: $0) }

    @Test(arguments: arithmetics.indices) func aSampleIsComputedAloneInEveryLayer(ordinal: Int) {
        func check(_ arithmetic: some Arithmetic) {
            for (number, (layer, input)) in Self.layers.enumerated() {
                #expect(violations(of: layer, input, arithmetic, seed: UInt64(number)) == [], "\(arithmetic.name)")
            }
        }
        check(Self.arithmetics[ordinal])
    }

    private func violations<A: Arithmetic>(
        of layer: any Layer, _ input: [Int], _ arithmetic: A, seed: UInt64
    ) -> [String] {
        let samples = 9
        var words = SeededWords(seed)
        func random(_ shape: [Int]) -> Tensor<A.Scalar> {
            let values = (0..<shape.reduce(1, *)).map { _ in
                arithmetic.constant(ExactValue(Double(words.below(2001) - 1000) / 300))
            }
            return Tensor(values, shape: shape)
        }
        let parameters = layer.parameters.map { random($0.shape) }
        var x = random([samples] + input)
        let g = random([samples] + layer.outputShape)
        let length = x.count / samples
        // The last two samples are bad neighbours.
        for i in 0..<length {
            x.elements[7 * length + i] = arithmetic.constant(.infinity)
            x.elements[8 * length + i] = arithmetic.constant(.nan)
        }

        /// Output and input gradient of each of the rows, as encoded.
        func results(_ rows: [Int], threads: Int) -> [[UInt8]] {
            var engine = Engine(arithmetic, threads: threads)
            let (y, tape) = layer.forward(x.rows(rows), parameters[...], &engine)
            let dx = layer.backward(g.rows(rows), tape, parameters[...], wantsInputGradient: true, &engine).input
            let outputs = bytes(y, arithmetic)
            guard let dx else { return outputs }
            return zip(outputs, bytes(dx, arithmetic)).map { $0 + $1 }
        }

        let whole = results(Array(0..<samples), threads: 1)
        var found: [String] = []
        for (rows, threads) in [([4], 1), ([8, 3, 3], 3), ([6, 7, 5, 8, 1, 2, 0], 8)] {
            for (place, bytes) in results(rows, threads: threads).enumerated() where bytes != whole[rows[place]] {
                found.append("\(layer.kind) \(input): sample \(rows[place]) at \(place) of \(rows)")
            }
        }
        return found
    }

    private func bytes<A: Arithmetic>(_ tensor: Tensor<A.Scalar>, _ arithmetic: A) -> [[UInt8]] {
        (0..<tensor.shape[0]).map { row in
            var bytes: [UInt8] = []
            let elements = tensor.rows([row]).elements
            arithmetic.encode(elements.span, into: &bytes)
            return bytes
        }
    }

    /// Evaluation may be made in pieces: roundings are drawn as in one pass over all samples, those of statistics too.
    @Test func piecesOfAnEvaluationDrawLikeTheWhole() throws {
        let specifications: [LayerSpecification] = [
            .convolution(channels: 2, kernel: 3, stride: 1, padding: 1, groups: 1, bias: true), .batchNorm, .relu,
            .residual(body: [.layerNorm, .scalarScale, .swish(beta: Rational(3, 2))], shortcut: [.scalarBias]),
            .globalAveragePool, .dense(outputs: 3, bias: true),
        ]
        let network = try ModelSpecification.layers(specifications).network(
            for: [1, 4, 3], classes: 3, grid: .binary16)
        func check<A: Arithmetic>(_ arithmetic: A) {
            var words = SeededWords(31)
            func random(_ shape: [Int]) -> Tensor<A.Scalar> {
                let values = (0..<shape.reduce(1, *)).map { _ in
                    arithmetic.constant(Rational(words.below(999) + 1, 700))
                }
                return Tensor(values, shape: shape)
            }
            let parameters = network.parameters.map { random($0.shape.shape) }
            var statistics = network.statistics.map { random($0.shape.shape) }
            let x = random([7, 1, 4, 3])
            func logits(_ samples: Range<Int>) -> [UInt8] {
                var engine = Engine(evaluating: samples.count, after: samples.lowerBound, in: arithmetic, step: 2)
                let y = network.forward(x.rows(samples), parameters, &statistics, .evaluation, &engine).output
                return bytes(y, arithmetic).flatMap { $0 }
            }
            let whole = logits(0..<7)
            #expect(logits(0..<3) + logits(3..<4) + logits(4..<7) == whole)
        }
        check(try arithmetic(named: "half,round=stochastic:5"))
        check(try arithmetic(named: "mpfr:20,round=stochastic:5"))
    }
}
