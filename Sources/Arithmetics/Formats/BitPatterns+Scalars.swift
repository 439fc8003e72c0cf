import CMPFR

extension BitPatterns {
    /// The pattern of a scalar of the arithmetic: of its number, or of its lower and then its upper bound.
    public func text<A: Arithmetic>(of x: A.Scalar, in a: A) -> String {
        guard let bounds = a.enclosure([x].span) else { return text(a.exactValue(x)) }
        return text(bounds.lower[0]) + text(bounds.upper[0])
    }

    /// The scalar of a pattern, digits of either case. Zero bounds lose their signs, as everywhere in enclosures.
    ///
    /// - Throws: `BitPatternError`, also for bounds in the wrong order or beyond every number.
    public func scalar<A: Arithmetic>(_ text: String, in a: A) throws(BitPatternError) -> A.Scalar {
        guard isEnclosing else { return a.constant(try value(text)) }
        guard text.utf8.count == digits else {
            guard text.utf8.allSatisfy({ hexadecimalDigit($0) != nil }) else {
                throw BitPatternError("is not hexadecimal")
            }
            throw BitPatternError("has \(text.utf8.count) hexadecimal digits, not \(digits)")
        }
        // Of other than single bytes there are too few characters, which are not hexadecimal.
        let lower = try value(String(text.prefix(numberDigits)))
        let upper = try value(String(text.dropFirst(numberDigits)))
        let isReversed = lower.withMPFR { l in upper.withMPFR { u in mpfr_greater_p(l, u) != 0 } }
        guard lower.isNaN == upper.isNaN, !isReversed else {
            throw BitPatternError("is no enclosure: the lower bound lies above the upper one, or one of them is NaN")
        }
        guard lower != .infinity, upper != .negativeInfinity else {
            throw BitPatternError("is no enclosure: no number lies between its bounds")
        }
        return a.array(Enclosure(lower: ExactArray([lower]), upper: ExactArray([upper])))[0]
    }
}
