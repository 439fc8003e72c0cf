import Arithmetics
import LawSupport
import Networks
import Tensors
import Testing

/// Residual blocks and the networks made of them.
@Suite struct ResidualTests {
    private func network(_ name: String, _ shape: [Int], classes: Int = 10) throws(ModelError) -> Network {
        try ModelSpecification(named: name).network(for: shape, classes: classes, grid: .binary64)
    }

    /// Published counts of CIFAR-10 networks with projection shortcuts (those without have 2,752 less: 269,722 and 853,018).
    @Test(arguments: [("resnet20", 272_474), ("resnet56", 855_770), ("resnet110", 1_730_714)])
    func networksHaveTheirParameters(name: String, count: Int) throws {
        #expect(try network(name, [3, 32, 32]).parameterCount == count)
    }

    @Test func namesSayWhereAParameterStands() throws {
        let net = try network("resnet8", [3, 32, 32])
        #expect(
            net.parameters.map(\.name).filter { $0.hasSuffix("conv1.weight") || !$0.hasPrefix("block") } == [
                "conv1.weight", "bn1.weight", "bn1.bias", "block1.conv1.weight", "block2.conv1.weight",
                "block2.shortcut.conv1.weight", "block3.conv1.weight", "block3.shortcut.conv1.weight", "fc1.weight",
                "fc1.bias",
            ])
        #expect(
            net.layerNames.filter { $0.hasPrefix("block2") } == [
                "block2.conv1", "block2.bn1", "block2.relu1", "block2.conv2", "block2.bn2", "block2.shortcut.conv1",
                "block2.shortcut.bn1", "block2",
            ])
        #expect(
            net.statistics.map(\.name).prefix(3) == ["bn1.running_mean", "bn1.running_var", "block1.bn1.running_mean"])
        #expect(net.statistics.count == 2 * 9)
        #expect(
            net.nodes.filter { $0.name.hasPrefix("block") && $0.layer == nil }.map(\.outputShape) == [
                [16, 32, 32], [32, 16, 16], [64, 8, 8],
            ])
    }

    @Test(arguments: [[1, 8, 8], [1, 28, 28], [3, 5, 7], [2, 1, 1]]) func anyImageSizeWillDo(shape: [Int]) throws {
        for name in ["resnet8(width:2)", "resnet14(fixup,swish:5,width:2)"] {
            let net = try network(name, shape)
            #expect(net.outputShape == [10])
            let names = net.parameters.map(\.name) + net.statistics.map(\.name)
            #expect(Set(names).count == names.count, "names are unique")
        }
    }

    @Test func optionsAreReadAndSayWhatIsWrong() throws {
        for text in ["resnet20", "resnet8(swish:5)", "resnet8(fixup,swish:1/3,width:4)", "resnet56(fixup)"] {
            #expect(try ResidualNetwork(named: text).text == text)
        }
        #expect(try ResidualNetwork(named: "resnet8(width:4, swish)").text == "resnet8(swish:1,width:4)")
        func message(_ text: String) -> String {
            do throws(ModelError) { _ = try ModelSpecification(named: text) } catch { return error.description }
            return "no error"
        }
        #expect(message("resnet21").hasPrefix("no model \"resnet21\"; the depth of a residual network is 6n + 2"))
        #expect(message("resnet2").hasPrefix("no model"))
        #expect(
            message("resnet8(width:0)")
                == "model \"resnet8(width:0)\": width: \"0\" is not a whole number from 1 to 65536")
        #expect(
            message("resnet8(gelu)").hasSuffix("no option \"gelu\"; the options are fixup, swish:BETA, width:CHANNELS"))
        #expect(message("resnet8(fixup,fixup)").hasSuffix("fixup is given twice"))
        #expect(message("resnet8(fixup").hasSuffix("the closing parenthesis is missing"))
        #expect(message("resnet8(swish:x)").hasSuffix("swish: \"x\" is not a decimal, such as swish:5"))
    }

    @Test func blocksThatDoNotFitSayWhere() {
        func text(_ layers: [LayerSpecification]) -> String {
            do throws(ModelError) {
                _ = try ModelSpecification.layers(layers).network(for: [2, 4, 4], classes: 2, grid: .binary32)
            } catch { return error.description }
            return "no error"
        }
        #expect(text([.residual(body: [], shortcut: [])]) == "model: layer 1: residual: the body has no layers")
        #expect(
            text([.relu, .residual(body: [.maxPool(window: 2, stride: 2, padding: 0)], shortcut: [])])
                == "model: layer 2: residual: the body gives [2, 2, 2] and the shortcut [2, 4, 4]; sums want the same shape"
        )
        #expect(
            text([.residual(body: [.relu, .maxPool(window: 9, stride: 1, padding: 0)], shortcut: [])])
                == "model: layer 1: residual: body: layer 2: max-pool: a window of 9 does not fit images of 4×4 with padding 0"
        )
        #expect(text([.flatten, .globalAveragePool]).contains("layer 2: global-average-pool: wants images"))
    }

    /// A value with three uses: the inner body, the inner shortcut, the outer shortcut, whose gradients are 2⁻²⁴, 2⁻²⁴ and 1.
    /// Beginning with the last use's, both small ones vanish in binary32; in any other order they would not.
    @Test func gradientsAreAddedInTheReverseOrderOfTheUses() {
        let scale = ScalarScale(shape: [1])
        let inner = Network.Part.residual(body: [.layer(scale)], shortcut: [.layer(scale)])
        let net = Network(
            inputShape: [1],
            parts: [.layer(ScalarBias(shape: [1])), .residual(body: [inner], shortcut: [.layer(scale)])])
        #expect(
            net.parameters.map(\.name) == [
                "scalar-bias1.bias", "block1.block1.scalar-scale1.weight",
                "block1.block1.shortcut.scalar-scale1.weight", "block1.shortcut.scalar-scale1.weight",
            ])
        var engine = Engine(Binary32())
        let parameters = [0, 0x1p-24, 0x1p-24, 1].map { Tensor([Float($0)], shape: [1]) }
        var none: [Tensor<Float>] = []
        let (y, tapes) = net.forward(Tensor([1], shape: [1, 1]), parameters, &none, .training, &engine)
        #expect(y.elements == [1 + 0x1p-23])
        let gradients = net.backward(Tensor([1], shape: [1, 1]), tapes, parameters, &engine)
        #expect(gradients.map(\.elements) == [[1], [1], [1], [1]])
    }

    /// Where nothing before a block has parameters, nobody asks for gradients there.
    @Test func aBlockAtTheInputEndsTheBackwardPass() {
        let net = Network(
            inputShape: [2],
            parts: [
                .layer(Activation(.tanh, shape: [2])),
                .residual(body: [.layer(Dense(inputs: 2, outputs: 2))], shortcut: []),
            ])
        #expect(net.nodes.map(\.wantsInputGradient) == [[false], [false], [true, false]])
        var engine = Engine(Binary64())
        let parameters = net.parameters.map { Tensor(repeating: 0.5, shape: $0.shape.shape) }
        var none: [Tensor<Double>] = []
        let (y, tapes) = net.forward(Tensor([0, 0], shape: [1, 2]), parameters, &none, .training, &engine)
        #expect(y.elements == [0.5, 0.5])
        let before = engine.site.operation
        let gradients = net.backward(Tensor([1, 2], shape: [1, 2]), tapes, parameters, &engine)
        #expect(gradients.map(\.elements) == [[0, 0, 0, 0], [1, 2]])
        #expect(engine.site.operation - before == 2, "∂w and ∂b, nothing else")
    }

    /// Norms start at 1 and 0 whatever the initialiser; Fixup's branches and classifier start as the paper says.
    @Test(arguments: ["torch", "he", "he-out", "xavier", "constant:0.5"]) func networksStartAsTheirSourcesSay(
        name: String
    ) throws {
        let initializer = try Initializer(name)
        let norms = try network("resnet8(width:2)", [1, 8, 8])
        for (parameter, values) in zip(norms.parameters, initializer.parameters(of: norms, seed: 3, grid: .binary64))
        where parameter.name.contains("bn") {
            let expected = parameter.shape.role == .weight ? 1.0 : 0
            #expect(values.doubles.allSatisfy { $0 == expected }, "\(parameter.name)")
        }
        let fixup = try network("resnet14(fixup,width:2)", [1, 8, 8])
        let starts = initializer.parameters(of: fixup, seed: 3, grid: .binary64)
        for (parameter, values) in zip(fixup.parameters, starts) {
            let isZero =
                parameter.name.contains("conv2.") || parameter.name.contains("fc") || parameter.name.contains("bias")
            if isZero { #expect(values.doubles.allSatisfy { $0 == 0 }, "\(parameter.name)") }
            if parameter.name.contains("scale") { #expect(values.doubles == [1]) }
            if parameter.name.contains("conv1.") { #expect(values.doubles.allSatisfy { $0 != 0 }, "\(parameter.name)") }
        }
    }

    /// Six branches of two convolutions: the first of each is scaled by 1/√6.
    @Test func convolutionsInsideBranchesAreScaledDown() throws {
        func weights(_ start: ParameterShape.Start) throws -> [Double] {
            let layers: [LayerSpecification] = [
                .convolution(channels: 3, kernel: 3, stride: 1, padding: 1, groups: 1, bias: false, start: start),
                .dense(outputs: 2, bias: true),
            ]
            let net = try ModelSpecification.layers(layers).network(for: [1, 4, 4], classes: 2, grid: .binary64)
            return Initializer.heOut.parameters(of: net, seed: 5, grid: .binary64)[0].doubles
        }
        let (plain, scaled) = (try weights(.initializer), try weights(.dividedByRoot(of: 6)))
        #expect(scaled == plain.map { $0 * (1 / 6.0.squareRoot()) })
        let fixup = try network("resnet14(fixup)", [1, 8, 8])
        let starts = fixup.parameters.filter { $0.name.hasSuffix("conv1.weight") }.map(\.shape.start)
        let branch = ParameterShape.Start.dividedByRoot(of: 6)
        // The first layer, then blocks; projections stand outside the branches.
        #expect(
            starts == [.initializer, branch, branch, branch, .initializer, branch, branch, .initializer, branch])
    }

    /// At the start of Fixup every logit is 0: each class has the same probability.
    @Test func fixupStartsWithTheUniformDistribution() throws {
        let net = try network("resnet8(fixup,width:2)", [1, 4, 4])
        let parameters = zip(Initializer.heOut.parameters(of: net, seed: 1, grid: .binary64), net.parameters).map {
            Tensor($0.doubles, shape: $1.shape.shape)
        }
        var engine = Engine(Binary64())
        var none: [Tensor<Double>] = []
        let x = Tensor((0..<32).map { Double($0) / 32 }, shape: [2, 1, 4, 4])
        let y = net.forward(x, parameters, &none, .training, &engine).output
        #expect(y.elements == [Double](repeating: 0, count: 20))
    }
}
