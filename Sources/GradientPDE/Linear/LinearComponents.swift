import Arithmetics

/// The two lengths that an update multiplies: of the part of w along c, and of the rest.
struct LinearComponents {
    let along, across: Double
    /// ln|along ÷ along before|, ln|across ÷ across before| to full binary64 accuracy, which quotients of the above have not.
    private let logarithms: (along: ExactValue, across: ExactValue)

    /// - Parameter kernel: exactly. The difference of squares has so many digits that a part smaller than the other by all
    ///   digits of the arithmetic still has half of its own.
    init(_ network: CheckerboardNetwork, _ kernel: ExactArray) {
        func measure<A: Arithmetic>(_ arithmetic: A) -> LinearComponents {
            var a = arithmetic
            let w = a.array(kernel)
            let patch = network.patch(in: a).elements
            let projection = a.dot(patch.span, w.span)
            let alongSquared = a.divide(a.multiply(projection, projection), byInteger: network.weights)
            let acrossSquared = a.subtract(a.dot(w.span, w.span), alongSquared)
            let two = a.constant(Rational(2))
            func half(_ x: A.Scalar) -> A.Scalar { a.divide(a.elementary(.log, x), two) }
            return LinearComponents(
                along: a.exactValue(a.squareRoot(alongSquared)).double,
                across: a.exactValue(a.squareRoot(acrossSquared)).double,
                logarithms: (a.exactValue(half(alongSquared)), a.exactValue(half(acrossSquared))))
        }
        let precision = min(2 * kernel.precision + 128, Format.precisions.upperBound)
        self = measure(mpfrArithmetic(precision: precision))
    }

    private init(along: Double, across: Double, logarithms: (along: ExactValue, across: ExactValue)) {
        self.along = along
        self.across = across
        self.logarithms = logarithms
    }

    /// Growth of a length since an earlier state, as a logarithm.
    enum Part { case along, across }
    func growth(of part: Part, since before: LinearComponents) -> Double {
        let (new, old) =
            part == .along
            ? (logarithms.along, before.logarithms.along) : (logarithms.across, before.logarithms.across)
        guard new.isFinite, old.isFinite, let x = Rational(new), let y = Rational(old) else { return .nan }
        return Format.binary64.round(x - y).double
    }

    var norm: Double { (along * along + across * across).squareRoot() }
}

/// How one part of w grew over a run, beside the factor that exact arithmetic gives.
public struct PartGrowth: Sendable {
    /// Updates measured over: to the last recorded state in which the part stood above the roundings; 0 where it never did.
    public let steps: Int
    /// Mean logarithm of its growth per step; nil for 0 steps.
    public let exponent: Double?
    /// ln|factor|; -∞ for a factor of 0.
    public let predicted: Double
}
