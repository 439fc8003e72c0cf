import Arithmetics
import Comparison
import Foundation
import Oracle
import TensorFiles
import Testing
import Training

/// A folder of its own, gone afterwards.
private final class Place {
    let folder = NSTemporaryDirectory() + "lockstep-diff-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        return path
    }

    /// Writes a safetensors or npz file.
    @discardableResult
    func write(_ name: String, _ tensors: KeyValuePairs<String, StoredTensor>) throws -> String {
        let path = try path(name)
        try TensorArchive(tensors).write(to: path)
        return path
    }
}

private func tensor(_ values: [Float], _ shape: [Int]? = nil) throws -> StoredTensor {
    try StoredTensor(values, shape: shape ?? [values.count])
}

private func diff(
    _ a: String, _ b: String, _ change: (inout DiffRequest) -> Void = { _ in }
) throws -> DiffFindings {
    var request = DiffRequest()
    change(&request)
    var diff = try Diff(Recording(a), Recording(b), request)
    return try diff.run()
}

private func complaint(_ operation: () throws -> DiffFindings) -> String {
    do { return "no error, \(try operation().verdict)" } catch { return "\(error)" }
}

/// What differs between two files is found, and nothing else.
@Suite struct DiffTests {
    @Test func sameBytesOtherContainerIsIdentical() throws {
        let place = try Place()
        let w = try tensor([1, .nan, -0.0, 1e-45], [2, 2])
        let a = try place.write("a.safetensors", ["w": w])
        let b = try place.write("b.npz", ["w": w])
        let found = try diff(a, b)
        #expect(found.verdict == .identical && found.notes.isEmpty)
        #expect(found.series[0].steps[0].tensors[0].values?.count == 4)
    }

    @Test func everyNaNIsOne() throws {
        let place = try Place()
        let nans: [UInt32] = [0x7FC0_0000, 0xFFC0_0001]
        let files = try nans.map { bits in
            try place.write("\(bits).safetensors", ["w": StoredTensor(encodings: [bits], type: .float32, shape: [1])])
        }
        #expect(try diff(files[0], files[1]).verdict == .identical)
    }

    @Test func firstDifferenceIsTheFirstTensorsFirstElement() throws {
        let place = try Place()
        let a = try place.write("a.safetensors", ["u": tensor([1, 2]), "v": tensor([1, 2, 3, 4], [2, 2])])
        let b = try place.write("b.safetensors", ["u": tensor([1, 2]), "v": tensor([1, 2, 3.0000002, 5], [2, 2])])
        let found = try diff(a, b)
        #expect(found.verdict == .differs)
        let tensor = try #require(found.firstStep?.step.firstTensor)
        let first = try #require(tensor.values?.first)
        #expect(tensor.name == "v" && first.index == 2 && first.ulps == 1 && first.ordinals == 1)
        #expect(first.reference == ExactValue(Float(3)) && first.value == ExactValue(Float(3).nextUp))
        #expect(tensor.values?.worst?.index == 3)
        #expect(try diff(a, b) { $0.tolerance.ulps = 1 }.firstStep?.step.firstTensor?.values?.first?.index == 3)
        #expect(try diff(a, b) { $0.tolerance.ulps = 0x1p22 }.verdict == .agrees)
    }

    @Test func formatsAreComparedByValueInTheCoarser() throws {
        let place = try Place()
        let values: [Float] = [0.5, 1 + 0x1p-23]
        let a = try place.write("a.safetensors", ["w": StoredTensor(values.map(Double.init), shape: [2])])
        #expect(try diff(a, place.write("b.safetensors", ["w": tensor(values)])).verdict == .identical)
        // 1 in bfloat16 lacks 2^-23, which is 2^-16 of its ulps.
        let c = try place.write(
            "c.safetensors", ["w": StoredTensor(encodings: [0x3F00, 0x3F80] as [UInt16], type: .bfloat16, shape: [2])])
        let found = try #require(diff(a, c).series[0].steps[0].tensors.first)
        #expect(found.format == .bfloat16 && found.aType == "float64" && found.bType == "bfloat16")
        #expect(found.values?.first?.ulps == 0x1p-16 && found.values?.first?.ordinals == 0)
    }

    @Test func integersBeyondBinary64AreExact() throws {
        let place = try Place()
        let a = try place.write("a.npz", ["n": StoredTensor([Int64.min, -5], shape: [2])])
        let b = try place.write("b.npz", ["n": StoredTensor([Int64.min + 1, -5], shape: [2])])
        let first = try #require(diff(a, b).firstStep?.step.firstTensor?.values?.first)
        #expect(first.index == 0 && first.ulps == 1 && first.ordinals == 1 && first.reference == ExactValue(-0x1p63))
        let c = try place.write("c.npz", ["n": StoredTensor(encodings: [UInt64.max, 7], type: .uint64, shape: [2])])
        let d = try place.write(
            "d.npz", ["n": StoredTensor(encodings: [UInt64.max - 2, 7], type: .uint64, shape: [2])])
        #expect(try diff(c, d).firstStep?.step.firstTensor?.values?.first?.ulps == 2)
    }

