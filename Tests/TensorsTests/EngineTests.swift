import Arithmetics
import LawSupport
import Tensors
import Testing

@Suite struct EngineTests {
    private func tensor(_ values: [Double], _ shape: [Int]) -> Tensor<Double> { Tensor(values, shape: shape) }

    /// Where a rounding happens is part of its meaning: each operation on whole tensors takes the next number, and choosing
    /// elements takes none.
    @Test func operationsAreNumberedInOrder() {
        var engine = Engine(Binary64(), step: 7, threads: 3)
        #expect(engine.site.step == 7 && engine.site.operation == 0 && engine.site.threads == 3)
        let x = tensor([1, 2, 3, 4], [2, 2])
        _ = engine.matmul(x, x)
        _ = engine.map(.relu, x)
        _ = engine.zip(.add, x, 2)
        #expect(engine.site.operation == 3)
        _ = engine.maxima(x, .rows(2, columns: 2))
        _ = engine.gather(x, [3], shape: [1])
        #expect(engine.site.operation == 3)
        _ = engine.mean(x)
        #expect(engine.site.operation == 5)
        #expect(Engine(evaluating: 1, after: 0, in: Binary64()).site.operation == 1 << 32)
    }

    /// Stochastic rounding draws by place, so results in pieces equal those at once only if places do not depend on pieces.
    @Test func anEvaluationInPiecesIsTheSameAsAtOnce() throws {
        func outputs<A: Arithmetic>(_ arithmetic: A, pieces: [Range<Int>]) -> [ExactValue] {
            let samples = (0..<6).map { sample in (0..<3).map { Rational(3 * sample + $0 + 1, 7) } }
            let weights = (0..<12).map { Rational($0 - 5, 11) }
            let w = Tensor(weights.map { arithmetic.constant($0) }, shape: [4, 3])
            return pieces.flatMap { piece -> [ExactValue] in
                var engine = Engine(evaluating: piece.count, after: piece.lowerBound, in: arithmetic, step: 5)
                let x = Tensor(samples[piece].joined().map { arithmetic.constant($0) }, shape: [piece.count, 3])
                let y = engine.map(.sigmoid, engine.matmul(x, w, transposeB: true))
                return y.elements.map { arithmetic.exactValue($0) }
            }
        }
        for name in ["bfloat16,round=stochastic:3", "mpfr:8@bfloat16,round=stochastic:3"] {
            let arithmetic = try arithmetic(named: name)
            let whole = outputs(arithmetic, pieces: [0..<6])
            #expect(outputs(arithmetic, pieces: [0..<2, 2..<3, 3..<6]) == whole)
            // The claim can fail: pieces that each begin at 0 draw other words.
            #expect(outputs(arithmetic, pieces: [0..<3]) + outputs(arithmetic, pieces: [0..<3]) != whole)
        }
    }

    @Test func productsOfMatricesTakeTheirShapes() {
        var engine = Engine(Binary64())
        let a = tensor([1, 2, 3, 4, 5, 6], [2, 3])
        let b = tensor([1, 0, 2, -1, 3, 1], [2, 3])
        let right = engine.matmul(a, b, transposeB: true)
        #expect(right.shape == [2, 2] && right.elements == [7, 8, 16, 17])
        let left = engine.matmul(a, b, transposeA: true)
        #expect(left.shape == [3, 3] && left.elements == [-3, 12, 6, -3, 15, 9, -3, 18, 12])
        #expect(engine.dot(a, b).elements == [24] && engine.dot(a, b).shape == [1])
        let both = engine.matmul(a, engine.matmul(b, a, transposeB: true), transposeA: true, transposeB: true)
        #expect(both.shape == [3, 2])
    }

    @Test func sumsRunOverAllAxesButOne() {
        var engine = Engine(Binary64())
        let x = tensor((1...12).map { Double($0) }, [2, 3, 2])
        #expect(engine.sums(x, outer: 2, out: 3, inner: 2).elements == [18, 26, 34])
        #expect(engine.sum(x).elements == [78])
        // 78 × round(1/12): one rounding more than 78 ÷ 12.
        #expect(engine.mean(x).elements == [78 * (1.0 / 12)])
        #expect(engine.reciprocal(3) == 1.0 / 3)
        let lists = IndexLists(offsets: [0, 2, 2, 3], indices: [0, 5, 1], copies: 2, stride: 6)
        #expect(engine.gatherSums(x, lists, shape: [2, 3]).elements == [7, 0, 2, 19, 0, 8])
    }

