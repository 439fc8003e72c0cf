// The definition of every bulk operation: gather the terms of each output in index order, then reduce or apply, with the
// arithmetic as it stands at that output. Overrides may only be faster.
// Source: contract, sections 3 and 3a.

extension Arithmetic {
    public func at(_ site: Site, element: Int) -> Self { self }

    @inlinable
    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ shape: MatmulShape, at site: Site
    ) {
        var row = [Scalar](repeating: zero, count: shape.k)
        var column = row
        for j in 0..<shape.n {
            for l in 0..<shape.k { column[l] = b[shape.transposeB ? j * shape.k + l : l * shape.n + j] }
            for i in 0..<shape.m {
                for l in 0..<shape.k { row[l] = a[shape.transposeA ? l * shape.m + i : i * shape.k + l] }
                let element = i * shape.n + j
                var here = at(site, element: element)
                c[element] = here.dot(row.span, column.span)
            }
        }
    }

    @inlinable
    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        let inGroup = s.inChannels / s.groups
        let outGroup = s.outChannels / s.groups
        var element = 0
        for n in 0..<s.batch {
            for oc in 0..<s.outChannels {
                for oh in 0..<s.outHeight {
                    for ow in 0..<s.outWidth {
                        var left: [Scalar] = []
                        var right: [Scalar] = []
                        for c in 0..<inGroup {
                            let ic = oc / outGroup * inGroup + c
                            for kh in 0..<s.kernelHeight {
                                let row = oh * s.stride + kh - s.padding
                                guard 0 <= row, row < s.inHeight else { continue }
                                for kw in 0..<s.kernelWidth {
                                    let column = ow * s.stride + kw - s.padding
                                    guard 0 <= column, column < s.inWidth else { continue }
                                    left.append(x[((n * s.inChannels + ic) * s.inHeight + row) * s.inWidth + column])
                                    right.append(w[((oc * inGroup + c) * s.kernelHeight + kh) * s.kernelWidth + kw])
                                }
                            }
                        }
                        var here = at(site, element: element)
                        y[element] = here.dot(left.span, right.span)
                        element += 1
                    }
                }
            }
        }
    }

    @inlinable
    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        let inGroup = s.inChannels / s.groups
        let outGroup = s.outChannels / s.groups
        var element = 0
        for n in 0..<s.batch {
            for ic in 0..<s.inChannels {
                for row in 0..<s.inHeight {
                    for column in 0..<s.inWidth {
                        var left: [Scalar] = []
                        var right: [Scalar] = []
                        for o in 0..<outGroup {
                            let oc = ic / inGroup * outGroup + o
                            for kh in 0..<s.kernelHeight {
                                let oh = row + s.padding - kh
                                guard oh >= 0, oh % s.stride == 0, oh / s.stride < s.outHeight else { continue }
                                for kw in 0..<s.kernelWidth {
                                    let ow = column + s.padding - kw
                                    guard ow >= 0, ow % s.stride == 0, ow / s.stride < s.outWidth else { continue }
                                    left.append(
                                        g[
                                            ((n * s.outChannels + oc) * s.outHeight + oh / s.stride) * s.outWidth
                                                + ow / s.stride])
                                    right.append(
                                        w[((oc * inGroup + ic % inGroup) * s.kernelHeight + kh) * s.kernelWidth + kw])
                                }
                            }
                        }
                        var here = at(site, element: element)
                        dx[element] = here.dot(left.span, right.span)
                        element += 1
                    }
                }
            }
        }
    }

    @inlinable
    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        let inGroup = s.inChannels / s.groups
        let outGroup = s.outChannels / s.groups
        var element = 0
        for oc in 0..<s.outChannels {
            for c in 0..<inGroup {
                let ic = oc / outGroup * inGroup + c
                for kh in 0..<s.kernelHeight {
                    for kw in 0..<s.kernelWidth {
                        var left: [Scalar] = []
                        var right: [Scalar] = []
                        for n in 0..<s.batch {
                            for oh in 0..<s.outHeight {
                                let row = oh * s.stride + kh - s.padding
                                guard 0 <= row, row < s.inHeight else { continue }
                                for ow in 0..<s.outWidth {
                                    let column = ow * s.stride + kw - s.padding
                                    guard 0 <= column, column < s.inWidth else { continue }
                                    left.append(g[((n * s.outChannels + oc) * s.outHeight + oh) * s.outWidth + ow])
                                    right.append(x[((n * s.inChannels + ic) * s.inHeight + row) * s.inWidth + column])
                                }
                            }
                        }
                        var here = at(site, element: element)
                        dw[element] = here.dot(left.span, right.span)
                        element += 1
                    }
                }
            }
        }
    }

    @inlinable
    public func map(
        _ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site
    ) {
        for i in x.indices {
            var here = at(site, element: i)
            y[i] = here.apply(f, x[i])
        }
    }

    @inlinable
    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        for i in x.indices {
            var here = at(site, element: i)
            z[i] = here.apply(f, x[i], y[repetition.index(i)])
        }
    }

    @inlinable
    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        for b in 0..<out.count {
            var terms: [Scalar] = []
            terms.reserveCapacity(outer * inner)
            for a in 0..<outer {
                for c in 0..<inner { terms.append(x[(a * out.count + b) * inner + c]) }
            }
            var here = at(site, element: b)
            out[b] = here.sum(terms.span)
        }
    }

    @inlinable
    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        for r in 0..<lists.rows {
            var terms: [Scalar] = []
            let (positions, shift) = lists.row(r)
            for j in positions { terms.append(x[Int(lists.indices[j]) + shift]) }
            var here = at(site, element: r)
            out[r] = here.sum(terms.span)
        }
    }

    @inlinable
    public func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>) {
        for r in 0..<lists.rows {
            let (positions, shift) = lists.row(r)
            precondition(!positions.isEmpty, "the maximum of nothing")
            var best = Int(lists.indices[positions.lowerBound]) + shift
            for j in positions.dropFirst() {
                let candidate = Int(lists.indices[j]) + shift
                switch compare(x[candidate], x[best]) {
                case .greater: best = candidate
                case .unordered:
                    // NaN replaces a number; a NaN that is kept stays.
                    if compare(x[best], x[best]) != .unordered { best = candidate }
                case .less, .equal, .undecided: break
                }
            }
            kept[r] = Int32(best)
        }
    }

    @inlinable
    public func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) {
        for i in gradient.indices {
            var here = at(site, element: i)
            let (weight, buffer) = here.descend(
                weights[i], constants.momentum == nil ? zero : velocity[i], gradient[i], constants)
            weights[i] = weight
            if constants.momentum != nil { velocity[i] = buffer }
        }
    }

    public func array(_ x: ExactArray) -> [Scalar] { (0..<x.count).map { constant(x[$0]) } }

    public func exactArray(_ x: Span<Scalar>) -> ExactArray {
        var values: [ExactValue] = []
        for i in x.indices { values.append(exactValue(x[i])) }
        return ExactArray(values)
    }
}
