import Arithmetics
import Networks
import Testing
import Training

@Suite struct StudyYAMLTests {
    @Test func everyFieldIsRead() throws {
        let s = try study(
            """
            # a comment
            model: cnn-small
            loss: bce
            init: constant:-1/3
            init-from: "my weights.safetensors"
            map: ["a=conv1.weight", "b=fc1.bias"]
            data: synthetic:1x4x4,2,10
            test-fraction: 0.25
            normalize: 0.5/0.25
            batch: 7
            last-batch: keep
            steps: 12
            seed: 18446744073709551615
            order: sequential
            optimizer:
              lr: 1e-3
              momentum: 0.9
              weight-decay: 5e-4
              nesterov: true
              k: 3
            schedule: warmup:2+cosine:10e
            clip: 1.5
            grid: bfloat16
            arithmetics: [float, "mpfr:24@binary32,reduction=pairwise"]
            reference: mpfr:256
            """)
        #expect(s.model == .cnnSmall && s.loss == .binaryCrossEntropy && s.initializer == .constant(Rational(-1, 3)))
        #expect(s.initFrom == "my weights.safetensors" && s.nameMap.map(\.theirs) == ["a", "b"])
        #expect(s.nameMap.map(\.ours) == ["conv1.weight", "fc1.bias"] && s.data == "synthetic:1x4x4,2,10")
        #expect(s.testFraction == Rational(1, 4) && s.normalization.channels[0].mean == Rational(1, 2))
        #expect(s.batch == 7 && s.lastBatch == .keep && s.steps == 12 && s.seed == .max && s.order == .sequential)
        #expect(s.optimizer.rate == Rational(1, 1000) && s.optimizer.momentum == Rational(9, 10))
        #expect(s.optimizer.weightDecay == Rational(1, 2000) && s.optimizer.nesterov && s.optimizer.k == 3)
        #expect(s.schedule.description == "warmup:2+cosine:10e" && s.clip == Rational(3, 2))
        #expect(s.grid == .format(name: "bfloat16", .bfloat16))
        #expect(s.arithmetics.map(\.description) == ["float", "mpfr:24@binary32,reduction=pairwise"])
        #expect(s.reference?.description == "mpfr:256" && s.effectiveReference == s.reference)
        #expect(s.participants.map(\.description) == ["float", "mpfr:24@binary32,reduction=pairwise", "mpfr:256"])
    }

    @Test func anEmptyStudyIsTheDefaults() throws {
        #expect(try study("") == Study())
        #expect(try study("# nothing\n") == Study())
        let s = Study()
        #expect(s.model == .mlp([64, 32, 10]) && s.data == "digits" && s.batch == 32 && s.steps == 100 && s.seed == 1)
        #expect(s.optimizer.rate == Rational(1, 10) && s.effectiveReference == nil && s.participants.isEmpty)
    }

