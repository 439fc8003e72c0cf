import Arithmetics
import Tensors

/// Target y: (relu(z) - z × y) + log1p(exp(-|z|)), mean over all elements. Gradient: (sigmoid(z) - y) × round(1/N).
func binaryCrossEntropyLoss<A: Arithmetic>(
    _ z: Tensor<A.Scalar>, _ targets: Tensor<A.Scalar>, _ engine: inout Engine<A>
) -> (loss: Tensor<A.Scalar>, gradient: Tensor<A.Scalar>) {
    let positive = engine.map(.relu, z)
    let product = engine.zip(.multiply, z, targets)
    let linear = engine.zip(.subtract, positive, product)
    let e = engine.map(.elementary(.exp), engine.map(.negate, engine.map(.absolute, z)))
    let losses = engine.zip(.add, linear, engine.map(.elementary(.logOnePlus), e))
    let loss = engine.mean(losses)

    let difference = engine.zip(.subtract, engine.map(.sigmoid, z), targets)
    return (loss, engine.zip(.multiply, difference, engine.reciprocal(z.count)))
}