    @Test func missingTensorsAndOtherShapesDiffer() throws {
        let place = try Place()
        let a = try place.write("a.safetensors", ["u": tensor([1, 2]), "v": tensor([1, 2])])
        let b = try place.write("b.safetensors", ["u": tensor([1, 2]), "x": tensor([1, 2])])
        let found = try diff(a, b)
        #expect(found.verdict == .differs)
        #expect(found.series[0].steps[0].onlyInA == ["v"] && found.series[0].steps[0].onlyInB == ["x"])
        let c = try place.write("c.safetensors", ["u": tensor([1, 2], [2, 1]), "v": tensor([1, 2])])
        let shapes = try diff(a, c)
        #expect(shapes.verdict == .differs)
        guard case .shapes(let x, let y) = shapes.series[0].steps[0].tensors[0].content else {
            Issue.record("shapes were not compared")
            return
        }
        #expect(x == [2] && y == [2, 1])
    }

    @Test func namesAreMappedByRuleAndByTheOrderOfLayers() throws {
        let place = try Place()
        let (w, b) = (try tensor([1, 2, 3, 4], [2, 2]), try tensor([5, 6]))
        let ours = try place.write("a.safetensors", ["fc1.weight": w, "fc1.bias": b])
        let theirs = try place.write("b.safetensors", ["net.0.weight": w, "net.0.bias": b])
        let matched = try diff(ours, theirs)
        #expect(matched.verdict == .identical && matched.notes.count == 1)
        #expect(matched.notes.first?.contains("net.0.weight = fc1.weight") == true)
        #expect(try diff(theirs, ours).verdict == .identical)
        let ruled = try diff(ours, theirs) { $0.rules = [NameMapping(theirs: "net.0.*", ours: "fc1.*")] }
        #expect(ruled.verdict == .identical && ruled.notes.isEmpty)
        #expect(
            complaint { try diff(ours, theirs) { $0.rules = [NameMapping(theirs: "net.0.*", ours: "fc1.bias")] } }
                == "map: both \"net.0.weight\" and \"net.0.bias\" of the second become fc1.bias")
        #expect(
            complaint {
                try diff(ours, theirs) {
                    $0.rules = [NameMapping(theirs: "net.0.*", ours: "fc1.*"), NameMapping(theirs: "x", ours: "y")]
                }
            }.hasSuffix("b.safetensors has no tensor \"x\""))
    }

    @Test func jsonNumbersLongerThanAnyFormatsAreRefused() throws {
        let place = try Place()
        let a = try place.path("a.json")
        for (digits, says) in [
            (4096, "no error, identical"), (4097, "a.json: tensor \"w\"[0]: has 16386 significant bits"),
        ] {
            let number = "0x1.\(String(repeating: "0", count: digits - 1))8p+0"
            try #"{"tensors":{"w":{"shape":[1],"values":["\#(number)"]}}}"#.write(
                toFile: a, atomically: true, encoding: .utf8)
            #expect(complaint { try diff(a, a) }.contains(says), "\(digits) digits")
        }
    }

    @Test func filesWithNothingInCommonAreUnusable() throws {
        let place = try Place()
        let a = try place.write("a.safetensors", ["u": tensor([1])])
        let b = try place.write("b.safetensors", ["x": tensor([1])])
        #expect(
            complaint { try diff(a, b) }.hasSuffix(
                "have no tensor in common (\"u\", \"x\"); name them with --map THEIRS=OURS"))
        let none = try place.write("none.safetensors", [:])
        #expect(complaint { try diff(none, none) }.contains("have nothing that can be compared"))
        try "hello".write(toFile: place.path("x.pt"), atomically: true, encoding: .utf8)
        #expect(
            complaint { try diff(a, place.path("x.pt")) }.contains(
                "is nothing that can be compared; expected .safetensors"))
        #expect(complaint { try diff(a, place.path("y.npy")) }.hasSuffix("y.npy: no such file or folder"))
    }
}

/// Folders of steps face each other step by step.
@Suite struct StepFolderDiffTests {
    private func folder(_ place: Place, _ name: String, _ values: [Int: Float]) throws -> String {
        for (step, value) in values {
            try place.write(
                step == 0 ? "\(name)/initial.npz" : "\(name)/step-\(step).safetensors", ["w": tensor([value, 1])])
        }
        return "\(place.folder)/\(name)"
    }