    @Test func everyLayerIsRead() throws {
        let s = try study(
            """
            model:
              - conv: {out: 8, kernel: 3}
              - conv: {out: 8, kernel: 5, stride: 2, pad: 1, groups: 4, bias: false}
              - relu
              - swish
              - swish: 1.5
              - swish: {beta: 1/3}
              - max-pool: 2
              - max-pool: {size: 3, stride: 2, pad: 1}
              - average-pool: {size: 3}
              - sigmoid
              - tanh
              - softplus
              - flatten
              - dense: 10
              - dense: {out: 10, bias: false}
              - batch-norm
              - batch-norm: {eps: 1e-3, rho: 0.01, unbiased: false}
              - layer-norm
              - layer-norm: 1/3
              - global-average-pool
              - scalar-bias
              - residual: {body: [dense: {out: 4, start: 1/sqrt(9)}, scalar-scale], shortcut: [dense: {out: 4, start: 0}]}
              - residual:
                  body:
                    - conv: {out: 2, kernel: 1, start: -1/3}
                    - residual: {body: [relu]}
            """)
        let expected: [LayerSpecification] = [
            .convolution(channels: 8, kernel: 3, stride: 1, padding: 0, groups: 1, bias: true),
            .convolution(channels: 8, kernel: 5, stride: 2, padding: 1, groups: 4, bias: false),
            .relu, .swish(beta: Rational(1)), .swish(beta: Rational(3, 2)), .swish(beta: Rational(1, 3)),
            .maxPool(window: 2, stride: 2, padding: 0), .maxPool(window: 3, stride: 2, padding: 1),
            .averagePool(window: 3, stride: 3, padding: 0), .sigmoid, .tanh, .softplus, .flatten,
            .dense(outputs: 10, bias: true), .dense(outputs: 10, bias: false), .batchNorm,
            .batchNorm(epsilon: Rational(1, 1000), rho: Rational(1, 100), unbiased: false), .layerNorm,
            .layerNorm(epsilon: Rational(1, 3)), .globalAveragePool, .scalarBias,
            .residual(
                body: [.dense(outputs: 4, bias: true, start: .dividedByRoot(of: 9)), .scalarScale],
                shortcut: [.dense(outputs: 4, bias: true, start: .constant(Rational(0)))]),
            .residual(
                body: [
                    .convolution(
                        channels: 2, kernel: 1, stride: 1, padding: 0, groups: 1, bias: true,
                        start: .constant(Rational(-1, 3))), .residual(body: [.relu], shortcut: []),
                ], shortcut: []),
        ]
        #expect(s.model == .layers(expected))
        #expect(try study(s.yaml) == s)
    }

    // The echo in an output must be the study itself.
    @Test(arguments: [
        "", "seed: 0\nsteps: 0\nbatch: 1",
        "data: \"npz:/tmp/a \\\"b\\\" #c: d.npz\"\ninit-from: 'it''s: here.npz'\nmap: \"x = y=fc1.weight\"",
        "init: constant:1e-39\noptimizer: {lr: 1/3, momentum: 1e-400, weight-decay: 123456789012345678901234567890}",
        "normalize: 0.4914/0.247,0.4822/0.2435,0.4465/0.2616\nclip: 1e-3\ngrid: exact",
        "schedule: milestones:1,2e,3,0.1\narithmetics: [double, mpfr:2, \"double,reduction=blocked:16\"]\nreference: double",
        "model: [\"flatten\", {\"dense\": 3}, {\"swish\": {\"beta\": -2.5e-7}}, \"relu\", {\"dense\": {\"out\": 10}}]",
        "model: resnet20(fixup,swish:1/3,width:4)", "model: [residual: {body: [relu]}, dense: 10]",
        "model: lenet5\nloss: mse\ninit: he-out\nlast-batch: keep\norder: sequential\ngrid: half",
    ])
    func theEchoReadsBackAsTheSameStudy(yaml: String) throws {
        let read = try? study(yaml.replacing("x = y=", with: "xy="))
        let s = try #require(read, "\(yaml)")
        #expect(try study(s.yaml) == s, "\(s.yaml)")
        #expect(try study(s.yaml).yaml == s.yaml)
    }

    @Test func flagsWinOverTheFile() throws {
        var s = try study("model: lenet5\nbatch: 5\noptimizer: {lr: 0.5, k: 2}\nclip: 3")
        try s.set("model", to: "mlp(64, 10)")
        try s.set("lr", to: "0.25")
        try s.set("clip", to: "none")
        try s.set("nesterov", to: "true")
        #expect(s.model == .mlp([64, 10]) && s.batch == 5 && s.optimizer.rate == Rational(1, 4))
        #expect(s.optimizer.k == 2 && s.optimizer.nesterov && s.clip == nil)
    }

    @Test func theReferenceIsTheFirstOfTheMostPrecise() throws {
        func reference(_ arithmetics: String) throws -> String? {
            try study("arithmetics: \(arithmetics)").effectiveReference?.description
        }
        #expect(try reference("[float]") == nil)
        #expect(try reference("[double, float]") == "double")
        #expect(try reference("[float, \"mpfr:24@binary32\"]") == "float")
        #expect(try reference("[float, \"mpfr:128\", \"mpfr:256\", \"mpfr:256,reduction=kahan\"]") == "mpfr:256")
        #expect(try study("arithmetics: [float]\nreference: double").participants.count == 2)
    }

