import CKernels
import Testing

/// Convolution and its gradients against the definition: taps outside the image are skipped, chains run in the contract's order.
@Suite struct ConvolutionKernelTests {
    /// Height and width differ in everything, so that mixing them up shows.
    private static func shape(
        batch: Int = 2, groups: Int = 1, _ inPerGroup: Int, _ outPerGroup: Int, image: (Int, Int), kernel: (Int, Int),
        stride: (Int, Int) = (1, 1), pad: (Int, Int) = (0, 0)
    ) -> ls_convolution {
        let outHeight = (image.0 + 2 * pad.0 - kernel.0) / stride.0 + 1
        let outWidth = (image.1 + 2 * pad.1 - kernel.1) / stride.1 + 1
        return ls_convolution(
            batch: Int64(batch), inChannels: Int64(groups * inPerGroup), inHeight: Int64(image.0),
            inWidth: Int64(image.1),
            outChannels: Int64(groups * outPerGroup), kernelHeight: Int64(kernel.0), kernelWidth: Int64(kernel.1),
            outHeight: Int64(outHeight), outWidth: Int64(outWidth), strideHeight: Int64(stride.0),
            strideWidth: Int64(stride.1),
            padHeight: Int64(pad.0), padWidth: Int64(pad.1), groups: Int64(groups))
    }

    private static let shapes: [ls_convolution] = [
        shape(1, 6, image: (7, 9), kernel: (5, 5), pad: (2, 2)),
        shape(3, 17, image: (5, 4), kernel: (3, 3), pad: (1, 1)),
        shape(7, 2, image: (4, 15), kernel: (2, 3), pad: (0, 1)),
        shape(groups: 2, 2, 3, image: (5, 6), kernel: (3, 2), stride: (2, 1), pad: (1, 0)),
        shape(batch: 1, groups: 3, 1, 1, image: (7, 5), kernel: (3, 3), stride: (3, 2), pad: (2, 3)),
        shape(2, 3, image: (2, 1), kernel: (4, 5), pad: (3, 3)),  // kernel larger than the image
        shape(2, 9, image: (4, 4), kernel: (1, 1), stride: (2, 2)),
        shape(batch: 0, 2, 2, image: (3, 3), kernel: (2, 2)),
    ]

    /// Batches that fill the lanes with samples, with and without a rest, and what each arrangement does beyond its simplest
    /// case.
    private static let batches: [ls_convolution] = [
        shape(batch: 21, 1, 6, image: (5, 6), kernel: (5, 5), pad: (2, 2)),  // runs of five, one input channel
        shape(batch: 21, 3, 7, image: (4, 3), kernel: (3, 3), pad: (1, 1)),  // several positions a tile
        shape(batch: 19, 2, 13, image: (3, 5), kernel: (3, 3), stride: (2, 2), pad: (0, 1)),  // positions without a tap
        shape(batch: 17, groups: 3, 1, 1, image: (5, 9), kernel: (3, 2), pad: (1, 1)),  // depthwise
        shape(batch: 17, groups: 2, 4, 3, image: (4, 7), kernel: (2, 3), stride: (1, 2), pad: (1, 2)),
        shape(batch: 18, 5, 2, image: (4, 5), kernel: (1, 1), stride: (2, 2)),
        shape(batch: 17, 2, 3, image: (2, 1), kernel: (4, 5), pad: (3, 3)),  // kernel larger than the image
        shape(batch: 9, 37, 2, image: (2, 2), kernel: (3, 3), pad: (1, 1)),  // chains rest between blocks of channels
        shape(batch: 9, 1, 6, image: (4, 400), kernel: (3, 1), pad: (1, 0)),  // bands of rows
        shape(batch: 3, 18, 20, image: (3, 4), kernel: (3, 3), pad: (1, 1)),  // short rows, several panels and blocks
        shape(batch: 17, 8, 1, image: (8, 8), kernel: (3, 3), pad: (1, 1)),  // several chunks of samples
        shape(batch: 2, 1, 1, image: (30, 40), kernel: (3, 3), pad: (1, 1)),  // several chunks of rows
        shape(batch: 9, 7, 41, image: (5, 4), kernel: (3, 3), stride: (2, 2), pad: (1, 1)),  // runs down columns and through channels
    ]

