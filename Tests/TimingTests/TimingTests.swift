import Arithmetics
import Testing
import Timing

@Suite struct TimingTests {
    @Test func aTimingCallsOnceToWarmUpAndThenAtLeastAsOftenAsAsked() {
        var calls = 0
        let timing = Timing.measure(budget: 0, least: 5) { calls += 1 }
        #expect(calls == 6 && timing?.seconds.count == 5)
    }

    @Test func quantilesAreOfSortedTimes() {
        let timing = Timing([3, 1, 2, 5, 4])
        #expect(timing.quantile(0) == 1 && timing.median == 3 && timing.quantile(1) == 5)
    }

    @Test func aCancelledTimingIsNone() {
        #expect(Timing.measure(budget: 10, isCancelled: { true }) {} == nil)
    }

    @Test func everyKindIsTimedInEveryArithmetic() throws {
        var request = BenchmarkRequest()
        request.arithmetics = [try ArithmeticName("float"), try ArithmeticName("mpfr:80")]
        request.workloads = [TrainingWorkload(.mlp([64, 8, 10]), batch: 4)]
        request.budget = 0
        request.kinds = [.functions, .training]
        var works: [TimedWork] = []
        try Benchmark(request).run { works.append($0) }
        for name in ["float", "mpfr:80"] {
            let functions = works.filter { $0.arithmetic == name && $0.kind == .functions }.map(\.name)
            #expect(Set(functions).isSuperset(of: ElementaryFunction.allCases.map(\.rawValue)))
            #expect(works.contains { $0.arithmetic == name && $0.kind == .training && $0.nanoseconds() > 0 })
        }
    }

    @Test func shapesThatWouldLastTooLongAreLeftOut() throws {
        var request = BenchmarkRequest()
        request.arithmetics = [try ArithmeticName("float")]
        request.budget = 0
        request.kinds = [.products]
        // Nothing is known before the first, and everything after it is longer than a nanosecond.
        request.longestCall = 1e-9
        var names: [String] = []
        try Benchmark(request).run { names.append($0.name) }
        #expect(names == ["matmul 64x128x64"])
    }

    @Test func aCancelledBenchmarkKeepsTheLinesSoFar() throws {
        var request = BenchmarkRequest()
        request.arithmetics = [try ArithmeticName("double")]
        request.budget = 0
        request.kinds = [.products]
        var names: [String] = []
        try Benchmark(request).run(isCancelled: { names.count >= 1 }) { names.append($0.name) }
        #expect(names == ["matmul 64x128x64"])
    }

    @Test func onlyLinesAskedForAreTimed() throws {
        var request = BenchmarkRequest()
        request.arithmetics = [try ArithmeticName("float")]
        request.budget = 0
        request.only = ["1x1/2", "tanh"]
        request.kinds = [.products, .functions, .training]
        var names: [String] = []
        try Benchmark(request).run { names.append($0.name) }
        let layer = "conv 16-32 1x1/2 32x32"
        #expect(names == [layer, layer + ", by input", layer + ", by kernel", "tanh"])
    }
}
