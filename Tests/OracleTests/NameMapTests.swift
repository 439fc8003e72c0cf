import Foundation
import Oracle
import TensorFiles
import Testing
import Training

/// Tensors of other frameworks are found by their names, and brought into our layout.
@Suite struct NameMapTests {
    /// cnn-small on images of 4×6: a 3×3 kernel, a pool, and a dense layer behind a flattened image.
    static func study() throws -> Study {
        try Study(
            yaml: """
                model: [{conv: {out: 3, kernel: 3, pad: 1}}, relu, {average-pool: 2}, flatten, {dense: 5}]
                data: synthetic:2x4x6,5,32
                batch: 4
                order: sequential
                steps: 1
                optimizer: {lr: 0.25}
                """, path: "study")
    }

    struct Tensor {
        var name: String
        var shape: [Int]
        var values: [Float]
    }

    /// Our own weights before and after one update.
    static func own() throws -> [[Tensor]] {
        var study = try NameMapTests.study()
        study.arithmetics = [try .init("float")]
        let prepared = try PreparedStudy(study)
        let parameters = try prepared.startingPoint(for: study.arithmetics[0]).network.parameters
        var run = try makeRun(prepared, in: study.arithmetics[0])
        let before = run.state
        _ = run.advance(observe: [])
        return [before, run.state].map { state in
            zip(parameters, state.parameters).map { Tensor(name: $0.name, shape: $0.shape.shape, values: $1.floats) }
        }
    }

    /// What Flax would hold: kernels [height, width, in, out], dense weights [in, out] with inputs in the order height, width,
    /// channel. Written with explicit loops, not with the project's permutation.
    static func channelsLast(_ tensors: [Tensor], pooled: [Int]) -> [Tensor] {
        tensors.map { tensor in
            let s = tensor.shape
            if s.count == 4 {
                var values: [Float] = []
                for h in 0..<s[2] {
                    for w in 0..<s[3] {
                        for i in 0..<s[1] {
                            for o in 0..<s[0] { values.append(tensor.values[((o * s[1] + i) * s[2] + h) * s[3] + w]) }
                        }
                    }
                }
                return Tensor(name: tensor.name, shape: [s[2], s[3], s[1], s[0]], values: values)
            }
            guard s.count == 2 else { return tensor }
            var values: [Float] = []
            for h in 0..<pooled[1] {
                for w in 0..<pooled[2] {
                    for c in 0..<pooled[0] {
                        for o in 0..<s[0] {
                            values.append(tensor.values[o * s[1] + (c * pooled[1] + h) * pooled[2] + w])
                        }
                    }
                }
            }
            return Tensor(name: tensor.name, shape: [s[1], s[0]], values: values)
        }
    }

    static func verdict(_ states: [[Tensor]], names: [String: String], map: NameMap = NameMap()) throws -> Verdict {
        let folder = NSTemporaryDirectory() + "lockstep-names-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (step, tensors) in states.enumerated() {
            var archive = TensorArchive()
            for tensor in tensors.reversed() {
                try archive.append(names[tensor.name] ?? tensor.name, StoredTensor(tensor.values, shape: tensor.shape))
            }
            try archive.write(to: "\(folder)/\(step).npz")
        }
        var request = CheckRequest(study: try study(), initial: "\(folder)/0.npz")
        request.traces = [.init(step: 1, path: "\(folder)/1.npz")]
        request.names = map
        request.limits.bitwise = true
        return try OracleCheck(request).run().verdict
    }

    static let schemes: [[String: String]] = [
        [:],
        ["conv1.weight": "0.weight", "conv1.bias": "0.bias", "fc1.weight": "10.weight", "fc1.bias": "10.bias"],
        ["conv1.weight": "a.2.weight", "conv1.bias": "a.2.bias", "fc1.weight": "a.11.weight", "fc1.bias": "a.11.bias"],
    ]
    @Test(arguments: schemes.indices) func channelsFirstNamesAreUnderstood(ordinal: Int) throws {
        #expect(try NameMapTests.verdict(NameMapTests.own(), names: NameMapTests.schemes[ordinal]) == .agrees)
    }

    static let lastSchemes: [[String: String]] = [
        [
            "conv1.weight": "params/Conv_0/kernel", "conv1.bias": "params/Conv_0/bias",
            "fc1.weight": "params/Dense_0/kernel", "fc1.bias": "params/Dense_0/bias",
        ],
        [
            "conv1.weight": "conv2d_7/kernel:0", "conv1.bias": "conv2d_7/bias:0", "fc1.weight": "dense_3/kernel:0",
            "fc1.bias": "dense_3/bias:0",
        ],
    ]
    @Test(arguments: lastSchemes.indices) func channelsLastNamesAndLayoutsAreUnderstood(ordinal: Int) throws {
        let states = try NameMapTests.own().map { NameMapTests.channelsLast($0, pooled: [3, 2, 3]) }
        #expect(try NameMapTests.verdict(states, names: NameMapTests.lastSchemes[ordinal]) == .agrees)
    }

    @Test func rulesWithAStarMapFamilies() throws {
        let names = [
            "conv1.weight": "k_conv1", "conv1.bias": "b_conv1", "fc1.weight": "k_fc1", "fc1.bias": "b_fc1",
        ]
        let rules = [NameMapping(theirs: "k_*", ours: "*.weight"), NameMapping(theirs: "b_*", ours: "*.bias")]
        #expect(try NameMapTests.verdict(NameMapTests.own(), names: names, map: NameMap(rules: rules)) == .agrees)
    }

    @Test func namesThatFitNothingAreToldWithWhatIsThere() throws {
        let names = ["fc1.bias": "strange"]
        let error = #expect(throws: StudyError.self) {
            try NameMapTests.verdict(NameMapTests.own(), names: names)
        }
        #expect(error?.description.contains("\"strange\"") ?? false)
        #expect(error?.description.contains("--map THEIRS=OURS") ?? false)
    }

    @Test func aShapeThatDoesNotFitIsTold() throws {
        var states = try NameMapTests.own()
        states[1][0].shape = [3, 3, 3, 2]
        let error = #expect(throws: StudyError.self) { try NameMapTests.verdict(states, names: [:]) }
        #expect(error?.description.contains("has shape [3, 3, 3, 2], but conv1.weight is [3, 2, 3, 3]") ?? false)
    }
}
