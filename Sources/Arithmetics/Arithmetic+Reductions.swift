// The definition of every reduction, written from scalar operations.
// Source: contract, section 3.

extension Arithmetic {
    public mutating func sum(_ x: Span<Scalar>) -> Scalar { sumByDefinition(x) }
    public mutating func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar { dotByDefinition(x, y) }

    public mutating func sumByDefinition(_ x: Span<Scalar>) -> Scalar {
        switch reduction {
        case .sequential: return chain(x)
        case .pairwise: return pairwise(x)
        case .blocked(let size): return chain(blocks(x, size).span)
        case .kahan: return compensated(x)
        case .exact: return sumExactly(x)
        }
    }

    public mutating func dotByDefinition(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        precondition(x.count == y.count, "a dot product of different lengths")
        switch reduction {
        case .sequential: return chain(x, y)
        case .pairwise: return pairwise(products(x, y).span)
        case .blocked(let size): return chain(blocks(x, y, size).span)
        case .kahan: return compensated(products(x, y).span)
        case .exact: return dotExactly(x, y)
        }
    }

    /// s ← +0; s ← s + x.
    private mutating func chain(_ x: Span<Scalar>) -> Scalar {
        var s = zero
        for i in x.indices { s = add(s, x[i]) }
        return s
    }

    /// s ← +0; s ← fma(x, y, s).
    private mutating func chain(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        var s = zero
        for i in x.indices { s = fma(x[i], y[i], s) }
        return s
    }

    private mutating func products(_ x: Span<Scalar>, _ y: Span<Scalar>) -> [Scalar] {
        var leaves: [Scalar] = []
        leaves.reserveCapacity(x.count)
        for i in x.indices { leaves.append(multiply(x[i], y[i])) }
        return leaves
    }

    /// One leaf is itself; n > 1 leaves are (the first m) + (the rest), m the largest power of two below n.
    private mutating func pairwise(_ x: Span<Scalar>) -> Scalar {
        if x.count == 0 { return zero }
        if x.count == 1 { return x[0] }
        var half = 1
        while 2 * half < x.count { half *= 2 }
        let left = pairwise(x.extracting(0..<half))
        let right = pairwise(x.extracting(half..<x.count))
        return add(left, right)
    }

    private mutating func blocks(_ x: Span<Scalar>, _ size: Int) -> [Scalar] {
        var results: [Scalar] = []
        for start in Swift.stride(from: 0, to: x.count, by: size) {
            results.append(chain(x.extracting(start..<min(start + size, x.count))))
        }
        return results
    }

    private mutating func blocks(_ x: Span<Scalar>, _ y: Span<Scalar>, _ size: Int) -> [Scalar] {
        var results: [Scalar] = []
        for start in Swift.stride(from: 0, to: x.count, by: size) {
            let range = start..<min(start + size, x.count)
            results.append(chain(x.extracting(range), y.extracting(range)))
        }
        return results
    }

    /// Kahan's compensated sum: s, c ← +0; y ← p - c; t ← s + y; c ← (t - s) - y; s ← t.
    private mutating func compensated(_ x: Span<Scalar>) -> Scalar {
        var s = zero
        var c = zero
        for i in x.indices {
            let y = subtract(x[i], c)
            let t = add(s, y)
            c = subtract(subtract(t, s), y)
            s = t
        }
        return s
    }

    public mutating func sumExactly(_ x: Span<Scalar>) -> Scalar {
        var terms: [ExactValue] = []
        for i in x.indices { terms.append(exactValue(x[i])) }
        return round(ExactValue.sum(terms, direction))
    }

    public mutating func dotExactly(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        var terms: [ExactValue] = []
        for i in x.indices { terms.append(exactValue(x[i]).times(exactValue(y[i]))) }
        return round(ExactValue.sum(terms, direction))
    }
}
