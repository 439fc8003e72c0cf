import Arithmetics
import LawSupport
import Networks
import Tensors
import Testing

@Suite struct LayerGradientTests {
    /// Products and sums are linear in each operand, and so are pooling and relu between their kinks.
    private let linear = GradientBound(third: Rational(0))

    @Test(arguments: [true, false]) func denseGradientsAreRight(bias: Bool) {
        #expect(gradientViolations(of: Dense(inputs: 4, outputs: 3, hasBias: bias), input: [4], linear, seed: 1) == [])
    }

    @Test func denseFlattensImages() {
        let layer = Dense(inputs: 8, outputs: 2)
        var engine = Engine(checkingArithmetic)
        var words = SeededWords(2)
        let x = distinctTensor([3, 2, 2, 2], &words)
        let parameters = layer.parameters.map { distinctTensor($0.shape, &words) }
        let (y, _) = layer.forward(x, parameters[...], &engine)
        let (flat, _) = layer.forward(x.reshaped([3, 8]), parameters[...], &engine)
        #expect(rationals(y) == rationals(flat))
    }

    static let convolutions = [
        Convolution(inputShape: [2, 4, 3], channels: 3, kernel: 2),
        Convolution(inputShape: [1, 4, 5], channels: 2, kernel: 3, stride: 2, padding: 1),
        Convolution(inputShape: [4, 3, 3], channels: 2, kernel: 2, padding: 1, groups: 2),
        Convolution(inputShape: [2, 5, 4], channels: 4, kernel: 3, stride: 3, padding: 2, groups: 2, hasBias: false),
    ]
    @Test(arguments: convolutions.indices) func convolutionGradientsAreRight(ordinal: Int) {
        let layer = Self.convolutions[ordinal]
        #expect(gradientViolations(of: layer, input: layer.inputShape, linear, seed: 3) == [])
    }

    /// Overlapping windows, windows over the padding, positions in no window.
    static let windows = [
        (window: 2, stride: 2, padding: 0), (window: 3, stride: 2, padding: 1), (window: 2, stride: 1, padding: 1),
        (window: 1, stride: 2, padding: 0),
    ]
    @Test(arguments: windows.indices) func poolingGradientsAreRight(ordinal: Int) {
        let (window, stride, padding) = Self.windows[ordinal]
        let shape = [2, 5, 4]
        let average = AveragePooling(inputShape: shape, window: window, stride: stride, padding: padding)
        let maximum = MaxPooling(inputShape: shape, window: window, stride: stride, padding: padding)
        #expect(gradientViolations(of: average, input: shape, linear, seed: 4) == [])
        #expect(gradientViolations(of: maximum, input: shape, linear, seed: 5) == [])
    }

    @Test func flatteningPassesGradientsThrough() {
        #expect(gradientViolations(of: Flatten(inputShape: [2, 2, 3]), input: [2, 2, 3], linear, seed: 6) == [])
    }

    /// Bounds of third derivatives, times |c| <= 2: σ''' and softplus''' = σ'' lie in ±1/8; tanh''' in ±2; swish''' =
    /// 3β²σ''(βx) + xβ³σ'''(βx), with β = 3/2 and |x| <= 2 at most 27/32 + 27/32 < 2.
    static let activations: [(function: Activation.Function, third: Rational)] = [
        (.relu, Rational(0)), (.sigmoid, Rational(1, 4)), (.tanh, Rational(4)), (.softplus, Rational(1, 4)),
        (.swish(beta: ExactValue(1.5)), Rational(4)), (.swish(beta: .one), Rational(4)),
    ]
    @Test(arguments: activations.indices) func activationGradientsAreRight(ordinal: Int) {
        let (function, third) = Self.activations[ordinal]
        let bound = GradientBound(third: third)
        #expect(gradientViolations(of: Activation(function, shape: [7]), input: [7], bound, seed: 7) == [])
    }

