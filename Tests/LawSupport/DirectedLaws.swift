import Arithmetics
import CMPFR

/// What every arithmetic must satisfy in its own direction, whatever that is, and with its own rule of overflow. With draws a
/// result may be either neighbour of the exact one, and must be the exact one where the format holds it.
///
/// The judge is MPFR at more than twice the precision, toward zero with a last bit that is odd if anything was cut off, then one
/// `Format.round`: two roundings that are one (Boldo and Melquiond). Software formats share nothing with it but that last
/// rounding, which `FormatTests` holds to its definition.
///
/// - Parameters:
///   - arithmetic: Under test.
///   - seed: Of the random operands; stands in every violation.
///   - share: Every so many-th pair of operands is tried.
/// - Returns: One line for every law that is broken, first cases first; empty when all hold.
public func checkDirectedLaws<A: Arithmetic>(of arithmetic: A, seed: UInt64, share: Int = 1) -> [String] {
    let laws = LawChecker(arithmetic, seed: seed, effort: 1)
    laws.checkDirectedUnary()
    laws.checkDirectedPairs(share: share)
    laws.checkDirectedLimits()
    laws.checkReductions()
    return laws.violations
}

/// One operation, by MPFR.
struct WideOracle: ~Copyable {
    private let wide: MPFRVariable

    init(_ format: Format) { wide = MPFRVariable(precision: 2 * format.precision + 464) }

    /// - Parameter body: sets the variable in the given direction and returns MPFR's ternary value.
    func value(zeroSum: mpfr_rnd_t = MPFR_RNDN, _ body: (mpfr_ptr, mpfr_rnd_t) -> Int32) -> ExactValue {
        withWidestExponentRange {
            let ternary = body(wide.pointer, MPFR_RNDZ)
            if mpfr_zero_p(wide.pointer) != 0 {
                // Underflow of MPFR itself: any number far below every format's least. Else the sign may depend on the direction.
                if ternary != 0 {
                    mpfr_set_si_2exp(wide.pointer, ternary < 0 ? 1 : -1, -(1 << 40), MPFR_RNDN)
                } else {
                    _ = body(wide.pointer, zeroSum)
                }
            } else if ternary != 0 {
                wide.pointer.pointee._mpfr_d[0] |= 1
            }
            return ExactValue(wide.pointer)
        }
    }
}

extension LawChecker {
    private var zeroSum: mpfr_rnd_t { arithmetic.direction == .down ? MPFR_RNDD : MPFR_RNDN }

    /// The result must be what the direction makes of this value.
    private func expect(_ result: A.Scalar, rounds exact: ExactValue, _ operation: @autoclosure () -> String) {
        let value = arithmetic.exactValue(result)
        var wanted = [format.round(exact, arithmetic.direction)]
        if case .stochastic = arithmetic.direction {
            let outer = format.round(exact, exact.isNegative ? .down : .up)
            wanted = overflowsSurely(exact) ? [outer] : [format.round(exact, .zero), outer]
        }
        expect(
            wanted.contains(value),
            "\(operation()) is \(text(value)), not \(wanted.map { text($0) }.joined(separator: " or "))")
    }

    /// From the number after the largest on, as if exponents were unbounded, both neighbours overflow.
    private func overflowsSurely(_ x: ExactValue) -> Bool {
        guard x.kind == .finite else { return false }
        let emax = format.mpfrRange.emax
        if format.range == nil || x.exponent != emax { return x.exponent > emax }
        return format.largest.rational + twoTo(emax - format.precision) <= x.magnitude.rational
    }

    func checkDirectedUnary() {
        let oracle = WideOracle(format)
        for (x, scalar) in Swift.zip(values, scalars) {
            expect(scalar, is: x, "the constant \(text(x))")
            expect(arithmetic.round(x), is: x, "round \(text(x))")
            expect(arithmetic.negate(scalar), is: x.negated, "negate \(text(x))")
            expect(arithmetic.absolute(scalar), is: x.isNaN ? x : x.magnitude, "absolute \(text(x))")
            let root = x.withMPFR { x in oracle.value { mpfr_sqrt($0, x, $1) } }
            expect(arithmetic.squareRoot(scalar), rounds: root, "√ \(text(x))")
            for f in ElementaryFunction.allCases {
                let value = x.withMPFR { x in oracle.value { f.inMPFR($0, x, $1) } }
                expect(arithmetic.elementary(f, scalar), rounds: value, "\(f.rawValue) \(text(x))")
            }
            for k in [1, 3, (1 << 24) + 1, Int(Int32.max)] {
                let product = x.withMPFR { x in oracle.value { mpfr_mul_si($0, x, k, $1) } }
                expect(arithmetic.multiply(scalar, byInteger: k), rounds: product, "\(text(x)) × \(k)")
                let quotient = x.withMPFR { x in oracle.value { mpfr_div_si($0, x, k, $1) } }
                expect(arithmetic.divide(scalar, byInteger: k), rounds: quotient, "\(text(x)) ÷ \(k)")
            }
        }
        // More bits than the format has.
        for x in values where x.kind == .finite {
            for (offset, direction) in [("0x1.8p-3", 1), ("0x1p-70", 1), ("0x1.8p-3", -1)] {
                let unit = power(x.exponent - format.precision).rational * exact(offset).rational * Rational(direction)
                let wide = Format.mpfr(precision: min(16384, format.precision + 90)).round(x.rational + unit)
                expect(arithmetic.round(wide), rounds: wide, "round \(text(wide))")
            }
        }
    }

