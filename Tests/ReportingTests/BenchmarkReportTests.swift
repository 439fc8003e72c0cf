import Arithmetics
import Reporting
import Testing
import Timing

@Suite struct BenchmarkReportTests {
    private func report(_ works: [TimedWork]) -> [String] {
        let report = BenchmarkReport(BenchmarkRequest(), works, RunEnvironment(instructionSet: .plain))
        return report.text(TextStyle.plain).split(separator: "\n").map(String.init)
    }

    @Test func floatingPointOperationsAreThoseOfTheProcessor() throws {
        // A thousand multiply-accumulates in a microsecond: 1 ns each, two operations a nanosecond.
        let lines = report(
            ["float", "mpfr:128"].map { TimedWork(.products, "matmul", $0, units: 1000, Timing([1e-6])) })
        let native = try #require(lines.first { $0.contains("float") })
        let big = try #require(lines.first { $0.contains("mpfr:128") })
        #expect(native.contains("matmul") && native.contains("1.00-1.00") && native.hasSuffix("2.00"))
        #expect(big.contains("1.00-1.00") && !big.contains("2.00"))
    }

    @Test func productsFitATerminal() {
        let name = "conv 16-32 3x3/2 32x32, by kernel"
        let lines = report([
            TimedWork(.products, name, "bfloat16", units: 1, Timing([1.234e-11, 1.234e-11])),
            TimedWork(.products, name, "float", units: 1, Timing([1.234e-11, 1.234e-11])),
        ])
        #expect(lines.contains { $0.contains("GFLOP/s") && $0.contains("ns") })
        #expect(lines.allSatisfy { $0.count <= 80 })
    }
}
