import Arithmetics
import Foundation
import GradientPDE
import Testing
import Training

@Suite struct LinearRunTests {
    private static let coefficients = LinearCoefficients(
        decay: ExactValue(20.5), timeStep: ExactValue(0x1.8p-8), slope: ExactValue(-0.5), beta: ExactValue(1.0))

    /// The loops of contract, section 3, in Swift's binary64: the chain is fma, everything else rounds by itself.
    private func written(_ network: CheckerboardNetwork, _ start: [Double], steps: Int) -> [[Double]] {
        let (n, m, o) = (network.imageSide, network.kernelSide, network.outputSide)
        let image = (0..<n * n).map { ($0 / n + $0 % n) % 2 == 0 ? -1.0 : 1.0 }
        let mean = image.reduce(0, +) * (1 / Double(n * n))
        var w = start
        var states = [w]
        for _ in 0..<steps {
            var c = [Double](repeating: 0, count: o * o)
            for p in 0..<o * o {
                for t in 0..<m * m { c[p].addProduct(image[(p / o + t / m) * n + p % o + t % m], w[t]) }
            }
            for t in 0..<m * m {
                var q = 0.0
                for p in 0..<o * o { q.addProduct(c[p], image[(p / o + t / m) * n + p % o + t % m]) }
                let g = (-0.25 * (mean + 1 * q)) + 20.5 * w[t]
                // c was made of the old values, and nothing else of a weight depends on another.
                w[t] = w[t] - 0x1.8p-8 * g
            }
            states.append(w)
        }
        return states
    }

