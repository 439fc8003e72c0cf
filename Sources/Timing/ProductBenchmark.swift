import Arithmetics
import Tensors

/// Matrix products and convolutions, forward and backward. Larger shapes are left out where one call would last too long, judged
/// by the smaller ones.
struct ProductBenchmark {
    private let request: BenchmarkRequest
    private let name: ArithmeticName

    init(_ request: BenchmarkRequest, _ name: ArithmeticName) {
        self.request = request
        self.name = name
    }

    private static let matrices = [
        MatmulShape(m: 64, n: 64, k: 128), MatmulShape(m: 128, n: 128, k: 128), MatmulShape(m: 512, n: 512, k: 512),
    ]

    /// The second layer of LeNet and a layer of a CIFAR ResNet; then the other kinds of layers of ResNet-20.
    private static let convolutions = [
        layer(from: 6, to: 16, kernel: 5, size: 14, padding: 0), layer(from: 16, to: 16, size: 32),
    ]
    private static let moreConvolutions = [
        layer(from: 3, to: 16, size: 32), layer(from: 16, to: 32, size: 32, stride: 2),
        layer(from: 16, to: 32, kernel: 1, size: 32, stride: 2, padding: 0), layer(from: 32, to: 32, size: 16),
        layer(from: 64, to: 64, size: 8),
    ]

    private static func layer(
        from inChannels: Int, to outChannels: Int, kernel: Int = 3, size: Int, stride: Int = 1, padding: Int = 1
    ) -> (name: String, shape: ConvolutionShape) {
        let shape = ConvolutionShape(
            batch: 8, inChannels: inChannels, inHeight: size, inWidth: size, outChannels: outChannels,
            kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding)
        let step = stride == 1 ? "" : "/\(stride)"
        return ("conv \(inChannels)-\(outChannels) \(kernel)x\(kernel)\(step) \(size)x\(size)", shape)
    }

    func run<A: Arithmetic>(
        _ arithmetic: A, _ isCancelled: () -> Bool, _ found: (TimedWork) throws -> Void
    ) throws {
        var slowest = 0.0
        /// - Parameter prepare: makes the operands, outside the clock.
        func time(_ work: String, units: Int, _ prepare: () -> () -> Void) throws {
            guard request.wants(work), slowest * Double(units) < request.longestCall, !isCancelled() else { return }
            let call = prepare()
            guard let timing = Timing.measure(budget: request.budget, isCancelled: isCancelled, call) else { return }
            slowest = timing.median / Double(units)
            try found(TimedWork(.products, work, name.description, units: Double(units), timing))
        }
        func time(_ s: MatmulShape, _ ending: String = "", binades: UInt64 = 1) throws {
            try time("matmul \(s.m)x\(s.k)x\(s.n)" + ending, units: s.m * s.n * s.k) {
                let a = operands(s.transposeA ? [s.k, s.m] : [s.m, s.k], seed: 1, binades: binades, arithmetic)
                let b = operands(s.transposeB ? [s.n, s.k] : [s.k, s.n], seed: 2, binades: binades, arithmetic)
                var engine = Engine(arithmetic, threads: request.threads)
                return { _ = engine.matmul(a, b, transposeA: s.transposeA, transposeB: s.transposeB) }
            }
        }
        // What is one loop for all shapes shows the same with fewer of them.
        let hasOwnKernels = name.kind == .binary32 || name.kind == .binary64
        for s in Self.matrices {
            try time(s)
            // What sums exactly may depend on how far apart exponents are.
            if case .mpfr(_, range: nil) = name.kind, s.m == 64 { try time(s, ", 40 binades", binades: 40) }
        }
        if hasOwnKernels {
            try time(MatmulShape(m: 512, n: 512, k: 512, transposeA: true), ", A transposed")
            try time(MatmulShape(m: 512, n: 512, k: 512, transposeB: true), ", B transposed")
        }
        for (work, s) in Self.convolutions + (hasOwnKernels ? Self.moreConvolutions : []) {
            func make(_ shape: [Int], _ seed: UInt64) -> Tensor<A.Scalar> { operands(shape, seed: seed, arithmetic) }
            let image = [s.batch, s.inChannels, s.inHeight, s.inWidth]
            let kernel = [s.outChannels, s.inChannels, s.kernelHeight, s.kernelWidth]
            let output = [s.batch, s.outChannels, s.outHeight, s.outWidth]
            let engine = Engine(arithmetic, threads: request.threads)
            try time(work, units: s.terms) {
                let (x, w) = (make(image, 1), make(kernel, 2))
                var engine = engine
                return { _ = engine.convolve(x, w, s) }
            }
            try time(work + ", by input", units: s.terms) {
                let (g, w) = (make(output, 3), make(kernel, 2))
                var engine = engine
                return { _ = engine.convolveInputGradient(g, w, s) }
            }
            try time(work + ", by kernel", units: s.terms) {
                let (g, x) = (make(output, 3), make(image, 1))
                var engine = engine
                return { _ = engine.convolveKernelGradient(g, x, s) }
            }
        }
    }
}
