import CKernels
import Testing

/// The fast paths against MPFR alone, and MPFR alone against values computed with another library.
@Suite struct ElementaryFunctionTests {
    private static let functions = [
        (name: "exp", code: LS_EXP), (name: "expm1", code: LS_EXPM1), (name: "log", code: LS_LOG),
        (name: "log1p", code: LS_LOG1P), (name: "tanh", code: LS_TANH), (name: "sin", code: LS_SIN),
        (name: "cos", code: LS_COS),
    ]
    private static let directions = [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN]

    /// SplitMix64: enough to scatter arguments, and the same everywhere.
    private struct Words {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        /// In [0, 1).
        mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    }

    /// Where a special case, an overflow or an approximation begins; tests take the neighbours and the negatives too.
    private static let thresholds: [Double] = [
        0, .infinity, .nan, 1, 0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp1023, 709.782712893384, 745.1332191019412,
        708.3964185322641, 38, 19.1, 0.125, 0.0625, 0x1p-54, 0x1p-27, 0x1p-8, 1.5707963267948966, 0.7853981633974483,
        0x1p53, 0x1p126, 0x1p-149, 0x1p-126, 0x1.fffffep127, 88.72283935546875, 103.97207641601562,
        87.33654022216797, 18, 9.1, 0x1p-25, 0x1p-12, 0x1p20, 0x1p24, 708, 87, 43, 40, 20, 0x1p18, 0x1p-7, 0x1p-33,
        3.141592653589793, 0.01227184630308513, 0.02454369260617026, 0.005415212348514945,
    ]

    private static func arguments(seed: UInt64) -> [Double] {
        var words = Words(state: seed)
        var all: [Double] = []
        for t in thresholds { all += [t, -t, t.nextUp, -t.nextUp, t.nextDown, -t.nextDown] }
        for _ in 0..<40 {
            all.append(Double(bitPattern: words.next()))
            all.append(Double(Float(bitPattern: UInt32(truncatingIfNeeded: words.next()))))
            all.append((words.unit() - 0.5) * 1500)
            all.append((words.unit() - 0.5) * 8)
            all.append(1 + (words.unit() - 0.5) * 0x1p-20)
            all.append(-708 - words.unit() * 38)  // exp among the subnormals of binary64,
            all.append(-87 - words.unit() * 17)  // of binary32,
            all.append(709.7 + words.unit() * 0.2)  // and at its overflow
            // Near a multiple of pi/128, and near the middle between two.
            all.append(Double(words.next() & 0xff_ffff) * 0.02454369260617026)
            all.append((Double(words.next() & 0xff_ffff) + 0.5) * -0.02454369260617026)
        }
        return all
    }