    @Test func elementsAreChosenAndReplaced() {
        let engine = Engine(Binary64())
        let x = tensor([3, 9, 9, .nan, -1, 8], [2, 3])
        let maxima = engine.maxima(x, .rows(2, columns: 3))
        #expect(maxima.kept == [1, 3] && maxima.contenders == nil && maxima.decided == [1, 3])
        #expect(engine.largest(x, maxima, shape: [2]).elements[0] == 9)
        #expect(engine.gather(x, [4, 0], shape: [2, 1]).elements == [-1, 3])
        let replaced = engine.scatter(tensor([5, 6], [2]), into: tensor([0, 0, 0], [3]), at: [2, 0])
        #expect(replaced.elements == [6, 0, 5] && replaced.shape == [3])
    }

    @Test func theSecondOperandRepeats() {
        var engine = Engine(Binary64())
        let x = tensor((0..<8).map { Double($0) }, [2, 2, 2])
        #expect(engine.zip(.multiply, x, tensor([1, 10], [2]), .lastAxis(2)).elements == [0, 10, 2, 30, 4, 50, 6, 70])
        let channels = engine.zip(.add, x, tensor([100, 200], [2]), .blocks(of: 2, count: 2))
        #expect(channels.elements == [100, 101, 202, 203, 104, 105, 206, 207])
        #expect(engine.zip(.subtract, x, 1).elements == (0..<8).map { Double($0) - 1 })
    }

    /// Two updates with momentum and weight decay, the contract's section 4 by hand.
    @Test func updatesCarryTheirBuffer() {
        var engine = Engine(Binary64())
        var weights = tensor([1, -2], [2])
        var velocity: Tensor<Double>?
        let gradients = [tensor([0.3, 0.7], [2]), tensor([-0.1, 0.2], [2])]
        var w = [1.0, -2.0]
        var v = [0.0, 0.0]
        for (t, gradient) in gradients.enumerated() {
            let constants = DescentConstants(
                rate: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: true, isFirst: t == 0, k: 3)
            engine.descend(&weights, &velocity, gradient, constants)
            for i in 0..<2 {
                let g = gradient.elements[i] + 0.01 * w[i]
                v[i] = t == 0 ? g : 0.9 * v[i] + g
                let d = g + 0.9 * v[i]
                w[i] -= (0.1 * 3) * (d / 3)
            }
            #expect(weights.elements == w && velocity?.elements == v)
        }
        let plain = DescentConstants<Double>(
            rate: 0.5, momentum: nil, weightDecay: nil, nesterov: false, isFirst: true, k: 1)
        engine.descend(&weights, &velocity, gradients[0], plain)
        #expect(velocity == nil && weights.elements == [w[0] - 0.5 * 0.3, w[1] - 0.5 * 0.7])
    }

    @Test(arguments: [false, true]) func aFusedUpdateIsMadeOfHardwareFmas(nesterov: Bool) {
        let arithmetic = Binary64()
        var engine = Engine(arithmetic)
        let (eta, mu, lambda) = (0.1, 0.9, 0.003)
        var w = Tensor([0.7, -1.3, 1e-9], shape: [3])
        var v: Tensor<Double>?
        var (weights, buffer) = (w.elements, [0.0, 0, 0])
        for update in 0..<3 {
            let g = Tensor([0.11, 0.23 * Double(update + 1), -0.7], shape: [3])
            engine.descend(
                &w, &v, g,
                DescentConstants(
                    rate: eta, momentum: mu, weightDecay: lambda, nesterov: nesterov, isFirst: update == 0, k: 1,
                    fused: true))
            for i in 0..<3 {
                let d = g.elements[i].addingProduct(lambda, weights[i])
                buffer[i] = update == 0 ? d : d.addingProduct(mu, buffer[i])
                weights[i].addProduct(-eta, nesterov ? d.addingProduct(mu, buffer[i]) : buffer[i])
            }
            #expect(w.elements == weights)
        }
    }
}