    @Test(arguments: [(12, 4), (9, 3), (7, 7)]) func doubleFollowsTheWrittenOrderOfOperations(image: Int, side: Int)
        throws
    {
        let network = try SmallBoard.network(image: image, kernel: side)
        let start = SmallBoard.kernel(side * side, seed: 5)
        let expected = written(network, start.doubles, steps: 8)
        for classes in [nil, PatchClasses(network)] {
            var run = LinearRun(network, LinearRunTests.coefficients, kernel: start, in: Binary64(), classes: classes)
            for step in 1...8 {
                run.advance()
                #expect(
                    run.kernel.elements.map(\.bitPattern) == expected[step].map(\.bitPattern),
                    "step \(step), image \(image), kernel \(side), \(classes == nil ? "every position" : "classes")")
            }
        }
    }

    private func bits<A: Arithmetic>(
        _ a: A, _ network: CheckerboardNetwork, byClasses: Bool, k: Int = 1, steps: Int = 3
    ) -> (usesClasses: Bool, bits: [UInt8]) {
        var coefficients = LinearRunTests.coefficients
        coefficients.k = k
        let kernel = SmallBoard.kernel(network.weights, seed: 3).rounded(to: a.format)
        var run = LinearRun(
            network, coefficients, kernel: kernel, in: a, classes: byClasses ? PatchClasses(network) : nil)
        var bytes: [UInt8] = []
        for _ in 0..<steps {
            guard let record = run.advance() else { return (false, []) }
            let scalars = [record.totalLoss, record.crossEntropy, record.projection, record.squaredNorm]
            a.encode(scalars.span, into: &bytes)
            let kernel = run.kernel.elements
            a.encode(kernel.span, into: &bytes)
        }
        return (run.usesClasses, bytes)
    }

    /// Sides odd and even: mean(I) is 0 for even images only.
    @Test(arguments: NonlinearRunTests.arithmetics) func classesGiveTheBitsOfEveryPosition(_ name: String) throws {
        func check(_ a: some Arithmetic, _ network: CheckerboardNetwork) {
            let classes = bits(a, network, byClasses: true)
            let all = bits(a, network, byClasses: false)
            #expect(classes.usesClasses && !all.usesClasses)
            #expect(classes.bits == all.bits && !classes.bits.isEmpty, "\(name), \(network)")
        }
        let a = try arithmetic(named: name)
        for (image, side) in [(9, 3), (8, 4), (9, 4), (4, 1)] {
            check(a, try SmallBoard.network(image: image, kernel: side))
        }
    }

    @Test func stochasticRoundingGoesThroughEveryPosition() throws {
        func check<A: Arithmetic>(_ a: A) throws {
            let network = try SmallBoard.network(image: 6, kernel: 2)
            let asked = bits(a, network, byClasses: true)
            #expect(!asked.usesClasses && asked.bits == bits(a, network, byClasses: false).bits)
            #expect(asked.bits == bits(Plain(a), network, byClasses: false).bits)
        }
        try check(arithmetic(named: "half,round=stochastic:11"))
    }

    @Test func recordingChangesNothing() throws {
        let network = try SmallBoard.network()
        let kernel = SmallBoard.kernel(16, seed: 8)
        var seen = LinearRun(
            network, LinearRunTests.coefficients, kernel: kernel, in: Binary32(), classes: PatchClasses(network))
        var unseen = seen
        for _ in 0..<5 {
            #expect(seen.advance() != nil)
            #expect(unseen.advance(recording: false) == nil)
        }
        #expect(seen.state == unseen.state)
    }

    /// Against the host's library, and the record's parts against each other.
    @Test func theLossIsThatOfTheKernelBeforeTheUpdate() throws {
        let network = try SmallBoard.network(image: 11, kernel: 3)
        let kernel = SmallBoard.kernel(9, seed: 2)
        let w = kernel.doubles
        var run = LinearRun(network, LinearRunTests.coefficients, kernel: kernel, in: Binary64(), classes: nil)
        let before = run.advance()
        let record = try #require(before)
        var z = 0.0
        var square = 0.0
        for (i, x) in w.enumerated() {
            z += (i / 3 + i % 3) % 2 == 0 ? -x : x
            square += x * x
        }
        // 81 positions, 41 of them with c.
        func swish(_ x: Double) -> Double { x / (1 + Foundation.exp(-x)) }
        let mean: Double = (41 * swish(z) + 40 * swish(-z)) / 81
        let entropy: Double = Foundation.log1p(Foundation.exp(-mean))
        #expect(abs(record.projection - z) < 1e-14 && abs(record.squaredNorm - square) < 1e-13)
        #expect(abs(record.crossEntropy - entropy) < 1e-14)
        #expect(record.totalLoss == record.crossEntropy + 10.25 * record.squaredNorm)
    }

    @Test func powersOfTwoForKChangeNoBitAndOthersDo() throws {
        let network = try SmallBoard.network()
        let one = bits(Binary32(), network, byClasses: true, k: 1)
        for k in [2, 8] { #expect(bits(Binary32(), network, byClasses: true, k: k).bits == one.bits, "k = \(k)") }
        #expect(bits(Binary32(), network, byClasses: true, k: 3).bits != one.bits)
    }

    /// What the two factors say of every step, to the last digits: the map is known exactly.
    @Test func theKernelFollowsTheClosedForm() throws {
        func check<A: Arithmetic>(_ arithmetic: A) throws {
            let network = try SmallBoard.network()
            let kernel = SmallBoard.kernel(16, seed: 4)
            var run = LinearRun(
                network, LinearRunTests.coefficients, kernel: kernel, in: arithmetic, classes: PatchClasses(network))
            let before = run.advance()
            let first = try #require(before)
            for _ in 0..<19 { run.advance(recording: false) }
            let after = run.advance()
            let last = try #require(after)
            let prediction = LinearPrediction(network, LinearRunTests.coefficients)
            func exact(_ x: A.Scalar) throws -> Rational { try #require(Rational(arithmetic.exactValue(x))) }
            let z = try exact(first.projection)
            let rest = try exact(first.squaredNorm) - z * z / Rational(16)
            let (along, across) = (prediction.alongFactor.power(20), prediction.acrossFactor.power(20))
            // The numbers are below 2⁶⁴.
            let tiny = Rational(1) / Rational(2).power(200)
            let z20 = try exact(last.projection) - z * along
            #expect(Rational(0) - tiny < z20 && z20 < tiny)
            let square = try exact(last.squaredNorm) - (z * z * along * along / Rational(16) + rest * across * across)
            #expect(Rational(0) - tiny < square && square < tiny)
        }
        try check(arithmetic(named: "mpfr:300"))
    }
}