    func checkDirectedPairs(share: Int) {
        let oracle = WideOracle(format)
        let start = RoundingPlace(step: 1, operation: 2, element: 3)
        var number = 0
        for (i, (x, a)) in Swift.zip(values, scalars).enumerated() {
            for (j, (y, b)) in Swift.zip(values, scalars).enumerated() {
                number += 1
                guard number % share == 0 else { continue }
                let k = (7 * i + 3 * j) % values.count
                let z = values[k]
                x.withMPFR { x in
                    y.withMPFR { y in
                        let sum = oracle.value(zeroSum: zeroSum) { mpfr_add($0, x, y, $1) }
                        expect(arithmetic.add(a, b), rounds: sum, "\(pair(i, j, "+"))")
                        let difference = oracle.value(zeroSum: zeroSum) { mpfr_sub($0, x, y, $1) }
                        expect(arithmetic.subtract(a, b), rounds: difference, "\(pair(i, j, "-"))")
                        let product = oracle.value { mpfr_mul($0, x, y, $1) }
                        expect(arithmetic.multiply(a, b), rounds: product, "\(pair(i, j, "×"))")
                        let quotient = oracle.value { mpfr_div($0, x, y, $1) }
                        expect(arithmetic.divide(a, b), rounds: quotient, "\(pair(i, j, "÷"))")
                        // An addend that cancels the rounded product leaves its rounding error.
                        let near = format.round(product.negated)
                        for addend in [near, z] {
                            let fused = addend.withMPFR { z in
                                oracle.value(zeroSum: zeroSum) { mpfr_fma($0, x, y, z, $1) }
                            }
                            expect(
                                arithmetic.fma(a, b, arithmetic.constant(addend)), rounds: fused,
                                "fma(\(pair(i, j, ",")), \(text(addend)))")
                        }
                    }
                }
                // Draws belong to places, not operands, so + and × commute in every direction.
                arithmetic.place = start
                let (sum, product) = (arithmetic.add(a, b), arithmetic.multiply(a, b))
                arithmetic.place = start
                let (otherSum, otherProduct) = (arithmetic.add(b, a), arithmetic.multiply(b, a))
                expect(
                    arithmetic.exactValue(sum) == arithmetic.exactValue(otherSum)
                        && arithmetic.exactValue(product) == arithmetic.exactValue(otherProduct),
                    "+ and × commute on \(pair(i, j, ","))")
            }
        }
    }

    private func pair(_ i: Int, _ j: Int, _ operation: String) -> String {
        "\(text(values[i])) \(operation) \(text(values[j]))"
    }

    /// Both ends of the exponent range, also where it is MPFR's.
    func checkDirectedLimits() {
        let oracle = WideOracle(format)
        let (most, least) = (format.largest, power(format.quantumExponent ?? -(1 << 30)))
        for x in [most, most.negated, least, least.negated] {
            let a = arithmetic.constant(x)
            expect(a, is: x, "the constant \(text(x))")
            for y in [2.0, -2, 1, 0.5, 0.75].map({ ExactValue($0) }) {
                let b = arithmetic.constant(y)
                x.withMPFR { x in
                    y.withMPFR { y in
                        let note = "limit \(x.pointee._mpfr_sign) with \(y.pointee._mpfr_exp)"
                        let product = oracle.value { mpfr_mul($0, x, y, $1) }
                        expect(arithmetic.multiply(a, b), rounds: product, "× at the \(note)")
                        let quotient = oracle.value { mpfr_div($0, x, y, $1) }
                        expect(arithmetic.divide(a, b), rounds: quotient, "÷ at the \(note)")
                        let sum = oracle.value(zeroSum: zeroSum) { mpfr_add($0, x, y, $1) }
                        expect(arithmetic.add(a, b), rounds: sum, "+ at the \(note)")
                        let fused = oracle.value(zeroSum: zeroSum) { mpfr_fma($0, x, y, x, $1) }
                        expect(arithmetic.fma(a, b, a), rounds: fused, "fma at the \(note)")
                    }
                }
            }
            let square = x.withMPFR { x in oracle.value { mpfr_sqr($0, x, $1) } }
            expect(arithmetic.multiply(a, a), rounds: square, "the square of \(text(x))")
        }
    }
}

extension ElementaryFunction {
    fileprivate func inMPFR(_ r: mpfr_ptr, _ x: mpfr_srcptr, _ direction: mpfr_rnd_t) -> Int32 {
        switch self {
        case .exp: mpfr_exp(r, x, direction)
        case .expMinusOne: mpfr_expm1(r, x, direction)
        case .log: mpfr_log(r, x, direction)
        case .logOnePlus: mpfr_log1p(r, x, direction)
        case .tanh: mpfr_tanh(r, x, direction)
        case .sin: mpfr_sin(r, x, direction)
        case .cos: mpfr_cos(r, x, direction)
        }
    }
}
