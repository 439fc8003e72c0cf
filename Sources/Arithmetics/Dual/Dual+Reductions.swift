// The tangent of a sum is the sum of the tangents; that of a dot product is one dot product over twice the terms.

extension Dual {
    public mutating func sum(_ x: Span<Scalar>) -> Scalar {
        let (values, tangents) = (x.lane(.value), x.lane(.tangent))
        return dual(base.sum(values.span), slope.sum(tangents.span))
    }

    public mutating func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        let (left, right) = (x.lane(.value), y.lane(.value))
        let (left2, right2) = (x.lanes(.tangent), y.lanes(.value))
        return dual(base.dot(left.span, right.span), slope.dot(left2.span, right2.span))
    }

    public mutating func sumByDefinition(_ x: Span<Scalar>) -> Scalar {
        let (values, tangents) = (x.lane(.value), x.lane(.tangent))
        return dual(base.sumByDefinition(values.span), slope.sumByDefinition(tangents.span))
    }

    public mutating func dotByDefinition(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        let (left, right) = (x.lane(.value), y.lane(.value))
        let (left2, right2) = (x.lanes(.tangent), y.lanes(.value))
        return dual(
            base.dotByDefinition(left.span, right.span), slope.dotByDefinition(left2.span, right2.span))
    }

    public mutating func sumExactly(_ x: Span<Scalar>) -> Scalar {
        let (values, tangents) = (x.lane(.value), x.lane(.tangent))
        return dual(base.sumExactly(values.span), slope.sumExactly(tangents.span))
    }

    public mutating func dotExactly(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        let (left, right) = (x.lane(.value), y.lane(.value))
        let (left2, right2) = (x.lanes(.tangent), y.lanes(.value))
        return dual(base.dotExactly(left.span, right.span), slope.dotExactly(left2.span, right2.span))
    }
}

// Whole arrays of outputs: the base's own kernels twice, once over the values and once over both lanes joined along the outermost
// of the reduced indices, tangents first on the left and values first on the right.

extension Dual {
    /// Both lanes of a result that is made lane by lane.
    func fill(
        _ out: inout MutableSpan<Scalar>, at site: Site,
        values: (_ lane: inout MutableSpan<Base.Scalar>, _ site: Site) -> Void,
        tangents: (_ lane: inout MutableSpan<Base.Scalar>, _ site: Site) -> Void
    ) {
        let count = out.count
        out.set(.value, to: lane(count) { values(&$0, site) })
        out.set(.tangent, to: lane(count) { tangents(&$0, site.ofTangents) })
    }

    func lane(_ count: Int, _ body: (inout MutableSpan<Base.Scalar>) -> Void) -> [Base.Scalar] {
        [Base.Scalar](unsafeUninitializedCapacity: count) { out, used in
            // Kernels write every element; plain bits need no initialisation before that.
            var span = out.extracting(0..<count).mutableSpan
            body(&span)
            used = count
        }
    }

    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ shape: MatmulShape, at site: Site
    ) {
        precondition(a.count == shape.m * shape.k && b.count == shape.k * shape.n, "shapes do not match")
        let (left, right) = (a.lane(.value), b.lane(.value))
        let left2 = a.lanes(.tangent, rows: shape.transposeA ? 1 : shape.m)
        let right2 = b.lanes(.value, rows: shape.transposeB ? shape.n : 1)
        let twice = MatmulShape(
            m: shape.m, n: shape.n, k: 2 * shape.k, transposeA: shape.transposeA, transposeB: shape.transposeB)
        fill(&c, at: site) {
            base.matmul(left.span, right.span, into: &$0, shape, at: $1)
        } tangents: {
            slope.matmul(left2.span, right2.span, into: &$0, twice, at: $1)
        }
    }

    /// Twice the input channels of each group.
    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        let (left, right) = (x.lane(.value), w.lane(.value))
        let left2 = x.lanes(.tangent, rows: shape.batch * shape.groups)
        let right2 = w.lanes(.value, rows: shape.outChannels)
        let twice = shape.with(inChannels: 2 * shape.inChannels)
        fill(&y, at: site) {
            base.convolve(left.span, right.span, into: &$0, shape, at: $1)
        } tangents: {
            slope.convolve(left2.span, right2.span, into: &$0, twice, at: $1)
        }
    }

    /// Twice the output channels of each group.
    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        let (left, right) = (g.lane(.value), w.lane(.value))
        let left2 = g.lanes(.tangent, rows: shape.batch * shape.groups)
        let right2 = w.lanes(.value, rows: shape.groups)
        let twice = shape.with(outChannels: 2 * shape.outChannels)
        fill(&dx, at: site) {
            base.convolveInputGradient(left.span, right.span, into: &$0, shape, at: $1)
        } tangents: {
            slope.convolveInputGradient(left2.span, right2.span, into: &$0, twice, at: $1)
        }
    }

    /// Twice the samples.
    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        let (left, right) = (g.lane(.value), x.lane(.value))
        let (left2, right2) = (g.lanes(.tangent), x.lanes(.value))
        let twice = shape.with(batch: 2 * shape.batch)
        fill(&dw, at: site) {
            base.convolveKernelGradient(left.span, right.span, into: &$0, shape, at: $1)
        } tangents: {
            slope.convolveKernelGradient(left2.span, right2.span, into: &$0, twice, at: $1)
        }
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        let (values, moved) = (x.lane(.value), x.lane(.tangent))
        fill(&out, at: site) {
            base.sums(values.span, outer: outer, inner: inner, into: &$0, at: $1)
        } tangents: {
            slope.sums(moved.span, outer: outer, inner: inner, into: &$0, at: $1)
        }
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        let (values, moved) = (x.lane(.value), x.lane(.tangent))
        fill(&out, at: site) {
            base.gatherSums(values.span, lists, into: &$0, at: $1)
        } tangents: {
            slope.gatherSums(moved.span, lists, into: &$0, at: $1)
        }
    }
}

extension ConvolutionShape {
    /// The same convolution of other sizes.
    fileprivate func with(batch: Int? = nil, inChannels: Int? = nil, outChannels: Int? = nil) -> ConvolutionShape {
        ConvolutionShape(
            batch: batch ?? self.batch, inChannels: inChannels ?? self.inChannels, inHeight: inHeight,
            inWidth: inWidth, outChannels: outChannels ?? self.outChannels, kernelHeight: kernelHeight,
            kernelWidth: kernelWidth, stride: stride, padding: padding, groups: groups)
    }
}
