import Arithmetics
import Foundation
import Oracle
import TensorFiles
import Testing
import Training

/// Rounding is called rounding, and a mistake is called by its name, for a program that shares nothing with ours.
@Suite struct OracleCheckTests {
    typealias Change = ForeignTraining<Float>.Change

    /// What is handed to the judge of a training of three updates.
    struct Given: OptionSet {
        let rawValue: Int
        static let weights = Given(rawValue: 1)
        static let gradients = Given(rawValue: 2)
        static let losses = Given(rawValue: 4)
        static let momentum = Given(rawValue: 8)
    }

    static func study(_ optimizer: String = "{lr: 0.5, momentum: 0.9, weight-decay: 0.01}") throws -> Study {
        try Study(
            yaml: """
                model: mlp(12,12,4)
                data: synthetic:1x3x4,4,64
                batch: 8
                order: sequential
                steps: 3
                optimizer: \(optimizer)
                """, path: "study")
    }

    /// Trains the other program and judges what it left.
    static func findings<Number: BinaryFloatingPoint & StoredElement>(
        _ type: Number.Type = Number.self, changes: [ForeignTraining<Number>.Change] = [], study: Study? = nil,
        given: Given = .weights, updates: Int = 3, skipping: Set<Int> = [], limits: CheckLimits = CheckLimits(),
        otherOptimizer: String? = nil, damage: (Int, inout [[Number]]) -> Void = { _, _ in }
    ) throws -> CheckFindings {
        let study = try study ?? OracleCheckTests.study()
        let folder = NSTemporaryDirectory() + "lockstep-oracle-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sizes = [12, 12, 4]
        let optimizer = study.optimizer
        func double(_ x: Rational) -> Double { Format.binary64.round(x).double }
        var program = ForeignTraining<Number>(
            sizes, rate: double(optimizer.rate), momentum: double(optimizer.momentum),
            decay: double(optimizer.weightDecay), seed: 7)
        program.changes = changes
        var plain = study
        plain.arithmetics = [try ArithmeticName("double")]
        let prepared = try PreparedStudy(plain)
        let samples = try prepared.startingPoint(for: plain.arithmetics[0]).inputs
        let table = samples.table.doubles
        try ForeignTraining.write(program.weights, sizes, to: "\(folder)/initial.safetensors")
        var losses = ""
        var request = CheckRequest(study: study, initial: "\(folder)/initial.safetensors")
        request.limits = limits
        request.otherOptimizer = otherOptimizer
        let late = changes.contains { if case .nextBatch = $0 { true } else { false } } ? 1 : 0
        for step in 0..<updates {
            let batch = Array((step + late) * 8..<(step + late) * 8 + 8)
            let codes = samples.training.codes(of: batch)
            let x = (0..<8).map { s in (0..<12).map { Number(table[Int(codes[s * 12 + $0])]) } }
            program.update(x, samples.training.labels(of: batch), step: step)
            losses += "\(program.loss)\n"
            func save(_ tensors: [[Number]], _ name: String) throws -> String {
                let path = "\(folder)/\(name)-\(step).safetensors"
                try ForeignTraining.write(tensors, sizes, to: path)
                return path
            }
            if given.contains(.gradients) {
                request.gradients.append(.init(step: step, path: try save(program.gradients, "gradients")))
            }
            if given.contains(.momentum) {
                request.momentum.append(
                    .init(step: step + 1, path: try save(program.velocities.compactMap { $0 }, "momentum")))
            }
            if given.contains(.weights), !skipping.contains(step + 1) {
                var weights = program.weights
                damage(step, &weights)
                request.traces.append(.init(step: step + 1, path: try save(weights, "step")))
            }
        }
        if given.contains(.losses) {
            try Data(losses.utf8).write(to: URL(fileURLWithPath: "\(folder)/losses.txt"))
            request.losses = "\(folder)/losses.txt"
        }
        return try OracleCheck(request).run()
    }

    @Test(arguments: [[], [Change.reversedSums], [.doubleSums], [.fusedUpdate], [.reversedSums, .fusedUpdate]])
    func otherRoundingsAgree(changes: [Change]) throws {
        let found = try OracleCheckTests.findings(
            Float.self, changes: changes, given: [.weights, .gradients, .losses, .momentum])
        #expect(found.verdict == .agrees, "\(found.firstDifference.map { "\($0)" } ?? "")")
        // Four tensors of weights, gradients and momentum in three updates, and three losses.
        #expect(found.judgements.count == 39)
        #expect(found.format == .binary32)
        #expect(found.explanation == nil)
    }

    @Test func otherRoundingsOfDoubleAgree() throws {
        let found = try OracleCheckTests.findings(Double.self, changes: [.reversedSums], given: [.weights, .losses])
        #expect(found.verdict == .agrees)
        #expect(found.format == .binary64)
    }

    static let mistakes: [(change: Change, name: String)] = [
        (.noDecay, "weight decay missing"), (.decayOnWeightsOnly, "weight decay without biases"),
        (.decoupledDecay, "decoupled weight decay"), (.sumInsteadOfMean, "sum instead of mean"),
        (.biasesFrozen, "biases not updated"), (.gradientsAccumulate, "gradients accumulate"),
        (.nesterov, "Nesterov's momentum"), (.dampenedStart, "momentum started dampened"),
        (.labelsOffByOne, "labels off by one"), (.nextBatch, "data one batch ahead"),
        (.squareTransposed, "square weights transposed"), (.rateTimes(1.25), "update scaled"),
        (.noMask, "relu's gradient not masked"), (.decay(0.02), "weight decay doubled"),
        (.decay(0.0137), "another weight decay"),
    ]
    @Test(arguments: mistakes.indices) func mistakesAreNamed(ordinal: Int) throws {
        let (change, name) = OracleCheckTests.mistakes[ordinal]
        let found = try OracleCheckTests.findings(Float.self, changes: [change])
        #expect(found.verdict == .differs)
        #expect(found.explanation?.name == name)
    }

