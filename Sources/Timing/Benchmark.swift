import Arithmetics
import Tensors
import Training

/// What is timed, where, and how long.
public struct BenchmarkRequest: Sendable {
    public var kinds = TimedWork.Kind.allCases
    public var arithmetics: [ArithmeticName] = []
    /// Of the training part.
    public var workloads = TrainingWorkload.standard
    /// Parts of names: lines that hold none of them are left out. Empty: none is.
    public var only: [String] = []
    /// Seconds that the calls of one line may take together, after at least three of them.
    public var budget = 0.1
    /// Seconds that one call may take: larger products are left out, judged by the smaller ones.
    public var longestCall = 1.0
    public var threads = 1
    public var instructionSet = InstructionSet.best

    public init() {}

    func wants(_ name: String) -> Bool { only.isEmpty || only.contains { name.contains($0) } }
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
        // What does not fit shows before anything is timed.
        let workloads =
            request.kinds.contains(.training)
            ? try request.workloads.filter { request.wants($0.name) }.map { try $0.loaded() } : []
        for kind in request.kinds {
            for name in request.arithmetics where !isCancelled() {
                let arithmetic = arithmetic(name, instructionSet: request.instructionSet)
                switch kind {
                case .products:
                    try ProductBenchmark(request, name).run(arithmetic, isCancelled, found)
                case .functions:
                    try FunctionBenchmark(request, name.description).run(arithmetic, isCancelled, found)
                case .training:
                    for workload in workloads where !isCancelled() {
                        try workload.run(name, request, isCancelled, found)
                    }
                }
            }
        }
    }
}

/// Numbers between 1/6 and 1/3 of either sign, with as many bits as the format has: kernels may be faster for fewer.
///
/// - Parameter binades: how many the numbers are spread over, downwards.
func operands<A: Arithmetic>(
    _ shape: [Int], seed: UInt64, binades: UInt64 = 1, _ arithmetic: A
) -> Tensor<A.Scalar> {
    thirds(shape, seed: seed, arithmetic) { stream in
        let word = stream.word()
        let magnitude = Double((1 << 23) + (word >> 41)) * 0x1p-24
        let scaled =
            binades == 1
            ? magnitude : magnitude * Double(sign: .plus, exponent: -Int(stream.bounded(binades)), significand: 1)
        return word & 1 == 0 ? scaled : -scaled
    }
}

/// Numbers spread evenly over a range, again with as many bits as the format has.
func operands<A: Arithmetic>(
    _ count: Int, seed: UInt64, in range: ClosedRange<Double>, _ arithmetic: A
) -> Tensor<A.Scalar> {
    thirds([count], seed: seed, arithmetic) { stream in
        let share = Double(stream.word() >> 11) * 0x1p-53
        return 3 * (range.lowerBound + share * (range.upperBound - range.lowerBound))
    }
}

private func thirds<A: Arithmetic>(
    _ shape: [Int], seed: UInt64, _ arithmetic: A, _ next: (inout RandomStream) -> Double
) -> Tensor<A.Scalar> {
    var stream = RandomStream(seed: seed, .other)
    let values = (0..<shape.reduce(1, *)).map { _ in next(&stream) }
    var engine = Engine(arithmetic)
    let triple = Tensor(arithmetic.array(ExactArray(values)), shape: shape)
    return engine.zip(.divide, triple, engine.constant(ExactValue(3)))
}
