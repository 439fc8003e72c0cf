import Arithmetics
import Tensors

/// Row z, label y: m = maximum; t = z - m; e = exp(t); S = Σ e; loss = log(S) - t_y, then the mean over rows.
/// Gradient: p × round(1/N), p = e ÷ S, with 1 subtracted first at the label.
func softmaxCrossEntropyLoss<A: Arithmetic>(
    _ z: Tensor<A.Scalar>, _ labels: [Int], _ engine: inout Engine<A>
) -> (loss: Tensor<A.Scalar>, gradient: Tensor<A.Scalar>) {
    let (rows, outputs) = (z.shape[0], z.shape[1])
    let perRow = Repetition.blocks(of: outputs, count: rows)
    let atLabels = labels.enumerated().map { Int32($0.offset * outputs + $0.element) }

    let largest = engine.largest(z, engine.maxima(z, .rows(rows, columns: outputs)), shape: [rows])
    let t = engine.zip(.subtract, z, largest, perRow)
    let e = engine.map(.elementary(.exp), t)
    let total = engine.sums(e, outer: 1, out: rows, inner: outputs)
    let logTotal = engine.map(.elementary(.log), total)
    let losses = engine.zip(.subtract, logTotal, engine.gather(t, atLabels, shape: [rows]))
    let loss = engine.mean(losses)

    let p = engine.zip(.divide, e, total, perRow)
    let lessOne = engine.zip(.subtract, engine.gather(p, atLabels, shape: [rows]), engine.arithmetic.one)
    let difference = engine.scatter(lessOne, into: p, at: atLabels)
    return (loss, engine.zip(.multiply, difference, engine.reciprocal(rows)))
}
