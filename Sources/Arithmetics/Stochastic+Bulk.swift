// Whole arrays: by the base where it draws for itself, else by the definition, which is shared among threads as well.

extension Stochastic {
    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ shape: MatmulShape,
        at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).matmul(a, b, into: &c, shape, at: site) }
        base.matmul(a, b, into: &c, shape, at: site)
    }

    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).convolve(x, w, into: &y, shape, at: site) }
        base.convolve(x, w, into: &y, shape, at: site)
    }

    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).convolveInputGradient(g, w, into: &dx, shape, at: site) }
        base.convolveInputGradient(g, w, into: &dx, shape, at: site)
    }

    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).convolveKernelGradient(g, x, into: &dw, shape, at: site) }
        base.convolveKernelGradient(g, x, into: &dw, shape, at: site)
    }

    public func map(
        _ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).map(f, x, into: &y, at: site) }
        base.map(f, x, into: &y, at: site)
    }

    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).zip(f, x, y, repetition, into: &z, at: site) }
        base.zip(f, x, y, repetition, into: &z, at: site)
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).sums(x, outer: outer, inner: inner, into: &out, at: site) }
        base.sums(x, outer: outer, inner: inner, into: &out, at: site)
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        guard base.drawsForArrays else { return Plain(self).gatherSums(x, lists, into: &out, at: site) }
        base.gatherSums(x, lists, into: &out, at: site)
    }

    public func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) {
        guard base.drawsForArrays, !constants.fused, constants.scaledRate == nil else {
            return Plain(self).descend(&weights, &velocity, gradient, constants, at: site)
        }
        base.descend(&weights, &velocity, gradient, constants, at: site)
    }

    /// No rounding, so no draw.
    public func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at site: Site) {
        base.maxima(x, lists, into: &kept, at: site)
    }
}
