import Arithmetics
import Comparison
import Foundation
import GradientPDE
import TensorFiles
import Testing
import Training

@Suite struct NonlinearRunTests {
    /// Everything a run shows, as bits.
    private func bits<A: Arithmetic>(
        _ a: A, _ network: CheckerboardNetwork, kernel: ExactArray, byClasses: Bool, steps: Int
    ) -> (method: NonlinearRun<A>.Method, bits: [UInt8]) {
        let rate = ExactValue(0.75)
        var run = NonlinearRun(
            network, rate: rate, decay: ExactValue(0.3125), k: 3, kernel: kernel.rounded(to: a.format), in: a,
            classes: byClasses ? PatchClasses(network) : nil)
        var bytes: [UInt8] = []
        for _ in 0..<steps {
            let record = run.advance()
            let scalars = [record.totalLoss, record.crossEntropy, record.projection, record.squaredNorm]
            a.encode(scalars.span, into: &bytes)
            let kernel = run.kernel.elements
            a.encode(kernel.span, into: &bytes)
        }
        return (run.method, bytes)
    }

    static let arithmetics = [
        "float", "double", "double,reduction=pairwise", "float,reduction=blocked:7", "double,reduction=kahan",
        "float,reduction=exact", "half", "fp8-e5m2", "bfloat16,accumulate=float", "float,round=up", "half,round=down",
        "mpfr:100", "mpfr:53@double", "mpfr:70,reduction=pairwise,round=zero", "interval:64",
    ]

    /// Odd and even numbers of positions: with an even side the classes alternate within rows but not from row to row.
    @Test(arguments: arithmetics) func classesGiveTheBitsOfTheLayers(_ name: String) throws {
        func check(_ a: some Arithmetic, _ network: CheckerboardNetwork, _ kernel: ExactArray) {
            let classes = bits(a, network, kernel: kernel, byClasses: true, steps: 3)
            let layers = bits(a, network, kernel: kernel, byClasses: false, steps: 3)
            #expect(classes.method == .patchClasses && layers.method == .layers)
            #expect(classes.bits == layers.bits && !classes.bits.isEmpty, "\(name), \(network)")
        }
        let a = try arithmetic(named: name)
        for (image, side) in [(9, 3), (9, 4), (5, 5), (4, 1)] {
            let network = try SmallBoard.network(image: image, kernel: side)
            check(a, network, SmallBoard.kernel(side * side, seed: UInt64(image)))
        }
    }

    /// Zeros of both signs, numbers whose exponential overflows, and what is no number.
    @Test(arguments: ["float", "double,reduction=pairwise", "half", "mpfr:60"])
    func classesGiveTheBitsOfTheLayersAtTheEdges(_ name: String) throws {
        func check(_ a: some Arithmetic, _ network: CheckerboardNetwork, _ kernel: [Double]) {
            let exact = ExactArray(kernel)
            let classes = bits(a, network, kernel: exact, byClasses: true, steps: 2)
            let layers = bits(a, network, kernel: exact, byClasses: false, steps: 2)
            #expect(classes.bits == layers.bits, "\(name), \(kernel)")
        }
        let a = try arithmetic(named: name)
        let network = try SmallBoard.network(image: 5, kernel: 2)
        for kernel in [
            [0, 0, 0, 0], [-0.0, -0.0, -0.0, -0.0], [1, 1, 1, 1], [-300, 300, 300, -300], [300, -300, -300, 300],
            [6e4, -6e4, 1, 0x1p-24], [.infinity, 1, 2, 3], [.infinity, .infinity, 2, 3], [.nan, 1, 2, 3],
        ] {
            check(a, network, kernel)
        }
    }

    @Test func roundingsThatDependOnPlaceTakeTheLayers() throws {
        func method(_ a: some Arithmetic, _ network: CheckerboardNetwork) -> String {
            let kernel = SmallBoard.kernel(network.weights, seed: 1, on: a.format)
            return NonlinearRun(
                network, rate: .one, decay: .one, kernel: kernel, in: a, classes: PatchClasses(network)
            ).method.rawValue
        }
        let network = try SmallBoard.network(image: 5, kernel: 2)
        #expect(method(try arithmetic(named: "half,round=stochastic:3"), network) == "layers")
        #expect(method(try arithmetic(named: "half"), network) == "patch classes")
    }

