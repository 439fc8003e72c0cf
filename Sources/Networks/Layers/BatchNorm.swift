import Arithmetics
import Tensors

/// Normalises each channel over the batch, then scales and shifts it: the training mode, with the batch's own mean and
/// variance. Running statistics are not kept here.
///
/// Per channel, M values in order n, h, w; r = round(1/M): m = Σx × r; d = x - m; v = Σ(d × d) × r; σ = √(v + ε); n = d ÷ σ;
/// y = (n × w) + b.
///
/// - Source: contract, section 3a; Ioffe and Szegedy, *Batch Normalization* (2015), algorithm 1.
public struct BatchNorm: Layer {
    /// [channels] or [channels, height, width].
    public let outputShape: [Int]
    /// Already on the study's grid.
    public let epsilon: ExactValue

    public init(shape: [Int], epsilon: ExactValue) {
        outputShape = shape
        self.epsilon = epsilon
    }

    public var kind: String { "batch-norm" }
    private var channels: Int { outputShape[0] }
    private var plane: Int { outputShape.dropFirst().reduce(1, *) }
    private var perChannel: Repetition { .blocks(of: plane, count: channels) }

    public var parameters: [ParameterShape] {
        [
            ParameterShape(role: .weight, shape: [channels], fanIn: 1, fanOut: 1),
            ParameterShape(role: .bias, shape: [channels], fanIn: 1, fanOut: 1),
        ]
    }

    /// The tape holds d, σ and n.
    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let p = Array(parameters)
        let batch = x.shape[0]
        let r = engine.reciprocal(batch * plane)
        let sum = engine.sums(x, outer: batch, out: channels, inner: plane)
        let mean = engine.zip(.multiply, sum, r)
        let d = engine.zip(.subtract, x, mean, perChannel)
        let squares = engine.sums(engine.zip(.multiply, d, d), outer: batch, out: channels, inner: plane)
        let variance = engine.zip(.multiply, squares, r)
        let sigma = engine.map(.squareRoot, engine.zip(.add, variance, engine.constant(epsilon)))
        let n = engine.zip(.divide, d, sigma, perChannel)
        let y = engine.zip(.add, engine.zip(.multiply, n, p[0], perChannel), p[1], perChannel)
        return (y, Tape([d, sigma, n]))
    }

    /// ∂b = Σ g; ∂w = Σ(n × g); c = w ÷ (((2 × σ) × σ) × σ); q = (Σ((g × (-d)) × c) × r) × d; Q = q + q;
    /// ∂x = (((w ÷ σ) × g) + Q) + ((((-w) ÷ σ) × ∂b) - ΣQ) × r.
    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let w = Array(parameters)[0]
        let (d, sigma, n) = (tape.tensors[0], tape.tensors[1], tape.tensors[2])
        let batch = g.shape[0]
        func sums(_ x: Tensor<A.Scalar>, _ engine: inout Engine<A>) -> Tensor<A.Scalar> {
            engine.sums(x, outer: batch, out: channels, inner: plane)
        }
        let bias = sums(g, &engine)
        let weight = sums(engine.zip(.multiply, n, g), &engine)
        guard wantsInputGradient else { return (nil, [weight, bias]) }
        let r = engine.reciprocal(batch * plane)
        let cube = engine.cubeDoubled(sigma)
        let c = engine.zip(.divide, w, cube)
        let terms = engine.zip(.multiply, engine.zip(.multiply, g, engine.map(.negate, d)), c, perChannel)
        let half = engine.zip(.multiply, d, engine.zip(.multiply, sums(terms, &engine), r), perChannel)
        let q = engine.zip(.add, half, half)
        let direct = engine.zip(.multiply, g, engine.zip(.divide, w, sigma), perChannel)
        let scaled = engine.zip(.multiply, engine.zip(.divide, engine.map(.negate, w), sigma), bias)
        let shift = engine.zip(.multiply, engine.zip(.subtract, scaled, sums(q, &engine)), r)
        return (engine.zip(.add, engine.zip(.add, direct, q), shift, perChannel), [weight, bias])
    }
}

extension Engine {
    /// ((2 × σ) × σ) × σ, what the derivative of 1 ÷ √v is divided by.
    mutating func cubeDoubled(_ sigma: T) -> T {
        let twice = zip(.multiply, sigma, arithmetic.constant(Rational(2)))
        return zip(.multiply, zip(.multiply, twice, sigma), sigma)
    }
}
