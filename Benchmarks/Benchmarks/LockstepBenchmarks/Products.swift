import Arithmetics
import Benchmark
import Tensors

/// Matrix products in every transposition, and convolution layers in three directions, in float and double.
func productBenchmarks() {
    for name in ["float", "double"] {
        for size in [64, 128, 512] {
            for (a, b) in [(false, false), (true, false), (false, true)] {
                let shape = MatmulShape(m: size, n: size, k: size, transposeA: a, transposeB: b)
                let ending = a ? ", A transposed" : b ? ", B transposed" : ""
                benchmark("matmul \(size)x\(size)x\(size)\(ending), \(name)") {
                    matmul(try arithmetic(named: name), shape)
                }
            }
        }
        for (layer, shape) in convolutions {
            for direction in Direction.allCases {
                benchmark("conv \(layer), \(direction.rawValue), \(name)") {
                    convolution(try arithmetic(named: name), shape, direction)
                }
            }
        }
    }
}

/// Layers of ResNet-20, and the second one of LeNet, at batch 8.
private let convolutions: [(String, ConvolutionShape)] = [
    layer(6, 16, kernel: 5, size: 14, padding: 0), layer(3, 16, size: 32), layer(16, 16, size: 32),
    layer(16, 32, size: 32, stride: 2), layer(32, 32, size: 16), layer(64, 64, size: 8),
]

private func layer(
    _ inChannels: Int, _ outChannels: Int, kernel: Int = 3, size: Int, stride: Int = 1, padding: Int = 1
) -> (String, ConvolutionShape) {
    let shape = ConvolutionShape(
        batch: 8, inChannels: inChannels, inHeight: size, inWidth: size, outChannels: outChannels,
        kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding)
    return ("\(inChannels)-\(outChannels), \(kernel)x\(kernel)/\(stride), \(size)x\(size)", shape)
}

private enum Direction: String, CaseIterable {
    case forward
    case input = "by input"
    case kernel = "by kernel"
}

/// - Returns: nil when a product that is small enough to be checked is not what the definition gives.
func matmul<A: Arithmetic>(_ arithmetic: A, _ s: MatmulShape, binades: UInt64 = 1) -> (() -> Void)? {
    let a = operands(s.transposeA ? [s.k, s.m] : [s.m, s.k], seed: 1, binades: binades, arithmetic)
    let b = operands(s.transposeB ? [s.n, s.k] : [s.k, s.n], seed: 2, binades: binades, arithmetic)
    var engine = Engine(arithmetic)
    var plain = Engine(Plain(arithmetic))
    if s.m * s.n * s.k <= 1 << 19 {
        let expected = plain.matmul(a, b, transposeA: s.transposeA, transposeB: s.transposeB)
        let product = engine.matmul(a, b, transposeA: s.transposeA, transposeB: s.transposeB)
        guard isIdentical(product, expected, arithmetic) else { return nil }
    }
    return { blackHole(engine.matmul(a, b, transposeA: s.transposeA, transposeB: s.transposeB)) }
}

private func convolution<A: Arithmetic>(
    _ arithmetic: A, _ s: ConvolutionShape, _ direction: Direction
) -> (() -> Void)? {
    let x = operands([s.batch, s.inChannels, s.inHeight, s.inWidth], seed: 1, arithmetic)
    let w = operands([s.outChannels, s.inChannels, s.kernelHeight, s.kernelWidth], seed: 2, arithmetic)
    let g = operands([s.batch, s.outChannels, s.outHeight, s.outWidth], seed: 3, arithmetic)
    func result<B: Arithmetic>(_ engine: inout Engine<B>) -> Tensor<B.Scalar> where B.Scalar == A.Scalar {
        switch direction {
        case .forward: engine.convolve(x, w, s)
        case .input: engine.convolveInputGradient(g, w, s)
        case .kernel: engine.convolveKernelGradient(g, x, s)
        }
    }
    var engine = Engine(arithmetic)
    var plain = Engine(Plain(arithmetic))
    guard s.terms > 1 << 19 || isIdentical(result(&engine), result(&plain), arithmetic) else { return nil }
    return { blackHole(result(&engine)) }
}
