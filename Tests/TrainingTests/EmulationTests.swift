import Arithmetics
import Foundation
import TensorFiles
import Testing
import Training

// The claim everything else rests on: the hardware's binary32 and binary64, with our kernels and our elementary functions,
// compute what MPFR computes when it is held to the format's precision, exponent range and subnormals. The emulation shares
// the layers and the order of operations with the native run, and not one arithmetic operation.

/// A native arithmetic and its emulation.
private let pairs = [("float", "mpfr:24@binary32"), ("double", "mpfr:53@binary64")]

/// Runs beyond a few seconds: set LOCKSTEP_LONG to any text to have them.
private let long = ProcessInfo.processInfo.environment["LOCKSTEP_LONG"] != nil

@Suite struct EmulationTests {
    /// Makes the same updates natively and in MPFR, and compares losses and weights after every one.
    private func expectTheSameRun(
        _ yaml: String, steps: Int, _ pair: (native: String, emulated: String), reduction: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let names = [pair.native + reduction, pair.emulated + reduction]
        let whole = yaml + "\narithmetics: [\"\(names[0])\", \"\(names[1])\"]"
        var native = try start(whole, in: names[0])
        var emulated = try start(whole, in: names[1])
        let a = Trace(&native, steps: steps)
        let b = Trace(&emulated, steps: steps)
        #expect(a.firstDifference(from: b) == nil, "\(names)", sourceLocation: sourceLocation)
        for i in 0..<native.parameterCount {
            #expect(
                native.encoding(ofParameter: i) == emulated.encoding(ofParameter: i), sourceLocation: sourceLocation)
        }
        #expect(a.moves && a.losses.allSatisfy(\.isFinite), "\(names)", sourceLocation: sourceLocation)
    }

    @Test(arguments: pairs) func perceptron(native: String, emulated: String) throws {
        try expectTheSameRun(
            "model: mlp(64,32,10)\nbatch: 4\noptimizer: {lr: 0.1}", steps: 100, (native, emulated))
    }

    @Test(arguments: pairs) func perceptronWithEveryPartOfTheUpdate(native: String, emulated: String) throws {
        try expectTheSameRun(
            """
            model: mlp(64,32,10)
            batch: 4
            optimizer: {lr: 0.05, momentum: 0.9, weight-decay: 5e-4, nesterov: true, k: 3}
            schedule: warmup:5+cosine:100
            clip: 1
            """, steps: 100, (native, emulated))
    }

    @Test(arguments: pairs) func smallConvolutionalNetwork(native: String, emulated: String) throws {
        try expectTheSameRun(
            "model: cnn-small\nbatch: 8\noptimizer: {lr: 0.1, momentum: 0.9}", steps: 20, (native, emulated))
    }

    @Test(.enabled(if: long, "set LOCKSTEP_LONG"), arguments: pairs)
    func leNet(native: String, emulated: String) throws {
        try expectTheSameRun(
            "model: lenet5\ndata: digits28\nbatch: 8\noptimizer: {lr: 0.05, momentum: 0.9}", steps: 10,
            (native, emulated))
    }

    @Test(arguments: ["cross-entropy", "bce", "mse"], pairs)
    func everyLayerAndLoss(loss: String, pair: (String, String)) throws {
        try expectTheSameRun(
            """
            model:
              - conv: {out: 4, kernel: 3, pad: 1}
              - swish: 0.7
              - max-pool: 2
              - conv: {out: 4, kernel: 3, pad: 1, stride: 2, groups: 2, bias: false}
              - softplus
              - average-pool: {size: 2, stride: 1, pad: 1}
              - tanh
              - flatten
              - dense: 12
              - sigmoid
              - dense: {out: 12, bias: false}
              - swish
              - dense: 10
            loss: \(loss)
            batch: 4
            optimizer: {lr: 0.5, momentum: 0.5}
            """, steps: 4, pair)
    }

    @Test(arguments: ["pairwise", "kahan", "blocked:8", "exact"], pairs)
    func everyReduction(reduction: String, pair: (String, String)) throws {
        try expectTheSameRun(
            """
            model: [conv: {out: 2, kernel: 3}, relu, average-pool: 2, flatten, dense: 10]
            batch: 4
            optimizer: {lr: 0.1, momentum: 0.9}
            clip: 0.5
            """, steps: 3, pair, reduction: ",reduction=\(reduction)")
    }

    /// Torch's starting weights times a power of ten that makes most of them subnormal, as exact numbers of the format.
    @Test(arguments: zip(pairs, ["1e-37", "1e-307"]))
    func subnormalNumbersAbound(pair: (String, String), scale: String) throws {
        let folder = try TemporaryFolder()
        let (native, emulated) = try (ArithmeticName(pair.0), ArithmeticName(pair.1))
        var plan = try study("model: [flatten, dense: 16, softplus, dense: 16, relu, dense: 10]\nbatch: 4")
        plan.arithmetics = [native, emulated]
        plan.initializer = .he
        let point = try PreparedStudy(plan).startingPoint(for: native)
        let factor = try #require(Rational(decimal: scale))
        let tensors = zip(point.network.parameters, point.parameters).map { parameter, values in
            let tiny = (0..<values.count).map { i in
                native.format.round((Rational(values[i]) ?? Rational(0)) * factor)
            }
            return TensorStore.NamedTensor(
                name: parameter.name, shape: parameter.shape.shape, values: ExactArray(tiny))
        }
        let path = folder.path + "/tiny." + TensorStore.pathExtension(for: native)
        try TensorStore.write(tensors, of: native, to: path)
        plan.initFrom = path
        // No momentum and a small rate, so that the weights stay where they are for the few steps.
        plan.optimizer.rate = Rational(1, 64)

        let prepared = try PreparedStudy(plan)
        var a = try makeRun(prepared, in: native)
        var b = try makeRun(prepared, in: emulated)
        var seen = [0, 0, 0]
        func count(_ kind: Int, _ arrays: [ExactArray]) {
            for array in arrays { seen[kind] += subnormals(of: native.format, in: array) }
        }
        for step in 0..<8 {
            count(0, a.state.parameters)
            let (first, second) = (
                a.advance(observe: [.gradients, .activations]), b.advance(observe: [.gradients, .activations])
            )
            count(1, first.gradients)
            count(2, first.activations.map(\.values))
            #expect(first.loss == second.loss, "step \(step)")
            #expect(zip(first.gradients, second.gradients).allSatisfy { $0.firstDifference(from: $1) == nil })
            #expect(
                zip(first.activations, second.activations).allSatisfy {
                    $0.values.firstDifference(from: $1.values) == nil
                })
            #expect(a.digest == b.digest, "step \(step)")
        }
        #expect(seen.allSatisfy { $0 > 100 }, "subnormal weights, gradients, activations: \(seen)")
    }

    private func subnormals(of format: Format, in array: ExactArray) -> Int {
        guard let range = format.range else { return 0 }
        // MPFR's exponent is one above IEEE's.
        return (0..<array.count).count { array[$0].kind == .finite && array[$0].exponent - 1 < range.emin }
    }

    // The comparison itself must be able to fail: one bit of precision less, and subnormals left out.
    @Test func anotherPrecisionOrRangeIsNoticed() throws {
        let yaml = "model: cnn-small\nbatch: 4\narithmetics: [float, \"mpfr:25@binary32\"]"
        var float = try start(yaml, in: "float")
        var wider = try start(yaml, in: "mpfr:25@binary32")
        let (a, b) = (Trace(&float, steps: 2), Trace(&wider, steps: 2))
        #expect(a.firstDifference(from: b) == 0, "encodings of another precision")
        #expect(a.losses[0] != b.losses[0])
        var shorter = a
        shorter.losses[1] = ExactValue(Float(shorter.losses[1].double).nextUp)
        #expect(shorter.firstDifference(from: a) == 2)
        shorter = a
        shorter.digests.removeLast()
        #expect(shorter.firstDifference(from: a) == 2)
    }
}
