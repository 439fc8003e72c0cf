import Arithmetics
import Tensors
import Training

/// What is timed, where, and how long.
public struct BenchmarkRequest: Sendable {
    public var kinds = TimedWork.Kind.allCases
    public var arithmetics: [ArithmeticName] = []
    /// Models of the training part; each brings its data.
    public var workloads = TrainingWorkload.all
    /// Seconds that the calls of one line may take together, after at least three of them.
    public var budget = 0.2
    public var threads = 1
    public var instructionSet = InstructionSet.best

    public init() {}
}

/// Times products, functions and training, one arithmetic after the other, on the machine at hand.
public struct Benchmark: Sendable {
    public let request: BenchmarkRequest

    public init(_ request: BenchmarkRequest) { self.request = request }

    /// - Parameters:
    ///   - found: told of each line when it is there.
    ///   - isCancelled: asked between calls.
    /// - Throws: what preparing a study throws.
    public func run(
        isCancelled: () -> Bool = { false }, _ found: (TimedWork) throws -> Void
    ) throws {
        for kind in request.kinds {
            for name in request.arithmetics where !isCancelled() {
                let arithmetic = arithmetic(name, instructionSet: request.instructionSet)
                switch kind {
                case .products:
                    try ProductBenchmark(request, name.description).run(arithmetic, isCancelled, found)
                case .functions:
                    try FunctionBenchmark(request, name.description).run(arithmetic, isCancelled, found)
                case .training:
                    for workload in request.workloads where !isCancelled() {
                        try workload.run(name, request, isCancelled, found)
                    }
                }
            }
        }
    }
}

/// Numbers between 1/6 and 1/3 of either sign, with as many bits as the format has: kernels may be faster for fewer.
func operands<A: Arithmetic>(_ shape: [Int], seed: UInt64, _ arithmetic: A) -> Tensor<A.Scalar> {
    var stream = RandomStream(seed: seed, .other)
    let values = (0..<shape.reduce(1, *)).map { _ in
        let word = stream.word()
        let magnitude = Double((1 << 23) + (word >> 41)) * 0x1p-24
        return word & 1 == 0 ? magnitude : -magnitude
    }
    var engine = Engine(arithmetic)
    let few = Tensor(arithmetic.array(ExactArray(values)), shape: shape)
    return engine.zip(.divide, few, engine.constant(ExactValue(3)))
}
