import Arithmetics
import Tensors

/// Normalises each channel over the batch, then scales and shifts it; in evaluation mode with running statistics instead of the
/// batch's own.
///
/// Per channel, M values in order n, h, w; r = round(1/M): m = Σx × r; d = x - m; v = Σ(d × d) × r; σ = √(v + ε); n = d ÷ σ;
/// y = (n × w) + b. Then R ← (round(1-ρ) × R) + (ρ × batch value), for the mean, and for v × round(M/(M-1)).
///
/// - Source: contract, section 3a; Ioffe and Szegedy, *Batch Normalization* (2015), algorithms 1 and 2.
public struct BatchNorm: JoiningLayer {
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
        let made = overBatch(x, Array(parameters), [], &engine)
        return (made.output, made.tape)
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ statistics: inout [Tensor<A.Scalar>],
        _ mode: Mode, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        forward(x, parameters, &statistics, mode, endings: [], &engine)
    }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ statistics: inout [Tensor<A.Scalar>],
        _ mode: Mode, endings: [Ending<A.Scalar>], _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        guard mode == .training else {
            return overConstants(x, Array(parameters), statistics, endings, &engine)
        }
        let made = overBatch(x, Array(parameters), endings, &engine)
        follow(made.mean, &statistics[0], &engine)
        guard isUnbiased else {
            follow(made.variance, &statistics[1], &engine)
            return (made.output, made.tape)
        }
        let count = x.shape[0] * plane
        precondition(count > 1, "one value has no variance: see smallestBatch")
        let correction = engine.arithmetic.constant(Rational(count, count - 1))
        follow(engine.zip(.multiply, made.variance, correction), &statistics[1], &engine)
        return (made.output, made.tape)
    }

    /// With the batch's own mean and variance. The tape holds σ, d and n; or σ, x and m where d and n are made again.
    private func overBatch<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ p: [Tensor<A.Scalar>], _ endings: [Ending<A.Scalar>], _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>, mean: Tensor<A.Scalar>, variance: Tensor<A.Scalar>) {
        var fusion = engine.fusion(outer: x.shape[0], channels: channels, inner: plane)
        let values = fusion.elements(x.elements)
        let r = fusion.scalar(engine.reciprocal(x.shape[0] * plane))
        let mean = engine.zip(.multiply, engine.sum(values, in: &fusion), r, in: &fusion)
        let d = engine.zip(.subtract, values, mean, in: &fusion)
        let squares = engine.sum(engine.zip(.multiply, d, d, in: &fusion), in: &fusion)
        let variance = engine.zip(.multiply, squares, r, in: &fusion)
        let (sigma, n, y) = normalized(d, variance, p, endings, &engine, in: &fusion)
        if engine.arithmetic.makesAgain {
            let made = engine.evaluate(fusion, keeping: [y, mean, variance, sigma], shape: x.shape)
            return (made[0], Tape([made[3], x, made[1]]), made[1], made[2])
        }
        let made = engine.evaluate(fusion, keeping: [y, mean, variance, sigma, d, n], shape: x.shape)
        return (made[0], Tape(Array(made[3...])), made[1], made[2])
    }

    /// With running statistics. The tape holds σ, d and n.
    private func overConstants<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ p: [Tensor<A.Scalar>], _ statistics: [Tensor<A.Scalar>],
        _ endings: [Ending<A.Scalar>], _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        var fusion = engine.fusion(outer: x.shape[0], channels: channels, inner: plane)
        let mean = fusion.channels(statistics[0].elements)
        let d = engine.zip(.subtract, fusion.elements(x.elements), mean, in: &fusion)
        let variance = fusion.channels(statistics[1].elements)
        let (sigma, n, y) = normalized(d, variance, p, endings, &engine, in: &fusion)
        let made = engine.evaluate(fusion, keeping: [y, sigma, d, n], shape: x.shape)
        var tape = Tape(Array(made[1...]))
        tape.mode = .evaluation
        return (made[0], tape)
    }

    /// From d and v on, to the last of what comes after y.
    private func normalized<A: Arithmetic>(
        _ d: Fusion<A.Scalar>.Value, _ variance: Fusion<A.Scalar>.Value, _ p: [Tensor<A.Scalar>],
        _ endings: [Ending<A.Scalar>], _ engine: inout Engine<A>, in fusion: inout Fusion<A.Scalar>
    ) -> (sigma: Fusion<A.Scalar>.Value, n: Fusion<A.Scalar>.Value, y: Fusion<A.Scalar>.Value) {
        let epsilon = fusion.scalar(engine.constant(epsilon))
        let sigma = engine.withoutSamples {
            $0.map(.squareRoot, $0.zip(.add, variance, epsilon, in: &fusion), in: &fusion)
        }
        let n = engine.zip(.divide, d, sigma, in: &fusion)
        let scaled = engine.zip(.multiply, n, fusion.channels(p[0].elements), in: &fusion)
        var y = engine.zip(.add, scaled, fusion.channels(p[1].elements), in: &fusion)
        for ending in endings { y = ending.append(to: y, &engine, in: &fusion) }
        return (sigma, n, y)
    }

    /// R ← (round(1-ρ) × R) + (ρ × value).
    private func follow<A: Arithmetic>(
        _ value: Tensor<A.Scalar>, _ running: inout Tensor<A.Scalar>, _ engine: inout Engine<A>
    ) {
        let rest = engine.arithmetic.constant(Rational(1) - (Rational(rho) ?? Rational(0)))
        let kept = engine.zip(.multiply, running, rest)
        running = engine.zip(.add, kept, engine.zip(.multiply, value, engine.constant(rho)))
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        backward(Deferred(g), tape, parameters, wantsInputGradient: wantsInputGradient, &engine)
    }

    /// ∂b = Σ g; ∂w = Σ(n × g); c = w ÷ (((2 × σ) × σ) × σ); q = (Σ((g × (-d)) × c) × r) × d; Q = q + q;
    /// ∂x = (((w ÷ σ) × g) + Q) + ((((-w) ÷ σ) × ∂b) - ΣQ) × r. In evaluation mode m and σ are constants: ∂x = (w ÷ σ) × g.
    public func backward<A: Arithmetic>(
        _ g: Deferred<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        let w = Array(parameters)[0]
        let sigma = tape.tensors[0]
        let shape = [g.shape[0]] + outputShape
        var fusion = engine.fusion(outer: shape[0], channels: channels, inner: plane)
        let gradient = engine.join(g, in: &fusion)
        let bias = engine.sum(gradient, in: &fusion)
        let (d, n) = deviations(tape, engine, in: &fusion)
        let weight = engine.sum(engine.zip(.multiply, n, gradient, in: &fusion), in: &fusion)
        let kept = engine.whatToKeep(of: g, gradient)
        func evaluate(_ values: [Fusion<A.Scalar>.Value]) -> [Tensor<A.Scalar>] {
            let made = engine.evaluate(fusion, keeping: values + kept, shape: shape)
            if !kept.isEmpty { g.settle(made[values.count]) }
            return made
        }
        guard wantsInputGradient, tape.mode == .training else {
            let own = evaluate([weight, bias])
            guard wantsInputGradient else { return (nil, Array(own[..<2])) }
            let rate = engine.zip(.divide, w, sigma)
            return (engine.zip(.multiply, engine.made(g), rate, perChannel), Array(own[..<2]))
        }
        let r = fusion.scalar(engine.reciprocal(shape[0] * plane))
        let c = fusion.channels(engine.zip(.divide, w, engine.cubeDoubled(sigma)).elements)
        let product = engine.zip(.multiply, gradient, engine.map(.negate, d, in: &fusion), in: &fusion)
        let terms = engine.sum(engine.zip(.multiply, product, c, in: &fusion), in: &fusion)
        let slope = engine.zip(.multiply, terms, r, in: &fusion)
        let half = engine.zip(.multiply, d, slope, in: &fusion)
        let q = engine.zip(.add, half, half, in: &fusion)
        let rate = fusion.channels(engine.zip(.divide, w, sigma).elements)
        let direct = engine.zip(.multiply, gradient, rate, in: &fusion)
        let negative = fusion.channels(engine.zip(.divide, engine.map(.negate, w), sigma).elements)
        let scaled = engine.zip(.multiply, negative, bias, in: &fusion)
        let difference = engine.zip(.subtract, scaled, engine.sum(q, in: &fusion), in: &fusion)
        let shift = engine.zip(.multiply, difference, r, in: &fusion)
        let both = engine.zip(.add, direct, q, in: &fusion)
        let made = evaluate([engine.zip(.add, both, shift, in: &fusion), weight, bias])
        return (made[0], Array(made[1...2]))
    }

    /// d and n, read or made again. In evaluation mode they are always kept.
    private func deviations<A: Arithmetic>(
        _ tape: Tape<A.Scalar>, _ engine: Engine<A>, in fusion: inout Fusion<A.Scalar>
    ) -> (d: Fusion<A.Scalar>.Value, n: Fusion<A.Scalar>.Value) {
        let (first, second) = (tape.tensors[1].elements, tape.tensors[2].elements)
        guard engine.arithmetic.makesAgain, tape.mode == .training else {
            return (fusion.elements(first), fusion.elements(second))
        }
        let d = engine.again(.subtract, fusion.elements(first), fusion.channels(second), in: &fusion)
        return (d, engine.again(.divide, d, fusion.channels(tape.tensors[0].elements), in: &fusion))
    }
}

extension Engine {
    /// ((2 × σ) × σ) × σ, what the derivative of 1 ÷ √v is divided by.
    mutating func cubeDoubled(_ sigma: T) -> T {
        let twice = zip(.multiply, sigma, arithmetic.constant(Rational(2)))
        return zip(.multiply, zip(.multiply, twice, sigma), sigma)
    }
}
