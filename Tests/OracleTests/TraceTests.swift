import Arithmetics
import Networks
import Oracle
import Testing
import Training

/// A trace says where a run first departs from it, and notices when it was itself changed.
@Suite struct TraceTests {
    static func study() throws -> Study {
        try Study(
            yaml: """
                model: mlp(6,5,3)
                data: synthetic:1x2x3,3,24
                batch: 6
                steps: 3
                optimizer: {lr: 0.5, momentum: 0.9}
                arithmetics: [float, "mpfr:40"]
                """, path: "study")
    }

    static func recorded() throws -> Trace { try Trace.record(study(), provenance: ["a test"], TraceOptions()) }

    @Test func whatWasRecordedVerifies() throws {
        let trace = try TraceTests.recorded()
        #expect(trace.sections.count == 2)
        #expect(trace.sections.allSatisfy { $0.steps.count == 4 })
        #expect(try trace.verify(TraceOptions()) == nil)
    }

    @Test func textReadsBackAsTheSameTrace() throws {
        let trace = try TraceTests.recorded()
        #expect(try Trace(trace.text, path: "t") == trace)
    }

    /// Running statistics are recorded behind the parameters, and judged.
    @Test func runningStatisticsAreRecordedToo() throws {
        var study = try TraceTests.study()
        study.model = .layers([.dense(outputs: 2, bias: true), .batchNorm, .dense(outputs: 3, bias: true)])
        var trace = try Trace.record(study, TraceOptions())
        let names = trace.sections[0].steps[1].tensors.map(\.name)
        #expect(names.suffix(3) == ["fc2.bias", "bn1.running_mean", "bn1.running_var"])
        #expect(try trace.verify(TraceOptions()) == nil)
        #expect(trace.sections[0].steps[0].tensors[7].values == ["3f800000", "3f800000"])
        trace.sections[0].steps[2].tensors[7].digest = String(repeating: "0", count: 64)
        let difference = try #require(try trace.verify(TraceOptions()))
        #expect(difference.tensor == "bn1.running_var" && difference.step == 2)
    }

    @Test func floatValuesAreTheirOwnBitPatterns() throws {
        let trace = try TraceTests.recorded()
        let prepared = try PreparedStudy(TraceTests.study())
        let run = try makeRun(prepared, in: ArithmeticName("float"))
        let biases = run.state.parameters[1].floats
        let entry = trace.sections[0].steps[0].tensors[1]
        #expect(entry.name == "fc1.bias")
        let patterns = biases.map { bias in
            let text = String(bias.bitPattern, radix: 16)
            return String(repeating: "0", count: 8 - text.count) + text
        }
        #expect(entry.values == patterns)
        // 30 weights are more than the default 16.
        #expect(trace.sections[0].steps[0].tensors[0].values == nil)
    }

    @Test func firstDifferingElementIsNamedWithBothBitPatterns() throws {
        var trace = try TraceTests.recorded()
        let entry = trace.sections[0].steps[2].tensors[1]
        var values = try #require(entry.values)
        let found = values[3]
        values[3] = "3f800000"
        trace.sections[0].steps[2].tensors[1].values = values
        trace.sections[0].steps[2].tensors[1].digest = String(repeating: "0", count: 64)
        let difference = try #require(try trace.verify(TraceOptions()))
        #expect(
            difference.description
                == "float differs first at step 2, fc1.bias[3]: recorded bits 3f800000, found \(found)")
    }

    @Test func tensorIsNamedWhereNoValuesWereRecorded() throws {
        var trace = try TraceTests.recorded()
        trace.sections[1].steps[1].tensors[0].digest = "no digest"
        let difference = try #require(try trace.verify(TraceOptions()))
        #expect(difference.arithmetic.description == "mpfr:40")
        #expect(difference.step == 1)
        #expect(difference.tensor == "fc1.weight")
        #expect(difference.element == nil)
    }

    @Test func differentLossIsADifference() throws {
        var trace = try TraceTests.recorded()
        trace.sections[0].steps[3].loss = .one
        let difference = try #require(try trace.verify(TraceOptions()))
        #expect(difference.step == 3)
        #expect(difference.tensor == "loss")
        #expect(difference.recorded == "0x1p+0")
    }

    @Test func anotherSeedIsADifferenceAtStepZero() throws {
        var trace = try TraceTests.recorded()
        trace.study.seed = 2
        // The synthetic data depend on the seed too, so the data set is what differs first.
        let error = #expect(throws: TraceError.self) { try trace.verify(TraceOptions()) }
        #expect(error?.description.hasPrefix("was recorded on other data: synthetic:1x2x3,3,24") == true)
        trace.study.seed = 1
        trace.study.initializer = .constant(Rational(0))
        let difference = try #require(try trace.verify(TraceOptions()))
        #expect(difference.step == 0)
        #expect(difference.tensor == "fc1.weight")
    }

    @Test func anotherContractVersionIsRefused() throws {
        var trace = try TraceTests.recorded()
        trace.contract = 7
        let error = #expect(throws: TraceError.self) { try trace.verify(TraceOptions()) }
        #expect(error?.description == "is of contract version 7; this program's is \(contractVersion)")
    }

    @Test func changedLostAndSwappedLinesBreakTheChain() throws {
        let lines = try TraceTests.recorded().text.split(separator: "\n").map(String.init)
        let target = try #require(lines.firstIndex { $0.hasPrefix("step 2") })
        var changed = lines
        changed[target] = changed[target].replacing("step 2", with: "step 3")
        var lost = lines
        lost.remove(at: target)
        var swapped = lines
        swapped.swapAt(target, target + 1)
        for damaged in [changed, lost, swapped] {
            let error = #expect(throws: TraceError.self) { try Trace(damaged.joined(separator: "\n"), path: "t") }
            #expect(
                error?.description
                    == "t:\(target + 1): the chain is broken here: the file was changed after recording, or a line is lost"
            )
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let text = try TraceTests.recorded().text
        let bytes = Array(text.utf8)
        // The final newline may be missing; nothing else.
        for length in stride(from: 0, to: bytes.count - 1, by: 37) {
            let cut = String(decoding: bytes[..<length], as: UTF8.self)
            #expect(throws: TraceError.self, "cut at byte \(length)") { try Trace(cut, path: "t") }
        }
    }

    @Test func otherFilesAreNoTraces() throws {
        let error = #expect(throws: TraceError.self) { try Trace("hello\n", path: "t") }
        #expect(error?.description == "t: is no trace; the first line of one is \"lockstep-trace 1\"")
        let newer = #expect(throws: TraceError.self) { try Trace("lockstep-trace 2\n", path: "t") }
        #expect(
            newer?.description == "t: \"lockstep-trace 2\" is not a version this program reads (\"lockstep-trace 1\")")
    }

    @Test func interruptedWorkThrows() throws {
        let study = try TraceTests.study()
        var seen: [Int] = []
        #expect(throws: TraceInterrupted.self) {
            try Trace.record(study, TraceOptions()) { made in
                seen.append(made)
                return made < 4
            }
        }
        #expect(seen == [1, 2, 3, 4])
    }
}
