import Arithmetics
import Foundation
import Networks
import Oracle
import TensorFiles
import Tensors
import Testing
import Training

/// Running statistics are judged like weights, and mistakes in keeping them are called by their names. The other programs here are
/// runs of other studies that sum in another order; one is PyTorch.
@Suite struct StatisticsCheckTests {
    static func study(_ norm: String = "batch-norm", reduction: String = "") throws -> Study {
        try Study(
            yaml: """
                model: [{conv: {out: 3, kernel: 3, bias: false}}, \(norm), relu, {dense: 6}, \(norm), {dense: 4}]
                data: synthetic:1x5x4,4,48
                batch: 6
                order: sequential
                steps: 3
                optimizer: {lr: 0.25, momentum: 0.9}
                arithmetics: ["float\(reduction)"]
                """, path: "study")
    }

    /// What a run leaves, under the given names, as the request of a check of `study`.
    static func request(
        _ run: any Run, _ network: Network, judgedAs study: Study, updates: Int = 3, in folder: String,
        activations: Bool = false, names: (String) -> String = { $0 },
        damage: (Int, inout [Float], String) -> Void = { _, _, _ in }
    ) throws -> CheckRequest {
        var run = run
        func save(_ step: Int) throws -> String {
            var archive = TensorArchive()
            let tensors =
                zip(network.parameters, run.state.parameters).map { ($0.name, $0.shape.shape, $1) }
                + zip(network.statistics, run.state.statistics).map { ($0.name, $0.shape.shape, $1) }
            for (name, shape, values) in tensors {
                var floats = values.floats
                damage(step, &floats, name)
                try archive.append(names(name), StoredTensor(floats, shape: shape))
            }
            try archive.append("bn1.num_batches_tracked", StoredTensor([Int64(step)], shape: []))
            try archive.write(to: "\(folder)/\(step).safetensors")
            return "\(folder)/\(step).safetensors"
        }
        var request = CheckRequest(study: study, initial: try save(0))
        for step in 1...updates {
            let update = run.advance(observe: activations ? .activations : [])
            request.traces.append(.init(step: step, path: try save(step)))
            guard activations else { continue }
            var archive = TensorArchive()
            for activation in update.activations {
                var floats = activation.values.floats
                damage(step, &floats, activation.name)
                try archive.append(activation.name, StoredTensor(floats, shape: activation.shape))
            }
            try archive.write(to: "\(folder)/a\(step).safetensors")
            request.activations.append(.init(step: step - 1, path: "\(folder)/a\(step).safetensors"))
        }
        return request
    }

    private func findings(of program: Study, judgedAs study: Study, change: PreparedStudy.Variation? = nil) throws
        -> CheckFindings
    {
        let prepared = try PreparedStudy(program)
        let network = try prepared.startingPoint(for: program.arithmetics[0]).network
        let run = try makeRun(change.flatMap { prepared.varied($0) } ?? prepared, in: program.arithmetics[0])
        return try inTemporaryFolder { folder in
            try OracleCheck(StatisticsCheckTests.request(run, network, judgedAs: study, in: folder)).run()
        }
    }

    @Test func otherRoundingsAgree() throws {
        let found = try findings(
            of: StatisticsCheckTests.study(reduction: ",reduction=pairwise"), judgedAs: StatisticsCheckTests.study())
        #expect(found.verdict == .agrees, "\(found.firstDifference.map { "\($0)" } ?? "")")
        // Two norms, mean and variance, three updates.
        #expect(found.judgements.filter { $0.subject == .statistics }.count == 12)
        #expect(found.judgements.filter { $0.subject == .statistics }.allSatisfy { ($0.resolution ?? 1) < 1e-4 })
    }

    @Test(arguments: [
        ("batch-norm", "{batch-norm: {unbiased: false}}", "running variance biased"),
        ("{batch-norm: {unbiased: false}}", "batch-norm", "running variance unbiased"),
        ("batch-norm", "{batch-norm: {rho: 0.9}}", "running statistics weighted the other way"),
        (
            "batch-norm", "{batch-norm: {rho: 0.9, unbiased: false}}",
            "running statistics weighted the other way, running variance biased"
        ),
        ("batch-norm", "{batch-norm: {rho: 0}}", "running statistics not updated"),
        ("batch-norm", "{batch-norm: {rho: 1}}", "running statistics of the last batch"),
        ("batch-norm", "{batch-norm: {rho: 0.003}}", "another share in running statistics"),
    ]) func mistakesInKeepingThemAreNamed(meant: String, made: String, name: String) throws {
        let found = try findings(
            of: StatisticsCheckTests.study(made, reduction: ",reduction=pairwise"),
            judgedAs: StatisticsCheckTests.study(meant))
        #expect(found.verdict == .differs)
        #expect(found.firstDifference?.subject == .statistics)
        #expect(found.judgements.allSatisfy { $0.subject == .statistics || $0.verdict == .agrees })
        #expect(found.explanation?.name == name)
        if name.hasPrefix("another") {
            #expect(found.explanation?.sentence.contains("take 0.003 of each batch") ?? false)
        }
    }

    @Test func aTensorOfStatisticsThatIsWrongOnceIsFound() throws {
        let program = try StatisticsCheckTests.study(reduction: ",reduction=pairwise")
        let prepared = try PreparedStudy(program)
        let network = try prepared.startingPoint(for: program.arithmetics[0]).network
        let run = try makeRun(prepared, in: program.arithmetics[0])
        let found = try inTemporaryFolder { folder in
            try OracleCheck(
                StatisticsCheckTests.request(
                    run, network, judgedAs: StatisticsCheckTests.study(), in: folder,
                    damage: { step, values, name in
                        if step == 2, name == "bn2.running_mean" { values[4] += 1e-4 }
                    })
            ).run()
        }
        #expect(found.verdict == .differs && found.firstDifference?.update == 1)
        #expect(found.firstDifference?.tensor == "bn2.running_mean" && found.firstDifference?.worst.element == 4)
        #expect(found.explanation == nil, "no rule of keeping them gives that")
    }

