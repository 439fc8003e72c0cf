import Arithmetics
import LawSupport
import Networks
import Tensors

/// Gradients by central differences at 512 bits, where the step can be so small that the check is nearly exact.
///
/// Let φ(t) be a number made of a layer's outputs, as a function of one input or parameter t, with |φ'''| <= `third` near t.
/// Then (φ(t + h) - φ(t - h)) / 2h = φ'(t) + r, |r| <= h² × third / 6 (Taylor, Lagrange's remainder). Each φ is computed with an
/// error of at most `roundings` × `magnitude` × u, u = 2^-512, where no intermediate result exceeds `magnitude` and no more than
/// `roundings` roundings reach φ, each passed on with a factor of at most 1 (factors beyond 1 count into `magnitude`); the
/// difference divides that by h. The gradient under test has an error of the same size, not divided. t ± h is exact: t is a
/// multiple of 2^-8. Functions with kinks (relu, maxima) are linear between t - h and t + h, since their operands differ by
/// multiples of 2^-16 at least.
struct GradientBound {
    var third: Rational
    var roundings = 1 << 10
    var magnitude = 1 << 10

    static let step = Rational(1) / Rational(2).power(170)

    var total: Rational {
        let u = Rational(1) / Rational(2).power(512)
        let evaluation = Rational(roundings) * Rational(magnitude) * u
        return GradientBound.step * GradientBound.step * third * Rational(1, 6) + evaluation / GradientBound.step
            + evaluation
    }
}

let checkingArithmetic = MPFRArithmetic<8>(precision: 512)
typealias CheckedTensor = Tensor<BigFloat<8>>

/// Random multiples of 2^-8 in ±2, none 0 and no two of a tensor equal in magnitude: no ties, no kinks.
func distinctTensor(_ shape: [Int], _ words: inout SeededWords) -> CheckedTensor {
    let count = shape.reduce(1, *)
    var order = Array(1...512)
    for i in 0..<count { order.swapAt(i, i + words.below(512 - i)) }
    let values = (0..<count).map { i in
        checkingArithmetic.constant(Rational(words.below(2) == 0 ? order[i] : -order[i], 256))
    }
    return Tensor(values, shape: shape)
}

func rationals(_ x: CheckedTensor) -> [Rational] {
    x.elements.map { Rational(checkingArithmetic.exactValue($0)) ?? Rational(0) }
}

/// Compares a gradient by `tensor` with differences of `phi`: one line for each element beyond the bound.
///
/// - Parameter most: elements that are compared, evenly spread; nil for all.
func gradientViolations(
    _ name: String, _ gradient: CheckedTensor, by tensor: CheckedTensor, _ bound: GradientBound, most: Int? = nil,
    _ phi: (CheckedTensor) -> Rational
) -> [String] {
    guard gradient.count == tensor.count, gradient.shape == tensor.shape else {
        return ["\(name): the gradient's shape is \(gradient.shape), not \(tensor.shape)"]
    }
    guard gradient.elements.allSatisfy({ checkingArithmetic.exactValue($0).isFinite }) else {
        return ["\(name): the gradient is not finite"]
    }
    var violations: [String] = []
    let h = GradientBound.step
    let step = most.map { (gradient.count + $0 - 1) / $0 } ?? 1
    for (i, exact) in rationals(gradient).enumerated() where i % step == 0 {
        func moved(_ step: Rational) -> Rational {
            var x = tensor
            x.elements[i] = checkingArithmetic.constant(rationals(tensor)[i] + step)
            return phi(x)
        }
        let difference = (moved(h) - moved(Rational(0) - h)) / (h + h)
        let error = exact - difference
        guard Rational(0) - bound.total <= error, error <= bound.total else {
            let text = Format.binary64.round(exact).decimal(digits: 17)
            violations.append("\(name)[\(i)] is \(text), not \(Format.binary64.round(difference).decimal(digits: 17))")
            continue
        }
    }
    return violations
}

/// Checks a layer's gradients by its input and every parameter, φ = Σ c × output with random c. Running statistics are random
/// and positive.
func gradientViolations(
    of layer: any Layer, input: [Int], _ bound: GradientBound, mode: Mode = .training, seed: UInt64
) -> [String] {
    var words = SeededWords(seed)
    let x = distinctTensor([2] + input, &words)
    let parameters = layer.parameters.map { distinctTensor($0.shape, &words) }
    var statistics = layer.statistics.map { distinctTensor($0.shape, &words) }
    for i in statistics.indices {
        statistics[i].elements = rationals(statistics[i]).map {
            checkingArithmetic.constant($0 < Rational(0) ? Rational(0) - $0 : $0)
        }
    }
    let cotangent = distinctTensor([2] + layer.outputShape, &words)
    let weights = rationals(cotangent)

    func phi(_ x: CheckedTensor, _ parameters: [CheckedTensor]) -> Rational {
        var engine = Engine(checkingArithmetic)
        var statistics = statistics
        let (y, _) = layer.forward(x, parameters[...], &statistics, mode, &engine)
        return zip(weights, rationals(y)).reduce(Rational(0)) { $0 + $1.0 * $1.1 }
    }

    var engine = Engine(checkingArithmetic)
    var kept = statistics
    let (y, tape) = layer.forward(x, parameters[...], &kept, mode, &engine)
    guard y.shape == cotangent.shape else { return ["\(layer.kind): output \(y.shape), not \(cotangent.shape)"] }
    let (dx, own) = layer.backward(cotangent, tape, parameters[...], wantsInputGradient: true, &engine)
    guard let dx, own.count == parameters.count else { return ["\(layer.kind): a gradient is missing"] }
    var violations = gradientViolations("\(layer.kind), input", dx, by: x, bound) { phi($0, parameters) }
    for (k, shape) in layer.parameters.enumerated() {
        violations += gradientViolations("\(layer.kind), \(shape.name)", own[k], by: parameters[k], bound) {
            var moved = parameters
            moved[k] = $0
            return phi(x, moved)
        }
    }
    return violations
}
