// The definition of every bulk operation: gather the terms of each output in index order, then reduce or apply, with the
// arithmetic as it stands at that output. Overrides may only be faster. Outputs do not depend on each other, so threads may
// share them even here.
// Source: contract, sections 3 and 3a.

/// Decides only whether threads are used.
@usableFromInline let nanosecondsOfAScalarOperation = 50.0

extension Arithmetic {
    public func at(_ site: Site, element: Int) -> Self { self }

    /// Computes every element of an output by itself, on as many threads as the site has.
    ///
    /// - Parameters:
    ///   - operations: scalar operations of an element, roughly.
    ///   - value: one element, from the arithmetic as it stands there.
    @inlinable
    func fill(
        _ out: inout MutableSpan<Scalar>, operations: Int, at site: Site,
        _ value: @Sendable (_ element: Int, _ here: inout Self) -> Scalar
    ) {
        let count = out.count
        let nanoseconds = Double(count) * Double(operations + 1) * nanosecondsOfAScalarOperation
        partition(&out, rows: count, at: site, nanoseconds: nanoseconds) { range, part in
            for element in range {
                var here = at(site, element: element)
                part[element - range.lowerBound] = value(element, &here)
            }
        }
    }

    @inlinable
    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ shape: MatmulShape, at site: Site
    ) {
        fill(&c, operations: shape.k, at: site) { element, here in
            let (i, j) = (element / shape.n, element % shape.n)
            var row: [Scalar] = []
            var column: [Scalar] = []
            row.reserveCapacity(shape.k)
            column.reserveCapacity(shape.k)
            for l in 0..<shape.k {
                row.append(a[shape.transposeA ? l * shape.m + i : i * shape.k + l])
                column.append(b[shape.transposeB ? j * shape.k + l : l * shape.n + j])
            }
            return here.dot(row.span, column.span)
        }
    }

    @inlinable
    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        fill(&y, operations: shape.termsOfAnOutput, at: site) { element, here in
            var left: [Scalar] = []
            var right: [Scalar] = []
            shape.forEachTerm(ofOutput: element) { input, weight in
                left.append(x[input])
                right.append(w[weight])
            }
            return here.dot(left.span, right.span)
        }
    }

    @inlinable
    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        fill(&dx, operations: shape.terms / max(1, shape.inputCount), at: site) { element, here in
            var left: [Scalar] = []
            var right: [Scalar] = []
            shape.forEachTerm(ofInput: element) { output, weight in
                left.append(g[output])
                right.append(w[weight])
            }
            return here.dot(left.span, right.span)
        }
    }

    @inlinable
    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        fill(&dw, operations: shape.terms / max(1, shape.kernelCount), at: site) { element, here in
            var left: [Scalar] = []
            var right: [Scalar] = []
            shape.forEachTerm(ofWeight: element) { output, input in
                left.append(g[output])
                right.append(x[input])
            }
            return here.dot(left.span, right.span)
        }
    }

    @inlinable
    public func map(
        _ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site
    ) {
        fill(&y, operations: 5, at: site) { i, here in here.apply(f, x[i]) }
    }

    @inlinable
    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        fill(&z, operations: 2, at: site) { i, here in here.apply(f, x[i], y[repetition.index(i)]) }
    }

    @inlinable
    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        let count = out.count
        fill(&out, operations: outer * inner, at: site) { b, here in
            var terms: [Scalar] = []
            terms.reserveCapacity(outer * inner)
            for a in 0..<outer {
                for c in 0..<inner { terms.append(x[(a * count + b) * inner + c]) }
            }
            return here.sum(terms.span)
        }
    }

    @inlinable
    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        let terms = lists.indices.count / max(1, lists.rowsPerCopy)
        fill(&out, operations: terms, at: site) { r, here in
            var terms: [Scalar] = []
            let (positions, shift) = lists.row(r)
            for j in positions { terms.append(x[Int(lists.indices[j]) + shift]) }
            return here.sum(terms.span)
        }
    }

    public func scatterSums(
        _ x: Span<Scalar>, to positions: Span<Int32>, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        let ofRows = IndexLists(
            offsets: (0...positions.count).map { Int32($0) }, indices: positions.indices.map { positions[$0] })
        gatherSums(x, ofRows.inverted(positions: out.count), into: &out, at: site)
    }

    @inlinable
    public func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at site: Site) {
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
        velocity.withUnsafeMutableBufferPointer { velocity in
            // Each element of the buffer is touched by the thread that makes the weight.
            nonisolated(unsafe) let velocity = velocity
            let nanoseconds = Double(gradient.count) * 8 * nanosecondsOfAScalarOperation
            partition(&weights, rows: gradient.count, at: site, nanoseconds: nanoseconds) { range, part in
                for i in range {
                    var here = at(site, element: i)
                    let (weight, buffer) = here.descend(
                        part[i - range.lowerBound], constants.momentum == nil ? zero : velocity[i], gradient[i],
                        constants)
                    part[i - range.lowerBound] = weight
                    if constants.momentum != nil { velocity[i] = buffer }
                }
            }
        }
    }

    public func array(_ x: ExactArray) -> [Scalar] { (0..<x.count).map { constant(x[$0]) } }

    public func exactArray(_ x: Span<Scalar>) -> ExactArray {
        var values: [ExactValue] = []
        for i in x.indices { values.append(exactValue(x[i])) }
        return ExactArray(values)
    }

    public func firstNonFinite(_ x: Span<Scalar>) -> Int? {
        // A piece at a time: whole arrays of long numbers are not held twice.
        for first in stride(from: 0, to: x.count, by: 1024) {
            let piece = exactArray(x.extracting(first..<min(first + 1024, x.count)))
            if let found = piece.firstNonFinite { return first + found }
        }
        return nil
    }
}
