import Arithmetics
import Networks
import Testing
import Training

/// Running statistics as part of a run's state: taken over, saved, seen by evaluation alone, and no parameters.
@Suite struct RunningStatisticsTests {
    private let yaml = """
        model: [conv: {out: 3, kernel: 3, stride: 2}, batch-norm, relu, dense: 8, batch-norm, relu, dense: 10]
        batch: 8
        optimizer: {lr: 0.1, momentum: 0.9}
        """

    private func run(_ name: String, _ more: String = "") throws -> any Run {
        try start("\(yaml)\n\(more)\narithmetics: [\"\(name)\"]", in: name)
    }

    @Test(arguments: ["float", "mpfr:70", "half,master=float", "interval:53"]) func theyAreTakenOverWithTheState(
        name: String
    ) throws {
        var whole = try run(name)
        let fresh = whole.state.statistics
        #expect(fresh.map { $0[0].double } == [0, 1, 0, 1] && whole.statisticCount == 4)
        for _ in 0..<2 { _ = whole.advance(observe: []) }
        let state = whole.state
        #expect(zip(state.statistics, fresh).allSatisfy { $0.firstDifference(from: $1) != nil })
        #expect(state.statisticBounds.count == (name.hasPrefix("interval") ? 4 : 0))
        var resumed = try run(name)
        resumed.adopt(state)
        #expect(resumed.state == state)
        for _ in 0..<2 {
            _ = resumed.advance(observe: [])
            _ = whole.advance(observe: [])
        }
        #expect(resumed.state == whole.state)
        for i in 0..<4 { #expect(resumed.encoding(ofStatistic: i) == whole.encoding(ofStatistic: i)) }
        #expect(resumed.classes(of: [0, 1, 2]) == whole.classes(of: [0, 1, 2]))
    }

    @Test func aStateWithoutThemLeavesThemAsTheyAre() throws {
        var one = try run("float")
        _ = one.advance(observe: [])
        let state = one.state
        one.adopt(ExactState(step: 1, parameters: state.parameters, momentum: state.momentum))
        #expect(one.state == state)
    }

    /// In training the batch's own mean and variance are used; in evaluation the running ones alone.
    @Test func onlyEvaluationSeesThem() throws {
        var one = try run("float")
        var other = try run("float")
        let state = one.state
        let strange = state.statistics.map { ExactArray((0..<$0.count).map { Float(3 + $0) }) }
        other.adopt(ExactState(step: 0, parameters: state.parameters, momentum: [], statistics: strange))
        #expect(one.digest == other.digest, "they are no parameters")
        let samples = Array(0..<60)
        #expect(one.classes(of: samples) != other.classes(of: samples))
        #expect(one.advance(observe: []).loss == other.advance(observe: []).loss)
        #expect(one.digest == other.digest)
        #expect(one.state.statistics != other.state.statistics)
        // What a sample is taken for does not depend on the samples beside it.
        let all = one.classes(of: samples)
        #expect(samples.map { one.classes(of: [$0])[0] } == all)
    }

    /// With a master format weights are finer than what forward sees; statistics belong to the forward pass.
    @Test func theyLiveInTheArithmeticItself() throws {
        var one = try run("bfloat16,master=float")
        _ = one.advance(observe: [])
        let format = Format.bfloat16
        func held(_ x: ExactArray) -> Bool { (0..<x.count).allSatisfy { x[$0] == format.round(x[$0]) } }
        #expect(one.state.statistics.allSatisfy(held))
        #expect(!one.state.parameters.allSatisfy(held))
    }

    @Test func aBatchOfOneValueIsRefusedBeforeTheRun() throws {
        func prepare(_ more: String) -> String {
            message {
                try PreparedStudy(study("model: [dense: 4, batch-norm, dense: 10]\narithmetics: [float]\n\(more)"))
            }
        }
        let why = "a batch norm has one value a channel and sample there, and the variance wants 2"
        #expect(prepare("batch: 1") == "batch: 1 samples are too few: \(why)")
        // 1438 training samples.
        #expect(
            prepare("batch: 479\nlast-batch: keep")
                == "last-batch: the last of the 1438 samples are 1, too few: \(why); drop them, or choose another batch"
        )
        #expect(prepare("batch: 479") == "(no error)")
        #expect(prepare("batch: 478\nlast-batch: keep") == "(no error)")
        let planes = "model: [batch-norm, dense: 10]\nbatch: 1\narithmetics: [float]"
        #expect(message { try PreparedStudy(study(planes)) } == "(no error)", "64 values a channel")
        let nested =
            "model: [flatten, residual: {body: [dense: 64, batch-norm]}, dense: 10]\nbatch: 1\narithmetics: [float]"
        #expect(message { try PreparedStudy(study(nested)) }.hasPrefix("batch: 1 samples"))
    }

    @Test func constantsThatVanishOnTheGridAreReported() throws {
        let yaml = "model: [dense: 4, batch-norm, dense: 4, layer-norm, dense: 10]\narithmetics: [fp8-e4m3]"
        let point = try PreparedStudy(study(yaml)).startingPoint(for: ArithmeticName("fp8-e4m3"))
        #expect(
            point.notes == ["batch-norm: eps 1/100000 is 0 on the grid", "layer-norm: eps 1/100000 is 0 on the grid"]
                || point.notes == [
                    "batch-norm: eps 0.00001 is 0 on the grid", "layer-norm: eps 0.00001 is 0 on the grid",
                ],
            "\(point.notes)")
        let large = yaml.replacing("layer-norm", with: "layer-norm: 500")
        #expect(message { try PreparedStudy(study(large)) }.hasPrefix("model: layer-norm: eps: 500 overflows the grid"))
    }

    @Test func aFileOfWeightsMayHoldThem() throws {
        let folder = try TemporaryFolder()
        var plan = try study(yaml)
        let float = try ArithmeticName("float")
        plan.arithmetics = [float]
        var made = try makeRun(PreparedStudy(plan), in: float)
        _ = made.advance(observe: [])
        let network = try PreparedStudy(plan).startingPoint(for: float).network
        func write(_ count: Int) throws -> String {
            var tensors = zip(network.parameters, made.state.parameters).map {
                TensorStore.NamedTensor(name: $0.name, shape: $0.shape.shape, values: $1)
            }
            tensors += zip(network.statistics, made.state.statistics).prefix(count).map {
                TensorStore.NamedTensor(name: $0.name, shape: $0.shape.shape, values: $1)
            }
            let path = "\(folder.path)/\(count).safetensors"
            try TensorStore.write(tensors, of: float, to: path)
            return path
        }
        plan.initFrom = try write(4)
        #expect(try makeRun(PreparedStudy(plan), in: float).state.statistics == made.state.statistics)
        plan.initFrom = try write(1)
        let part = try makeRun(PreparedStudy(plan), in: float).state.statistics
        #expect(part[0] == made.state.statistics[0] && part[1].doubles == [1, 1, 1])
    }
}
