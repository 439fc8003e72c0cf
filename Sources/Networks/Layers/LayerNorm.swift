import Arithmetics
import Tensors

/// Normalises each sample over its own values, then scales and shifts each position.
///
/// Per row of D values, r = round(1/D): m = Σx × r; d = x - m; v = Σ(d × d) × r; σ = √(v + ε); n = d ÷ σ; y = (n × w) + b.
///
/// - Source: contract, section 3a; Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3.
public struct LayerNorm: Layer {
    public let outputShape: [Int]
    /// Already on the study's grid.
    public let epsilon: ExactValue

    public init(shape: [Int], epsilon: ExactValue) {
        outputShape = shape
        self.epsilon = epsilon
    }

    public var kind: String { "ln" }
    private var size: Int { outputShape.reduce(1, *) }

    public var parameters: [ParameterShape] {
        [
            ParameterShape(role: .weight, shape: outputShape, fanIn: 1, fanOut: 1, start: .constant(Rational(1))),
            ParameterShape(role: .bias, shape: outputShape, fanIn: 1, fanOut: 1, start: .constant(Rational(0))),
        ]
    }

    /// The tape holds d, σ and n.
    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let p = Array(parameters)
        let rows = x.shape[0]
        let perRow = Repetition.blocks(of: size, count: rows)
        let r = engine.reciprocal(size)
        let mean = engine.zip(.multiply, engine.rowSums(x, rows: rows), r)
        let d = engine.zip(.subtract, x, mean, perRow)
        let squares = engine.rowSums(engine.zip(.multiply, d, d), rows: rows)
        let variance = engine.zip(.multiply, squares, r)
        let sigma = engine.map(.squareRoot, engine.zip(.add, variance, engine.constant(epsilon)))
        let n = engine.zip(.divide, d, sigma, perRow)
        let y = engine.zip(.add, engine.zip(.multiply, n, p[0], .lastAxis(size)), p[1], .lastAxis(size))
        return (y, Tape([d, sigma, n]))
    }

    /// h = g × w; u = h ÷ σ; q = ((Σ(h × (-d)) ÷ (((2 × σ) × σ) × σ)) × r) × d; Q = q + q;
    /// ∂x = (u + Q) + ((-Σu) - ΣQ) × r; ∂w, ∂b = Σ over rows of n × g and of g.
    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let w = Array(parameters)[0]
        let (d, sigma, n) = (tape.tensors[0], tape.tensors[1], tape.tensors[2])
        let rows = g.shape[0]
        let perRow = Repetition.blocks(of: size, count: rows)
        let weight = engine.sums(engine.zip(.multiply, n, g), outer: rows, out: size, inner: 1)
        let bias = engine.sums(g, outer: rows, out: size, inner: 1)
        let own = [weight.reshaped(outputShape), bias.reshaped(outputShape)]
        guard wantsInputGradient else { return (nil, own) }
        let r = engine.reciprocal(size)
        let h = engine.zip(.multiply, g, w, .lastAxis(size))
        let u = engine.zip(.divide, h, sigma, perRow)
        let against = engine.rowSums(engine.zip(.multiply, h, engine.map(.negate, d)), rows: rows)
        let slope = engine.zip(.multiply, engine.zip(.divide, against, engine.cubeDoubled(sigma)), r)
        let half = engine.zip(.multiply, d, slope, perRow)
        let q = engine.zip(.add, half, half)
        let shift = engine.zip(
            .subtract, engine.map(.negate, engine.rowSums(u, rows: rows)), engine.rowSums(q, rows: rows))
        let mean = engine.zip(.multiply, shift, r)
        return (engine.zip(.add, engine.zip(.add, u, q), mean, perRow), own)
    }
}