    @Test func anotherEpsilonIsNamed() throws {
        let found = try findings(
            of: StatisticsCheckTests.study("{batch-norm: {eps: 1e-3}}"), judgedAs: StatisticsCheckTests.study())
        #expect(found.verdict == .differs && found.explanation?.name == "batch norm's epsilon 1e-3")
    }

    /// A norm left in evaluation mode: written once more here, from the layer's public parts.
    private struct Frozen: Layer {
        let inner: BatchNorm
        var kind: String { inner.kind }
        var outputShape: [Int] { inner.outputShape }
        var parameters: [ParameterShape] { inner.parameters }
        var statistics: [StatisticShape] { inner.statistics }

        func forward<A: Arithmetic>(
            _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
        ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) { inner.forward(x, parameters, &engine) }

        func forward<A: Arithmetic>(
            _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
            _ statistics: inout [Tensor<A.Scalar>], _ mode: Mode, _ engine: inout Engine<A>
        ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
            inner.forward(x, parameters, &statistics, .evaluation, &engine)
        }

        func backward<A: Arithmetic>(
            _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
            wantsInputGradient: Bool, _ engine: inout Engine<A>
        ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
            inner.backward(g, tape, parameters, wantsInputGradient: wantsInputGradient, &engine)
        }
    }

    @Test func trainingInEvaluationModeIsNamed() throws {
        let study = try StatisticsCheckTests.study()
        let network = try PreparedStudy(study).startingPoint(for: study.arithmetics[0]).network
        let frozen = try #require(network.replacingLayers { ($0 as? BatchNorm).map { Frozen(inner: $0) } })
        let found = try findings(of: study, judgedAs: study, change: .network(frozen))
        #expect(found.verdict == .differs && found.explanation?.name == "batch norm in evaluation mode")
    }

    /// Every operation of a residual network is judged where activations are given, sums of blocks too.
    @Test(arguments: [nil, "block2", "block3.shortcut.bn1", "global-average-pool1"])
    func operationsInsideBlocksAreLocalised(broken: String?) throws {
        let text = "model: resnet8(width:1)\ndata: synthetic:1x4x4,3,32\nbatch: 4\norder: sequential\nsteps: 1"
        let study = try Study(yaml: text, path: "study")
        var program = study
        program.arithmetics = [try ArithmeticName("float,reduction=pairwise")]
        let prepared = try PreparedStudy(program)
        let network = try prepared.startingPoint(for: program.arithmetics[0]).network
        let run = try makeRun(prepared, in: program.arithmetics[0])
        let found = try inTemporaryFolder { folder in
            try OracleCheck(
                StatisticsCheckTests.request(
                    run, network, judgedAs: study, updates: 1, in: folder, activations: true,
                    damage: { _, values, name in if name == broken { values[3] += 0.01 } })
            ).run()
        }
        #expect(found.operations.filter { $0.pass == "forward" }.map(\.place) == network.layerNames)
        #expect(found.firstOperation?.place == broken)
        #expect(found.verdict == (broken == nil ? .agrees : .differs))
        if broken != nil { #expect(found.firstOperation?.worst.element == 3) }
    }

    // MARK: PyTorch

    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Fixtures/torch/resnet8").standardized.path

    private func torch(_ change: (inout TensorArchive) throws -> Void = { _ in }) throws -> CheckFindings {
        let folder = StatisticsCheckTests.fixture
        let text = String(decoding: try readFile("\(folder)/study.yaml"), as: UTF8.self)
        var archive = try TensorArchive.read("\(folder)/step-000001.safetensors")
        try change(&archive)
        return try inTemporaryFolder { place in
            try archive.write(to: "\(place)/1.safetensors")
            var request = CheckRequest(
                study: try Study(yaml: text, path: "study"), initial: "\(folder)/initial.safetensors")
            request.traces = [.init(step: 1, path: "\(place)/1.safetensors")]
            return try OracleCheck(request).run()
        }
    }

    /// Weights and running statistics under torchvision's names: PyTorch's first update of resnet8 is ours up to rounding.
    @Test func pyTorchTrainsAResidualNetworkAsWeDo() throws {
        let found = try torch()
        #expect(found.verdict == .agrees, "\(found.firstDifference.map { "\($0)" } ?? "")")
        #expect(found.judgements.filter { $0.subject == .statistics }.count == 18)
        #expect(found.judgements.filter { $0.subject == .weights }.count == 29)
    }

    /// The same file with the running variance of one norm as it would be without M/(M - 1), M = 4 × 64.
    @Test func aBiasedVarianceInPyTorchsFileIsSeen() throws {
        let found = try torch { archive in
            var changed = TensorArchive()
            for entry in archive.entries {
                guard entry.name == "bn1.running_var" else {
                    try changed.append(entry.name, entry.tensor)
                    continue
                }
                let values = try entry.tensor.doubles().map { Float(0.9 + ($0 - 0.9) * 255 / 256) }
                try changed.append(entry.name, StoredTensor(values, shape: entry.tensor.shape))
            }
            archive = changed
        }
        #expect(found.verdict == .differs && found.firstDifference?.tensor == "bn1.running_var")
        #expect(found.judgements.filter { $0.verdict == .differs }.count == 1)
    }
}

/// Gives a folder of its own to a test, and removes it afterwards.
func inTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = NSTemporaryDirectory() + "lockstep-statistics-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}
