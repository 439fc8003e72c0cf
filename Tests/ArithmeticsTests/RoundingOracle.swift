import Arithmetics
import CMPFR

/// What a result must be, from MPFR: the operation toward zero in many bits, the last one set if anything was cut off, then
/// one MPFR rounding in the format's precision, exponent range and subnormals. It shares no code with the arithmetics: the
/// software formats work on integers, and `mpfr:P@FORMAT` calls MPFR in the format's own precision.
struct RoundingOracle: ~Copyable {
    /// A format as its definition gives it: not `Format`, whose numbers are under test.
    struct Shape: Sendable {
        let name: String
        let precision: Int
        /// IEEE's exponents of normal numbers.
        let emin: Int
        let emax: Int
        var finite = false
        /// Width of the encoding.
        let bits: Int

        static let half = Shape(name: "half", precision: 11, emin: -14, emax: 15, bits: 16)
        static let bfloat16 = Shape(name: "bfloat16", precision: 8, emin: -126, emax: 127, bits: 16)
        static let tf32 = Shape(name: "tf32", precision: 11, emin: -126, emax: 127, bits: 19)
        static let e4m3 = Shape(name: "fp8-e4m3", precision: 4, emin: -6, emax: 8, finite: true, bits: 8)
        static let e5m2 = Shape(name: "fp8-e5m2", precision: 3, emin: -14, emax: 15, bits: 8)
        static let float = Shape(name: "float", precision: 24, emin: -126, emax: 127, bits: 32)
        static let double = Shape(name: "double", precision: 53, emin: -1022, emax: 1023, bits: 64)
        static let all = [half, bfloat16, tf32, e4m3, e5m2, float, double]

        var fractionBits: Int { precision - 1 }

        /// The number that a bit pattern encodes, NaN for every NaN.
        func value(_ pattern: UInt64) -> Double {
            let fraction = pattern & (1 << UInt64(fractionBits) - 1)
            let fieldBits = bits - precision
            let field = Int(pattern >> UInt64(fractionBits)) & (1 << fieldBits - 1)
            let top = 1 << fieldBits - 1
            let sign: FloatingPointSign = pattern >> UInt64(bits - 1) & 1 == 1 ? .minus : .plus
            if field == top, !finite {
                return fraction == 0 ? Double(signOf: sign == .minus ? -1 : 1, magnitudeOf: .infinity) : .nan
            }
            if field == top, fraction == 1 << UInt64(fractionBits) - 1 { return .nan }
            let significand = Double(field == 0 ? fraction : fraction | 1 << UInt64(fractionBits))
            return Double(sign: sign, exponent: max(field, 1) - 1 + emin - fractionBits, significand: significand)
        }

        var patterns: Range<UInt64> { 0..<1 << UInt64(bits) }
    }

    enum Operation: CaseIterable, Sendable { case add, subtract, multiply, divide }

    enum Unary: Sendable, Hashable {
        case squareRoot
        case elementary(ElementaryFunction)
        static let all: [Unary] = [.squareRoot] + ElementaryFunction.allCases.map { .elementary($0) }
    }

    private let a = MPFRVariable(precision: 64)
    private let b = MPFRVariable(precision: 64)
    private let c = MPFRVariable(precision: 64)
    private let wide = MPFRVariable(precision: 256)

    /// The wide result, rounded to odd.
    private func odd(_ body: (mpfr_ptr) -> Int32) {
        let ternary = body(wide.pointer)
        guard ternary != 0 else { return }
        // Below MPFR's own range: anything smaller than every format's least.
        if isZero { mpfr_set_si_2exp(wide.pointer, ternary < 0 ? 1 : -1, -100_000, MPFR_RNDN) }
        wide.pointer.pointee._mpfr_d[0] |= 1
    }

    /// Then the sign may depend on the direction, and the operation is to be evaluated for each.
    var isZero: Bool { mpfr_zero_p(wide.pointer) != 0 }

