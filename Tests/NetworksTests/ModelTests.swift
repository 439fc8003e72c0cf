import Arithmetics
import Networks
import Testing

@Suite struct ModelTests {
    private func network(_ name: String, _ shape: [Int], classes: Int = 10) throws(ModelError) -> Network {
        try ModelSpecification(named: name).network(for: shape, classes: classes, grid: .binary64)
    }

    private func message(_ body: () throws(ModelError) -> Void) -> String {
        do { try body() } catch { return error.description }
        return "no error"
    }

    /// LeCun et al. (1998) with whole connections: 156 + 2,416 + 48,120 + 10,164 + 850.
    @Test func lenet5HasItsParameters() throws {
        let lenet = try network("lenet5", [1, 28, 28])
        #expect(lenet.parameterCount == 61_706)
        #expect(
            lenet.parameters.map(\.name) == [
                "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias", "fc2.weight",
                "fc2.bias", "fc3.weight", "fc3.bias",
            ])
        #expect(
            lenet.parameters.map(\.shape.shape) == [
                [6, 1, 5, 5], [6], [16, 6, 5, 5], [16], [120, 400], [120], [84, 120], [84], [10, 84], [10],
            ])
        #expect(
            lenet.layerNames == [
                "conv1", "relu1", "max-pool1", "conv2", "relu2", "max-pool2", "flatten1", "fc1", "relu3", "fc2",
                "relu4",
                "fc3",
            ])
        #expect(lenet.outputShape == [10])
        #expect(lenet.largestActivation == 6 * 28 * 28)
    }

    @Test func mlpsHaveReluBetweenTheirLayers() throws {
        let mlp = try network("mlp(64, 32,10)", [1, 8, 8])
        #expect(mlp.layerNames == ["flatten1", "fc1", "relu1", "fc2"])
        #expect(mlp.parameterCount == 64 * 32 + 32 + 32 * 10 + 10)
        #expect(mlp.parameters.map(\.shape.shape) == [[32, 64], [32], [10, 32], [10]])
        #expect(try network("mlp(3,2)", [3], classes: 2).layerNames == ["flatten1", "fc1"])
    }

    @Test func cnnSmallFitsAnyImage() throws {
        let small = try network("cnn-small", [3, 9, 6], classes: 4)
        #expect(small.layerNames == ["conv1", "relu1", "average-pool1", "flatten1", "fc1"])
        #expect(small.parameters.map(\.shape.shape) == [[4, 3, 3, 3], [4], [4, 4 * 4 * 3], [4]])
        #expect(small.parameterCount == 108 + 4 + 192 + 4)
    }

    @Test func layersGiveTheShapesOfTheirFormulas() throws {
        let layers: [LayerSpecification] = [
            .convolution(channels: 4, kernel: 3, stride: 2, padding: 1, groups: 2, bias: false),
            .maxPool(window: 3, stride: 2, padding: 1), .averagePool(window: 2, stride: 1, padding: 1),
            .swish(beta: Rational(1)), .sigmoid, .tanh, .softplus, .dense(outputs: 3, bias: false),
        ]
        let network = try ModelSpecification.layers(layers).network(for: [2, 11, 8], classes: 3, grid: .binary32)
        #expect(network.nodes.map(\.outputShape).prefix(3) == [[4, 6, 4], [4, 3, 2], [4, 4, 3]])
        #expect(network.parameters.map(\.name) == ["conv1.weight", "fc1.weight"])
        #expect(network.parameters.map(\.shape.shape) == [[4, 1, 3, 3], [3, 48]])
        #expect(network.layerNames.suffix(5) == ["swish1", "sigmoid1", "tanh1", "softplus1", "fc1"])
    }

    /// The slope of swish is a hyper-parameter: it goes onto the grid by one rounding.
    @Test func swishTakesItsSlopeFromTheGrid() throws {
        let layer = try LayerSpecification.swish(beta: Rational(1, 3)).layer(for: [2], grid: .bfloat16)
        let activation = try #require(layer as? Activation)
        #expect(activation.function == .swish(beta: Format.bfloat16.round(Rational(1, 3))))
    }

    @Test func namesThatAreNoModelsSayWhatExists() {
        #expect(
            message { () throws(ModelError) in _ = try ModelSpecification(named: "lenet") }
                == "no model \"lenet\"; the models are mlp(IN,HIDDEN,…,OUT), lenet5, cnn-small, resnet8, resnet20, resnet56 (any 6n+2), or a list of layers"
        )
        #expect(
            message { () throws(ModelError) in _ = try ModelSpecification(named: "mlp(3,2") }
                == "model \"mlp(3,2\": the closing parenthesis is missing")
        for part in ["0", "", "-1", "x", "99999999999999999999"] {
            #expect(
                message { () throws(ModelError) in _ = try ModelSpecification(named: "mlp(3,\(part))") }
                    == "model \"mlp(3,\(part))\": layer size \"\(part)\" is not a whole number from 1 to 16777216")
        }
        #expect(
            message { () throws(ModelError) in _ = try ModelSpecification(named: "mlp(3)") }
                == "model \"mlp(3)\": at least two sizes are wanted, input and output")
    }

    @Test func modelsThatDoNotFitTheDataSayWhy() {
        func text(_ name: String, _ shape: [Int], classes: Int = 10) -> String {
            message { () throws(ModelError) in _ = try network(name, shape, classes: classes) }
        }
        #expect(
            text("mlp(60,10)", [1, 8, 8])
                == "mlp: the first size is 60 but a sample has 64 values; write mlp(64,…)")
        #expect(
            text("lenet5", [1, 8, 8]) == "lenet5: wants images of 28×28, not 1×8×8; digits28 and mnist have them")
        #expect(
            text("mlp(64,9)", [64]) == "model: 9 outputs for 10 classes; the last layer needs at least 10")
        #expect(text("cnn-small", [64]).hasPrefix("model: layer 1: conv: wants images [channels, height, width]"))
        #expect(
            text("cnn-small", [1, 1, 1])
                == "model: layer 3: average-pool: a window of 2 does not fit images of 1×1 with padding 0")
    }

    @Test func layersThatDoNotFitSayWhich() {
        func text(_ layers: [LayerSpecification], _ shape: [Int] = [3, 6, 6]) -> String {
            message { () throws(ModelError) in
                _ = try ModelSpecification.layers(layers).network(for: shape, classes: 2, grid: .binary32)
            }
        }
        func conv(_ channels: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1)
            -> LayerSpecification
        {
            .convolution(
                channels: channels, kernel: kernel, stride: stride, padding: padding, groups: groups, bias: true)
        }
        #expect(
            text([.relu, conv(4, 7)])
                == "model: layer 2: conv: a window of 7 does not fit images of 6×6 with padding 0")
        #expect(
            text([conv(4, 3, groups: 2)])
                == "model: layer 1: conv: groups 2 must divide both the 3 input and 4 output channels")
        #expect(
            text([.maxPool(window: 2, stride: 2, padding: 2)])
                == "model: layer 1: max-pool: padding 2 leaves whole windows outside the image; less than 2 is wanted")
        #expect(text([conv(2, 3)]).hasSuffix("but one output a class is wanted; end with dense: 2"))
        #expect(text([.flatten]) == "model: no layer has parameters, so there is nothing to train")
        #expect(text([], [2]) == "model: no layer has parameters, so there is nothing to train")
    }

    /// Sizes that no layer can have, and sizes beyond all memory.
    @Test func impossibleSizesAreRefused() {
        func text(_ layer: LayerSpecification, _ shape: [Int] = [3, 6, 6]) -> String {
            message { () throws(ModelError) in
                _ = try ModelSpecification.layers([layer]).network(for: shape, classes: 2, grid: .binary32)
            }
        }
        func conv(_ channels: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1)
            -> LayerSpecification
        {
            .convolution(
                channels: channels, kernel: kernel, stride: stride, padding: padding, groups: groups, bias: true)
        }
        #expect(text(.dense(outputs: 0, bias: true)) == "model: layer 1: dense: outputs 0; at least 1 is wanted")
        #expect(text(conv(0, 3)) == "model: layer 1: conv: output channels 0; at least 1 is wanted")
        #expect(text(conv(3, 0)) == "model: layer 1: conv: window 0; at least 1 is wanted")
        #expect(text(conv(3, 3, stride: 0)) == "model: layer 1: conv: stride 0; at least 1 is wanted")
        #expect(text(conv(3, 3, groups: 0)) == "model: layer 1: conv: groups 0; at least 1 is wanted")
        #expect(text(conv(3, 3, padding: -1)) == "model: layer 1: conv: padding -1; at least 0 is wanted")
        #expect(
            text(.averagePool(window: 2, stride: 0, padding: 0))
                == "model: layer 1: average-pool: stride 0; at least 1 is wanted")
        let most = 1 << 24
        #expect(text(conv(2, 3, padding: most)) == "model: layer 1: conv: windows and padding go up to 4096")
        #expect(
            text(.maxPool(window: most, stride: 1, padding: 0))
                == "model: layer 1: max-pool: windows and padding go up to 4096")
        #expect(
            text(conv(most, 600, padding: 600), [3, 60, 60])
                == "model: layer 1: a tensor of [16777216, 3, 600, 600] is too large; at most 2147483647 elements fit")
        #expect(
            text(.dense(outputs: most, bias: false), [60, 60])
                == "model: layer 1: a tensor of [16777216, 3600] is too large; at most 2147483647 elements fit")
        #expect(
            text(.maxPool(window: 4096, stride: 1, padding: 4095), [1, 6000, 6000])
                == "model: layer 1: max-pool: a window of 4096 over 6000×6000 with padding 4095 is too large")
    }
}
