// Whole arrays: the formula into the log, the work to the base.

extension Counting {
    private func note(_ counts: @autoclosure () -> OperationCounts) { operationLog?.note(counts()) }

    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ shape: MatmulShape, at site: Site
    ) {
        note(shape.m * shape.n * reduction.dotCounts(shape.k))
        base.matmul(a, b, into: &c, shape, at: site)
    }

    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        note(shape.forwardCounts(reduction))
        base.convolve(x, w, into: &y, shape, at: site)
    }

    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        note(shape.inputGradientCounts(reduction))
        base.convolveInputGradient(g, w, into: &dx, shape, at: site)
    }

    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        note(shape.kernelGradientCounts(reduction))
        base.convolveKernelGradient(g, x, into: &dw, shape, at: site)
    }

    public func map(_ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site) {
        note(x.count * f.counts)
        base.map(f, x, into: &y, at: site)
    }

    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        note(x.count * f.counts)
        base.zip(f, x, y, repetition, into: &z, at: site)
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        note(out.count * reduction.sumCounts(outer * inner))
        base.sums(x, outer: outer, inner: inner, into: &out, at: site)
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        note(
            lists.copies
                * (0..<lists.rowsPerCopy).reduce(OperationCounts()) {
                    $0 + reduction.sumCounts(lists.row($1).positions.count)
                })
        base.gatherSums(x, lists, into: &out, at: site)
    }

    /// The scan itself, whose comparisons depend on where NaNs stand.
    public func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at site: Site) {
        guard operationLog != nil else { return base.maxima(x, lists, into: &kept, at: site) }
        Plain(self).maxima(x, lists, into: &kept, at: site)
    }

    public func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) {
        note(gradient.count * constants.counts)
        base.descend(&weights, &velocity, gradient, constants, at: site)
    }

    public func array(_ x: ExactArray) -> [Scalar] {
        var counts = OperationCounts()
        counts[.constant] = x.count
        note(counts)
        return base.array(x)
    }
}
