import Arithmetics
import LawSupport
import Networks
import Tensors
import Testing

/// Forward values against the formulas of the contract, section 3a, written again as plain loops over quotients of integers.
/// With operands of few bits sums of products are exact, so that binary64 and 512 bits must both give the exact value.
@Suite struct ForwardTests {
    private func random(_ shape: [Int], _ words: inout SeededWords) -> [Rational] {
        (0..<shape.reduce(1, *)).map { _ in Rational(words.below(1025) - 512, 128) }
    }

    private func run<A: Arithmetic>(
        _ layer: any Layer, _ x: [Rational], _ shape: [Int], _ parameters: [[Rational]], in arithmetic: A
    ) -> (values: [ExactValue], shape: [Int]) {
        func tensor(_ values: [Rational], _ shape: [Int]) -> Tensor<A.Scalar> {
            Tensor(values.map { arithmetic.constant($0) }, shape: shape)
        }
        var engine = Engine(arithmetic)
        let own = zip(layer.parameters, parameters).map { tensor($1, $0.shape) }
        let y = layer.forward(tensor(x, shape), own[...], &engine).output
        return (y.elements.map { arithmetic.exactValue($0) }, y.shape)
    }

    private func check(
        _ layer: any Layer, batch: Int, input: [Int], seed: UInt64,
        _ naive: ([Rational], [[Rational]]) -> [Rational]
    ) {
        var words = SeededWords(seed)
        let x = random([batch] + input, &words)
        let parameters = layer.parameters.map { random($0.shape, &words) }
        let expected = naive(x, parameters)
        for arithmetic in [Binary64(), checkingArithmetic] as [any Arithmetic] {
            let (values, shape) = run(layer, x, [batch] + input, parameters, in: arithmetic)
            #expect(shape == [batch] + layer.outputShape)
            #expect(values == expected.map { arithmetic.format.round($0) }, "\(layer.kind) in \(arithmetic.name)")
        }
    }

    @Test(arguments: [true, false]) func denseIsTheSumOfProducts(bias: Bool) {
        check(Dense(inputs: 5, outputs: 3, hasBias: bias), batch: 2, input: [5], seed: 1) { x, parameters in
            (0..<6).map { e in
                let (n, j) = (e / 3, e % 3)
                let start = bias ? parameters[1][j] : Rational(0)
                return (0..<5).reduce(start) { $0 + x[n * 5 + $1] * parameters[0][j * 5 + $1] }
            }
        }
    }

    @Test(arguments: LayerGradientTests.convolutions.indices) func convolutionIsTheSumOverTaps(ordinal: Int) {
        let layer = LayerGradientTests.convolutions[ordinal]
        let (channels, height, width) = (layer.inputShape[0], layer.inputShape[1], layer.inputShape[2])
        let (kernel, stride, padding, groups) = (layer.kernel, layer.stride, layer.padding, layer.groups)
        check(layer, batch: 2, input: layer.inputShape, seed: 2) { x, parameters in
            // On an image with its border of zeros, output by output.
            func pixel(_ n: Int, _ c: Int, _ row: Int, _ column: Int) -> Rational {
                guard (0..<height).contains(row), (0..<width).contains(column) else { return Rational(0) }
                return x[((n * channels + c) * height + row) * width + column]
            }
            let inGroup = channels / groups
            var y: [Rational] = []
            for n in 0..<2 {
                for oc in 0..<layer.channels {
                    for oh in 0..<(height + 2 * padding - kernel) / stride + 1 {
                        for ow in 0..<(width + 2 * padding - kernel) / stride + 1 {
                            var s = layer.hasBias ? parameters[1][oc] : Rational(0)
                            for c in 0..<inGroup {
                                for tap in 0..<kernel * kernel {
                                    let (kh, kw) = (tap / kernel, tap % kernel)
                                    let ic = oc / (layer.channels / groups) * inGroup + c
                                    let w = parameters[0][(oc * inGroup + c) * kernel * kernel + tap]
                                    s = s + w * pixel(n, ic, oh * stride + kh - padding, ow * stride + kw - padding)
                                }
                            }
                            y.append(s)
                        }
                    }
                }
            }
            return y
        }
    }

    /// Values of every window of one plane, row by row, padding left out.
    private func windows(
        _ plane: [Rational], _ height: Int, _ width: Int, _ p: (window: Int, stride: Int, padding: Int)
    )
        -> [[Rational]]
    {
        var result: [[Rational]] = []
        for top in stride(from: -p.padding, through: height + p.padding - p.window, by: p.stride) {
            for left in stride(from: -p.padding, through: width + p.padding - p.window, by: p.stride) {
                var values: [Rational] = []
                for row in top..<top + p.window where (0..<height).contains(row) {
                    for column in left..<left + p.window where (0..<width).contains(column) {
                        values.append(plane[row * width + column])
                    }
                }
                result.append(values)
            }
        }
        return result
    }

    /// Padding counts in the divisor of an average and never takes part in a maximum: all inputs here are negative.
    @Test(arguments: LayerGradientTests.windows.indices) func poolingTakesItsWindows(ordinal: Int) {
        let p = LayerGradientTests.windows[ordinal]
        let shape = [2, 5, 4]
        var words = SeededWords(3)
        let x = random([2] + shape, &words).map { $0 - Rational(5) }
        let planes = (0..<4).map { Array(x[$0 * 20..<($0 + 1) * 20]) }
        let values = planes.flatMap { windows($0, 5, 4, p) }
        for arithmetic in [Binary64(), checkingArithmetic] as [any Arithmetic] {
            let format = arithmetic.format
            let maximum = MaxPooling(inputShape: shape, window: p.window, stride: p.stride, padding: p.padding)
            let largest = values.map { $0.dropFirst().reduce($0[0]) { $0 < $1 ? $1 : $0 } }
            #expect(run(maximum, x, [2] + shape, [], in: arithmetic).values == largest.map { format.round($0) })

            let average = AveragePooling(inputShape: shape, window: p.window, stride: p.stride, padding: p.padding)
            let share = Rational(format.round(Rational(1, p.window * p.window))) ?? Rational(0)
            let means = values.map { format.round($0.reduce(Rational(0)) { $0 + $1 } * share) }
            #expect(run(average, x, [2] + shape, [], in: arithmetic).values == means)
        }
    }

