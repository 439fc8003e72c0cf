import Arithmetics
import Tensors

/// Functions of arrays that stay in the cache.
struct FunctionBenchmark {
    private let request: BenchmarkRequest
    private let name: String

    init(_ request: BenchmarkRequest, _ name: String) {
        self.request = request
        self.name = name
    }

    /// Of elementary functions: what networks meet, and no case that an implementation could treat apart.
    private static let arguments = -10.0...10
    private static let logarithms: [ElementaryFunction: ClosedRange<Double>] = [
        .log: 0.01...100, .logOnePlus: -0.99...100,
    ]

    func run<A: Arithmetic>(
        _ arithmetic: A, _ isCancelled: () -> Bool, _ found: (TimedWork) throws -> Void
    ) throws {
        // Slow arithmetics show the same with fewer elements.
        let count = arithmetic.format.precision <= 53 ? 4096 : 256
        let x = operands([count], seed: 1, arithmetic)
        var engine = Engine(arithmetic, threads: request.threads)
        let positive = engine.map(.absolute, x)
        let wide = operands(count, seed: 1, in: Self.arguments, arithmetic)
        let other = operands([count], seed: 2, arithmetic)
        func time(_ name: String, _ work: () -> Void) throws {
            guard request.wants(name) else { return }
            guard let timing = Timing.measure(budget: request.budget, isCancelled: isCancelled, work) else { return }
            try found(TimedWork(.functions, name, self.name, units: Double(count), timing))
        }
        try time("add") { _ = engine.zip(.add, x, other) }
        try time("multiply") { _ = engine.zip(.multiply, x, other) }
        try time("divide") { _ = engine.zip(.divide, x, other) }
        try time("sqrt") { _ = engine.map(.squareRoot, positive) }
        for function in ElementaryFunction.allCases {
            let arguments = Self.logarithms[function].map { operands(count, seed: 1, in: $0, arithmetic) } ?? wide
            try time(function.rawValue) { _ = engine.map(.elementary(function), arguments) }
        }
        try time("sigmoid") { _ = engine.map(.sigmoid, wide) }
    }
}