    @Test func firstDifferingStepIsNamed() throws {
        let place = try Place()
        let a = try folder(place, "a", [0: 1, 2: 2, 10: 3, 11: 4])
        let b = try folder(place, "b", [0: 1, 2: 2, 10: 3.5, 11: 5])
        let found = try diff(a, b)
        #expect(found.firstStep?.step.a == 10 && found.firstStep?.step.b == 10)
        #expect(found.series[0].steps.map(\.a) == [0, 2, 10, 11])
        #expect(found.series[0].steps.map(\.isIdentical) == [true, true, false, false])
        #expect(try diff(a, b) { $0.step = 2 }.verdict == .identical)
        #expect(complaint { try diff(a, b) { $0.step = 3 } }.contains("4 steps from 0 to 11"))
    }

    @Test func stepOfOneSideOnlyIsADifference() throws {
        let place = try Place()
        let a = try folder(place, "a", [0: 1, 1: 2, 2: 3])
        let b = try folder(place, "b", [0: 1, 1: 2])
        let found = try diff(a, b)
        #expect(found.verdict == .differs && found.series[0].onlyInA == [2] && found.series[0].onlyInB.isEmpty)
        #expect(found.firstStep == nil)
    }

    @Test func fileFacesTheStepThatItsNameSays() throws {
        let place = try Place()
        let a = try folder(place, "a", [0: 1, 1: 2, 2: 3])
        #expect(try diff("\(a)/step-1.safetensors", a).verdict == .identical)
        #expect(try diff(a, "\(a)/initial.npz").verdict == .identical)
        let other = try place.write("w.safetensors", ["w": tensor([3, 1])])
        #expect(complaint { try diff(other, a) }.contains("say which step it is with --step N"))
        #expect(try diff(other, a) { $0.step = 2 }.verdict == .identical)
        #expect(try diff(other, a) { $0.step = 1 }.verdict == .differs)
    }

    @Test func gradientsMomentumAndLossesBelongToTheStepTheyLeadTo() throws {
        let place = try Place()
        for (name, gradient, loss) in [("a", Float(0.5), "2.5\n1.5\n"), ("b", Float(0.25), "2.5\n1.25\n")] {
            _ = try folder(place, name, [0: 1, 1: 2, 2: 3])
            try place.write("\(name)/gradients-1.safetensors", ["w": tensor([gradient, 0])])
            try place.write("\(name)/momentum-1.safetensors", ["w": tensor([1, 0])])
            try loss.write(toFile: place.path("\(name)/losses.txt"), atomically: true, encoding: .utf8)
        }
        let found = try diff("\(place.folder)/a", "\(place.folder)/b")
        let steps = found.series[0].steps
        #expect(steps[1].tensors.map(\.name) == ["loss", "w.momentum", "w"])
        #expect(steps[1].isIdentical && steps[0].isIdentical)
        #expect(steps[2].tensors.filter { !$0.agrees }.map(\.name) == ["loss", "w.gradient"])
    }

    @Test func twoFilesOfOneStepAreUnusable() throws {
        let place = try Place()
        let a = try folder(place, "a", [1: 2])
        try place.write("a/step-000001.npz", ["w": tensor([1])])
        #expect(
            complaint { try diff(a, a) }.hasSuffix("step-000001.npz and step-1.safetensors are both weights of step 1"))
        #expect(complaint { try diff(NSTemporaryDirectory() + "no/such", a) }.hasSuffix("no such file or folder"))
        _ = try place.path("empty/x")
        #expect(
            complaint { try diff("\(place.folder)/empty", a) }.contains("holds no steps; expected initial or step-N"))
    }
}

/// Traces, saved runs and checkpoints of one study are the same run.
@Suite struct RunDiffTests {
    /// Saved runs, a checkpoint and a trace of a study.
    private func record(_ place: Place, seed: Int = 1, valuesUpTo: Int = 16) throws {
        var study = try TraceTests.study()
        try study.set("seed", to: "\(seed)")
        var options = ComparisonOptions()
        options.save = SaveRequest(
            folder: "\(place.folder)/saved", steps: [0, 1, 2, 3], contents: [.weights, .momentum])
        var runs = try LockstepRuns(PreparedStudy(study), options)
        while !runs.isFinished { try runs.advance() }
        runs.finish()
        try Checkpoint(folder: "\(place.folder)/checkpoint").write(runs)
        var trace = TraceOptions()
        trace.valuesUpTo = valuesUpTo
        try Trace.record(study, trace).write(to: "\(place.folder)/run.trace")
    }

