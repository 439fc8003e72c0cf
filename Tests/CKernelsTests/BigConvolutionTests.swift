import CKernels
import Testing

/// Convolutions with exact sums modulo primes, against the dot product of each output's own terms, which goes another way:
/// terms added into a window. Every convolution is made on the plain path and on the best.
@Suite struct BigConvolutionTests {
    enum Kind: CaseIterable {
        case forward, inputGradient, kernelGradient
    }

    /// For each output the pairs of its terms: places in the first and the second operand, padding left out.
    private static func terms(_ kind: Kind, _ c: ls_convolution) -> [[(Int, Int)]] {
        let (inGroup, outGroup) = (Int(c.inChannels / c.groups), Int(c.outChannels / c.groups))
        let count =
            switch kind {
            case .forward: Int(c.batch * c.outChannels * c.outHeight * c.outWidth)
            case .inputGradient: Int(c.batch * c.inChannels * c.inHeight * c.inWidth)
            case .kernelGradient: Int(c.outChannels * c.kernelHeight * c.kernelWidth) * inGroup
            }
        var lists: [[(Int, Int)]] = Array(repeating: [], count: count)
        for n in 0..<Int(c.batch) {
            for oc in 0..<Int(c.outChannels) {
                for oh in 0..<Int(c.outHeight) {
                    for ow in 0..<Int(c.outWidth) {
                        for ic in 0..<inGroup {
                            for tap in 0..<Int(c.kernelHeight * c.kernelWidth) {
                                let row = oh * Int(c.strideHeight) + tap / Int(c.kernelWidth) - Int(c.padHeight)
                                let column = ow * Int(c.strideWidth) + tap % Int(c.kernelWidth) - Int(c.padWidth)
                                guard row >= 0, row < Int(c.inHeight), column >= 0, column < Int(c.inWidth) else {
                                    continue
                                }
                                let channel = n * Int(c.inChannels) + oc / outGroup * inGroup + ic
                                let x = (channel * Int(c.inHeight) + row) * Int(c.inWidth) + column
                                let y = ((n * Int(c.outChannels) + oc) * Int(c.outHeight) + oh) * Int(c.outWidth) + ow
                                let w = (oc * inGroup + ic) * Int(c.kernelHeight * c.kernelWidth) + tap
                                switch kind {
                                case .forward: lists[y].append((x, w))
                                case .inputGradient: lists[x].append((y, w))
                                case .kernelGradient: lists[w].append((y, x))
                                }
                            }
                        }
                    }
                }
            }
        }
        return lists
    }

    private static func convolve(
        _ kind: Kind, _ c: ls_convolution, _ part: Range<Int>, _ a: BigRecords, _ b: BigRecords,
        _ out: inout BigRecords, _ format: ls_big_format
    ) -> Bool {
        var (c, format) = (c, format)
        let (first, last) = (Int64(part.lowerBound), Int64(part.upperBound))
        return switch kind {
        case .forward: ls_big_convolve(&c, first, last, a.words, b.words, &out.words, &format)
        case .inputGradient: ls_big_convolve_input_gradient(&c, first, last, a.words, b.words, &out.words, &format)
        case .kernelGradient: ls_big_convolve_kernel_gradient(&c, first, last, a.words, b.words, &out.words, &format)
        }
    }

    /// Counts of the operands and of the parts that outputs may be made in.
    private static func sizes(_ kind: Kind, _ c: ls_convolution) -> (first: Int, second: Int, parts: Int) {
        let x = Int(c.batch * c.inChannels * c.inHeight * c.inWidth)
        let w = Int(c.outChannels * (c.inChannels / c.groups) * c.kernelHeight * c.kernelWidth)
        let y = Int(c.batch * c.outChannels * c.outHeight * c.outWidth)
        return switch kind {
        case .forward: (x, w, Int(c.batch))
        case .inputGradient: (y, w, Int(c.batch))
        case .kernelGradient: (y, x, Int(c.outChannels))
        }
    }