    /// Composite formulas in binary64, exponentials from MPFR with more than 400 bits to spare.
    @Test func activationsAreTheirFormulas() {
        func exp(_ x: Double) -> Double { ExactResult.elementary(.exp, ExactValue(x), .binary64).double }
        func log1p(_ x: Double) -> Double { ExactResult.elementary(.logOnePlus, ExactValue(x), .binary64).double }
        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let x = [-40, -3.25, -1, -0.0, 0, 0.1, 1, 2.5, 36.5, 800, -800, 0x1p-1030, .infinity]
        let formulas: [(Activation.Function, (Double) -> Double)] = [
            (.relu, { $0 > 0 ? $0 : 0 }), (.sigmoid, sigmoid),
            (.tanh, { ExactResult.elementary(.tanh, ExactValue($0), .binary64).double }),
            (.softplus, { log1p(exp(-$0.magnitude)) + ($0 > 0 ? $0 : 0) }),
            (.swish(beta: ExactValue(1.5)), { $0 * sigmoid(1.5 * $0) }),
        ]
        for (function, formula) in formulas {
            let layer = Activation(function, shape: [x.count])
            var engine = Engine(Binary64())
            let y = layer.forward(Tensor(x, shape: [1, x.count]), [], &engine).output
            #expect(y.elements.map(\.bitPattern) == x.map { formula($0).bitPattern }, "\(layer.kind)")
        }
    }

    @Test func lossesAreTheirFormulas() {
        func exp(_ x: Double) -> Double { ExactResult.elementary(.exp, ExactValue(x), .binary64).double }
        func log(_ x: Double) -> Double { ExactResult.elementary(.log, ExactValue(x), .binary64).double }
        func log1p(_ x: Double) -> Double { ExactResult.elementary(.logOnePlus, ExactValue(x), .binary64).double }
        let rows: [[Double]] = [[0.3, -1.2, 2.1], [4.5, 4.5, -3.7], [-100.1, 0.25, 90.9]]
        let labels = [0, 2, 1]
        let z = rows.flatMap { $0 }
        let targets = labels.flatMap { label in (0..<3).map { $0 == label ? 1.0 : 0 } }
        let third = 1.0 / 3
        let ninth = 1.0 / 9

        var crossEntropy = 0.0
        for (row, label) in zip(rows, labels) {
            let largest = row.reduce(-Double.infinity) { $0 < $1 ? $1 : $0 }
            let t = row.map { $0 - largest }
            crossEntropy += log(t.reduce(0) { $0 + exp($1) }) - t[label]
        }
        var binary = 0.0
        var squares = 0.0
        for (z, y) in zip(z, targets) {
            binary += (max(z, 0) - z * y) + log1p(exp(-z.magnitude))
            squares = squares.addingProduct(z - y, z - y)
        }
        let expected: [(Loss, Double)] = [
            (.crossEntropy, crossEntropy * third), (.binaryCrossEntropy, binary * ninth),
            (.meanSquaredError, squares * ninth),
        ]
        for (loss, value) in expected {
            var engine = Engine(Binary64())
            let result = loss.evaluate(Tensor(z, shape: [3, 3]), labels: labels, &engine)
            #expect(result.loss.elements == [value], "\(loss.rawValue)")
            #expect(result.loss.shape == [1] && result.gradient.shape == [3, 3])
        }
    }

    /// A sample's logits depend on nothing but the sample: not on its place in the batch, its neighbours, or the threads.
    @Test(arguments: ["float", "double", "mpfr:64"], ["lenet5", "cnn-small"])
    func logitsDoNotDependOnTheBatch(name: String, model: String) throws {
        try checkLogits(model, in: arithmetic(named: name))
    }

    private func checkLogits<A: Arithmetic>(_ model: String, in arithmetic: A) throws {
        let side = model == "lenet5" ? 28 : 8
        let network = try ModelSpecification(named: model).network(for: [1, side, side], classes: 10, grid: .binary32)
        let weights = Initializer.torch.parameters(of: network, seed: 1, grid: .binary32)
        let parameters = zip(weights, network.parameters).map { Tensor(arithmetic.array($0), shape: $1.shape.shape) }
        var words = SeededWords(4)
        let pixels = random([7, side, side], &words).map { arithmetic.constant($0) }
        let batch = Tensor(pixels, shape: [7, 1, side, side])

        func logits(_ x: Tensor<A.Scalar>, threads: Int) -> ExactArray {
            var engine = Engine(arithmetic, threads: threads)
            var none: [Tensor<A.Scalar>] = []
            let output = network.forward(x, parameters, &none, .evaluation, &engine).output.elements
            return arithmetic.exactArray(output.span)
        }
        let all = logits(batch, threads: 1)
        let order = [6, 2, 2, 0, 5]
        let reordered = logits(batch.rows(order), threads: 3)
        for (place, sample) in order.enumerated() {
            for k in 0..<10 { #expect(reordered[place * 10 + k] == all[sample * 10 + k]) }
        }
        let alone = logits(batch.rows([3]), threads: 2)
        for k in 0..<10 { #expect(alone[k] == all[30 + k]) }
    }
}