    /// The same network as a study of `lockstep compare`: its training knows nothing of this room.
    @Test(arguments: ["double", "half,round=stochastic:5", "mpfr:90"])
    func aStudyTrainsTheSameWeights(_ name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("board-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (side, width) = (6, 3)
        let pixels = (0..<side * side).map { ($0 / side + $0 % side) % 2 == 0 ? -1.0 : 1.0 }
        let data = folder.appendingPathComponent("board.npz").path
        try NumpyArchive.write(
            TensorArchive([
                "x": StoredTensor(pixels + pixels, shape: [2, 1, side, side]),
                "y": StoredTensor([0, 0] as [Int64], shape: [2]),
            ]), to: data)
        let start = SmallBoard.kernel(width * width, seed: 4, on: .binary16)
        let weights = folder.appendingPathComponent("kernel.npz").path
        try NumpyArchive.write(
            TensorArchive(["conv1.weight": StoredTensor(start.doubles, shape: [1, 1, width, width])]), to: weights)
        let study = try Study(
            yaml: """
                model:
                  - conv: {out: 1, kernel: \(width), bias: false}
                  - swish
                  - average-pool: {size: \(side - width + 1)}
                  - flatten
                loss: bce
                data: "npz:\(data)"
                test-fraction: 0.5
                init-from: \(weights)
                batch: 1
                steps: 4
                optimizer: {lr: 1.5, weight-decay: 0.25, k: 3}
                grid: half
                arithmetics: ["\(name)"]
                """, path: "study.yaml")
        let prepared = try PreparedStudy(study)
        let arithmeticName = try ArithmeticName(name)
        var trained = try makeRun(prepared, in: arithmeticName)
        func compare(_ a: some Arithmetic) throws {
            let network = try CheckerboardNetwork(imageSide: side, kernelSide: width)
            var run = NonlinearRun(
                network, rate: ExactValue(1.5), decay: ExactValue(0.25), k: 3, kernel: start, in: a,
                classes: PatchClasses(network))
            for step in 0..<4 {
                let loss = a.exactValue(run.advance().crossEntropy)
                #expect(trained.advance(observe: []).loss == loss, "step \(step)")
                #expect(trained.state.parameters[0] == run.state, "step \(step)")
            }
        }
        try compare(arithmetic(arithmeticName))
    }

    @Test func onlyFactorsThatAreNoPowersOfTwoChangeBits() throws {
        let network = try SmallBoard.network()
        func end(_ k: Int) -> ExactArray {
            var run = NonlinearRun(
                network, rate: ExactValue(3.5), decay: ExactValue(0.3125), k: k,
                kernel: SmallBoard.kernel(16, seed: 2, on: .binary32), in: Binary32(), classes: PatchClasses(network))
            for _ in 0..<10 { run.advance() }
            return run.state
        }
        let one = end(1)
        #expect(end(2) == one && end(8) == one)
        #expect(end(3) != one)
    }

    /// Total loss by the formula of real numbers, without a convolution.
    @Test func theTotalLossHoldsThePenaltyBeforeTheUpdate() throws {
        let network = try SmallBoard.network()
        let kernel = SmallBoard.kernel(16, seed: 3)
        var run = NonlinearRun(
            network, rate: ExactValue(0.5), decay: ExactValue(0.3125), kernel: kernel, in: Binary64(), classes: nil)
        let w = kernel.doubles
        let record = run.advance()
        var z: Double = 0
        var norm: Double = 0
        for (i, weight) in w.enumerated() {
            z += (i / 4 + i % 4) % 2 == 0 ? -weight : weight
            norm += weight * weight
        }
        func swish(_ x: Double) -> Double { x / (1 + Foundation.exp(-x)) }
        let logit: Double = (41 * swish(z) + 40 * swish(-z)) / 81
        let entropy: Double = Foundation.log1p(Foundation.exp(-logit))
        let tolerance = 1e-12
        #expect(abs(record.projection - z) <= tolerance && abs(record.squaredNorm - norm) <= tolerance)
        #expect(abs(record.crossEntropy - entropy) <= tolerance)
        #expect(abs(record.totalLoss - (entropy + 0.5 * 0.3125 * norm)) <= tolerance)
        #expect(record.step == 0 && run.step == 1)
    }
}
