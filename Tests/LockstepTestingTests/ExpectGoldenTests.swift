import Foundation
import LockstepTesting
import Oracle
import Testing
import Training

@Suite struct ExpectGoldenTests {
    /// A folder of its own, gone afterwards.
    func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "lockstep-golden-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    let weights: [Float] = [1, -0.0, 0.1, .nan, .infinity, .leastNonzeroMagnitude]

    @Test func recordedValuesAreReproducedAndRecordingFails() throws {
        try inFolder { folder in
            let path = "\(folder)/step.values"
            expectIssue(holding: "recorded \(path)", "LOCKSTEP_RECORD_GOLDEN") {
                expectGolden(["loss": [2.5], "weights": weights], at: path, recording: true)
            }
            expectGolden(["loss": [2.5], "weights": weights], at: path, recording: false)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                text == """
                    lockstep-values 1
                    header 2 tensors, 7 values; recorded by expectGolden of Lockstep
                    tensor loss float 1
                    40200000 2.5
                    tensor weights float 6
                    3f800000 1
                    80000000 -0
                    3dcccccd 1.00000001e-1
                    7fc00000 NaN
                    7f800000 Infinity
                    00000001 1.40129846e-45
                    end

                    """)
        }
    }

    @Test func theFirstDifferenceIsNamed() throws {
        try inFolder { folder in
            let path = "\(folder)/step.values"
            expectIssue(holding: "recorded") { expectGolden(["w": weights], at: path, recording: true) }
            var changed = weights
            changed[1] = 0
            expectIssue(holding: "w[1]: recorded -0 (bits 80000000", "found 0 (bits 00000000", "0.0 ulps apart") {
                expectGolden(["w": changed], at: path, recording: false)
            }
            changed = weights
            changed[2] = changed[2].nextUp
            changed[4] = 7
            expectIssue(holding: "w[2]: recorded", "bits 3dcccccd", "found", "bits 3dccccce", "1.0 ulps apart") {
                expectGolden(["w": changed], at: path, recording: false)
            }
            expectIssue(holding: "recorded with 6 elements, it has 5") {
                expectGolden(["w": Array(weights.dropLast())], at: path, recording: false)
            }
            expectIssue(holding: "recorded as float, it is double") {
                expectGolden(["w": weights.map(Double.init)], at: path, recording: false)
            }
            expectIssue(holding: "\"w\" was recorded, \"v\" stands there") {
                expectGolden(["v": weights], at: path, recording: false)
            }
            expectIssue(holding: "\"v\" was not recorded") {
                expectGolden(["w": weights, "v": [1]], at: path, recording: false)
            }
        }
    }

    @Test func damagedFilesAndNamesAreTold() throws {
        try inFolder { folder in
            let path = "\(folder)/w.values"
            expectIssue(holding: "recorded") { expectGolden(["w": weights], at: path, recording: true) }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let damages: [(String, String, String)] = [
                ("values 1", "values 2", "line 1"), ("80000000", "8000000", "line 5"),
                ("float 6", "float 7", "line 10"),
                ("end\n", "", "the end is missing"), ("float 6", "half 6", "line 3"),
                ("end\n", "end\nend\n", "after the end"),
            ]
            for (old, new, message) in damages {
                try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
                expectIssue(holding: message) { expectGolden(["w": weights], at: path, recording: false) }
            }
            expectIssue(holding: "is no name") { expectGolden(["a b": weights], at: path, recording: false) }
            expectIssue(holding: "is there twice") {
                expectGolden(["a": weights, "a": [1]], at: path, recording: false)
            }
            expectIssue(holding: "hold no number") { expectGolden(["a": [Float]()], at: path, recording: false) }
            expectIssue(holding: "missing.values") {
                expectGolden(["a": weights], at: "missing.values", recording: false)
            }
        }
    }

    @Test func aStudysTraceIsReproduced() throws {
        try inFolder { folder in
            let yaml = """
                model: mlp(64,8,10)
                data: digits
                steps: 2
                arithmetics: [float]
                reference: float

                """
            try yaml.write(toFile: "\(folder)/study.yaml", atomically: true, encoding: .utf8)
            let path = "\(folder)/study.trace"
            expectIssue(holding: "recorded \(path)") {
                expectGolden(study: "\(folder)/study.yaml", trace: path, recording: true)
            }
            expectGolden(study: "\(folder)/study.yaml", trace: path, recording: false)
            var study = try Study(yaml: yaml, path: "study")
            expectGolden(study, trace: path, recording: false)
            study.seed += 1
            expectIssue(holding: "was recorded for another study: \"seed: 1\", not \"seed: 2\"") {
                expectGolden(study, trace: path, recording: false)
            }
            expectIssue(holding: "no-study.yaml") {
                expectGolden(study: "\(folder)/no-study.yaml", trace: path, recording: false)
            }
        }
    }

    @Test func anotherTrajectoryDiffers() throws {
        try inFolder { folder in
            // Recorded with one seed, and a header that claims the other: the chain of the file is made anew by writing it.
            var study = try Study(yaml: "{model: 'mlp(64,8,10)', steps: 1, arithmetics: [float]}", path: "study")
            let path = "\(folder)/study.trace"
            expectIssue(holding: "recorded") { expectGolden(study, trace: path, recording: true) }
            var trace = try Trace(contentsOf: path)
            study.seed += 1
            trace.study = study
            try trace.write(to: path)
            expectIssue(holding: "float differs first at step 0") {
                expectGolden(study, trace: path, recording: false)
            }
        }
    }
}
