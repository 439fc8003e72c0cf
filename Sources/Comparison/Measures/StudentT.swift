import CMPFR

/// The 97.5 % quantile of Student's t distribution, in standard errors: half of a two-sided 95 % interval. Found by halving
/// an interval until 128 bits are used up.
func studentQuantile(degrees ν: Int) -> Scratch {
    precondition(ν >= 1, "at least one degree of freedom")
    let low = Scratch()
    let high = Scratch()
    let middle = Scratch()
    // One degree of freedom has the largest: 12.7.
    mpfr_set_ui(high.pointer, 16, MPFR_RNDN)
    for _ in 0..<Column.precision {
        mpfr_add(middle.pointer, low.pointer, high.pointer, MPFR_RNDN)
        mpfr_div_2ui(middle.pointer, middle.pointer, 1, MPFR_RNDN)
        let p = probability(below: middle, degrees: ν)
        // 0.95 = 19/20
        mpfr_mul_ui(p.pointer, p.pointer, 20, MPFR_RNDN)
        mpfr_set(mpfr_cmp_ui(p.pointer, 19) < 0 ? low.pointer : high.pointer, middle.pointer, MPFR_RNDN)
    }
    return high
}

/// P(|T| <= t) for ν degrees of freedom, as a finite series in the sine and cosine of θ = atan(t/√ν).
///
/// - Source: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 26.7.3 and 26.7.4.
private func probability(below t: borrowing Scratch, degrees ν: Int) -> Scratch {
    // cos²θ = ν / (ν + t²), sin²θ = 1 - cos²θ
    let cosineSquared = Scratch()
    mpfr_sqr(cosineSquared.pointer, t.pointer, MPFR_RNDN)
    mpfr_add_ui(cosineSquared.pointer, cosineSquared.pointer, UInt(ν), MPFR_RNDN)
    mpfr_ui_div(cosineSquared.pointer, UInt(ν), cosineSquared.pointer, MPFR_RNDN)
    let sine = Scratch()
    mpfr_ui_sub(sine.pointer, 1, cosineSquared.pointer, MPFR_RNDN)
    mpfr_sqrt(sine.pointer, sine.pointer, MPFR_RNDN)

    // Even ν: 1 + (1/2)cos² + (1·3)/(2·4)cos⁴ + …; odd ν: cos + (2/3)cos³ + …; ⌊ν/2⌋ terms.
    let term = Scratch()
    let sum = Scratch()
    if ν % 2 == 0 {
        mpfr_set_ui(term.pointer, 1, MPFR_RNDN)
    } else {
        mpfr_sqrt(term.pointer, cosineSquared.pointer, MPFR_RNDN)
    }
    if ν > 1 { mpfr_set(sum.pointer, term.pointer, MPFR_RNDN) }
    for j in stride(from: ν % 2 == 0 ? 2 : 3, to: ν, by: 2) {
        mpfr_mul(term.pointer, term.pointer, cosineSquared.pointer, MPFR_RNDN)
        mpfr_mul_ui(term.pointer, term.pointer, UInt(j - 1), MPFR_RNDN)
        mpfr_div_ui(term.pointer, term.pointer, UInt(j), MPFR_RNDN)
        mpfr_add(sum.pointer, sum.pointer, term.pointer, MPFR_RNDN)
    }
    mpfr_mul(sum.pointer, sum.pointer, sine.pointer, MPFR_RNDN)
    if ν % 2 == 0 { return sum }

    // 2/π × (θ + sin θ × series)
    let angle = term
    mpfr_set_ui(angle.pointer, UInt(ν), MPFR_RNDN)
    mpfr_sqrt(angle.pointer, angle.pointer, MPFR_RNDN)
    mpfr_div(angle.pointer, t.pointer, angle.pointer, MPFR_RNDN)
    mpfr_atan(angle.pointer, angle.pointer, MPFR_RNDN)
    mpfr_add(sum.pointer, sum.pointer, angle.pointer, MPFR_RNDN)
    mpfr_const_pi(angle.pointer, MPFR_RNDN)
    mpfr_div(sum.pointer, sum.pointer, angle.pointer, MPFR_RNDN)
    mpfr_mul_2ui(sum.pointer, sum.pointer, 1, MPFR_RNDN)
    return sum
}