    @Test(arguments: [0, 100]) func traceAgreesWithSavedRunsAndCheckpoint(valuesUpTo: Int) throws {
        let place = try Place()
        try record(place, valuesUpTo: valuesUpTo)
        let (trace, saved) = ("\(place.folder)/run.trace", "\(place.folder)/saved")
        #expect(try diff(trace, trace).verdict == .identical)
        for (a, b) in [(trace, saved), (saved, trace)] {
            let found = try diff(a, b)
            #expect(found.verdict == .identical, "\(found.notes)")
            #expect(found.series.map(\.a) == ["float", "mpfr:40"] && found.series.map(\.steps.count) == [4, 4])
            #expect(found.series.allSatisfy { $0.steps.allSatisfy { $0.tensors.count == 4 } })
            #expect(found.notes.contains { $0.contains("tensors *.momentum, which only") })
        }
    }

    @Test func checkpointAgreesWithTheLastSavedStep() throws {
        let place = try Place()
        try record(place)
        let (checkpoint, saved) = ("\(place.folder)/checkpoint", "\(place.folder)/saved")
        for name in ["float", "mpfr:40"] {
            let found = try diff(checkpoint, saved) {
                $0.arithmeticA = name
                $0.arithmeticB = name
            }
            // Momentum buffers are in both.
            #expect(found.verdict == .identical && found.series[0].steps[0].tensors.count == 8)
            #expect(found.series[0].steps[0].a == 3)
        }
        // The checkpoint holds the run that bears the reference out too.
        #expect(complaint { try diff(checkpoint, saved) }.contains("float, mpfr:40, mpfr:104 and"))
        #expect(
            complaint { try diff(checkpoint, saved) { $0.arithmeticA = "double" } }.contains(
                "holds no arithmetic \"double\""))
    }

    @Test func changedElementIsFoundInTraces() throws {
        let place = try Place()
        try record(place)
        let path = "\(place.folder)/run.trace"
        var trace = try Trace(contentsOf: path)
        trace.sections[0].steps[2].tensors[1].values?[3] = "3f800000"
        trace.sections[1].steps[1].tensors[0].digest = String(repeating: "0", count: 64)
        let other = try place.path("other.trace")
        try trace.write(to: other)
        let found = try diff(path, other)
        let (series, step) = try #require(found.firstStep)
        #expect(series.a == "float" && step.a == 2)
        #expect(step.firstTensor?.name == "fc1.bias" && step.firstTensor?.values?.first?.index == 3)
        #expect(step.firstTensor?.values?.first?.value == .one)
        let second = try #require(found.series[1].steps.first { !$0.agrees })
        #expect(second.a == 1 && second.firstTensor?.name == "fc1.weight")
        guard case .digests? = second.firstTensor?.content else {
            Issue.record("no digests were compared")
            return
        }
        // Against the saved run the same elements stand out.
        let saved = try diff("\(place.folder)/saved", other)
        #expect(saved.firstStep?.step.a == 2 && saved.firstStep?.step.firstTensor?.values?.first?.index == 3)
        trace.sections[0].steps[2].tensors[1].values?[3] = "3f8"
        try trace.write(to: other)
        #expect(complaint { try diff(path, other) }.hasSuffix("step 2, fc1.bias[3]: \"3f8\" is no number of float"))
    }

    @Test func digestOfAnotherFormatIsSaidToBeIncomparable() throws {
        let place = try Place()
        try record(place, valuesUpTo: 4)
        let path = "\(place.folder)/run.trace"
        let found = try diff(path, path) {
            $0.arithmeticA = "float"
            $0.arithmeticB = "mpfr:40"
        }
        // Values of small tensors can be compared in binary32, digests of large ones cannot.
        #expect(found.verdict == .differs && found.notes.contains { $0.hasPrefix("not compared: fc1.weight") })
        #expect(found.series[0].steps[0].isIdentical)
        #expect(found.firstStep?.step.a == 1)
        // A digest of binary32 against numbers that binary32 does not hold.
        let saved = try diff(path, "\(place.folder)/saved") {
            $0.arithmeticA = "float"
            $0.arithmeticB = "mpfr:40"
        }
        let tensor = try #require(saved.series[0].steps[1].tensors.first { $0.name == "fc1.weight" })
        guard case .unheld(_, _, let inA) = tensor.content else {
            Issue.record("numbers of mpfr:40 passed for binary32")
            return
        }
        #expect(!inA && !tensor.agrees)
    }

    @Test func otherStudiesAreNoted() throws {
        let (one, two) = (try Place(), try Place())
        try record(one)
        try record(two, seed: 2)
        let found = try diff("\(one.folder)/run.trace", "\(two.folder)/run.trace")
        #expect(found.verdict == .differs && found.firstStep?.step.a == 0)
        #expect(found.notes.contains("the studies differ: A has \"seed: 1\""))
        #expect(found.notes.contains("the traces were recorded on different data"))
    }
}