    func evaluate(_ operation: Operation, _ x: Double, _ y: Double, zeroSum direction: mpfr_rnd_t) {
        mpfr_set_d(a.pointer, x, MPFR_RNDN)
        mpfr_set_d(b.pointer, y, MPFR_RNDN)
        odd { r in
            switch operation {
            case .add: mpfr_add(r, a.pointer, b.pointer, MPFR_RNDZ)
            case .subtract: mpfr_sub(r, a.pointer, b.pointer, MPFR_RNDZ)
            case .multiply: mpfr_mul(r, a.pointer, b.pointer, MPFR_RNDZ)
            case .divide: mpfr_div(r, a.pointer, b.pointer, MPFR_RNDZ)
            }
        }
        // The sign of an exact zero sum depends on the direction.
        if isZero {
            switch operation {
            case .add: mpfr_add(wide.pointer, a.pointer, b.pointer, direction)
            case .subtract: mpfr_sub(wide.pointer, a.pointer, b.pointer, direction)
            case .multiply, .divide: break
            }
        }
    }

    func evaluateFMA(_ x: Double, _ y: Double, _ z: Double, zeroSum direction: mpfr_rnd_t) {
        mpfr_set_d(a.pointer, x, MPFR_RNDN)
        mpfr_set_d(b.pointer, y, MPFR_RNDN)
        mpfr_set_d(c.pointer, z, MPFR_RNDN)
        odd { mpfr_fma($0, a.pointer, b.pointer, c.pointer, MPFR_RNDZ) }
        if isZero { mpfr_fma(wide.pointer, a.pointer, b.pointer, c.pointer, direction) }
    }

    func evaluate(_ function: Unary, _ x: Double) {
        mpfr_set_d(a.pointer, x, MPFR_RNDN)
        odd { r in
            switch function {
            case .squareRoot: mpfr_sqrt(r, a.pointer, MPFR_RNDZ)
            case .elementary(.exp): mpfr_exp(r, a.pointer, MPFR_RNDZ)
            case .elementary(.expMinusOne): mpfr_expm1(r, a.pointer, MPFR_RNDZ)
            case .elementary(.log): mpfr_log(r, a.pointer, MPFR_RNDZ)
            case .elementary(.logOnePlus): mpfr_log1p(r, a.pointer, MPFR_RNDZ)
            case .elementary(.tanh): mpfr_tanh(r, a.pointer, MPFR_RNDZ)
            case .elementary(.sin): mpfr_sin(r, a.pointer, MPFR_RNDZ)
            case .elementary(.cos): mpfr_cos(r, a.pointer, MPFR_RNDZ)
            }
        }
    }

    /// The last result in a format and direction. `narrow` has the format's precision.
    func rounded(_ shape: Shape, _ direction: mpfr_rnd_t, saturate: Bool = false, _ narrow: borrowing MPFRVariable)
        -> Double
    {
        let r = narrow.pointer
        var ternary = mpfr_set(r, wide.pointer, direction)
        if shape.finite, mpfr_nan_p(r) == 0 {
            let top = 1.75 * Double(sign: .plus, exponent: shape.emax, significand: 1)
            if mpfr_inf_p(r) != 0 || mpfr_cmp_d(r, top) > 0 || mpfr_cmp_d(r, -top) < 0 {
                let negative = mpfr_signbit(r) != 0
                let inward =
                    mpfr_inf_p(wide.pointer) == 0
                    && (direction == MPFR_RNDZ || direction == (negative ? MPFR_RNDU : MPFR_RNDD))
                return inward || saturate ? (negative ? -top : top) : .nan
            }
        }
        let before = (mpfr_get_emin(), mpfr_get_emax())
        mpfr_set_emin(shape.emin - shape.precision + 2)
        mpfr_set_emax(shape.emax + 1)
        ternary = mpfr_check_range(r, ternary, direction)
        mpfr_subnormalize(r, ternary, direction)
        mpfr_set_emin(before.0)
        mpfr_set_emax(before.1)
        return mpfr_get_d(r, MPFR_RNDN)
    }
}

/// The directions that need no draw, with MPFR's own for each.
let fixedDirections: [(RoundingDirection, mpfr_rnd_t)] = [
    (.nearest, MPFR_RNDN), (.zero, MPFR_RNDZ), (.up, MPFR_RNDU), (.down, MPFR_RNDD),
]

/// Same value, same sign of zero; all NaNs are one.
func isIdentical(_ x: Double, _ y: Double) -> Bool { x.isNaN ? y.isNaN : x.bitPattern == y.bitPattern }
