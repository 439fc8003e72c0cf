// Convolutions with exact sums, as matrix products over patches.
//
// An exact sum does not depend on the order of its terms nor on terms that are zero, so taps on the padding may be multiplied
// by zero as long as nothing is infinite or NaN (then 0 × ∞ would intrude, and the definition is used) and sums are not
// rounded down (see below). Sums that round on the way keep the definition, which skips those taps.

/// An arithmetic that makes its convolutions of matrix products.
public protocol PatchLowering: Arithmetic {
    /// May taps on the padding be multiplied by zero, for operands such as these?
    func canLower(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Bool
    /// The elements of x at the indices, +0 where one is negative.
    func gathered(_ x: Span<Scalar>, _ indices: [Int32]) -> [Scalar]
}

extension PatchLowering {
    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) { convolveByPatches(x, w, into: &y, s, at: site) }

    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) { convolveInputGradientByPatches(g, w, into: &dx, s, at: site) }

    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) { convolveKernelGradientByPatches(g, x, into: &dw, s, at: site) }

    private func work(_ s: ConvolutionShape) -> Double { Double(s.terms) * 10 }

    func convolveByPatches(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        guard canLower(x, w) else { return Plain(self).convolve(x, w, into: &y, s, at: site) }
        let taps = s.patches(.output)
        let (inGroup, outGroup) = (s.inChannels / s.groups, s.outChannels / s.groups)
        let (plane, places) = (s.inHeight * s.inWidth, s.outHeight * s.outWidth)
        let k = inGroup * s.kernelHeight * s.kernelWidth
        partition(&y, rows: s.batch, at: site, nanoseconds: work(s)) { samples, part in
            for n in samples {
                for group in 0..<s.groups {
                    let first = (n * s.inChannels + group * inGroup) * plane
                    let patches = gathered(x.extracting(first..<first + inGroup * plane), taps.repeated(inGroup, plane))
                    let weights = w.extracting(group * outGroup * k..<(group + 1) * outGroup * k)
                    let start = ((n - samples.lowerBound) * s.groups + group) * outGroup * places
                    let shape = MatmulShape(m: outGroup, n: places, k: k)
                    part.withUnsafeMutableBufferPointer { all in
                        var out = all.extracting(start..<start + outGroup * places).mutableSpan
                        matmul(weights, patches.span, into: &out, shape, at: Site())
                    }
                }
            }
        }
    }

    func convolveInputGradientByPatches(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        guard canLower(g, w) else { return Plain(self).convolveInputGradient(g, w, into: &dx, s, at: site) }
        let taps = s.patches(.input)
        let (inGroup, outGroup) = (s.inChannels / s.groups, s.outChannels / s.groups)
        let (plane, places) = (s.outHeight * s.outWidth, s.inHeight * s.inWidth)
        let window = s.kernelHeight * s.kernelWidth
        let k = outGroup * window
        // Weights of a group as [in channel, out channel, tap].
        let turned: [[Scalar]] = (0..<s.groups).map { group in
            var indices: [Int32] = []
            for c in 0..<inGroup {
                for o in 0..<outGroup {
                    let start = ((group * outGroup + o) * inGroup + c) * window
                    indices += (start..<start + window).map { Int32($0) }
                }
            }
            return gathered(w, indices)
        }
        partition(&dx, rows: s.batch, at: site, nanoseconds: work(s)) { samples, part in
            for n in samples {
                for group in 0..<s.groups {
                    let first = (n * s.outChannels + group * outGroup) * plane
                    let patches = gathered(
                        g.extracting(first..<first + outGroup * plane), taps.repeated(outGroup, plane))
                    let start = ((n - samples.lowerBound) * s.groups + group) * inGroup * places
                    let shape = MatmulShape(m: inGroup, n: places, k: k)
                    let weights = turned[group]
                    part.withUnsafeMutableBufferPointer { all in
                        var out = all.extracting(start..<start + inGroup * places).mutableSpan
                        matmul(weights.span, patches.span, into: &out, shape, at: Site())
                    }
                }
            }
        }
    }

    func convolveKernelGradientByPatches(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        guard canLower(g, x) else { return Plain(self).convolveKernelGradient(g, x, into: &dw, s, at: site) }
        let taps = s.patches(.output)
        let (inGroup, outGroup) = (s.inChannels / s.groups, s.outChannels / s.groups)
        let (plane, places) = (s.inHeight * s.inWidth, s.outHeight * s.outWidth)
        let window = s.kernelHeight * s.kernelWidth
        let k = s.batch * places
        // Row oc of the gradient, all samples one after the other.
        var order: [Int32] = []
        for oc in 0..<s.outChannels {
            for n in 0..<s.batch {
                let start = (n * s.outChannels + oc) * places
                order += (start..<start + places).map { Int32($0) }
            }
        }
        let rows = gathered(g, order)
        partition(&dw, rows: s.outChannels, at: site, nanoseconds: work(s)) { channels, part in
            // One input channel at a time bounds the memory of the patches.
            for ic in 0..<s.inChannels {
                let group = ic / inGroup
                let mine = channels.clamped(to: group * outGroup..<(group + 1) * outGroup)
                guard !mine.isEmpty else { continue }
                var indices: [Int32] = []
                for tap in 0..<window {
                    for n in 0..<s.batch {
                        let base = Int32((n * s.inChannels + ic) * plane)
                        for place in 0..<places {
                            let index = taps.indices[tap * places + place]
                            indices.append(index < 0 ? -1 : base + index)
                        }
                    }
                }
                let patches = gathered(x, indices)
                var block = [Scalar](repeating: zero, count: mine.count * window)
                var out = block.mutableSpan
                matmul(
                    rows.span.extracting(mine.lowerBound * k..<mine.upperBound * k), patches.span, into: &out,
                    MatmulShape(m: mine.count, n: window, k: k, transposeB: true), at: Site())
                for (row, oc) in mine.enumerated() {
                    for tap in 0..<window {
                        let c = ic - group * inGroup
                        part[((oc - channels.lowerBound) * inGroup + c) * window + tap] = block[row * window + tap]
                    }
                }
            }
        }
    }
}

