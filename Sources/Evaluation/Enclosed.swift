import Arithmetics
import Comparison

/// What an enclosing arithmetic says of results: how far apart their bounds are, and whether the exact results lie between.
public struct Enclosed: Sendable {
    public let bounds: Enclosure
    /// Largest distance of two bounds in ulps of the format, at the bound of greater magnitude: ∞ where one is infinite or
    /// nothing is claimed.
    public let maxWidth: Double
    public let medianWidth: Double
    /// Certain bits, unbounded elements.
    public let measures: EnclosureMeasures
    /// Exact results that lie outside: none, if the arithmetic keeps its promise. nil where there is nothing to compare:
    /// without a reference, with one that is no number, and where nothing is claimed.
    public let outside: Int?
    /// The exact result of a single element, rounded to the reference's precision, which steps over no bound.
    public let reference: ExactValue?
    /// Comparisons that stayed undecided; the result holds every outcome.
    public let undecided: Int

    /// - Parameter log: of what gave the scalars, in an enclosing arithmetic.
    init<A: Arithmetic>(_ scalars: [A.Scalar], in a: A, against reference: ExactArray?, _ log: OperationLog) {
        guard let bounds = a.enclosure(scalars.span) else { preconditionFailure("\(a.name) gives no bounds") }
        self.bounds = bounds
        undecided = log.undecided
        self.reference = bounds.count == 1 ? reference?[0] : nil
        measures = measure([bounds], against: nil).all
        var inner: [ExactValue] = []
        var outer: [ExactValue] = []
        var held: (lower: [ExactValue], upper: [ExactValue], exact: [ExactValue]) = ([], [], [])
        for i in 0..<bounds.count {
            let (lower, upper) = (bounds.lower[i], bounds.upper[i])
            // What claims nothing is as wide as can be.
            let isUpperGreater =
                lower.kind == .zero || (upper.kind == .finite && upper.exponent >= lower.exponent)
            inner.append(lower.isNaN ? .negativeInfinity : isUpperGreater ? lower : upper)
            outer.append(lower.isNaN ? .infinity : isUpperGreater ? upper : lower)
            if let x = reference?[i], x.kind == .finite || x.kind == .zero, !lower.isNaN {
                held.lower.append(lower)
                held.upper.append(upper)
                held.exact.append(x)
            }
        }
        let width = measure([ExactArray(inner)], against: [ExactArray(outer)], in: a.format).all
        (maxWidth, medianWidth) = (width.maxUlp, width.medianUlp)
        let compared = Enclosure(lower: ExactArray(held.lower), upper: ExactArray(held.upper))
        outside = held.exact.isEmpty ? nil : measure([compared], against: [ExactArray(held.exact)]).all.outside
    }
}
