import Arithmetics
import Networks
import Testing
import Timing
import Training

@Suite struct TrainingWorkloadTests {
    /// Names of the lines that were timed.
    private func run(_ workloads: [TrainingWorkload], kinds: [TimedWork.Kind] = [.training]) throws -> [String] {
        var request = BenchmarkRequest()
        request.arithmetics = [ArithmeticName(.binary32)]
        request.kinds = kinds
        request.workloads = workloads
        request.budget = 0
        var names: [String] = []
        try Benchmark(request).run {
            names.append($0.name)
            #expect($0.nanoseconds(0) > 0 && $0.units == 1)
        }
        return names
    }

    @Test func everyKindOfModelFindsDataThatFit() throws {
        let models = ["mlp(64,8,10)", "mlp(784,4,10)", "mlp(10,4,3)", "cnn-small", "lenet5", "resnet8(width:2)"]
        let workloads = try models.map { TrainingWorkload(try ModelSpecification(named: $0), batch: 2) }
        #expect(try run(workloads) == models.map { $0 + ", batch 2" })
    }

    @Test func dataOfOnesOwnStandInTheName() throws {
        let data = "synthetic:1x4x4,3,9"
        #expect(try run([TrainingWorkload(.mlp([16, 3]), data: data, batch: 9)]) == ["mlp(16,3) on \(data), batch 9"])
    }

    @Test func whatDoesNotFitIsFoundBeforeAnythingIsTimed() {
        var names: [String] = []
        #expect(throws: (any Error).self) {
            names = try run([TrainingWorkload(.lenet5, data: "digits")], kinds: [.functions, .training])
        }
        #expect(throws: (any Error).self) { try run([TrainingWorkload(.mlp([16, 3]), data: "synthetic:1x4x4,3,9")]) }
        #expect(names.isEmpty)
    }
}