/// For each tap of a kernel and each place of a plane the element of the other plane that they meet, or -1 for none:
/// [kernel height × kernel width, places].
private struct TapTable {
    let indices: [Int32]

    /// The table for several channels, planes apart: [channels × taps, places].
    func repeated(_ channels: Int, _ plane: Int) -> [Int32] {
        var all: [Int32] = []
        all.reserveCapacity(channels * indices.count)
        for c in 0..<channels {
            let base = Int32(c * plane)
            for index in indices { all.append(index < 0 ? -1 : base + index) }
        }
        return all
    }
}

extension ConvolutionShape {
    fileprivate enum Side { case output, input }

    /// What each place of the output meets in the input, or the other way round.
    fileprivate func patches(_ side: Side) -> TapTable {
        var indices: [Int32] = []
        let (rows, columns) = side == .output ? (outHeight, outWidth) : (inHeight, inWidth)
        for kh in 0..<kernelHeight {
            for kw in 0..<kernelWidth {
                for r in 0..<rows {
                    for c in 0..<columns {
                        switch side {
                        case .output:
                            let (row, column) = (r * stride + kh - padding, c * stride + kw - padding)
                            let inside = 0 <= row && row < inHeight && 0 <= column && column < inWidth
                            indices.append(inside ? Int32(row * inWidth + column) : -1)
                        case .input:
                            let (row, column) = (r + padding - kh, c + padding - kw)
                            let (oh, ow) = (row / stride, column / stride)
                            let inside =
                                row >= 0 && column >= 0 && row % stride == 0 && column % stride == 0 && oh < outHeight
                                && ow < outWidth
                            indices.append(inside ? Int32(oh * outWidth + ow) : -1)
                        }
                    }
                }
            }
        }
        return TapTable(indices: indices)
    }
}
