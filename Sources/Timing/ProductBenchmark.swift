import Arithmetics
import Tensors

/// Matrix products and convolutions, forward and backward. Larger shapes are left out where one call would last longer than a
/// second, judged by the smaller ones.
struct ProductBenchmark {
    private let request: BenchmarkRequest
    private let name: String

    init(_ request: BenchmarkRequest, _ name: String) {
        self.request = request
        self.name = name
    }

    private static let matrices = [
        MatmulShape(m: 64, n: 64, k: 128), MatmulShape(m: 128, n: 128, k: 128), MatmulShape(m: 512, n: 512, k: 512),
    ]
    /// 3×3 layers of a CIFAR ResNet, and of LeNet on MNIST.
    private static let convolutions: [(name: String, shape: ConvolutionShape)] = [
        (
            "conv 6-16, 5x5, 14x14",
            ConvolutionShape(
                batch: 4, inChannels: 6, inHeight: 14, inWidth: 14, outChannels: 16, kernelHeight: 5, kernelWidth: 5)
        ),
        (
            "conv 16-16, 3x3, 32x32",
            ConvolutionShape(
                batch: 8, inChannels: 16, inHeight: 32, inWidth: 32, outChannels: 16, kernelHeight: 3, kernelWidth: 3,
                padding: 1)
        ),
    ]

    func run<A: Arithmetic>(
        _ arithmetic: A, _ isCancelled: () -> Bool, _ found: (TimedWork) throws -> Void
    ) throws {
        var slowest = 0.0
        func time(_ name: String, units: Int, _ work: () -> Void) throws {
            guard slowest * Double(units) < 1 else { return }
            guard let timing = Timing.measure(budget: request.budget, isCancelled: isCancelled, work) else { return }
            slowest = timing.median / Double(units)
            try found(TimedWork(.products, name, self.name, units: Double(units), timing))
        }
        for s in Self.matrices {
            let (a, b) = (operands([s.m, s.k], seed: 1, arithmetic), operands([s.k, s.n], seed: 2, arithmetic))
            var engine = Engine(arithmetic, threads: request.threads)
            try time("matmul \(s.m)x\(s.k)x\(s.n)", units: s.m * s.n * s.k) { _ = engine.matmul(a, b) }
        }
        for (name, s) in Self.convolutions {
            let x = operands([s.batch, s.inChannels, s.inHeight, s.inWidth], seed: 1, arithmetic)
            let w = operands([s.outChannels, s.inChannels, s.kernelHeight, s.kernelWidth], seed: 2, arithmetic)
            let g = operands([s.batch, s.outChannels, s.outHeight, s.outWidth], seed: 3, arithmetic)
            var engine = Engine(arithmetic, threads: request.threads)
            try time(name, units: s.terms) { _ = engine.convolve(x, w, s) }
            try time(name + ", by input", units: s.terms) { _ = engine.convolveInputGradient(g, w, s) }
            try time(name + ", by kernel", units: s.terms) { _ = engine.convolveKernelGradient(g, x, s) }
        }
    }
}
