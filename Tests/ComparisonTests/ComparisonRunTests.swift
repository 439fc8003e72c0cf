import Arithmetics
import Comparison
import Testing
import Training

import struct Foundation.Data
// Not all of Foundation, which has a ComparisonFindings of its own.
import class Foundation.FileManager
import class Foundation.JSONEncoder
import func Foundation.NSTemporaryDirectory
import struct Foundation.UUID

@Suite struct ComparisonRunTests {
    private let small = """
        model: mlp(64,6,10)
        batch: 5
        optimizer: {lr: 0.1, momentum: 0.5}
        arithmetics: [float, "mpfr:256"]
        """

    private func compare(
        _ yaml: String, steps: Int, _ options: ComparisonOptions = ComparisonOptions()
    ) throws -> ComparisonFindings {
        var study = try Study(yaml: yaml, path: "study.yaml")
        study.steps = steps
        var comparison = try LockstepRuns(PreparedStudy(study), options)
        while !comparison.isFinished { try comparison.advance() }
        comparison.finish()
        return comparison.result
    }

    private func json(_ result: ComparisonFindings) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(result)
    }

    // The decomposition by hand: a second reference run is put where the low run stood, and makes the step.
    @Test func localAndPropagatedErrors() throws {
        var options = ComparisonOptions()
        options.decompose = true
        let result = try compare(small, steps: 3, options)
        let prepared = try PreparedStudy(Study(yaml: small, path: "study.yaml"))
        let (float, big) = try (ArithmeticName("float"), ArithmeticName("mpfr:256"))
        var low = try makeRun(prepared, in: float)
        var reference = try makeRun(prepared, in: big)
        for step in 1...3 {
            let (before, other) = (low.state, reference.state)
            var image = try makeRun(prepared, in: big)
            image.adopt(before)
            _ = image.advance(observe: [])
            let loss = low.advance(observe: []).loss
            _ = reference.advance(observe: [])
            let record = result.runs[0].steps[step]
            let local = norm(ofDifference: low.state.parameters, image.state.parameters)
            let propagated = norm(ofDifference: image.state.parameters, reference.state.parameters)
            let error = norm(ofDifference: before.parameters, other.parameters)
            #expect(record.step == step && record.loss == loss && record.digest == low.digest)
            #expect(record.localError == local && record.propagatedError == propagated)
            #expect((record.amplification == nil) == (step == 1), "the first error is 0")
            if let amplification = record.amplification {
                // Here both norms and their quotient are rounded to binary64, there only the quotient: three roundings of at
                // most 2^-53 each and what they do to each other.
                #expect(error > 0 && abs(amplification - propagated / error) <= amplification * 0x1p-51)
            }
            #expect(
                record.error == measure(low.state.parameters, against: reference.state.parameters, in: .binary32).all)
        }
        for record in result.runs[1].steps { #expect(record.error == nil && record.localError == nil) }
        #expect(result.runs[0].steps[0].loss == nil && result.runs[0].steps[0].error?.maxUlp == 0)
    }

    @Test func threadsDoNotMatter() throws {
        var options = ComparisonOptions()
        options.decompose = true
        let one = try json(compare(small, steps: 3, options))
        for threads in [2, 3] {
            options.threads = threads
            #expect(try json(compare(small, steps: 3, options)) == one)
        }
    }

    @Test func aResumedComparisonIsTheUnbrokenOne() throws {
        let folder = NSTemporaryDirectory() + "lockstep-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var study = try Study(yaml: small, path: "study.yaml")
        study.steps = 4
        let prepared = try PreparedStudy(study)
        var options = ComparisonOptions()
        options.decompose = true
        var first = try LockstepRuns(prepared, options)
        for _ in 0..<2 { try first.advance() }
        try Checkpoint(folder: folder).write(first)
        var second = try LockstepRuns(prepared, options)
        try Checkpoint(folder: folder).resume(&second)
        #expect(second.step == 2)
        while !second.isFinished { try second.advance() }
        second.finish()
        #expect(try json(second.result) == json(compare(small, steps: 4, options)))
    }

    /// Test accuracy and churn depend on running statistics, and so do the tensors saved at the end.
    @Test func aResumedComparisonHasItsRunningStatistics() throws {
        let folder = NSTemporaryDirectory() + "lockstep-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = """
            model: [dense: 6, batch-norm, relu, dense: 10]
            batch: 8
            optimizer: {lr: 0.2, momentum: 0.9}
            arithmetics: [float, "bfloat16,master=float", "mpfr:70", "interval:60"]
            steps: 4
            """
        let prepared = try PreparedStudy(Study(yaml: yaml, path: "study.yaml"))
        var options = ComparisonOptions()
        options.trust = false
        func save(_ name: String) -> SaveRequest {
            SaveRequest(folder: "\(folder)/\(name)", steps: [4], contents: [.weights])
        }
        options.save = save("unbroken")
        var unbroken = try LockstepRuns(prepared, options)
        while !unbroken.isFinished { try unbroken.advance() }
        unbroken.finish()
        var first = try LockstepRuns(prepared, options)
        for _ in 0..<2 { try first.advance() }
        try Checkpoint(folder: folder + "/checkpoint").write(first)
        options.save = save("resumed")
        var second = try LockstepRuns(prepared, options)
        try Checkpoint(folder: folder + "/checkpoint").resume(&second)
        while !second.isFinished { try second.advance() }
        second.finish()
        #expect(try json(second.result) == json(unbroken.result))
        for (arithmetic, file) in [
            ("float", "step-000004.safetensors"), ("bfloat16-master-float", "step-000004.safetensors"),
            ("mpfr-70", "step-000004.json"), ("interval-60", "step-000004.json"),
        ] {
            let (a, b) = try (
                TensorStore.read("\(folder)/unbroken/\(arithmetic)/\(file)"),
                TensorStore.read("\(folder)/resumed/\(arithmetic)/\(file)")
            )
            #expect(a.map(\.name) == b.map(\.name))
            #expect(zip(a, b).allSatisfy { $0.values.firstDifference(from: $1.values) == nil })
            let means = a.filter { $0.name.hasPrefix("bn1.running_mean") }
            #expect(means.count == (arithmetic == "interval-60" ? 2 : 1))
            #expect(means.allSatisfy { $0.shape == [6] && $0.values[0].kind == .finite })
        }
    }

    private func greater(_ a: Rational, _ b: Rational) -> Rational { a < b ? b : a }

    @Test func trustedBitsAreThoseThatALongerRunBearsOut() throws {
        let yaml = "model: mlp(64,6,10)\nbatch: 5\narithmetics: [float, \"mpfr:100\"]"
        let result = try compare(yaml, steps: 3)
        let prepared = try PreparedStudy(Study(yaml: yaml, path: "study.yaml"))
        var short = try makeRun(prepared, in: ArithmeticName("mpfr:100"))
        var long = try makeRun(prepared, in: ArithmeticName("mpfr:164"))
        var least = 100
        for _ in 0..<3 {
            _ = short.advance(observe: [])
            _ = long.advance(observe: [])
            for (a, b) in zip(short.state.parameters, long.state.parameters) {
                var (difference, scale) = (Rational(0), Rational(0))
                for i in 0..<a.count {
                    let (x, y) = (Rational(a[i]) ?? Rational(0), Rational(b[i]) ?? Rational(0))
                    difference = greater(difference, x < y ? y - x : x - y)
                    scale = greater(scale, y < Rational(0) ? Rational(0) - y : y)
                }
                var bits = 0
                while difference * Rational(2).power(bits + 1) <= scale, bits < 100 { bits += 1 }
                least = min(least, bits)
            }
        }
        #expect(result.reference?.trustedBits == least && least > 60 && least < 100)
        var options = ComparisonOptions()
        options.trust = false
        #expect(try compare(yaml, steps: 1, options).reference?.trustedBits == nil)
    }

    @Test func aRateOfTenToTheThirtyBlowsUp() throws {
        let yaml = small.replacing("lr: 0.1", with: "lr: 1e30")
        let result = try compare(yaml, steps: 4)
        let prepared = try PreparedStudy(Study(yaml: yaml, path: "study.yaml"))
        var run = try makeRun(prepared, in: ArithmeticName("float"))
        var expected: (step: Int, tensor: String, index: Int)?
        for step in 1...4 where expected == nil {
            let loss = run.advance(observe: []).loss
            if !loss.isFinite { expected = (step, "loss", 0) }
            for (t, name) in ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"].enumerated() where expected == nil {
                let values = run.state.parameters[t]
                if let i = (0..<values.count).first(where: { !values[$0].isFinite }) {
                    expected = (step, name, i)
                }
            }
        }
        let found = try #require(result.runs[0].blowUp)
        #expect(found.step == expected?.step && found.tensor == expected?.tensor && found.index == expected?.index)
        #expect(result.runs[1].blowUp == nil, "mpfr:256 has the room")
        #expect(result.runs[0].steps.last?.error?.relativeL2 == .infinity)
    }

    @Test func firstDifferencesAccuracyAndChurn() throws {
        let result = try compare(small, steps: 2)
        let prepared = try PreparedStudy(Study(yaml: small, path: "study.yaml"))
        var runs = try ["float", "mpfr:256"].map { try makeRun(prepared, in: ArithmeticName($0)) }
        for i in runs.indices { _ = runs[i].advance(observe: []) }
        let (x, y) = (runs[0].state.parameters, runs[1].state.parameters)
        let tensor = try #require(x.indices.first { t in (0..<x[t].count).contains { x[t][$0] != y[t][$0] } })
        let index = try #require((0..<x[tensor].count).first { x[tensor][$0] != y[tensor][$0] })
        let found = try #require(result.runs[0].firstDifference)
        #expect(found.step == 1 && found.index == index && found.value == x[tensor][index])
        #expect(found.reference == y[tensor][index] && result.runs[1].firstDifference == nil)
        for i in runs.indices { _ = runs[i].advance(observe: []) }
        let classes = runs.map { $0.classes(of: Array(0..<359)) }
        let right = zip(classes[0], prepared.data.test.labels).count { $0 == $1 }
        #expect(result.runs[0].test?.accuracy == Double(right) / 359)
        #expect(result.runs[0].test?.churn == Double(zip(classes[0], classes[1]).count { $0 != $1 }) / 359)
        #expect(result.runs[1].test?.churn == nil)
    }

    // What is looked for at every step is found where no step is measured, too.
    @Test(arguments: ["lr: 0.1", "lr: 1e30"]) func firstsDoNotDependOnWhatIsMeasured(_ rate: String) throws {
        var sparse = ComparisonOptions()
        sparse.measureEvery = 100
        let yaml = small.replacing("lr: 0.1", with: rate)
        let (often, seldom) = (try compare(yaml, steps: 5), try compare(yaml, steps: 5, sparse))
        for (one, other) in zip(often.runs, seldom.runs) {
            #expect(one.firstDifference?.step == other.firstDifference?.step)
            #expect(one.firstDifference?.index == other.firstDifference?.index)
            #expect(one.blowUp?.step == other.blowUp?.step && one.blowUp?.index == other.blowUp?.index)
            #expect(one.blowUp?.tensor == other.blowUp?.tensor && one.steps.last?.digest == other.steps.last?.digest)
            #expect(other.steps.count == 2)
        }
        #expect(often.runs[0].firstDifference != nil && (often.runs[0].blowUp != nil) == (rate == "lr: 1e30"))
    }

    @Test func optionsThatDoNotFit() throws {
        func problem(_ yaml: String, _ change: (inout ComparisonOptions) -> Void) -> String {
            var options = ComparisonOptions()
            change(&options)
            do {
                _ = try compare(yaml, steps: 1, options)
                return "(no error)"
            } catch { return "\(error)" }
        }
        #expect(problem(small) { $0.measureEvery = 0 } == "measure-every: 0 is not a whole number of at least 1")
        #expect(
            problem("arithmetics: [float]") { $0.decompose = true }
                == "decompose: wants a reference; one arithmetic alone has nothing to be compared with")
        #expect(
            problem("arithmetics: [double, \"mpfr:24\"]\nreference: mpfr:24") { $0.decompose = true }
                == "decompose: reference mpfr:24 does not hold every number of double, whose states it must take over exactly"
        )
    }
}
