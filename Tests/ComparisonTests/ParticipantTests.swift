import Arithmetics
import Comparison
import Testing
import Training

@Suite struct ParticipantTests {
    private let yaml = """
        model: mlp(16,6,3)
        data: synthetic:1x4x4,3,60
        batch: 8
        epochs: 3
        optimizer: {lr: 0.3, momentum: 0.5}
        arithmetics: [float]
        """

    private func prepared(_ more: String = "") throws -> PreparedStudy {
        try PreparedStudy(Study(yaml: yaml + "\n" + more, path: "study.yaml"))
    }

    private var float: ArithmeticName { get throws { try ArithmeticName("float") } }

    private func finished(
        _ participants: [Participant], _ options: ComparisonOptions = ComparisonOptions()
    ) throws -> LockstepRuns {
        var comparison = try LockstepRuns(
            prepared(), participants, reference: participants.count > 1 ? 0 : nil, options)
        while !comparison.isFinished { try comparison.advance() }
        return comparison
    }

    @Test func runsOfOneArithmeticAreToldApartByTheirLabels() throws {
        let base = try prepared()
        var options = ComparisonOptions()
        options.countRangeEvents = true
        options.decompose = true
        options.decomposeTensors = true
        let found = try finished(
            [
                Participant("k = 1", float), Participant("k = 3", float, prepared: base.updating(k: 3)),
                Participant("k = 4", float, prepared: base.updating(k: 4)), Participant("2 threads", float, threads: 2),
            ], options
        ).result
        #expect(
            found.reference?.arithmetic == "k = 1"
                && found.runs.map(\.arithmetic).dropFirst() == ["k = 3", "k = 4", "2 threads"])
        #expect(found.runs[1].firstDifference != nil && found.runs[2].firstDifference == nil)
        #expect(found.runs[3].firstDifference == nil)
        #expect(
            found.runs[2].rangeEvents == RangeEvents()
                && found.runs[2].steps.last?.digest == found.runs[0].steps.last?.digest)

        // The parts of tensors are the parts of all weights, squared and added.
        for step in found.runs[1].steps.dropFirst() {
            func total(_ parts: [Double?]) -> Double { parts.compactMap { $0 }.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            let local = try #require(step.localError)
            let propagated = try #require(step.propagatedError)
            #expect(abs(total(step.tensors.map(\.parts?.local)) - local) <= 1e-12 * local)
            #expect(abs(total(step.tensors.map(\.parts?.propagated)) - propagated) <= 1e-12 * propagated)
            #expect(step.tensors.count == 4)
        }
        #expect((found.runs[1].steps.last?.propagatedError ?? 0) > 0)
    }

    @Test func accuracyOfEveryEpochIsThatOfARunStoppedThere() throws {
        var options = ComparisonOptions()
        options.evaluateEvery = try Schedule.Length("1e")
        let evaluations = try finished([Participant("float", float)], options).result.runs[0].evaluations
        #expect(evaluations.map(\.epoch) == [1, 2, 3] && evaluations.map(\.step) == [6, 12, 18])
        var run = try makeRun(prepared(), in: float)
        for evaluation in evaluations {
            let losses = (0..<6).map { _ in run.advance(observe: []).loss.double }
            #expect(evaluation.loss == losses.reduce(0, +) / 6)
            let labels = try prepared().data.test.labels
            let right = zip(run.classes(of: Array(labels.indices)), labels).filter { $0 == $1 }.count
            #expect(evaluation.accuracy == Double(right) / Double(labels.count))
        }
        options.evaluateEvery = try Schedule.Length("7")
        let others = try finished([Participant("float", float)], options).result.runs[0].evaluations
        #expect(others.map(\.step) == [7, 14, 18] && others.map(\.epoch) == [1, 2, 3])
    }

    @Test func aFlipMovesOneWeightToItsNeighbourAwayFromZero() throws {
        var comparison = try LockstepRuns(
            prepared(), [Participant("as it is", float), Participant("flipped", float)], reference: 0,
            ComparisonOptions())
        for _ in 0..<2 { try comparison.advance() }
        let before = comparison.state(ofRun: 1)
        try comparison.flip(run: 1, tensor: "fc2.weight", element: 5)
        let after = comparison.state(ofRun: 1)
        #expect(after.step == 2 && after.momentum == before.momentum)
        for t in before.parameters.indices {
            for i in 0..<before.parameters[t].count where !(t == 2 && i == 5) {
                #expect(after.parameters[t][i] == before.parameters[t][i])
            }
        }
        let (old, new) = (Float(before.parameters[2][5].double), Float(after.parameters[2][5].double))
        #expect(new == (old < 0 ? old.nextDown : old.nextUp), "\(old) became \(new)")
        let first = try #require(comparison.result.runs[1].firstDifference)
        #expect(first.step == 2 && first.tensor == "fc2.weight" && first.index == 5)
        try comparison.advance()
        #expect(comparison.state(ofRun: 0).parameters != comparison.state(ofRun: 1).parameters)
    }

    @Test func unusableFlipsAreTold() throws {
        func told(_ tensor: String, _ element: Int, in name: String = "float") throws -> String {
            var comparison = try LockstepRuns(
                prepared("init: constant:0"), [Participant("a", ArithmeticName(name))], reference: nil,
                ComparisonOptions())
            do { try comparison.flip(run: 0, tensor: tensor, element: element) } catch { return "\(error)" }
            return "(done)"
        }
        #expect(
            try told("fc3.weight", 0)
                == "flip: no tensor \"fc3.weight\"; there are fc1.weight, fc1.bias, fc2.weight, fc2.bias")
        #expect(try told("fc2.bias", 3) == "flip: fc2.bias has elements 0 to 2, no 3")
        #expect(try told("fc2.bias", 2) == "(done)")
        #expect(
            try told("fc2.bias", 2, in: "mpfr:64")
                == "flip: fc2.bias[2] is 0, which has no neighbour without a least exponent; choose another weight")
    }
}
