import Arithmetics
import Comparison
import Foundation
import Testing
import Training

/// The Lyapunov exponent where it is known.
@Suite struct LyapunovTests {
    private func compare(
        _ yaml: String, _ options: ComparisonOptions = ComparisonOptions()
    ) throws -> Comparison.ComparisonFindings {
        var comparison = try LockstepRuns(PreparedStudy(try Study(yaml: yaml, path: "study.yaml")), options)
        while !comparison.isFinished { try comparison.advance() }
        comparison.finish()
        return comparison.result
    }

    /// One input, two outputs, squared error, all samples at once: the update is linear, and its eigenvalues are 1 - lr·λ with λ
    /// those of (2/N)·X̃ᵀX̃, X̃ = [x, 1], plus the decay.
    @Test(arguments: [("0.5", "0"), ("3.2", "0"), ("0.5", "0.125"), ("4", "0.25")])
    func ofALinearProblemItIsThatOfTheLargestEigenvalue(rate: String, decay: String) throws {
        let yaml = """
            model: mlp(1,2)
            loss: mse
            data: synthetic:1x1x1,2,8
            test-fraction: 0
            batch: 8
            order: sequential
            steps: 200
            optimizer: {lr: \(rate), weight-decay: \(decay)}
            arithmetics: ["mpfr:120"]
            """
        let prepared = try PreparedStudy(try Study(yaml: yaml, path: "study.yaml"))
        let start = try prepared.startingPoint(for: prepared.study.arithmetics[0])
        let table = start.inputs.table.doubles
        let x = start.inputs.training.codes(of: Array(0..<8)).map { table[Int($0)] }
        #expect(Set(x).count > 4)
        // The mean is over 8 samples and 2 outputs.
        let (a, b, c) = (x.reduce(0) { $0 + $1 * $1 } / 8, x.reduce(0, +) / 8, 1.0)
        let root = ((a - c) * (a - c) / 4 + b * b).squareRoot()
        let eigenvalues = [(a + c) / 2 + root, (a + c) / 2 - root]
        let (eta, lambda) = (try #require(Double(rate)), try #require(Double(decay)))
        let factors = eigenvalues.map { abs(1 - eta * ($0 + lambda)) }.sorted()

        var options = ComparisonOptions()
        options.lyapunov = true
        let found = try compare(yaml, options).runs[0]
        let exponent = try #require(found.lyapunovExponent)
        let amplifications = try #require(found.tangentAmplifications)
        #expect(amplifications.count == 200)
        // The smaller eigenvalue's share dies out, but not at once.
        let left = pow(factors[0] / factors[1], 40) * 1e6
        #expect(left < 1e-3, "the problem is badly chosen: \(factors)")
        #expect(abs(exponent.value - log(factors[1])) <= left + 1e-12, "\(exponent), not \(log(factors[1]))")
        #expect(abs(try #require(amplifications.last) - factors[1]) <= 1e-12 * factors[1])
    }

    /// With decay alone (nothing reaches the loss: every input is 0, and there is no bias) each update multiplies by 1 - lr·λ.
    @Test func ofDecayAloneItIsTheDecay() throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = """
            model: [flatten, dense: {out: 2, bias: false}]
            data: synthetic:1x1x3,2,8
            normalize: 0/1e300
            grid: float
            batch: 8
            test-fraction: 0
            steps: 20
            optimizer: {lr: 0.5, weight-decay: 0.25}
            arithmetics: [double]
            """
        var options = ComparisonOptions()
        options.lyapunov = true
        let found = try compare(yaml, options).runs[0]
        for a in try #require(found.tangentAmplifications) { #expect(abs(a - 0.875) <= 1e-15) }
        let exponent = try #require(found.lyapunovExponent)
        #expect(abs(exponent.value - log(0.875)) <= 1e-15 && exponent.high - exponent.low <= 1e-14)
    }

    @Test func carryingATangentChangesNothingElse() throws {
        let yaml = """
            model: mlp(64,6,10)
            batch: 5
            steps: 4
            optimizer: {lr: 0.5, momentum: 0.5}
            arithmetics: [float, "half,round=stochastic:1", "mpfr:80"]
            """
        var options = ComparisonOptions()
        let without = try compare(yaml, options)
        options.lyapunov = true
        options.decompose = true
        options.countOperations = true
        let with = try compare(yaml, options)
        for (a, b) in zip(without.runs, with.runs) {
            #expect(a.steps.map(\.digest) == b.steps.map(\.digest) && a.steps.map(\.loss) == b.steps.map(\.loss))
            #expect(a.tangentAmplifications == nil && a.lyapunovExponent == nil)
            #expect(b.tangentAmplifications?.count == 4)
        }
        // Operations of derivatives are not the run's.
        options.lyapunov = false
        let counted = try compare(yaml, options)
        #expect(counted.runs.map { $0.steps.map(\.operations) } == with.runs.map { $0.steps.map(\.operations) })
    }

    /// Stopped, written, read and gone on with: the bits of an unbroken run, of the tangent too.
    @Test func aTangentSurvivesACheckpoint() throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = """
            model: [dense: 5, batch-norm, relu, dense: 3]
            data: synthetic:1x1x4,3,24
            batch: 6
            steps: 6
            optimizer: {lr: 0.5, momentum: 0.5}
            arithmetics: [float, "mpfr:80"]
            """
        let prepared = try PreparedStudy(try Study(yaml: yaml, path: "study.yaml"))
        var options = ComparisonOptions()
        options.lyapunov = true
        var whole = try LockstepRuns(prepared, options)
        while whole.step < 3 { try whole.advance() }
        try Checkpoint(folder: folder).write(whole)
        var resumed = try LockstepRuns(prepared, options)
        try Checkpoint(folder: folder).resume(&resumed)
        for _ in 0..<3 {
            try whole.advance()
            try resumed.advance()
        }
        whole.finish()
        resumed.finish()
        for (a, b) in zip(whole.result.runs, resumed.result.runs) {
            #expect(try #require(a.tangentAmplifications).count == 6)
            #expect(
                a.tangentAmplifications == b.tangentAmplifications && a.steps.map(\.digest) == b.steps.map(\.digest))
        }
        options.lyapunov = false
        var without = try LockstepRuns(prepared, options)
        #expect {
            try Checkpoint(folder: folder).resume(&without)
        } throws: { "\($0)".hasSuffix("was made with --lyapunov") }
    }

    @Test func enclosuresHaveNoTangent() throws {
        let yaml = "model: mlp(64,10)\nsteps: 1\narithmetics: [float, \"interval:60\"]"
        var options = ComparisonOptions()
        options.lyapunov = true
        #expect {
            _ = try compare(yaml, options)
        } throws: { "\($0)".hasPrefix("lyapunov: interval:60 has bounds") }
    }

    @Test func theFirstTenthTurnsTheDirectionAndIsNotCounted() throws {
        let growth = try #require(
            GrowthExponent(ofTangent: [Double](repeating: 100, count: 10) + [Double](repeating: 2, count: 90)))
        #expect(growth.value == log(2.0))
    }
}