    @Test func aMomentumThatTheStudyDoesNotHaveIsFound() throws {
        let study = try OracleCheckTests.study("{lr: 0.5, weight-decay: 0.01}")
        let found = try OracleCheckTests.findings(Float.self, changes: [.momentum(0.8)], study: study)
        #expect(found.verdict == .differs)
        // The first update with a buffer is the second.
        #expect(found.firstDifference?.update == 1)
        #expect(found.explanation?.name == "momentum")
        #expect(
            found.explanation?.sentence.contains("a momentum of 0.8,") ?? false, "\(found.explanation?.sentence ?? "")")
    }

    @Test func anUnknownMistakeIsAMistakeAndNotExplainedAway() throws {
        let found = try OracleCheckTests.findings(Float.self, changes: [.leakyMask], given: [.weights, .gradients])
        #expect(found.verdict == .differs)
        #expect(found.firstDifference?.tensor.hasPrefix("fc1") ?? false)
        #expect(found.explanation == nil)
    }

    @Test func productsOfASmallerFormatAreTold() throws {
        let study = try OracleCheckTests.study("{lr: 0.5}")
        let found = try OracleCheckTests.findings(Double.self, changes: [.singleProducts], study: study)
        #expect(found.verdict == .differs)
        #expect(found.explanation?.name == "float arithmetic")
    }

    @Test func oneElementOffByAThousandUlpsIsFound() throws {
        let found = try OracleCheckTests.findings(Float.self) { step, weights in
            if step == 1 { weights[2][5] *= 1 + 1000 * Float.ulpOfOne }
        }
        #expect(found.verdict == .differs)
        let first = try #require(found.firstDifference)
        #expect(first.update == 1 && first.tensor == "fc2.weight" && first.worst.element == 5)
        #expect((900...2100).contains(first.worst.ulps))
    }

    @Test func aNaNDiffers() throws {
        let found = try OracleCheckTests.findings(Float.self) { step, weights in
            if step == 2 { weights[1][3] = .nan }
        }
        #expect(found.verdict == .differs)
        #expect(found.firstDifference?.worst.element == 3)
        #expect(found.firstDifference?.ratio == .infinity)
    }

    @Test func missingStepsAreBridged() throws {
        let found = try OracleCheckTests.findings(Float.self, skipping: [1, 2])
        #expect(found.verdict == .agrees)
        #expect(found.judgements.map(\.updates) == [3, 3, 3, 3])
        let wrong = try OracleCheckTests.findings(Float.self, changes: [.noDecay], skipping: [1, 2])
        #expect(wrong.verdict == .differs)
    }

    @Test func nothingToJudgeIsUndetermined() throws {
        let found = try OracleCheckTests.findings(Float.self, given: [])
        #expect(found.verdict == .undetermined)
        #expect(found.reasons.count == 1)
    }

    @Test func anUpdateBelowTheRoundingOfTheWeightsIsUndetermined() throws {
        let study = try OracleCheckTests.study("{lr: 1e-9}")
        let found = try OracleCheckTests.findings(Float.self, study: study)
        #expect(found.verdict == .undetermined)
        #expect(found.reasons.first?.contains("lost in the rounding") ?? false)
    }

    @Test func limitsOfAUserDecide() throws {
        var limits = CheckLimits()
        limits.maxUlp = 0.25
        #expect(try OracleCheckTests.findings(Float.self, limits: limits).verdict == .differs)
        limits.maxUlp = 1000
        #expect(try OracleCheckTests.findings(Float.self, limits: limits).verdict == .agrees)
        limits = CheckLimits()
        limits.bitwise = true
        #expect(try OracleCheckTests.findings(Float.self, changes: [.reversedSums], limits: limits).verdict == .differs)
        limits = CheckLimits()
        limits.maxRatio = 1e-9
        #expect(try OracleCheckTests.findings(Float.self, limits: limits).verdict == .differs)
    }

    /// Nesterov stands in for any optimiser that a study does not have.
    @Test func anotherOptimizerIsUndeterminedAndItsGradientsAreJudged() throws {
        let found = try OracleCheckTests.findings(
            Float.self, changes: [.nesterov], given: [.weights, .gradients, .losses, .momentum], otherOptimizer: "Nadam"
        )
        #expect(found.verdict == .undetermined)
        #expect(found.reasons.first?.hasPrefix("optimizer not modelled: the updates of Nadam") ?? false)
        #expect(found.judgements.allSatisfy { $0.subject == .loss || $0.subject == .gradient })
        #expect(found.judgements.count == 15)
        let wrong = try OracleCheckTests.findings(
            Float.self, changes: [.nesterov, .noMask], given: [.weights, .gradients], otherOptimizer: "Nadam")
        #expect(wrong.verdict == .differs)
        let alone = try OracleCheckTests.findings(Float.self, changes: [.nesterov], otherOptimizer: "Nadam")
        #expect(alone.verdict == .undetermined && alone.judgements.isEmpty)
    }
}
