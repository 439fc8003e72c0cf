import Arithmetics
import LawSupport
import Networks
import Tensors
import Testing

/// A backward pass in `Dual(A)` gives, beside the gradient, the Hessian times the direction that the parameters move in.
@Suite struct HessianVectorTests {
    private static let precision = 512
    private let base = MPFRArithmetic<8>(precision: precision)

    /// A convolution, batch norm, swish, pooling and two dense layers: everything that bends.
    private let layers: [any Layer] = [
        Convolution(inputShape: [1, 4, 4], channels: 2, kernel: 3, padding: 1),
        BatchNorm(shape: [2, 4, 4], epsilon: ExactValue(0x1p-10), rho: ExactValue(0.125)),
        Activation(.swish(beta: ExactValue(1.5)), shape: [2, 4, 4]),
        AveragePooling(inputShape: [2, 4, 4], window: 2, stride: 2),
        Flatten(inputShape: [2, 2, 2]),
        Dense(inputs: 8, outputs: 3), Activation(.tanh, shape: [3]), Dense(inputs: 3, outputs: 2),
    ]

    private func gradients<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: [Tensor<A.Scalar>], _ loss: Loss, _ arithmetic: A
    ) -> [Tensor<A.Scalar>] {
        var engine = Engine(arithmetic)
        var (activation, rest) = (x, parameters[...])
        var steps: [(layer: any Layer, tape: Tape<A.Scalar>, own: ArraySlice<Tensor<A.Scalar>>)] = []
        for layer in layers {
            let own = rest.prefix(layer.parameters.count)
            rest = rest.dropFirst(own.count)
            let (y, tape) = layer.forward(activation, own, &engine)
            activation = y
            steps.append((layer, tape, own))
        }
        var (_, g) = loss.evaluate(activation, labels: [1, 0, 1], &engine)
        var found: [[Tensor<A.Scalar>]] = []
        for (layer, tape, own) in steps.reversed() {
            let (input, gradient) = layer.backward(g, tape, own, wantsInputGradient: true, &engine)
            found.append(gradient)
            if let input { g = input }
        }
        return found.reversed().flatMap { $0 }
    }

    private func product(
        _ x: CheckedTensor, _ parameters: [CheckedTensor], _ direction: [CheckedTensor], _ loss: Loss
    ) throws -> [Rational] {
        let dual = Dual(base)
        func moving(_ value: CheckedTensor, _ tangent: CheckedTensor?) -> Tensor<DualNumber<BigFloat<8>>> {
            let still = dual.array(base.exactArray(value.elements.span))
            guard let tangent else { return Tensor(still, shape: value.shape) }
            return Tensor(
                dual.attaching(base.exactArray(tangent.elements.span), to: still.span), shape: value.shape)
        }
        let found = gradients(
            moving(x, nil), zip(parameters, direction).map { moving($0, $1) }, loss, dual)
        return try found.flatMap { gradient in
            let found = dual.tangents(gradient.elements.span)
            let tangents = try #require(found)
            return try (0..<tangents.count).map { try #require(Rational(tangents[$0])) }
        }
    }

    @Test(arguments: Loss.allCases) func productsAreSymmetricAndThoseOfDifferences(loss: Loss) throws {
        var words = SeededWords(29)
        let x = distinctTensor([3, 1, 4, 4], &words)
        // Small weights keep the sigmoids away from their ends.
        func tensors(_ scale: Rational) -> [CheckedTensor] {
            layers.flatMap { $0.parameters }.map { parameter in
                let tensor = distinctTensor(parameter.shape, &words)
                return Tensor(rationals(tensor).map { base.constant($0 * scale) }, shape: parameter.shape)
            }
        }
        let (parameters, u, v) = (tensors(Rational(1, 4)), tensors(Rational(1)), tensors(Rational(1)))
        let (hu, hv) = (try product(x, parameters, u, loss), try product(x, parameters, v, loss))
        func dot(_ a: [CheckedTensor], _ b: [Rational]) -> Rational {
            zip(a.flatMap { rationals($0) }, b).reduce(Rational(0)) { $0 + $1.0 * $1.1 }
        }
        let (left, right) = (dot(u, hv), dot(v, hu))
        // A few thousand roundings of relative size 2^-512, on numbers below 2^20.
        let bound = Rational(1) / Rational(2).power(HessianVectorTests.precision - 40)
        #expect(Rational(0) - bound <= left - right && left - right <= bound)
        #expect(left < Rational(0) || Rational(0) < left)

        // (∇L(w + h v) - ∇L(w - h v)) / 2h: off by h² times a fifth derivative, and by roundings over h.
        let h = Rational(1) / Rational(2).power(150)
        func moved(_ step: Rational) -> [Rational] {
            let there = zip(parameters, v).map { w, d in
                Tensor(zip(rationals(w), rationals(d)).map { base.constant($0 + $1 * step) }, shape: w.shape)
            }
            return gradients(x, there, loss, base).flatMap { rationals($0) }
        }
        let coarse = Rational(1) / Rational(2).power(250)
        for (i, (above, below)) in zip(moved(h), moved(Rational(0) - h)).enumerated() {
            let error = (above - below) / (h + h) - hv[i]
            guard Rational(0) - coarse <= error, error <= coarse else {
                Issue.record("component \(i): off by \(Format.binary64.round(error).decimal(digits: 5))")
                continue
            }
        }
    }
}
