import CKernels

// Whole arrays in C where the reduction is the chain the kernels compute; the definition otherwise. Elementwise kernels do
// not reduce and always apply. Estimated costs decide only whether threads are used.

extension IEEEArithmetic {
    private var isChain: Bool { reduction == .sequential }
    private var path: ls_path { instructionSet.path }
    /// Nanoseconds a multiply-accumulate, roughly.
    private var cost: Double { instructionSet == .plain ? 4 : 0.1 }

    public func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        precondition(x.count == y.count, "a dot product of different lengths")
        guard isChain else {
            var definition = Plain(self)
            return definition.dot(x, y)
        }
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in Self.kernels.dot(path, Int64(x.count), x.baseAddress, y.baseAddress) }
        }
    }

    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ s: MatmulShape, at site: Site
    ) {
        precondition(a.count == s.m * s.k && b.count == s.k * s.n && c.count == s.m * s.n, "shapes do not match")
        guard isChain else { return Plain(self).matmul(a, b, into: &c, s, at: site) }
        guard c.count > 0 else { return }
        let work = Double(s.m * s.n) * Double(s.k) * cost
        partition(&c, rows: s.m, at: site, nanoseconds: work) { rows, part in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    part.withUnsafeMutableBufferPointer { c in
                        // An empty chain has no operands to point into.
                        let start = a.baseAddress.map { $0 + rows.lowerBound * s.strideA.row }
                        Self.kernels.matmul(
                            path, Int64(rows.count), Int64(s.n), Int64(s.k), start, Int64(s.strideA.row),
                            Int64(s.strideA.column), b.baseAddress, Int64(s.strideB.row), Int64(s.strideB.column),
                            c.baseAddress)
                    }
                }
            }
        }
    }

    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            x.count == s.inputCount && w.count == s.kernelCount && y.count == s.outputCount, "shapes do not match")
        guard isChain else { return Plain(self).convolve(x, w, into: &y, s, at: site) }
        convolution(Self.kernels.convolve, x, w, s, rows: s.batch, into: &y, site)
    }

    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            g.count == s.outputCount && w.count == s.kernelCount && dx.count == s.inputCount, "shapes do not match")
        guard isChain else { return Plain(self).convolveInputGradient(g, w, into: &dx, s, at: site) }
        convolution(Self.kernels.convolveInputGradient, g, w, s, rows: s.batch, into: &dx, site)
    }

    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            g.count == s.outputCount && x.count == s.inputCount && dw.count == s.kernelCount, "shapes do not match")
        guard isChain else { return Plain(self).convolveKernelGradient(g, x, into: &dw, s, at: site) }
        convolution(Self.kernels.convolveKernelGradient, g, x, s, rows: s.outChannels, into: &dw, site)
    }

    /// Runs a convolution kernel over parts of its output rows (samples, or output channels). The kernels index whole arrays,
    /// so every part is given the pointer at which row 0 would stand.
    private func convolution(
        _ kernel:
            @Sendable (
                ls_path, IEEEKernels<Scalar>.Shape, Int64, Int64, IEEEKernels<Scalar>.Input,
                IEEEKernels<Scalar>.Input, IEEEKernels<Scalar>.Output
            ) -> Void,
        _ first: Span<Scalar>, _ second: Span<Scalar>, _ s: ConvolutionShape, rows: Int,
        into out: inout MutableSpan<Scalar>, _ site: Site
    ) {
        guard out.count > 0 else { return }
        let rowLength = out.count / rows
        let work = Double(s.terms) * cost * 2
        partition(&out, rows: rows, at: site, nanoseconds: work) { range, part in
            first.withUnsafeBufferPointer { first in
                second.withUnsafeBufferPointer { second in
                    part.withUnsafeMutableBufferPointer { out in
                        var shape = s.kernel
                        let origin = out.baseAddress.map { $0 - range.lowerBound * rowLength }
                        kernel(
                            path, &shape, Int64(range.lowerBound), Int64(range.upperBound), first.baseAddress,
                            second.baseAddress, origin)
                    }
                }
            }
        }
    }

    public func map(_ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site) {
        precondition(x.count == y.count, "shapes do not match")
        let (code, constant) = f.kernel
        partition(&y, rows: x.count, at: site, nanoseconds: Double(x.count) * f.cost) { range, part in
            x.extracting(range).withUnsafeBufferPointer { x in
                part.withUnsafeMutableBufferPointer { y in
                    Self.kernels.map(path, code, constant ?? 0, Int64(x.count), x.baseAddress, y.baseAddress)
                }
            }
        }
    }

    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(x.count == z.count && y.count >= min(repetition.period, x.count), "shapes do not match")
        let (code, constant) = f.kernel
        let (rows, meetsOwnPart) = repetition.rows(of: x.count)
        let rowLength = rows == 0 ? 0 : x.count / rows
        partition(&z, rows: rows, at: site, nanoseconds: Double(x.count) * f.cost) { range, part in
            x.extracting(range.lowerBound * rowLength..<range.upperBound * rowLength).withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    part.withUnsafeMutableBufferPointer { z in
                        let start = meetsOwnPart ? range.lowerBound * rowLength / repetition.inner : 0
                        Self.kernels.zip(
                            path, code, constant ?? 0, Int64(x.count), x.baseAddress, y.baseAddress.map { $0 + start },
                            repetition.kernel, z.baseAddress)
                    }
                }
            }
        }
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(x.count == outer * inner * out.count, "shapes do not match")
        guard isChain else { return Plain(self).sums(x, outer: outer, inner: inner, into: &out, at: site) }
        let count = out.count
        partition(&out, rows: count, at: site, nanoseconds: Double(x.count) * 0.5) { range, part in
            x.withUnsafeBufferPointer { x in
                part.withUnsafeMutableBufferPointer { out in
                    Self.kernels.sum(
                        path, Int64(outer), Int64(count), Int64(inner), Int64(range.lowerBound),
                        Int64(range.upperBound), x.baseAddress, out.baseAddress.map { $0 - range.lowerBound })
                }
            }
        }
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(lists.rows == out.count, "shapes do not match")
        guard isChain else { return Plain(self).gatherSums(x, lists, into: &out, at: site) }
        partition(&out, rows: lists.copies, at: site, nanoseconds: Double(x.count + out.count)) { range, part in
            x.withUnsafeBufferPointer { x in
                part.withUnsafeMutableBufferPointer { out in
                    for copy in range {
                        Self.kernels.gatherSum(
                            path, Int64(lists.rowsPerCopy), lists.offsets, lists.indices,
                            x.baseAddress.map { $0 + copy * lists.stride },
                            out.baseAddress.map { $0 + (copy - range.lowerBound) * lists.rowsPerCopy })
                    }
                }
            }
        }
    }

    public func scatterSums(
        _ x: Span<Scalar>, to positions: Span<Int32>, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(x.count == positions.count, "shapes do not match")
        guard isChain else { return Plain(self).scatterSums(x, to: positions, into: &out, at: site) }
        partition(&out, rows: out.count, at: site, nanoseconds: Double(x.count)) { range, part in
            x.withUnsafeBufferPointer { x in
                positions.withUnsafeBufferPointer { positions in
                    part.withUnsafeMutableBufferPointer { out in
                        Self.kernels.scatterSum(
                            path, Int64(x.count), positions.baseAddress, x.baseAddress, Int64(range.lowerBound),
                            Int64(range.upperBound), out.baseAddress.map { $0 - range.lowerBound })
                    }
                }
            }
        }
    }

    public func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at site: Site) {
        precondition(lists.rows == kept.count, "shapes do not match")
        precondition(
            Swift.zip(lists.offsets, lists.offsets.dropFirst()).allSatisfy(<), "the maximum of nothing")
        let rows = lists.rowsPerCopy
        let work = Double(lists.copies) * Double(lists.indices.count)
        partition(&kept, rows: lists.copies, at: site, nanoseconds: work) { range, part in
            x.withUnsafeBufferPointer { x in
                part.withUnsafeMutableBufferPointer { kept in
                    Self.kernels.maxima(
                        path, Int64(rows), lists.offsets, lists.indices, Int64(range.lowerBound),
                        Int64(range.upperBound), Int64(lists.stride), x.baseAddress,
                        kept.baseAddress.map { $0 - range.lowerBound * rows })
                }
            }
        }
    }

    public func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) {
        if constants.fused { return Plain(self).descend(&weights, &velocity, gradient, constants, at: site) }
        precondition(weights.count == gradient.count, "shapes do not match")
        precondition(constants.momentum == nil || velocity.count == gradient.count, "shapes do not match")
        let rate = constants.scaledRate ?? multiply(constants.rate, byInteger: constants.k)
        velocity.withUnsafeMutableBufferPointer { velocity in
            // Each element of the buffer is touched by the thread that makes the weight.
            nonisolated(unsafe) let velocity = velocity
            partition(&weights, rows: gradient.count, at: site, nanoseconds: Double(gradient.count)) { range, part in
                gradient.extracting(range).withUnsafeBufferPointer { g in
                    part.withUnsafeMutableBufferPointer { w in
                        let v = constants.momentum == nil ? nil : velocity.baseAddress.map { $0 + range.lowerBound }
                        Self.kernels.descend(path, Int64(g.count), w.baseAddress, v, g.baseAddress, constants, rate)
                    }
                }
            }
        }
    }
}

extension Repetition {
    /// Rows into which `count` elements can be shared out, and whether a part meets its own part of the repeated operand, rather
    /// than all of it from the beginning.
    fileprivate func rows(of count: Int) -> (rows: Int, meetsOwnPart: Bool) {
        let cycle = inner * period
        if cycle == 1 { return (count, false) }
        if cycle >= count { return count % inner == 0 ? (count / inner, true) : (1, false) }
        return count % cycle == 0 ? (count / cycle, false) : (1, false)
    }
}
