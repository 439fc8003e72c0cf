import Arithmetics
import Tensors

/// Normalises each channel over the batch, then scales and shifts it; in evaluation mode with running statistics instead of the
/// batch's own.
///
/// Per channel, M values in order n, h, w; r = round(1/M): m = Σx × r; d = x - m; v = Σ(d × d) × r; σ = √(v + ε); n = d ÷ σ;
/// y = (n × w) + b. Then R ← (round(1-ρ) × R) + (ρ × batch value), for the mean, and for v × round(M/(M-1)).
///
/// - Source: contract, section 3a; Ioffe and Szegedy, *Batch Normalization* (2015), algorithms 1 and 2.
public struct BatchNorm: Layer {
    /// [channels] or [channels, height, width].
    public let outputShape: [Int]
    /// Already on the study's grid, like ρ.
    public let epsilon: ExactValue
    /// Share of the batch in running statistics, 0 to 1.
    public let rho: ExactValue
    /// Does the running variance follow v × M/(M-1), or v itself?
    public let isUnbiased: Bool

    public init(shape: [Int], epsilon: ExactValue, rho: ExactValue, isUnbiased: Bool = true) {
        outputShape = shape
        self.epsilon = epsilon
        self.rho = rho
        self.isUnbiased = isUnbiased
    }

    public var kind: String { "bn" }
    private var channels: Int { outputShape[0] }
    private var plane: Int { outputShape.dropFirst().reduce(1, *) }
    private var perChannel: Repetition { .blocks(of: plane, count: channels) }

    public var parameters: [ParameterShape] {
        [
            ParameterShape(role: .weight, shape: [channels], fanIn: 1, fanOut: 1, start: .constant(Rational(1))),
            ParameterShape(role: .bias, shape: [channels], fanIn: 1, fanOut: 1, start: .constant(Rational(0))),
        ]
    }

    public var statistics: [StatisticShape] {
        [
            StatisticShape(name: "running_mean", shape: [channels], start: Rational(0)),
            StatisticShape(name: "running_var", shape: [channels], start: Rational(1)),
        ]
    }