    // Lines are counted from 1; the message says where, what, and what would be right.
    @Test(arguments: [
        ("- a\n- b", ": a study is a list of \"field: value\" lines"),
        ("lenet5", ": a study is a list of \"field: value\" lines"),
        ("batch: 5\nepoch: 3", ":2: no field \"epoch\"; the fields are \(everyField)"),
        ("batch: 5\n\nbatch: 6", ":1: batch: given twice"),
        ("optimizer: {lr: 1, lr: 2}", ":1: lr: given twice"),
        ("lr: 0.1", ":1: lr: belongs under optimizer"),
        ("optimizer: 0.1", ":1: optimizer: wants {lr: …, momentum: …, weight-decay: …, nesterov: …, k: …}"),
        (
            "optimizer:\n  lr: 0.1\n  beta: 2",
            ":3: optimizer: no field \"beta\"; the fields are lr, momentum, weight-decay, nesterov, k, k-rate"
        ),
        ("optimizer:\n  lr: 0.1\n  k: 0", ":3: optimizer: k: \"0\" is not a whole number from 1 to 2147483647"),
        ("optimizer: {lr: -1}", ":1: optimizer: lr: \"-1\" is not a decimal of at least 0, such as 0.1"),
        ("optimizer: {momentum: x}", ":1: optimizer: momentum: \"x\" is not a decimal of at least 0, such as 0.9"),
        (
            "optimizer: {weight-decay: nan}",
            ":1: optimizer: weight-decay: \"nan\" is not a decimal of at least 0, such as 5e-4"
        ),
        ("optimizer: {nesterov: yes}", ":1: optimizer: nesterov: \"yes\" is none of true, false"),
        ("batch: 0", ":1: batch: \"0\" is not a whole number from 1 to 16777216"),
        ("batch: [1, 2]", ":1: batch: wants one value"),
        ("batch:", ":1: batch: wants one value"),
        ("steps: 1e3", ":1: steps: \"1e3\" is not a whole number from 0 to 1099511627776"),
        ("seed: -1", ":1: seed: \"-1\" is not a whole number from 0 to 18446744073709551615"),
        ("order: random", ":1: order: \"random\" is none of sequential, shuffled"),
        ("last-batch: pad", ":1: last-batch: \"pad\" is none of drop, keep"),
        ("test-fraction: 1", ":1: test-fraction: \"1\" is not a decimal from 0 to below 1"),
        ("clip: 0", ":1: clip: \"0\" is not none, or a decimal above 0"),
        ("loss: hinge", ":1: loss: \"hinge\" is none of cross-entropy, bce, mse"),
        ("init: zero", ":1: init: no initialiser \"zero\"; the initialisers are torch, he, he-out, xavier, constant:C"),
        ("map: a", ":1: map: \"a\" is not THEIRS=OURS, such as 0.weight=fc1.weight"),
        (
            "normalize: 1",
            ":1: normalization '1': '1' is not a mean and a deviation; "
                + "expected M/S[,M/S…], decimals with S not 0, such as 0.1307/0.3081"
        ),
        (
            "grid: fine",
            ":1: grid: \"fine\" is none of coarsest, exact, half, bfloat16, tf32, fp8-e4m3, fp8-e5m2, float, double, binary128"
        ),
        (
            "schedule: cosine:0",
            ":1: schedule: \"cosine:0\": length \"0\" is not a whole number of at least 1, with an e for epochs"
        ),
        (
            "arithmetics:\n  - float\n  - quad",
            ":3: arithmetics: \"quad\": no format \"quad\"; the formats are \(ArithmeticName.choices)"
        ),
        ("reference: mpfr:1", ":1: reference: \"mpfr:1\": mpfr:P wants a whole precision from 2 to 16384"),
        ("model: vgg", ":1: model: no model \"vgg\"; the models are \(ModelSpecification.choices)"),
        ("model: mlp(64,10", ":1: model: model \"mlp(64,10\": the closing parenthesis is missing"),
        ("model: []", ":1: model: the list has no layers"),
        ("model:\n  - relu: 3", ":2: model: layer 1: relu: takes no arguments"),
        (
            "model:\n  - flatten\n  - lstm: 3",
            ":3: model: layer 2: no layer \"lstm\"; the layers are conv, dense, average-pool, max-pool, global-average-pool, "
                + "flatten, relu, swish, sigmoid, tanh, softplus, batch-norm, layer-norm, residual, scalar-bias, scalar-scale"
        ),
        (
            "model:\n  - residual: {body: [relu, lstm]}",
            ":2: model: layer 1: residual: body: layer 2: no layer \"lstm\"; the layers are "
                + LayerSpecification.names.joined(separator: ", ")
        ),
        ("model:\n  - residual: {body: []}", ":2: model: layer 1: residual: the body has no layers"),
        (
            "model:\n  - residual: {branch: [relu]}",
            ":2: model: layer 1: residual: no argument \"branch\"; there are body, shortcut"
        ),
        ("model:\n  - residual: {body: relu}", ":2: model: layer 1: residual: body: wants a list of layers"),
        (
            "model:\n  - residual",
            ":2: model: layer 1: residual: wants {body: [layers], shortcut: [layers]}; without a shortcut the value itself"
        ),
        (
            "model:\n  - batch-norm: {rho: 2}",
            ":2: model: layer 1: batch-norm: rho: 2 is out of range; a decimal from 0 to 1 is wanted"
        ),
        (
            "model:\n  - dense: {out: 3, start: he}",
            ":2: model: layer 1: dense: start: \"he\" is neither a decimal nor 1/sqrt(N)"
        ),
        ("model:\n  - dense", ":2: model: layer 1: dense: out is missing"),
        ("model:\n  - dense: {out: 3, out: 4}", ":2: out: given twice"),
        ("model:\n  - dense: {in: 3}", ":2: model: layer 1: dense: no argument \"in\"; there are out, bias, start"),
        ("model:\n  - dense: {out: 3, bias: 1}", ":2: model: layer 1: dense: bias: \"1\" is none of true, false"),
        ("model:\n  - dense: {out: [3]}", ":2: model: layer 1: dense: arguments are names with one value each"),
        ("model:\n  - dense: [3]", ":2: model: layer 1: dense: arguments are written {name: value, …}"),
        (
            "model:\n  - conv: 3",
            ":2: model: layer 1: conv: arguments are named: {out: …, kernel: …, stride: …, pad: …, groups: …, bias: …, start: …}"
        ),
        ("model:\n  - conv: {out: 3}", ":2: model: layer 1: conv: kernel is missing"),
        (
            "model:\n  - conv: {out: 3, kernel: 3, pad: -1}",
            ":2: model: layer 1: conv: pad: \"-1\" is not a whole number from 0 to 4096"
        ),
        ("model:\n  - swish: fast", ":2: model: layer 1: swish: beta: \"fast\" is not a decimal"),
        (
            "model:\n  - {relu: , tanh: }",
            ":2: model: layer 1: wants a layer's name, or one name with its arguments: conv: {out: 8, kernel: 3}"
        ),
    ])
    func badStudiesGetOneLine(yaml: String, expected: String) {
        #expect(message { try study(yaml) } == "study.yaml" + expected)
    }

    @Test(arguments: ["model: [", "a: b: c", "\"", "x: 1\n\ty: 2", "batch: 5\n---\nbatch: 6"])
    func whatIsNotYAMLGetsOneLineToo(yaml: String) {
        let text = message { try study(yaml) }
        #expect(text.hasPrefix("study.yaml:") && text.contains("not YAML") && !text.contains("\n"), "\(text)")
    }
}

private let everyField =
    "model, loss, init, init-from, map, data, test-fraction, normalize, augment, batch, last-batch, steps, epochs, seed, "
    + "init-seed, order, optimizer, schedule, clip, grid, arithmetics, reference"
