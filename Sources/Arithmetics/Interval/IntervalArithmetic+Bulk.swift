import CKernels
import CMPFR

// Exact sums and dot products of whole arrays in C; other reductions and elementwise functions are the definition, shared among
// threads where that pays. A precision that does not belong to the arithmetic is caught at entry, by the first element.

extension IntervalArithmetic {
    /// Nanoseconds of one term of an exact dot product, and of one operation of the definition, roughly.
    private var termCost: Double { 40 + 12 * Double(limbs * limbs) }
    private var operationCost: Double { 400 + 20 * Double(limbs * limbs) }

    func check(_ x: Span<Scalar>) {
        precondition(x.isEmpty || x[0].precision == format.precision, "an array of another precision")
    }

    // MARK: The meaning of exact sums

    /// The bounds' exact sums, each rounded outward.
    public func sumExactly(_ x: Span<Scalar>) -> Scalar {
        let bounds = bounds(x)
        return sumExactly((0..<x.count).map { (bounds.lower[$0], bounds.upper[$0]) })
    }

    /// The exact sums of the least and of the greatest product of each term.
    public func dotExactly(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        let (a, b) = (bounds(x), bounds(y))
        return sumExactly(
            (0..<x.count).map { i in
                if a.lower[i].isNaN || b.lower[i].isNaN { return (.nan, .nan) }
                let products = [
                    a.lower[i].timesBound(b.lower[i]), a.lower[i].timesBound(b.upper[i]),
                    a.upper[i].timesBound(b.lower[i]), a.upper[i].timesBound(b.upper[i]),
                ]
                let sorted = products.sorted { $0.isBelow($1) }
                return (sorted[0], sorted[3])
            })
    }

    private func sumExactly(_ terms: [(lower: ExactValue, upper: ExactValue)]) -> Scalar {
        let lower = ExactValue.sum(terms.map(\.lower))
        let upper = ExactValue.sum(terms.map(\.upper))
        return enclosing(lower, upper)
    }

    // MARK: Fast

    public func sum(_ x: Span<Scalar>) -> Scalar {
        guard reduction == .exact else {
            var definition = self
            return definition.sumByDefinition(x)
        }
        var result = [zero]
        var span = result.mutableSpan
        sums(x, outer: 1, inner: x.count, into: &span, at: Site())
        return result[0]
    }

    public func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        precondition(x.count == y.count, "a dot product of different lengths")
        guard reduction == .exact else {
            var definition = self
            return definition.dotByDefinition(x, y)
        }
        var result = [zero]
        var span = result.mutableSpan
        matmul(x, y, into: &span, MatmulShape(m: 1, n: 1, k: x.count), at: Site())
        return result[0]
    }

    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ s: MatmulShape, at site: Site
    ) {
        precondition(a.count == s.m * s.k && b.count == s.k * s.n && c.count == s.m * s.n, "shapes do not match")
        check(a)
        check(b)
        guard c.count > 0 else { return }
        guard reduction == .exact else { return Plain(self).matmul(a, b, into: &c, s, at: site) }
        let format = kernel
        let work = Double(s.m * s.n) * Double(s.k) * termCost
        partition(&c, rows: s.m, at: site, nanoseconds: work) { rows, part in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    part.withUnsafeMutableBufferPointer { c in
                        var kernel = format
                        let start = a.baseAddress.map { $0 + rows.lowerBound * s.strideA.row }
                        ls_interval_matmul(
                            Int64(rows.count), Int64(s.n), Int64(s.k), start, Int64(s.strideA.row),
                            Int64(s.strideA.column), b.baseAddress, Int64(s.strideB.row), Int64(s.strideB.column),
                            c.baseAddress, &kernel)
                    }
                }
            }
        }
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(x.count == outer * inner * out.count, "shapes do not match")
        check(x)
        guard reduction == .exact else { return Plain(self).sums(x, outer: outer, inner: inner, into: &out, at: site) }
        var kernel = kernel
        x.withUnsafeBufferPointer { x in
            out.withUnsafeMutableBufferPointer { out in
                ls_interval_sum_axes(
                    Int64(outer), Int64(out.count), Int64(inner), x.baseAddress, out.baseAddress, &kernel)
            }
        }
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(lists.rows == out.count, "shapes do not match")
        check(x)
        guard reduction == .exact else { return Plain(self).gatherSums(x, lists, into: &out, at: site) }
        var kernel = kernel
        x.withUnsafeBufferPointer { x in
            out.withUnsafeMutableBufferPointer { out in
                for copy in 0..<lists.copies {
                    ls_interval_gather_sum(
                        Int64(lists.rowsPerCopy), lists.offsets, lists.indices,
                        x.baseAddress.map { $0 + copy * lists.stride },
                        out.baseAddress.map { $0 + copy * lists.rowsPerCopy }, &kernel)
                }
            }
        }
    }

    public func map(_ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site) {
        precondition(x.count == y.count, "shapes do not match")
        check(x)
        partition(&y, rows: x.count, at: site, nanoseconds: Double(x.count) * operationCost * 20) { range, part in
            var site = site
            site.firstElement += range.lowerBound
            Plain(self).map(f, x.extracting(range), into: &part, at: site)
        }
    }
}

extension ExactValue {
    /// A product of bounds: an infinite one bounds nothing, and zero times anything is zero.
    fileprivate func timesBound(_ other: ExactValue) -> ExactValue {
        kind == .zero || other.kind == .zero ? .zero : times(other)
    }

    /// this < other, neither NaN.
    fileprivate func isBelow(_ other: ExactValue) -> Bool {
        withMPFR { x in other.withMPFR { y in mpfr_less_p(x, y) != 0 } }
    }
}
