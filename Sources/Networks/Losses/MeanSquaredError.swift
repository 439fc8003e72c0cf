import Arithmetics
import Tensors

/// d = z - y; dot(d, d) × round(1/N) over all elements. Gradient: d × round(2/N).
func meanSquaredErrorLoss<A: Arithmetic>(
    _ z: Tensor<A.Scalar>, _ targets: Tensor<A.Scalar>, _ engine: inout Engine<A>
) -> (loss: Tensor<A.Scalar>, gradient: Tensor<A.Scalar>) {
    let d = engine.zip(.subtract, z, targets)
    let loss = engine.zip(.multiply, engine.dot(d, d), engine.reciprocal(z.count))
    let twoOverCount = engine.arithmetic.constant(Rational(2, z.count))
    return (loss, engine.zip(.multiply, d, twoOverCount))
}
