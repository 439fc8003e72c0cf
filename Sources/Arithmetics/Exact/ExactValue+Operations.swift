import CMPFR

extension ExactValue {
    /// The exact product; NaN for 0 × ∞.
    public func times(_ other: ExactValue) -> ExactValue {
        let product = MPFRVariable(precision: max(2, 64 * (limbs.count + other.limbs.count)))
        return withWidestExponentRange {
            withMPFR { x in other.withMPFR { y in _ = mpfr_mul(product.pointer, x, y, MPFR_RNDN) } }
            return ExactValue(product.pointer)
        }
    }

    /// The sum of +0 and the terms: NaN if a term is NaN or both infinities occur, else an infinity that occurs, else the real
    /// sum. Where that is zero it is -0 if roundings go down and a term is negative (IEEE 754-2019, section 6.3), else +0.
    ///
    /// The real sum can have as many bits as its exponents spread. Beyond twice the largest precision the rest is replaced by
    /// one bit below the last (rounding to odd), so the value still rounds like the exact sum in every format here.
    static func sum(_ terms: [ExactValue], _ direction: RoundingDirection = .nearest) -> ExactValue {
        if terms.contains(where: \.isNaN) { return .nan }
        let positive = terms.contains { $0.kind == .infinite && !$0.isNegative }
        let negative = terms.contains { $0.kind == .infinite && $0.isNegative }
        if positive || negative { return positive && negative ? .nan : positive ? .infinity : .negativeInfinity }
        let zero: ExactValue = direction == .down && terms.contains(where: \.isNegative) ? .negativeZero : .zero
        let finite = ExactArray(terms.filter { $0.kind == .finite })
        if finite.count == 0 { return zero }
        let kept = 2 * Format.precisions.upperBound + 64
        let total = MPFRVariable(precision: kept)
        return withWidestExponentRange {
            let ternary = finite.withElements { mpfr_sum(total.pointer, $0, UInt(finite.count), MPFR_RNDZ) }
            if mpfr_zero_p(total.pointer) != 0 { return zero }
            let head = ExactValue(total.pointer)
            if ternary == 0 { return head }
            let padding = [UInt64](repeating: 0, count: kept / 64 - head.limbs.count)
            return ExactValue(
                isNegative: head.isNegative, exponent: head.exponent, normalised: [1] + padding + head.limbs)
        }
    }
}

extension ExactValue {
    /// A value that rounds like the exact quotient by k in every format of this project: enough leading bits, toward zero,
    /// and a last bit that is odd when anything was cut off (rounding to odd: Boldo and Melquiond, *Emulation of a FMA and
    /// correctly rounded sums: proved algorithms using rounding to odd*, section 3).
    func dividedForRounding(by k: Int) -> ExactValue {
        guard kind == .finite else { return self }
        let quotient = MPFRVariable(precision: 2 * Format.precisions.upperBound)
        return withWidestExponentRange {
            let ternary = withMPFR { mpfr_div_si(quotient.pointer, $0, k, MPFR_RNDZ) }
            if ternary != 0 { quotient.pointer.pointee._mpfr_d[0] |= 1 }
            return ExactValue(quotient.pointer)
        }
    }
}