    /// The outputs that differ from the dots of their terms, or a word that residues were not used; none when all is well.
    private func differences(
        _ kind: Kind, _ c: ls_convolution, _ a: BigRecords, _ b: BigRecords, _ format: ls_big_format,
        every step: Int = 1
    ) -> [String] {
        let lists = Self.terms(kind, c)
        let parts = Self.sizes(kind, c).parts
        var found: [String] = []
        for path in Set([LS_PLAIN.rawValue, ls_path_best().rawValue]) {
            var format = format
            format.path = ls_path(rawValue: path)
            var out = BigRecords(count: lists.count, format: format)
            // In two parts, of which one must not touch the other; few samples fill no vector and would be refused.
            let middle = kind == .kernelGradient || parts > 8 ? parts / 2 : 0
            for part in [0..<middle, middle..<parts] where !Self.convolve(kind, c, part, a, b, &out, format) {
                return ["path \(path) refuses"]
            }
            for element in stride(from: 0, to: lists.count, by: step) {
                var x = BigRecords(count: lists[element].count, format: format)
                var y = x
                for (i, pair) in lists[element].enumerated() {
                    x[i] = a[pair.0]
                    y[i] = b[pair.1]
                }
                var dot = BigRecords(count: 1, format: format)
                ls_big_dot(Int64(x.count), x.words, 1, y.words, 1, &dot.words, LS_EXACT, 0, &format)
                if out[element] != dot[0] { found.append("path \(path), output \(element)") }
            }
        }
        return found
    }

    private func operands(
        _ kind: Kind, _ c: ls_convolution, spread: Int, _ format: ls_big_format, _ seed: inout BigSeed
    ) -> (BigRecords, BigRecords) {
        let sizes = Self.sizes(kind, c)
        return (
            ExactReductionTests.random(sizes.first, spread: spread, format: format, seed: &seed),
            ExactReductionTests.random(sizes.second, spread: spread, format: format, seed: &seed)
        )
    }

    private static func shape(
        batch: Int, _ inChannels: Int, _ outChannels: Int, image: (Int, Int), kernel: (Int, Int),
        stride: (Int, Int) = (1, 1), pad: (Int, Int) = (0, 0), groups: Int = 1
    ) -> ls_convolution {
        ls_convolution(
            batch: Int64(batch), inChannels: Int64(inChannels), inHeight: Int64(image.0), inWidth: Int64(image.1),
            outChannels: Int64(outChannels), kernelHeight: Int64(kernel.0), kernelWidth: Int64(kernel.1),
            outHeight: Int64((image.0 + 2 * pad.0 - kernel.0) / stride.0 + 1),
            outWidth: Int64((image.1 + 2 * pad.1 - kernel.1) / stride.1 + 1), strideHeight: Int64(stride.0),
            strideWidth: Int64(stride.1), padHeight: Int64(pad.0), padWidth: Int64(pad.1), groups: Int64(groups))
    }

    /// Samples that fill a vector and that do not, strides and padding that differ, groups, a kernel larger than the image,
    /// more than 128 terms.
    private static let shapes = [
        shape(batch: 15, 2, 7, image: (6, 5), kernel: (3, 3), pad: (1, 1)),
        shape(batch: 15, 4, 6, image: (7, 6), kernel: (3, 2), stride: (2, 1), pad: (2, 1), groups: 2),
        shape(batch: 15, 2, 6, image: (3, 4), kernel: (4, 5), stride: (3, 2), pad: (3, 3)),
        shape(batch: 15, 9, 8, image: (4, 5), kernel: (4, 4), pad: (1, 1)),
    ]

