import Arithmetics
import Foundation
import Networks
import Oracle
import TensorFiles
import Testing
import Training

/// Norms and residual networks under the names that other frameworks give them. Each file is judged bit by bit, so that two
/// tensors exchanged would show.
@Suite struct NormNameTests {
    private static let row = """
        model: [{conv: {out: 3, kernel: 3, bias: false}}, batch-norm, relu, {dense: 5}, batch-norm, layer-norm, {dense: 4}]
        data: synthetic:1x5x4,4,48
        """
    private static let residual = "model: resnet14(width:1)\ndata: synthetic:1x4x4,3,32"

    /// What our own run leaves under other names, judged.
    private func findings(_ yaml: String, _ names: (String) -> String?, layout: TensorLayout = .channelsFirst) throws
        -> CheckFindings
    {
        var study = try Study(
            yaml: yaml + "\nbatch: 6\norder: sequential\nsteps: 1\noptimizer: {lr: 0.25}", path: "study")
        let judged = study
        study.arithmetics = [try ArithmeticName("float")]
        let prepared = try PreparedStudy(study)
        let network = try prepared.startingPoint(for: study.arithmetics[0]).network
        var run = try makeRun(prepared, in: study.arithmetics[0])
        return try inTemporaryFolder { place in
            func save(_ step: Int) throws -> String {
                let tensors =
                    zip(network.parameters, run.state.parameters).map {
                        NameMapTests.Tensor(name: $0.name, shape: $0.shape.shape, values: $1.floats)
                    }
                    + zip(network.statistics, run.state.statistics).map {
                        NameMapTests.Tensor(name: $0.name, shape: $0.shape.shape, values: $1.floats)
                    }
                var archive = TensorArchive()
                for var tensor in tensors.reversed() {
                    guard let name = names(tensor.name) else { continue }
                    // Three channels of 3×2 positions come out of the convolution.
                    let pooled = tensor.name == "fc1.weight" ? [3, 3, 2] : [tensor.shape.last ?? 1, 1, 1]
                    if layout == .channelsLast { tensor = NameMapTests.channelsLast([tensor], pooled: pooled)[0] }
                    try archive.append(name, StoredTensor(tensor.values, shape: tensor.shape))
                    if name.hasSuffix("running_var") {
                        let counter = name.replacing("running_var", with: "num_batches_tracked")
                        try archive.append(counter, StoredTensor([Int64(step)], shape: []))
                    }
                }
                try archive.write(to: "\(place)/\(step).npz")
                return "\(place)/\(step).npz"
            }
            var request = CheckRequest(study: judged, initial: try save(0))
            _ = run.advance(observe: [])
            request.traces = [.init(step: 1, path: try save(1))]
            request.limits.bitwise = true
            return try OracleCheck(request).run()
        }
    }

    private func expectAll(_ found: CheckFindings, statistics: Int) {
        #expect(found.verdict == .agrees)
        #expect(found.judgements.filter { $0.subject == .statistics }.count == statistics)
    }

    private static let sequential = ["conv1": 0, "bn1": 1, "fc1": 4, "bn2": 5, "ln1": 6, "fc2": 7]
    @Test func pyTorchNumbersItsModules() throws {
        let found = try findings(NormNameTests.row) { name in
            let parts = name.split(separator: ".")
            return NormNameTests.sequential[String(parts[0])].map { "net.\($0).\(parts[1])" }
        }
        expectAll(found, statistics: 4)
    }

    @Test func flaxKeepsStatisticsInACollectionOfTheirOwn() throws {
        let modules = [
            "conv1": "Conv_0", "bn1": "BatchNorm_0", "fc1": "Dense_0", "bn2": "BatchNorm_1", "ln1": "LayerNorm_0",
            "fc2": "Dense_1",
        ]
        let found = try findings(
            NormNameTests.row,
            { name in
                let parts = name.split(separator: ".").map(String.init)
                let isNorm = parts[0].hasPrefix("bn") || parts[0].hasPrefix("ln")
                let role = [
                    "weight": isNorm ? "scale" : "kernel", "bias": "bias", "running_mean": "mean", "running_var": "var",
                ][parts[1]]
                let collection = parts[1].hasPrefix("running") ? "batch_stats" : "params"
                return modules[parts[0]].flatMap { module in role.map { "\(collection)/\(module)/\($0)" } }
            }, layout: .channelsLast)
        expectAll(found, statistics: 4)
    }

    @Test func kerasCallsThemGammaAndMovingMean() throws {
        let modules = [
            "conv1": "conv2d_4", "bn1": "batch_normalization_9", "fc1": "dense_2", "bn2": "batch_normalization_10",
            "ln1": "layer_normalization", "fc2": "dense_3",
        ]
        let found = try findings(
            NormNameTests.row,
            { name in
                let parts = name.split(separator: ".").map(String.init)
                let isNorm = parts[0].hasPrefix("bn") || parts[0].hasPrefix("ln")
                let role = [
                    "weight": isNorm ? "gamma" : "kernel", "bias": isNorm ? "beta" : "bias",
                    "running_mean": "moving_mean", "running_var": "moving_variance",
                ][parts[1]]
                return modules[parts[0]].flatMap { module in role.map { "\(module)/\($0):0" } }
            }, layout: .channelsLast)
        expectAll(found, statistics: 4)
    }

    /// resnet14: two blocks a group. Torchvision's words, and those of programs for CIFAR.
    @Test(arguments: [("downsample", "fc"), ("shortcut", "linear")]) func residualNetworksAreKnownByTheirBlocks(
        shortcut: String, last: String
    ) throws {
        let blocks = ["layer1.0", "layer1.1", "layer2.0", "layer2.1", "layer3.0", "layer3.1"]
        func theirs(_ name: String) -> String {
            var result = name.replacing("fc1.", with: "\(last).")
            for (i, block) in blocks.enumerated() { result = result.replacing("block\(i + 1).", with: "\(block).") }
            return result.replacing("shortcut.conv1.", with: "\(shortcut).0.")
                .replacing("shortcut.bn1.", with: "\(shortcut).1.")
        }
        #expect(theirs("block3.shortcut.bn1.running_var") == "layer2.0.\(shortcut).1.running_var")
        expectAll(try findings(NormNameTests.residual, theirs), statistics: 2 * (1 + 12 + 2))
        // Without running statistics the weights are still judged.
        let bare = try findings(NormNameTests.residual) { $0.contains("running") ? nil : theirs($0) }
        expectAll(bare, statistics: 0)
        // A tensor too many is another network.
        let error = #expect(throws: StudyError.self) {
            _ = try findings("model: resnet8(width:1)\ndata: synthetic:1x4x4,3,32") { name in
                name == "fc1.bias" ? "layer1.0.conv3.bias" : theirs(name)
            }
        }
        #expect(error?.description.contains("give --map THEIRS=OURS") ?? false)
    }
}
