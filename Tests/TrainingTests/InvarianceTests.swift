import Arithmetics
import Testing
import Training

// What must not change a bit of a run: threads, instruction sets, stopping and going on, copies.

@Suite struct InvarianceTests {
    private let network = """
        model: [conv: {out: 3, kernel: 3, pad: 1}, relu, max-pool: 2, flatten, dense: 24, sigmoid, dense: 10]
        batch: 8
        optimizer: {lr: 0.1, momentum: 0.9, weight-decay: 1e-4}
        clip: 2
        schedule: warmup:2+cosine:20
        """

    @Test(arguments: ["float", "double", "mpfr:100", "float,reduction=pairwise"])
    func threadsDoNotMatter(name: String) throws {
        let yaml = network + "\narithmetics: [\"\(name)\"]"
        var one = try start(yaml, in: name)
        let expected = Trace(&one, steps: 3)
        for threads in [2, 3, 8] {
            var run = try start(yaml, in: name, threads: threads)
            #expect(Trace(&run, steps: 3) == expected, "\(threads) threads")
            #expect(run.classes(of: Array(0..<300)) == one.classes(of: Array(0..<300)))
        }
    }

    // Enough work in one product that it is really divided.
    @Test func threadsDoNotMatterWhereTheyAreUsed() throws {
        let yaml = "model: mlp(64,256,10)\nbatch: 256\narithmetics: [float]"
        var one = try start(yaml, in: "float")
        let expected = Trace(&one, steps: 2)
        for threads in 2...8 {
            var run = try start(yaml, in: "float", threads: threads)
            #expect(Trace(&run, steps: 2) == expected, "\(threads) threads")
        }
    }

    @Test(arguments: ["float", "double"]) func instructionSetsDoNotMatter(name: String) throws {
        let yaml = network + "\narithmetics: [\(name)]"
        var plain = try start(yaml, in: name, instructionSet: .plain)
        let expected = Trace(&plain, steps: 3)
        for set in InstructionSet.allCases where set.isAvailable {
            var run = try start(yaml, in: name, instructionSet: set)
            #expect(Trace(&run, steps: 3) == expected, "\(set)")
        }
    }

    @Test(arguments: ["float", "mpfr:70"]) func aStateTakenOverGoesOnAsIfUnbroken(name: String) throws {
        for momentum in ["0", "0.9"] {
            let yaml =
                network.replacing("momentum: 0.9", with: "momentum: \(momentum)") + "\narithmetics: [\"\(name)\"]"
            for stop in [0, 1, 3] {
                var whole = try start(yaml, in: name)
                _ = Trace(&whole, steps: stop)
                let state = whole.state
                #expect(state.step == stop)
                var resumed = try start(yaml, in: name)
                resumed.adopt(state)
                #expect(resumed.state == state)
                #expect(Trace(&resumed, steps: 3) == Trace(&whole, steps: 3), "stopped after \(stop)")
                #expect(resumed.state == whole.state)
            }
        }
    }

    @Test func aCopyGoesItsOwnWay() throws {
        let yaml = network + "\narithmetics: [double]"
        var original = try start(yaml, in: "double")
        _ = original.advance(observe: [])
        let digest = original.digest
        var copy = original
        let ahead = Trace(&copy, steps: 2)
        #expect(original.digest == digest && original.step == 1 && copy.step == 3)
        #expect(Trace(&original, steps: 2) == ahead)
    }

    @Test func observingChangesNothing() throws {
        let yaml = network + "\narithmetics: [float]"
        var silent = try start(yaml, in: "float")
        var observed = try start(yaml, in: "float")
        for _ in 0..<2 {
            let a = silent.advance(observe: [])
            let b = observed.advance(observe: [.gradients, .activations])
            #expect(a.loss == b.loss && a.gradients.isEmpty && a.activations.isEmpty)
            #expect(b.gradients.map(\.count) == observed.state.parameters.map(\.count))
            #expect(b.activations.map(\.name) == ["conv1", "relu1", "max-pool1", "flatten1", "fc1", "sigmoid1", "fc2"])
            #expect(b.activations.allSatisfy { $0.shape.reduce(1, *) == $0.values.count && $0.shape[0] == 8 })
        }
        #expect(silent.digest == observed.digest)
    }

    // 1438 training samples: 44 whole batches of 32, and 30 left over.
    @Test func theLastBatchIsDroppedOrKept() throws {
        func rows(_ lastBatch: String, _ order: String) throws -> [Int] {
            let yaml = "model: mlp(64,10)\nbatch: 32\nlast-batch: \(lastBatch)\norder: \(order)\narithmetics: [float]"
            var run = try start(yaml, in: "float")
            return (0..<46).map { _ in run.advance(observe: .activations).activations[0].shape[0] }
        }
        for order in ["sequential", "shuffled"] {
            #expect(try rows("drop", order) == [Int](repeating: 32, count: 46))
            #expect(try rows("keep", order) == [Int](repeating: 32, count: 44) + [30, 32])
        }
    }

    // An update of one sample shows which sample it was: the first layer's output is the flattened input.
    @Test func samplesComeInTheOrderOfTheBatches() throws {
        for order in BatchOrder.Order.allCases {
            let yaml = "model: [flatten, dense: 10]\nbatch: 3\norder: \(order.rawValue)\nseed: 9\narithmetics: [float]"
            let prepared = try PreparedStudy(study(yaml))
            let inputs = try prepared.startingPoint(for: ArithmeticName("float")).inputs
            var batches = prepared.batches
            var run = try start(yaml, in: "float")
            for step in 0..<3 {
                let seen = run.advance(observe: .activations).activations[0].values
                let expected = inputs.training.codes(of: batches.batch(step)).map { inputs.table[Int($0)] }
                #expect((0..<seen.count).map { seen[$0] } == expected)
                if order == .sequential { #expect(batches.batch(step) == [3 * step, 3 * step + 1, 3 * step + 2]) }
            }
        }
    }

    @Test func seedsAndOrdersMatter() throws {
        func digest(_ more: String) throws -> String {
            var run = try start("model: mlp(64,10)\nbatch: 4\narithmetics: [float]\n" + more, in: "float")
            return Trace(&run, steps: 2).digests[2]
        }
        let base = try digest("")
        #expect(try digest("seed: 1") == base)
        for change in [
            "seed: 2", "order: sequential", "optimizer: {lr: 0.11}", "schedule: warmup:1+step:1,0.5", "clip: 0.1",
        ] {
            #expect(try digest(change) != base, "\(change)")
        }
    }
}