    @Test(arguments: 0..<7) func fastPathsEqualTheReferenceInBinary64(function: Int) {
        let f = Self.functions[function]
        let seed: UInt64 = 11
        for x in Self.arguments(seed: seed) {
            for d in Self.directions {
                let fast = ls_elementary_f64(f.code, d, x)
                let reference = ls_elementary_reference_f64(f.code, d, x)
                #expect(
                    fast.bitPattern == reference.bitPattern,
                    "\(f.name), direction \(d.rawValue), x = \(x), seed \(seed): \(fast) for \(reference)")
            }
        }
    }

    @Test(arguments: 0..<7) func fastPathsEqualTheReferenceInBinary32(function: Int) {
        let f = Self.functions[function]
        let seed: UInt64 = 12
        for wide in Self.arguments(seed: seed) {
            let x = Float(wide)
            for d in Self.directions {
                let fast = ls_elementary_f32(f.code, d, x)
                let reference = ls_elementary_reference_f32(f.code, d, x)
                #expect(
                    fast.bitPattern == reference.bitPattern,
                    "\(f.name), direction \(d.rawValue), x = \(x), seed \(seed): \(fast) for \(reference)")
            }
        }
    }

    /// From mpmath 1.3.0 at 1600 bits, cut and rounded there: the values below and nearest. Subnormal results, both ends
    /// of the range, results beside 1, the argument nearest to a multiple of pi/2 and the largest argument.
    private static let golden: [(code: ls_unary, x: Double, below: UInt64, nearest: UInt64)] = [
        (LS_EXP, -745, 0x0000_0000_0000_0000, 0x0000_0000_0000_0001),
        (LS_EXP, 0x1.62e3d70a3d70ap+9, 0x7fef_e9ce_5c4c_52b4, 0x7fef_e9ce_5c4c_52b4),
        (LS_EXP, -708.5, 0x000e_6cf6_d088_97ab, 0x000e_6cf6_d088_97ac),
        (LS_EXPM1, -0x1.b7cdfd9d7bdbbp-34, 0xbddb_7cdf_d9d1_d693, 0xbddb_7cdf_d9d1_d693),
        (LS_LOG, 0x1.0000000000001p+0, 0x3caf_ffff_ffff_ffff, 0x3caf_ffff_ffff_ffff),
        (LS_LOG, 0x1p-1074, 0xc087_4385_446d_71c4, 0xc087_4385_446d_71c3),
        (LS_LOG1P, -0x1.fffffffffffffp-1, 0xc042_5e4f_7b27_37fb, 0xc042_5e4f_7b27_37fa),
        (LS_TANH, 0x1.eb851eb851eb8p-6, 0x3f9e_b5f6_2857_006f, 0x3f9e_b5f6_2857_006f),
        (LS_TANH, -19, 0xbff0_0000_0000_0000, 0xbfef_ffff_ffff_ffff),
        (LS_SIN, 0x1.6ac5b262ca1ffp+849, 0x3fef_ffff_ffff_ffff, 0x3ff0_0000_0000_0000),
        (LS_COS, 0x1.6ac5b262ca1ffp+849, 0xbc21_4ae7_2e6b_a22f, 0xbc21_4ae7_2e6b_a22f),
        (LS_SIN, 0x1.fffffffffffffp+1023, 0x3f74_52fc_98b3_4e96, 0x3f74_52fc_98b3_4e97),
        (LS_COS, 0x1.921fb54442d18p-1, 0x3fe6_a09e_667f_3bcc, 0x3fe6_a09e_667f_3bcd),
        (LS_COS, 0x1.5798ee2308c3ap-27, 0x3fef_ffff_ffff_ffff, 0x3ff0_0000_0000_0000),
    ]

    @Test func bothPathsDeliverTheGoldenValues() {
        for g in Self.golden {
            let below = Double(bitPattern: g.below)
            let above = below.nextUp
            let nearest = Double(bitPattern: g.nearest)
            let towardZero = below < 0 ? above : below
            for (d, expected) in zip(Self.directions, [nearest, towardZero, above, below]) {
                let place = "function \(g.code.rawValue), direction \(d.rawValue), x = \(g.x)"
                #expect(ls_elementary_f64(g.code, d, g.x).bitPattern == expected.bitPattern, "\(place)")
                #expect(ls_elementary_reference_f64(g.code, d, g.x).bitPattern == expected.bitPattern, "\(place)")
            }
        }
    }

    /// IEEE 754-2019, section 9.2.1.
    @Test func exactCasesAreExactInEveryDirection() {
        let inf = Double.infinity
        let cases: [(code: ls_unary, x: Double, y: Double)] = [
            (LS_EXP, 0, 1), (LS_EXP, -0.0, 1), (LS_EXP, -inf, 0), (LS_EXP, inf, inf),
            (LS_EXPM1, 0, 0), (LS_EXPM1, -0.0, -0.0), (LS_EXPM1, -inf, -1), (LS_EXPM1, inf, inf),
            (LS_LOG, 1, 0), (LS_LOG, 0, -inf), (LS_LOG, -0.0, -inf), (LS_LOG, inf, inf), (LS_LOG, -1, .nan),
            (LS_LOG, -inf, .nan), (LS_LOG1P, 0, 0), (LS_LOG1P, -0.0, -0.0), (LS_LOG1P, -1, -inf), (LS_LOG1P, inf, inf),
            (LS_LOG1P, -1.5, .nan), (LS_TANH, 0, 0), (LS_TANH, -0.0, -0.0), (LS_TANH, inf, 1), (LS_TANH, -inf, -1),
            (LS_SIN, 0, 0), (LS_SIN, -0.0, -0.0), (LS_SIN, inf, .nan), (LS_COS, 0, 1), (LS_COS, -0.0, 1),
            (LS_COS, -inf, .nan),
        ]
        for (code, x, y) in cases + Self.functions.map({ (code: $0.code, x: -Double.nan, y: Double.nan) }) {
            for d in Self.directions {
                let place = "function \(code.rawValue), direction \(d.rawValue), x = \(x)"
                #expect(ls_elementary_f64(code, d, x).bitPattern == y.bitPattern, "\(place)")
                let y32 = y.isNaN ? Float(bitPattern: 0x7fc0_0000) : Float(y)
                #expect(ls_elementary_f32(code, d, Float(x)).bitPattern == y32.bitPattern, "\(place)")
            }
        }
    }

    /// Arguments whose results lie too near a midpoint for the fast path: they must be counted, and right.
    @Test func undecidedArgumentsFallBack() {
        let hard64: [(code: ls_unary, x: Double)] = [
            (LS_EXP, 0x1.1456a42690629p-8), (LS_LOG, 0x1.82833d953f757p-5), (LS_TANH, 0x1.241bf835f9d6p+4),
            (LS_SIN, 0x1.75b157bc233c9p+0),
        ]
        let hard32: [(code: ls_unary, x: Float)] = [
            (LS_EXP, 0x1.192e5cp-8), (LS_LOG, 0x1.cb953ap-108), (LS_TANH, 0x1.d9a7c2p-3), (LS_COS, 0x1.0c4d4ap+0),
        ]
        ls_elementary_fallbacks_reset()
        for h in hard64 {
            #expect(ls_elementary_f64(h.code, LS_NEAREST, h.x) == ls_elementary_reference_f64(h.code, LS_NEAREST, h.x))
        }
        for h in hard32 {
            #expect(ls_elementary_f32(h.code, LS_NEAREST, h.x) == ls_elementary_reference_f32(h.code, LS_NEAREST, h.x))
        }
        #expect(ls_elementary_fallbacks() == Int64(hard64.count + hard32.count))
        ls_elementary_fallbacks_reset()
        #expect(ls_elementary_fallbacks() == 0)
    }

    @Test(arguments: 0..<7) func arraysInPlaceEqualSingleValuesOnEveryPath(function: Int) {
        let x = Self.arguments(seed: 13)
        let x32 = x.map { Float($0) }
        let f = Self.functions[function]
        for path in availablePaths {
            for d in Self.directions {
                var y = x
                var y32 = x32
                y.withUnsafeMutableBufferPointer {
                    ls_elementary_array_f64(path, f.code, d, Int64($0.count), $0.baseAddress!, $0.baseAddress!)
                }
                y32.withUnsafeMutableBufferPointer {
                    ls_elementary_array_f32(path, f.code, d, Int64($0.count), $0.baseAddress!, $0.baseAddress!)
                }
                // A single element is a single value, by the form that suits the path.
                var one = x
                var one32 = x32
                for i in x.indices {
                    ls_elementary_array_f64(path, f.code, d, 1, [x[i]], &one[i])
                    ls_elementary_array_f32(path, f.code, d, 1, [x32[i]], &one32[i])
                }
                let place = "\(f.name), path \(path.rawValue), direction \(d.rawValue), seed 13"
                for i in x.indices {
                    let (expected, expected32) = (
                        ls_elementary_f64(f.code, d, x[i]), ls_elementary_f32(f.code, d, x32[i])
                    )
                    for result in [y[i], one[i]] where result.bitPattern != expected.bitPattern {
                        Issue.record("\(place), x = \(x[i]): \(result) for \(expected)")
                    }
                    for result in [y32[i], one32[i]] where result.bitPattern != expected32.bitPattern {
                        Issue.record("\(place), x = \(x32[i]): \(result) for \(expected32)")
                    }
                }
            }
        }
    }
}