    @Test(arguments: [2, 24, 53, 64, 113, 200, 256, 320], Kind.allCases)
    func everyOutputIsTheDotOfItsTerms(_ precision: Int, _ kind: Kind) {
        var seed = BigSeed(state: UInt64(precision))
        let directions = [LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN]
        for (i, c) in Self.shapes.enumerated() {
            let format = ls_big_format.mpfr(precision, directions[(i + precision) % 4])
            let (a, b) = operands(kind, c, spread: [5, 40, 1, 12][i], format, &seed)
            #expect(differences(kind, c, a, b, format, every: 7) == [], "\(kind), shape \(i), precision \(precision)")
        }
    }

    /// So many bits that bands of rows, blocks of channels and more than 60 moduli are needed.
    @Test(arguments: Kind.allCases) func largeOperandsAreMadeInBlocks(_ kind: Kind) {
        var seed = BigSeed(state: 41)
        let format = ls_big_format.mpfr(700)
        for c in [
            Self.shape(batch: 6, 1, 3, image: (37, 36), kernel: (3, 3)),
            Self.shape(batch: 6, 1, 24, image: (27, 27), kernel: (27, 27)),
        ] {
            let (a, b) = operands(kind, c, spread: 6, format, &seed)
            #expect(differences(kind, c, a, b, format, every: 211) == [], "\(kind)")
        }
    }

    /// Small integers and zeros of both signs, whose sums are often 0: toward minus infinity the signs of the terms decide, and
    /// padding has none.
    @Test(arguments: Kind.allCases) func zerosFollowTheDirection(_ kind: Kind) {
        var seed = BigSeed(state: 42)
        for direction in [LS_NEAREST, LS_DOWN] {
            let format = ls_big_format.mpfr(100, direction)
            for c in Self.shapes {
                let sizes = Self.sizes(kind, c)
                func few(_ count: Int) -> BigRecords {
                    BigRecords((0..<count).map { _ in [0, -0.0, 0, 1, -1, 0, -0.0][seed.below(7)] }, format: format)
                }
                let (a, b) = (few(sizes.first), few(sizes.second))
                #expect(differences(kind, c, a, b, format, every: 2) == [], "\(kind), \(direction)")
            }
        }
    }

    /// Results in the subnormals of binary32, and beyond its largest number.
    @Test(arguments: Kind.allCases) func limitsOfTheFormatHold(_ kind: Kind) {
        var seed = BigSeed(state: 43)
        for scale in [Float(0x1p63), 0x1p-73] {
            let format = ls_big_format.binary32(LS_UP)
            let c = Self.shapes[0]
            let sizes = Self.sizes(kind, c)
            func few(_ count: Int) -> BigRecords {
                BigRecords((0..<count).map { _ in scale * Float(seed.below(1 << 20)) * 0x1p-19 }, format: format)
            }
            let (a, b) = (few(sizes.first), few(sizes.second))
            #expect(differences(kind, c, a, b, format) == [], "\(kind), \(scale)")
        }
    }

    /// An infinity, a NaN or exponents too far apart: another way, and nothing written before that is known.
    @Test(arguments: Kind.allCases) func otherOperandsAreRefused(_ kind: Kind) {
        var seed = BigSeed(state: 44)
        let format = ls_big_format.mpfr(100)
        let c = Self.shapes[0]
        let count = Self.terms(kind, c).count
        var far = BigRecords(count: 1, format: format)
        far.setRandom(0, exponent: 1 << 28, precision: 100, seed: &seed)
        for odd in [
            BigRecords([Double.infinity], format: format)[0], BigRecords([Double.nan], format: format)[0], far[0],
        ] {
            for second in [false, true] {
                var (a, b) = operands(kind, c, spread: 5, format, &seed)
                if second { b[b.count - 1] = odd } else { a[a.count - 1] = odd }
                var out = BigRecords(Array(repeating: 7.0, count: count), format: format)
                let before = out
                #expect(!Self.convolve(kind, c, 0..<Self.sizes(kind, c).parts, a, b, &out, format))
                #expect(out == before)
            }
        }
    }
}
