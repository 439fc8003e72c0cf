import Arithmetics
import Foundation
import Oracle
import Testing

/// The recorded trajectories in Fixtures/traces must come out again, bit for bit, on every machine, with every instruction
/// set and any number of threads. They were recorded by `lockstep oracle record` on one machine; nothing here can write them.
@Suite struct GoldenTraceTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../Fixtures/traces"
    )
    .standardizedFileURL.path

    static let names = ["mlp-digits", "cnn-small-digits", "lenet5-digits28"]

    static let paths: [InstructionSet] = InstructionSet.allCases.filter(\.isAvailable)

    @Test(arguments: names)
    func isReproducedToTheLastBit(_ name: String) throws {
        let trace = try Trace(contentsOf: "\(GoldenTraceTests.folder)/\(name).trace")
        #expect(trace.sections.map(\.arithmetic.description) == ["float", "double", "mpfr:256"])
        #expect(trace.sections.allSatisfy { $0.steps.count == trace.study.steps + 1 && !$0.steps[0].tensors.isEmpty })
        var options = TraceOptions()
        options.threads = 2
        let difference = try trace.verify(options)
        #expect(difference == nil, "\(difference?.description ?? "")")
        print(
            "reproduced \(name): \(trace.study.steps) steps in \(trace.sections.map(\.arithmetic.description).joined(separator: ", ")) "
                + "on \(machine), instruction set \(options.instructionSet.rawValue), \(configuration)")
    }

    /// The MPFR part does not use instruction sets; it is left out here.
    @Test(arguments: names, paths)
    func isReproducedOnEveryInstructionSet(_ name: String, _ set: InstructionSet) throws {
        var trace = try Trace(contentsOf: "\(GoldenTraceTests.folder)/\(name).trace")
        trace.sections.removeLast()
        var options = TraceOptions()
        options.instructionSet = set
        let difference = try trace.verify(options)
        #expect(difference == nil, "\(set.rawValue): \(difference?.description ?? "")")
    }

    private var machine: String {
        #if arch(x86_64)
            let architecture = "x86_64"
        #elseif arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "another architecture"
        #endif
        return "\(architecture) \(ProcessInfo.processInfo.operatingSystemVersionString)"
    }

    private var configuration: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
