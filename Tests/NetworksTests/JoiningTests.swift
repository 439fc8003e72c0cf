import Arithmetics
import LawSupport
import Networks
import Tensors
import Testing

/// What stands beside a batch norm joins its passes over memory, where an arithmetic allows it, and changes no bit.
@Suite struct JoiningTests {
    /// Blocks with and without projections; one at the network's input, whose body ends in a relu; sums without relu and a relu
    /// without a sum; norms whose results have two uses.
    static let networks: [[LayerSpecification]] = {
        func conv(_ channels: Int, _ stride: Int = 1) -> LayerSpecification {
            .convolution(
                channels: channels, kernel: 3, stride: stride, padding: 1, groups: 1, bias: false, start: .initializer)
        }
        let norm = LayerSpecification.batchNorm(epsilon: Rational(1, 100_000), rho: Rational(1, 10), unbiased: true)
        let block = LayerSpecification.residual(body: [conv(3), norm, .relu, conv(3), norm], shortcut: [])
        let narrowing = LayerSpecification.residual(
            body: [conv(4, 2), norm, .relu, conv(4), norm], shortcut: [conv(4, 2), norm])
        return [
            [conv(3), norm, .relu, block, .relu, block, .relu, narrowing, .relu, .globalAveragePool, .flatten],
            [.residual(body: [conv(2), norm, .relu], shortcut: []), .relu, conv(2), norm, .relu, .flatten],
            [
                norm, .residual(body: [norm], shortcut: []), .residual(body: [norm, norm], shortcut: []), .tanh, norm,
                .flatten, .dense(outputs: 3, bias: true),
            ],
            [conv(3), norm, block, block, norm, .relu, .relu, narrowing, .flatten, .dense(outputs: 3, bias: true)],
        ]
    }()

    private struct Bits: Equatable {
        var output, statistics, gradients: [[UInt32]]
        var operations: UInt64
    }

    private func run<A: Arithmetic>(_ network: Network, in arithmetic: A, threads: Int, record: Bool = false) -> Bits
    where A.Scalar == Float {
        var words = SeededWords(7)
        func random(_ shape: [Int]) -> Tensor<Float> {
            Tensor((0..<shape.reduce(1, *)).map { _ in Float(words.below(4001) - 2000) / 900 }, shape: shape)
        }
        let parameters = network.parameters.map { random($0.shape.shape) }
        var statistics = network.statistics.map { Tensor(repeating: Float(1), shape: $0.shape.shape) }
        var x = random([3] + network.inputShape)
        // Infinities, zeros of both signs and what comes of them: NaNs meet NaNs in sums.
        x.elements.replaceSubrange(0..<4, with: [.infinity, -.infinity, -0.0, 0])
        var results: [(Tensor<Float>, [Tensor<Float>])] = []
        var engine = Engine(arithmetic, threads: threads)
        for input in [random(x.shape), x] {
            let (y, tapes) = network.forward(
                input, parameters, &statistics, .training, &engine, record: record ? { _, _ in } : nil)
            results.append((y, network.backward(random(y.shape), tapes, parameters, &engine)))
        }
        func bits(_ tensor: Tensor<Float>) -> [UInt32] {
            tensor.elements.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
        }
        return Bits(
            output: results.map { bits($0.0) }, statistics: statistics.map(bits),
            gradients: results.flatMap { $0.1 }.map(bits), operations: engine.site.operation)
    }

    @Test(arguments: networks.indices, [[2, 6, 6], [2, 4, 5]]) func nothingChangesABit(ordinal: Int, shape: [Int])
        throws
    {
        let network = try ModelSpecification.layers(Self.networks[ordinal]).network(
            for: shape, classes: 3, grid: .binary32)
        let definition = run(network, in: Plain(Binary32()), threads: 1)
        for set in InstructionSet.allCases.filter(\.isAvailable) {
            let arithmetic = Binary32(instructionSet: set)
            #expect(run(network, in: arithmetic, threads: 1) == definition, "\(set)")
            #expect(run(network, in: arithmetic, threads: 3) == definition, "\(set), 3 threads")
        }
        #expect(run(network, in: Binary32(), threads: 1, record: true) == definition, "every layer by itself")
    }
}
