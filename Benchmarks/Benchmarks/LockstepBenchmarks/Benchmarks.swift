import Arithmetics
import Benchmark
import Tensors

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 1, maxDuration: .milliseconds(300),
        maxIterations: 10_000)
    productBenchmarks()
    elementwiseBenchmarks()
    functionBenchmarks()
    bigBenchmarks()
    trainingBenchmarks()
}

/// A benchmark of one call, for which everything is made ready, and its result checked, outside the clock.
///
/// - Parameter prepare: gives the call, or nil where what it would measure is wrong: that is an error, not a time. Benchmarks
///   that are only listed, or filtered out, are not prepared.
func benchmark(_ name: String, _ prepare: @escaping () throws -> (() -> Void)?) {
    Benchmark(name) { benchmark, prepared in
        guard let call = prepared.call else {
            benchmark.error("the result is not what its definition gives")
            return
        }
        call()
    } setup: {
        Prepared(call: try prepare())
    }
}

private struct Prepared {
    let call: (() -> Void)?
}

/// Numbers between 1/6 and 1/3 of either sign, with as many bits as the format has.
///
/// - Parameter binades: how many the numbers are spread over, downwards.
func operands<A: Arithmetic>(
    _ shape: [Int], seed: UInt64, binades: UInt64 = 1, _ arithmetic: A
) -> Tensor<A.Scalar> {
    var stream = RandomStream(seed: seed, .other)
    let values = (0..<shape.reduce(1, *)).map { _ in
        let word = stream.word()
        let magnitude = Double((1 << 23) + (word >> 41)) * 0x1p-24
        let down = Double(sign: .plus, exponent: -Int(stream.bounded(binades)), significand: 1)
        return word & 1 == 0 ? magnitude * down : -magnitude * down
    }
    var engine = Engine(arithmetic)
    let triple = Tensor(arithmetic.array(ExactArray(values)), shape: shape)
    return engine.zip(.divide, triple, engine.constant(ExactValue(3)))
}

/// Are two tensors of one arithmetic the same, to the last bit?
func isIdentical<A: Arithmetic>(_ x: Tensor<A.Scalar>, _ y: Tensor<A.Scalar>, _ arithmetic: A) -> Bool {
    var (a, b): ([UInt8], [UInt8]) = ([], [])
    arithmetic.encode(x.elements.span, into: &a)
    arithmetic.encode(y.elements.span, into: &b)
    return a == b
}