    /// Calls body for every product of the convolution, in the order n, oc, oh, ow, ic, kh, kw, with indices into x, w and y.
    private func products(_ c: ls_convolution, _ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
        let inPerGroup = Int(c.inChannels / c.groups)
        let outPerGroup = Int(c.outChannels / c.groups)
        let inHeight = Int(c.inHeight)
        let inWidth = Int(c.inWidth)
        let kernelHeight = Int(c.kernelHeight)
        let kernelWidth = Int(c.kernelWidth)
        var y = -1
        for n in 0..<Int(c.batch) {
            for oc in 0..<Int(c.outChannels) {
                for oh in 0..<Int(c.outHeight) {
                    for ow in 0..<Int(c.outWidth) {
                        y += 1
                        for ic in 0..<inPerGroup {
                            let plane = (n * Int(c.inChannels) + oc / outPerGroup * inPerGroup + ic) * inHeight
                            for kh in 0..<kernelHeight {
                                let ih = oh * Int(c.strideHeight) + kh - Int(c.padHeight)
                                guard ih >= 0 && ih < inHeight else { continue }
                                for kw in 0..<kernelWidth {
                                    let iw = ow * Int(c.strideWidth) + kw - Int(c.padWidth)
                                    guard iw >= 0 && iw < inWidth else { continue }
                                    body(
                                        (plane + ih) * inWidth + iw,
                                        ((oc * inPerGroup + ic) * kernelHeight + kh) * kernelWidth + kw, y)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The three results by sorting products, which keeps this independent of how a kernel finds its taps. Enumeration order is
    /// the forward chain's and, for one tap, the kernel gradient's (n, oh, ow). For one input position it is oc, oh, ow; the
    /// contract wants oc, kh, kw, which is the order of the weight index.
    private func check<T: KernelScalar>(_: T.Type, _ c: ls_convolution, _ kind: KernelSeed.Operands, seed: UInt64) {
        var random = KernelSeed(seed)
        let sample = Int(c.inChannels * c.inHeight * c.inWidth)
        let x: [T] = random.values(Int(c.batch) * sample, kind)
        let w: [T] = random.values(
            Int(c.outChannels * (c.inChannels / c.groups) * c.kernelHeight * c.kernelWidth), kind)
        let g: [T] = random.values(Int(c.batch * c.outChannels * c.outHeight * c.outWidth), kind)
        var y = [T](repeating: 0, count: g.count)
        var dx = [T](repeating: 0, count: x.count)
        var dw = [T](repeating: 0, count: w.count)
        var ofInput = [[(w: Int, y: Int)]](repeating: [], count: x.count)
        products(c) { i, j, k in
            y[k] = y[k].addingProduct(x[i], w[j])
            dw[j] = dw[j].addingProduct(g[k], x[i])
            ofInput[i].append((j, k))
        }
        for (i, terms) in ofInput.enumerated() {
            for term in terms.sorted(by: { $0.w < $1.w }) { dx[i] = dx[i].addingProduct(g[term.y], w[term.w]) }
        }
        let samples = 0..<Int(c.batch)
        let channels = 0..<Int(c.outChannels)
        for path in availablePaths {
            var result = [T](repeating: .nan, count: y.count)
            T.convolve(path, c, samples, x, w, &result)
            report("forward", result, y, path, c, seed)
            result = [T](repeating: .nan, count: x.count)
            T.inputGradient(path, c, samples, g, w, &result)
            report("input gradient", result, dx, path, c, seed)
            result = [T](repeating: .nan, count: w.count)
            T.kernelGradient(path, c, channels, g, x, &result)
            report("kernel gradient", result, dw, path, c, seed)
        }
    }

    private func report<T: KernelScalar>(
        _ what: String, _ a: [T], _ b: [T], _ path: ls_path, _ c: ls_convolution, _ seed: UInt64
    ) {
        guard let at = firstDifference(a, b) else { return }
        Issue.record(
            "\(what), \(T.self), path \(path.rawValue), seed \(seed), \(c): element \(at) is \(a[at]), not \(b[at])")
    }

    @Test(arguments: 0..<8) func everyPathIsTheChainInBinary32(ordinal: Int) {
        check(Float.self, Self.shapes[ordinal], .ordinary, seed: UInt64(ordinal))
    }

    @Test(arguments: 0..<8) func everyPathIsTheChainInBinary64(ordinal: Int) {
        check(Double.self, Self.shapes[ordinal], .special, seed: UInt64(ordinal))
    }

    @Test(arguments: 0..<13) func batchesAreTheChainInBinary32(ordinal: Int) {
        check(Float.self, Self.batches[ordinal], .ordinary, seed: UInt64(20 + ordinal))
    }

    @Test(arguments: 0..<13) func batchesAreTheChainInBinary64(ordinal: Int) {
        check(Double.self, Self.batches[ordinal], .special, seed: UInt64(40 + ordinal))
    }

    /// Products below the subnormals leave -0, which a multiplication of padding by zero would turn into +0.
    @Test func subnormalsAndSignsOfZeroSurvivePadding() {
        check(Float.self, Self.shapes[1], .tiny, seed: 70)
        check(Double.self, Self.shapes[3], .tiny, seed: 71)
        check(Float.self, Self.batches[1], .tiny, seed: 72)
        check(Double.self, Self.batches[4], .tiny, seed: 73)
    }

    /// 0 times infinity is NaN: it must not come in from outside the image.
    @Test func paddingNeverMeetsAWeight() {
        let c = Self.shape(batch: 1, 1, 1, image: (1, 1), kernel: (3, 3), pad: (1, 1))
        var w = [Float](repeating: .infinity, count: 9)
        w[4] = 2
        for path in availablePaths {
            var y: [Float] = [.nan]
            var dx: [Float] = [.nan]
            Float.convolve(path, c, 0..<1, [3], w, &y)
            Float.inputGradient(path, c, 0..<1, [3], w, &dx)
            #expect(y == [6] && dx == [6])
        }
    }

    /// The same where the lanes are samples, whose rest is filled up with zeros.
    @Test func paddingNeverMeetsAWeightInBatches() {
        let c = Self.shape(batch: 13, 1, 1, image: (1, 1), kernel: (3, 3), pad: (1, 1))
        var w = [Float](repeating: .infinity, count: 9)
        w[4] = 2
        let x = (1...13).map(Float.init)
        for path in availablePaths {
            var y = [Float](repeating: .nan, count: 13)
            var dx = y
            Float.convolve(path, c, 0..<13, x, w, &y)
            Float.inputGradient(path, c, 0..<13, x, w, &dx)
            #expect(y == x.map { 2 * $0 } && dx == y)
        }
    }

    /// Parts of the batch, or of the output channels, are what the whole holds there, and nothing else is written.
    @Test func partsEqualTheWhole() {
        let c = Self.shape(batch: 25, groups: 2, 2, 5, image: (4, 5), kernel: (3, 3), pad: (1, 1))
        var random = KernelSeed(90)
        let x: [Float] = random.values(25 * 4 * 20, .ordinary)
        let w: [Float] = random.values(10 * 2 * 9, .ordinary)
        let g: [Float] = random.values(25 * 10 * 20, .ordinary)
        for path in availablePaths {
            var whole = [Float](repeating: 0, count: g.count)
            var part = [Float](repeating: -7, count: g.count)
            Float.convolve(path, c, 0..<25, x, w, &whole)
            Float.convolve(path, c, 1..<2, x, w, &part)
            #expect(part.indices.allSatisfy { part[$0] == ($0 / 200 == 1 ? whole[$0] : -7) })
            part = [Float](repeating: -7, count: g.count)
            Float.convolve(path, c, 1..<23, x, w, &part)
            #expect(part.indices.allSatisfy { part[$0] == ((1..<23).contains($0 / 200) ? whole[$0] : -7) })
            whole = [Float](repeating: 0, count: w.count)
            part = [Float](repeating: -7, count: w.count)
            Float.kernelGradient(path, c, 0..<10, g, x, &whole)
            Float.kernelGradient(path, c, 3..<7, g, x, &part)  // across the groups
            #expect(part.indices.allSatisfy { part[$0] == ((3..<7).contains($0 / 18) ? whole[$0] : -7) })
        }
    }
}