    /// One value of a channel has no variance.
    public var smallestBatch: Int { plane > 1 ? 1 : 2 }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let (centred, variance) = moments(x, &engine)
        return normalized(centred, variance, Array(parameters), .training, &engine)
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ statistics: inout [Tensor<A.Scalar>],
        _ mode: Mode, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        guard mode == .training else {
            let d = engine.zip(.subtract, x, statistics[0], perChannel)
            let centred = Centred(x: x, mean: statistics[0], d: d)
            return normalized(centred, statistics[1], Array(parameters), .evaluation, &engine)
        }
        let (centred, variance) = moments(x, &engine)
        let result = normalized(centred, variance, Array(parameters), .training, &engine)
        follow(centred.mean, &statistics[0], &engine)
        guard isUnbiased else {
            follow(variance, &statistics[1], &engine)
            return result
        }
        let count = x.shape[0] * plane
        precondition(count > 1, "one value has no variance: see smallestBatch")
        let correction = engine.arithmetic.constant(Rational(count, count - 1))
        follow(engine.zip(.multiply, variance, correction), &statistics[1], &engine)
        return result
    }

    /// Values and what they are centred at.
    private struct Centred<Scalar: BitwiseCopyable & Sendable> {
        let x, mean: Tensor<Scalar>
        /// x - mean; nil where it is made again by each pass that wants it.
        let d: Tensor<Scalar>?
    }

    /// d in another pass.
    private func deviation<A: Arithmetic>(
        _ centred: Centred<A.Scalar>, _ engine: Engine<A>, in fusion: inout Fusion<A.Scalar>
    ) -> Fusion<A.Scalar>.Value {
        if let d = centred.d { return fusion.elements(d.elements) }
        let (x, mean) = (fusion.elements(centred.x.elements), fusion.channels(centred.mean.elements))
        return engine.again(.subtract, x, mean, in: &fusion)
    }

    /// Mean and variance of each channel, and x - m.
    private func moments<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ engine: inout Engine<A>
    ) -> (centred: Centred<A.Scalar>, variance: Tensor<A.Scalar>) {
        let batch = x.shape[0]
        let r = engine.reciprocal(batch * plane)
        let mean = engine.zip(.multiply, engine.sums(x, outer: batch, out: channels, inner: plane), r)
        var fusion = engine.fusion(outer: batch, channels: channels, inner: plane)
        let (values, means) = (fusion.elements(x.elements), fusion.channels(mean.elements))
        let difference = engine.zip(.subtract, values, means, in: &fusion)
        let squares = engine.sum(engine.zip(.multiply, difference, difference, in: &fusion), in: &fusion)
        guard engine.arithmetic.makesAgain else {
            let made = engine.evaluate(fusion, keeping: squares, difference, shape: x.shape)
            return (Centred(x: x, mean: mean, d: made[1]), engine.zip(.multiply, made[0], r))
        }
        let made = engine.evaluate(fusion, keeping: squares, shape: x.shape)
        return (Centred(x: x, mean: mean, d: nil), engine.zip(.multiply, made[0], r))
    }

    /// From d on. The tape holds σ, d and n; or σ, x and m where d and n are made again.
    private func normalized<A: Arithmetic>(
        _ centred: Centred<A.Scalar>, _ variance: Tensor<A.Scalar>, _ p: [Tensor<A.Scalar>], _ mode: Mode,
        _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let sigma = engine.withoutSamples {
            $0.map(.squareRoot, $0.zip(.add, variance, $0.constant(epsilon)))
        }
        let shape = centred.x.shape
        var fusion = engine.fusion(outer: shape[0], channels: channels, inner: plane)
        let d = deviation(centred, engine, in: &fusion)
        let n = engine.zip(.divide, d, fusion.channels(sigma.elements), in: &fusion)
        let scaled = engine.zip(.multiply, n, fusion.channels(p[0].elements), in: &fusion)
        let y = engine.zip(.add, scaled, fusion.channels(p[1].elements), in: &fusion)
        let made: [Tensor<A.Scalar>]
        var tape: Tape<A.Scalar>
        if let d = centred.d {
            made = engine.evaluate(fusion, keeping: y, n, shape: shape)
            tape = Tape([sigma, d, made[1]])
        } else {
            made = engine.evaluate(fusion, keeping: y, shape: shape)
            tape = Tape([sigma, centred.x, centred.mean])
        }
        tape.mode = mode
        return (made[0], tape)
    }

    /// R ← (round(1-ρ) × R) + (ρ × value).
    private func follow<A: Arithmetic>(
        _ value: Tensor<A.Scalar>, _ running: inout Tensor<A.Scalar>, _ engine: inout Engine<A>
    ) {
        let rest = engine.arithmetic.constant(Rational(1) - (Rational(rho) ?? Rational(0)))
        let kept = engine.zip(.multiply, running, rest)
        running = engine.zip(.add, kept, engine.zip(.multiply, value, engine.constant(rho)))
    }

    /// ∂b = Σ g; ∂w = Σ(n × g); c = w ÷ (((2 × σ) × σ) × σ); q = (Σ((g × (-d)) × c) × r) × d; Q = q + q;
    /// ∂x = (((w ÷ σ) × g) + Q) + ((((-w) ÷ σ) × ∂b) - ΣQ) × r. In evaluation mode m and σ are constants: ∂x = (w ÷ σ) × g.
    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let w = Array(parameters)[0]
        let sigma = tape.tensors[0]
        // In evaluation mode d is always kept.
        let isKept = tape.mode == .evaluation || !engine.arithmetic.makesAgain
        let centred =
            isKept
            ? Centred(x: tape.tensors[1], mean: sigma, d: tape.tensors[1])
            : Centred(x: tape.tensors[1], mean: tape.tensors[2], d: nil)
        let batch = g.shape[0]
        // What the gradients of the parameters and the first sum of ∂x have in common: one reading of g and d.
        var first = engine.fusion(outer: batch, channels: channels, inner: plane)
        let gradient = first.elements(g.elements)
        let bias = engine.sum(gradient, in: &first)
        let d = deviation(centred, engine, in: &first)
        let n =
            isKept
            ? first.elements(tape.tensors[2].elements)
            : engine.again(.divide, d, first.channels(sigma.elements), in: &first)
        let weight = engine.sum(engine.zip(.multiply, n, gradient, in: &first), in: &first)
        guard wantsInputGradient, tape.mode == .training else {
            let own = engine.evaluate(first, keeping: weight, bias, shape: g.shape)
            guard wantsInputGradient else { return (nil, own) }
            return (engine.zip(.multiply, g, engine.zip(.divide, w, sigma), perChannel), own)
        }
        let r = engine.reciprocal(batch * plane)
        let c = first.channels(engine.zip(.divide, w, engine.cubeDoubled(sigma)).elements)
        let product = engine.zip(.multiply, gradient, engine.map(.negate, d, in: &first), in: &first)
        let terms = engine.sum(engine.zip(.multiply, product, c, in: &first), in: &first)
        let sums = engine.evaluate(first, keeping: weight, bias, terms, shape: g.shape)

        var second = engine.fusion(outer: batch, channels: channels, inner: plane)
        let slope = engine.zip(.multiply, sums[2], r)
        let half = engine.zip(
            .multiply, deviation(centred, engine, in: &second), second.channels(slope.elements), in: &second)
        let q = engine.zip(.add, half, half, in: &second)
        // The last pass begins here, where its first operation has its number.
        var third = engine.fusion(outer: batch, channels: channels, inner: plane)
        let rate = third.channels(engine.zip(.divide, w, sigma).elements)
        let direct = engine.zip(.multiply, third.elements(g.elements), rate, in: &third)
        let scaled = engine.zip(.multiply, engine.zip(.divide, engine.map(.negate, w), sigma), sums[1])
        let whole = engine.sum(q, in: &second)
        let total: Tensor<A.Scalar>
        let qAgain: Fusion<A.Scalar>.Value
        if engine.arithmetic.makesAgain {
            total = engine.evaluate(second, keeping: whole, shape: g.shape)[0]
            let half = engine.again(
                .multiply, deviation(centred, engine, in: &third), third.channels(slope.elements), in: &third)
            qAgain = engine.again(.add, half, half, in: &third)
        } else {
            let made = engine.evaluate(second, keeping: whole, q, shape: g.shape)
            total = made[0]
            qAgain = third.elements(made[1].elements)
        }
        let shift = engine.zip(.multiply, engine.zip(.subtract, scaled, total), r)
        let both = engine.zip(.add, direct, qAgain, in: &third)
        let input = engine.zip(.add, both, third.channels(shift.elements), in: &third)
        return (engine.evaluate(third, keeping: input, shape: g.shape)[0], [sums[0], sums[1]])
    }
}

extension Engine {
    /// ((2 × σ) × σ) × σ, what the derivative of 1 ÷ √v is divided by.
    mutating func cubeDoubled(_ sigma: T) -> T {
        let twice = zip(.multiply, sigma, arithmetic.constant(Rational(2)))
        return zip(.multiply, zip(.multiply, twice, sigma), sigma)
    }
}
