import CKernels

// Chains in C; everything else, the other reductions included, is the definition.

extension SoftFloat {
    private var isChain: Bool { reduction == .sequential && kernel.direction != LS_STOCHASTIC }

    public func sum(_ x: Span<Double>) -> Double {
        guard isChain else {
            var definition = Plain(self)
            return definition.sum(x)
        }
        var kernel = kernel
        return x.withUnsafeBufferPointer { ls_soft_sum(Int64($0.count), $0.baseAddress, &kernel) }
    }

    public func dot(_ x: Span<Double>, _ y: Span<Double>) -> Double {
        precondition(x.count == y.count, "a dot product of different lengths")
        guard isChain else {
            var definition = Plain(self)
            return definition.dot(x, y)
        }
        var kernel = kernel
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in ls_soft_dot(Int64(x.count), x.baseAddress, y.baseAddress, &kernel) }
        }
    }

    public func matmul(
        _ a: Span<Double>, _ b: Span<Double>, into c: inout MutableSpan<Double>, _ s: MatmulShape, at site: Site
    ) {
        precondition(a.count == s.m * s.k && b.count == s.k * s.n && c.count == s.m * s.n, "shapes do not match")
        guard isChain else { return Plain(self).matmul(a, b, into: &c, s, at: site) }
        guard c.count > 0 else { return }
        let nanosecondsPerTerm = format.precision <= 24 ? 3.0 : 30
        let work = Double(s.m * s.n) * Double(s.k) * nanosecondsPerTerm
        let shared = kernel
        partition(&c, rows: s.m, at: site, nanoseconds: work) { rows, part in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    part.withUnsafeMutableBufferPointer { c in
                        var kernel = shared
                        let start = a.baseAddress.map { $0 + rows.lowerBound * s.strideA.row }
                        ls_soft_matmul(
                            Int64(rows.count), Int64(s.n), Int64(s.k), start, Int64(s.strideA.row),
                            Int64(s.strideA.column), b.baseAddress, Int64(s.strideB.row), Int64(s.strideB.column),
                            c.baseAddress, &kernel)
                    }
                }
            }
        }
    }
}
