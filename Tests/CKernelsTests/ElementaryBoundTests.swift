import CKernels
import SweepSupport
import Testing

/// The error bounds that the rounding tests rely on, against MPFR at 260 bits: what a fast path knows of f(x) before it
/// rounds must enclose f(x). Arguments lean on the ends of table cells, where approximations are worst.
@Suite struct ElementaryBoundTests {
    private static func arguments(seed: UInt64) -> [Double] {
        var words = KernelSeed(seed)
        func scaled(_ size: Double) -> Double { Double(Int64(bitPattern: words.word())) * 0x1p-63 * size }
        var all: [Double] = []
        for _ in 0..<60 {
            let power = Double(sign: .plus, exponent: -words.below(54), significand: 1)
            all += [Double(bitPattern: words.word()), scaled(750), scaled(2), scaled(power), 1 + scaled(power) * 0.3]
            let cell = Double(words.below(257)) / 256
            for edge in [1 + cell, cell, Double(words.below(2000) - 1000) * 0.005415212348514945] {
                all += [edge, edge.nextUp, edge.nextDown, -edge.nextUp]
            }
            let turns = (Double(words.below(1 << 20)) * 1.5707963267948966)
            all += [turns, turns.nextUp, 0x1p600 * scaled(1)]
            let middle = (Double(words.below(1 << 24)) + 0.5) * 0.02454369260617026  // between multiples of pi/128
            all += [middle, -middle.nextUp, scaled(0x1p18)]
        }
        return all
    }

    @Test(arguments: 0..<7) func binary64ApproximationsEncloseTheExactValue(function: Int) {
        let f = SweepShard.functions[function]
        let seed: UInt64 = 31
        var tried = 0
        for x in Self.arguments(seed: seed) {
            var a = ls_approximation()
            guard ls_elementary_approximation_f64(f.code, x, &a) else { continue }
            tried += 1
            let error = ls_approximation_error_f64(f.code, x, a)
            #expect(
                error <= Double(a.error) && a.high >> 63 == 1,
                "\(f.name), x = \(x), seed \(seed): \(error) of \(a.error) units")
        }
        #expect(tried > 300)
    }

    @Test(arguments: 0..<7) func binary32ApproximationsKeepTheirRelativeError(function: Int) {
        let f = SweepShard.functions[function]
        let seed: UInt64 = 32
        var tried = 0
        for x in Self.arguments(seed: seed).map({ Float($0) }) {
            var y = 0.0
            guard ls_elementary_approximation_f32(f.code, x, &y) else { continue }
            tried += 1
            let error = ls_relative_error(f.code, Double(x), y)
            #expect(error <= LS_F32_RELATIVE_ERROR, "\(f.name), x = \(x), seed \(seed): \(error)")
        }
        #expect(tried > 300)
    }

    /// Arguments that stand for the limit of a range, beyond which every result rounds alike: nothing is promised about the
    /// approximation.
    private static func isBeyond(_ f: ls_unary, _ x: Double, _ lanes: ls_lanes) -> Bool {
        switch f {
        case LS_EXP: lanes == LS_LANES_F32 && (x > 90 || x < -110)
        case LS_EXPM1: x < -40 || lanes == LS_LANES_F32 && x > 90
        case LS_TANH: abs(x) > (lanes == LS_LANES_F32 ? 10 : 20)
        default: false
        }
    }

    /// The kernels over lanes, on every path: binary32 and binary64 over lanes of binary64, binary32 over its own; and the
    /// forms of single values that suit the path.
    @Test(arguments: 0..<7) func approximationsOverLanesKeepTheirBounds(function: Int) {
        let f = SweepShard.functions[function]
        let seed: UInt64 = 33
        let arguments = Self.arguments(seed: seed)
        for path in availablePaths {
            for lanes in [LS_LANES_F32, LS_LANES_F64, LS_LANES_NARROW, LS_VALUES_F32, LS_VALUES_F64] {
                var tried = 0
                var a = ls_lanes_approximation()
                let isBinary64 = lanes == LS_LANES_F64 || lanes == LS_VALUES_F64
                for x in isBinary64 ? arguments : arguments.map({ Double(Float($0)) }) where x.isFinite {
                    guard ls_elementary_lanes_approximation(path, lanes, f.code, x, &a) else { continue }
                    if Self.isBeyond(f.code, x, lanes) { continue }
                    if a.high == 0 && a.error == 0 { continue }  // exact
                    tried += 1
                    let error = ls_lanes_error(f.code, x, a)
                    #expect(
                        error <= 1,
                        "\(f.name), path \(path.rawValue), lanes \(lanes.rawValue), x = \(x), seed \(seed): \(error)")
                }
                let isThere =
                    lanes != LS_LANES_NARROW || path != LS_PLAIN && (f.code == LS_EXP || f.code == LS_LOG)
                #expect(
                    isThere ? tried > 100 : tried == 0,
                    "\(f.name), path \(path.rawValue), lanes \(lanes.rawValue): \(tried)")
            }
        }
    }

    @Test func specialArgumentsHaveNoApproximation() {
        var a = ls_approximation()
        var y = 0.0
        for f in SweepShard.functions {
            for x in [Double.nan, .infinity, -.infinity] {
                #expect(!ls_elementary_approximation_f64(f.code, x, &a), "\(f.name) \(x)")
                #expect(!ls_elementary_approximation_f32(f.code, Float(x), &y), "\(f.name) \(x)")
            }
        }
        #expect(!ls_elementary_approximation_f64(LS_LOG, 1, &a) && !ls_elementary_approximation_f64(LS_LOG1P, -1, &a))
        #expect(!ls_elementary_approximation_f64(LS_NEGATE, 0.5, &a))
    }
}