    /// Third derivatives in one logit, and the mean divides by at least 1: log Σ exp has p(1 - p)(1 - 2p), the third cumulant of
    /// an indicator, and binary cross-entropy softplus''', both in ±1/8; the mean squared error is a parabola.
    @Test(arguments: Loss.allCases) func lossGradientsAreRight(loss: Loss) {
        var words = SeededWords(8)
        let z = distinctTensor([3, 4], &words)
        let labels = [2, 0, 3]
        func value(_ z: CheckedTensor) -> Rational {
            var engine = Engine(checkingArithmetic)
            return rationals(loss.evaluate(z, labels: labels, &engine).loss)[0]
        }
        var engine = Engine(checkingArithmetic)
        let gradient = loss.evaluate(z, labels: labels, &engine).gradient
        let bound = GradientBound(third: loss == .meanSquaredError ? Rational(0) : Rational(1, 8))
        #expect(gradientViolations(loss.rawValue, gradient, by: z, bound, value) == [])
    }

    /// A whole network, by every parameter. Between kinks the logits are linear in one weight, with slopes of at most 2^12 here
    /// (inputs and weights are at most 2, the second layer sums 12 products); the third cumulant of values within ±2^12 is at
    /// most (2^13)^3.
    @Test func networkGradientsAreRight() throws {
        let specification = ModelSpecification.layers([
            .convolution(channels: 3, kernel: 2, stride: 1, padding: 1, groups: 1, bias: true), .relu,
            .maxPool(window: 2, stride: 2, padding: 0), .flatten, .dense(outputs: 4, bias: true), .relu,
            .dense(outputs: 3, bias: true),
        ])
        let network = try specification.network(for: [1, 3, 3], classes: 3, grid: .binary64)
        var words = SeededWords(9)
        let x = distinctTensor([2, 1, 3, 3], &words)
        let parameters = network.parameters.map { distinctTensor($0.shape.shape, &words) }
        let labels = [1, 2]
        func value(_ parameters: [CheckedTensor]) -> Rational {
            var engine = Engine(checkingArithmetic)
            var none: [CheckedTensor] = []
            let (z, _) = network.forward(x, parameters, &none, .training, &engine)
            return rationals(Loss.crossEntropy.evaluate(z, labels: labels, &engine).loss)[0]
        }
        var engine = Engine(checkingArithmetic)
        var none: [CheckedTensor] = []
        let (z, tapes) = network.forward(x, parameters, &none, .training, &engine)
        let (_, g) = Loss.crossEntropy.evaluate(z, labels: labels, &engine)
        let gradients = network.backward(g, tapes, parameters, &engine)
        #expect(gradients.count == parameters.count)
        let bound = GradientBound(third: Rational(2).power(39), magnitude: 1 << 20)
        for (k, gradient) in gradients.enumerated() {
            let name = network.parameters[k].name
            #expect(
                gradientViolations(name, gradient, by: parameters[k], bound) {
                    var moved = parameters
                    moved[k] = $0
                    return value(moved)
                } == [])
        }
    }

    /// The judge is judged: the slightest change of a gradient is found.
    @Test func wrongGradientsAreFound() {
        var words = SeededWords(10)
        let x = distinctTensor([3], &words)
        let sum: (CheckedTensor) -> Rational = { rationals($0).reduce(Rational(0)) { $0 + $1 } }
        var gradient = CheckedTensor(repeating: checkingArithmetic.one, shape: [3])
        #expect(gradientViolations("sum", gradient, by: x, linear, sum) == [])
        gradient.elements[2] = checkingArithmetic.constant(Rational(1) + Rational(1) / Rational(2).power(300))
        #expect(gradientViolations("sum", gradient, by: x, linear, sum).count == 1)
        gradient.elements[2] = checkingArithmetic.constant(.nan)
        #expect(gradientViolations("sum", gradient, by: x, linear, sum).count == 1)
        #expect(gradientViolations("sum", gradient.reshaped([1, 3]), by: x, linear, sum).count == 1)
    }

    /// With ε = 1, σ >= 1, and inputs in ±2, n = d ÷ σ has |d| <= 4 and is made of at most three factors each of which
    /// changes by at most 8 when one input changes by 1; its third derivative stays below 8⁴ times the outputs that one input
    /// reaches (at most 24) times |c| and |w| <= 2, which is below 2^20.
    private let normalising = GradientBound(third: Rational(1 << 20), magnitude: 1 << 16)

    @Test func normalisationGradientsAreRight() {
        let images = BatchNorm(shape: [2, 2, 3], epsilon: .one, rho: .zero)
        #expect(gradientViolations(of: images, input: [2, 2, 3], normalising, seed: 11) == [])
        #expect(
            gradientViolations(of: BatchNorm(shape: [5], epsilon: .one, rho: .zero), input: [5], normalising, seed: 12)
                == [])
        #expect(gradientViolations(of: LayerNorm(shape: [7], epsilon: .one), input: [7], normalising, seed: 13) == [])
        let planes = LayerNorm(shape: [2, 2, 2], epsilon: .one)
        #expect(gradientViolations(of: planes, input: [2, 2, 2], normalising, seed: 14) == [])
    }

    /// With running statistics the layer is linear in each operand.
    @Test func normalisationInEvaluationModeIsLinear() {
        let images = BatchNorm(shape: [2, 2, 3], epsilon: .one, rho: .zero)
        #expect(gradientViolations(of: images, input: [2, 2, 3], linear, mode: .evaluation, seed: 15) == [])
        let flat = BatchNorm(shape: [5], epsilon: .one, rho: .zero)
        #expect(gradientViolations(of: flat, input: [5], linear, mode: .evaluation, seed: 16) == [])
    }

    @Test func scalarAndGlobalLayersAreLinear() {
        #expect(gradientViolations(of: ScalarBias(shape: [2, 3]), input: [2, 3], linear, seed: 17) == [])
        #expect(gradientViolations(of: ScalarScale(shape: [2, 3]), input: [2, 3], linear, seed: 18) == [])
        let planes = AveragePooling(planesOf: [3, 2, 5])
        #expect(planes.outputShape == [3, 1, 1])
        #expect(gradientViolations(of: planes, input: [3, 2, 5], linear, seed: 19) == [])
    }

    /// Whole residual networks by elements of every parameter, in both modes. Their third derivatives have no bound that is
    /// short to derive; 2^100 is far beyond what such small numbers make (σ >= 2^-9 with this ε), and with it the difference is
    /// still held to 70 digits. Kinks of relu lie nearer than h = 2^-170 to an operand only by an accident that would show.
    @Test(
        arguments: ["resnet8(width:1)", "resnet8(width:1,swish:3/2)", "resnet8(width:1,fixup)"],
        [Mode.training, .evaluation])
    func residualNetworkGradientsAreRight(name: String, mode: Mode) throws {
        let network = try ModelSpecification(named: name).network(for: [1, 4, 3], classes: 3, grid: .binary64)
        var words = SeededWords(20)
        let x = distinctTensor([2, 1, 4, 3], &words)
        let parameters = network.parameters.map { distinctTensor($0.shape.shape, &words) }
        let start = network.statistics.map {
            CheckedTensor(
                repeating: checkingArithmetic.constant($0.shape.start + Rational(1, 4)), shape: $0.shape.shape)
        }
        func run(_ parameters: [CheckedTensor]) -> (loss: Rational, gradients: [CheckedTensor]) {
            var engine = Engine(checkingArithmetic)
            var statistics = start
            let (z, tapes) = network.forward(x, parameters, &statistics, mode, &engine)
            let (loss, g) = Loss.crossEntropy.evaluate(z, labels: [1, 2], &engine)
            return (rationals(loss)[0], network.backward(g, tapes, parameters, &engine))
        }
        let gradients = run(parameters).gradients
        #expect(gradients.count == parameters.count)
        let bound = GradientBound(third: Rational(2).power(100), magnitude: 1 << 30)
        for (k, gradient) in gradients.enumerated() {
            let violations = gradientViolations(
                network.parameters[k].name, gradient, by: parameters[k], bound, most: 1
            ) {
                var moved = parameters
                moved[k] = $0
                return run(moved).loss
            }
            #expect(violations == [], "\(name), \(mode)")
        }
    }
}
