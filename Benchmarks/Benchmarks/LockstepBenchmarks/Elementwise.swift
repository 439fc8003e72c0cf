import Arithmetics
import Benchmark
import Networks
import Tensors

/// What touches every activation once, over a tensor of a ResNet-20's first group at batch 32, in float and double.
func elementwiseBenchmarks() {
    for name in ["float", "double"] {
        for work in Elementwise.allCases {
            benchmark("\(work.rawValue), 32x16x32x32, \(name)") { elementwise(try arithmetic(named: name), work) }
        }
    }
}

private enum Elementwise: String, CaseIterable {
    case add, relu
    case batchSums = "sums by channel"
    case batchNorm = "batch norm"
    case batchNormGradient = "batch norm, backward"
    case sgd = "SGD update"
}

private func elementwise<A: Arithmetic>(_ arithmetic: A, _ work: Elementwise) -> (() -> Void)? {
    let shape = [32, 16, 32, 32]
    let (x, y) = (operands(shape, seed: 1, arithmetic), operands(shape, seed: 2, arithmetic))
    var engine = Engine(arithmetic)
    switch work {
    case .add: return { blackHole(engine.zip(.add, x, y)) }
    case .relu: return { blackHole(engine.map(.relu, x)) }
    case .batchSums: return { blackHole(engine.sums(x, outer: 32, out: 16, inner: 1024)) }
    case .batchNorm, .batchNormGradient:
        let layer = BatchNorm(
            shape: Array(shape.dropFirst()), epsilon: ExactValue(0x1p-17), rho: ExactValue(0x1p-3))
        let parameters = [operands([16], seed: 3, arithmetic), operands([16], seed: 4, arithmetic)][...]
        let (_, tape) = layer.forward(x, parameters, &engine)
        if work == .batchNorm { return { blackHole(layer.forward(x, parameters, &engine)) } }
        return { blackHole(layer.backward(y, tape, parameters, wantsInputGradient: true, &engine)) }
    case .sgd:
        let constants = DescentConstants(
            rate: engine.constant(ExactValue(0x1p-10)), momentum: engine.constant(ExactValue(0.875)),
            weightDecay: engine.constant(ExactValue(0x1p-11)), nesterov: false, isFirst: false, k: 1)
        var weights = x
        var velocity: Tensor<A.Scalar>? = y
        return { engine.descend(&weights, &velocity, y, constants) }
    }
}
