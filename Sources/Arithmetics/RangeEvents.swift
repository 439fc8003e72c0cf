/// How often updates left the range in which a factor k that is a power of two changes no bit.
///
/// With k = 2^j the product η × k and the quotient d ÷ k are exact unless the one overflows or the other falls below the least
/// normal number and loses bits there; while both are exact their product is that of η and d, and so is its rounding.
///
/// - Source: contract, section 4.
public struct RangeEvents: Sendable, Hashable, Codable {
    /// Quotients d ÷ k below the least normal number (or 0) that are not exact: one a weight and update.
    public var quotients: Int
    /// Products η × k that overflowed: one an update of one parameter.
    public var products: Int

    public init(quotients: Int = 0, products: Int = 0) {
        self.quotients = quotients
        self.products = products
    }

    public var count: Int { quotients + products }

    public static func += (a: inout RangeEvents, b: RangeEvents) {
        a.quotients += b.quotients
        a.products += b.products
    }
}

extension ExactValue {
    fileprivate static func power(ofTwo n: Int) -> ExactValue {
        let magnitude = Rational(2).power(abs(n))
        return Format.mpfr(precision: 2).round(n < 0 ? Rational(1) / magnitude : magnitude)
    }
}

extension Arithmetic {
    public func rangeEvents(
        _ weights: Span<Scalar>, _ velocity: Span<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) -> RangeEvents {
        var events = RangeEvents()
        var here = at(site, element: 0)
        let rate = constants.scaledRate ?? here.multiply(constants.rate, byInteger: constants.k)
        if exactValue(constants.rate).isFinite, !exactValue(rate).isFinite { events.products = 1 }
        guard constants.k > 1 else { return events }
        let normal = format.range.map { constant(ExactValue.power(ofTwo: $0.emin)) }
        for i in gradient.indices {
            var here = at(site, element: i)
            let velocity = constants.momentum == nil ? zero : velocity[i]
            let (d, _) = here.descentDirection(weights[i], velocity, gradient[i], constants)
            let quotient = here.divide(d, byInteger: constants.k)
            let isSmall = normal.map { compare(absolute(quotient), $0) == .less } ?? (compare(quotient, zero) == .equal)
            // NaN is not small. What is small stays finite when it is multiplied by k.
            guard isSmall, compare(d, here.multiply(quotient, byInteger: constants.k)) != .equal else { continue }
            events.quotients += 1
        }
        return events
    }
}
