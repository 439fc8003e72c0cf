import CKernels
import Testing

/// Arrays against single values: what belongs to vectors, and not to a function.
@Suite struct ElementaryLanesTests {
    private static let functions = SweepShard.functions

    /// Every length around the widths of vectors, from an unaligned place; what lies beside the result is not touched.
    @Test(arguments: 0..<7) func everyLengthIsComputedWhole(function: Int) {
        let f = Self.functions[function]
        var words = KernelSeed(41)
        for path in availablePaths {
            for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33] {
                let x = (0..<count).map { _ in Double(words.below(4000) + 1) * 0x1p-10 }
                var y = [Double](repeating: 77, count: count + 2)
                var y32 = [Float](repeating: 77, count: count + 2)
                y.withUnsafeMutableBufferPointer {
                    ls_elementary_array_f64(path, f.code, LS_NEAREST, Int64(count), x, $0.baseAddress! + 1)
                }
                y32.withUnsafeMutableBufferPointer {
                    ls_elementary_array_f32(
                        path, f.code, LS_NEAREST, Int64(count), x.map { Float($0) }, $0.baseAddress! + 1)
                }
                let expected = [77] + x.map { ls_elementary_reference_f64(f.code, LS_NEAREST, $0) } + [77]
                let expected32 = [77] + x.map { ls_elementary_reference_f32(f.code, LS_NEAREST, Float($0)) } + [77]
                #expect(y == expected && y32 == expected32, "\(f.name), path \(path.rawValue), count \(count)")
            }
        }
    }

    /// One special argument at each place of a vector: its neighbours keep their results, and it gets its own.
    @Test(arguments: 0..<7) func oneSpecialLaneLeavesTheOthersAlone(function: Int) {
        let f = Self.functions[function]
        let specials: [Double] = [
            .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 0x1p-1074, -0x1p-149, 0x1p-60, 1e30, -1e30, -740, 712, 0x1p-25,
            .pi, -200 * .pi, 0x1p18, 0x1p-30,
        ]
        for path in availablePaths {
            for d in [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN] {
                for special in specials {
                    for place in 0..<16 {
                        var x = (0..<16).map { 0.75 + Double($0) / 32 }
                        x[place] = special
                        let x32 = x.map { Float($0) }
                        var y = x
                        var y32 = x32
                        ls_elementary_array_f64(path, f.code, d, 16, x, &y)
                        ls_elementary_array_f32(path, f.code, d, 16, x32, &y32)
                        let at = "\(f.name), path \(path.rawValue), direction \(d.rawValue), \(special) at \(place)"
                        #expect(y.map(\.bitPattern) == x.map { ls_elementary_f64(f.code, d, $0).bitPattern }, "\(at)")
                        #expect(
                            y32.map(\.bitPattern) == x32.map { ls_elementary_f32(f.code, d, $0).bitPattern }, "\(at)")
                    }
                }
            }
        }
    }

    /// Next to 1, log over lanes of binary32 is left with the small parts of its sums; here is each of a thousand arguments.
    @Test func everyArgumentNextToOneHasItsLogarithm() {
        let one = Float(1).bitPattern
        let x = (one - 1024...one + 1024).map { Float(bitPattern: $0) }
        for path in availablePaths {
            var y = x
            ls_elementary_array_f32(path, LS_LOG, LS_NEAREST, Int64(x.count), x, &y)
            #expect(y.map(\.bitPattern) == x.map { ls_elementary_reference_f32(LS_LOG, LS_NEAREST, $0).bitPattern })
        }
    }

    /// Most arguments must be decided over lanes; otherwise the kernels are right, but slow.
    @Test(arguments: 0..<7) func fewArgumentsFallBackToMPFR(function: Int) {
        let f = Self.functions[function]
        var words = KernelSeed(43)
        let x = (0..<20_000).map { _ in Double(words.word() >> 11) * 0x1p-51 + 0x1p-8 }
        ls_elementary_fallbacks_reset()
        for path in availablePaths {
            var y = x
            ls_elementary_array_f64(path, f.code, LS_NEAREST, Int64(x.count), x, &y)
        }
        #expect(ls_elementary_fallbacks() <= 10 * Int64(availablePaths.count), "\(f.name)")
    }
}
