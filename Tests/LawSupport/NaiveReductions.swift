import Arithmetics

// Contract, section 3, written again as plainly as it is said there: recursion over array slices, halves found by doubling
// from one, blocks cut off the front. Shares only the scalar operations with the arithmetic under test.

extension Arithmetic {
    mutating func naiveSum(_ x: [Scalar]) -> Scalar {
        switch reduction {
        case .sequential: return naiveChain(x[...])
        case .pairwise: return naiveTree(x[...])
        case .kahan: return naiveKahan(x)
        case .blocked(let n):
            var (rest, blocks) = (x[...], [Scalar]())
            while !rest.isEmpty {
                blocks.append(naiveChain(rest.prefix(n)))
                rest = rest.dropFirst(n)
            }
            return naiveChain(blocks[...])
        case .exact: return constant(naiveExact(x.map { exactValue($0) }.map { ($0, $0.rational) }))
        }
    }

    mutating func naiveDot(_ x: [Scalar], _ y: [Scalar]) -> Scalar {
        let pairs = Array(Swift.zip(x, y))
        switch reduction {
        case .sequential: return naiveChain(pairs[...])
        case .pairwise: return naiveTree(pairs.map { multiply($0.0, $0.1) }[...])
        case .kahan: return naiveKahan(pairs.map { multiply($0.0, $0.1) })
        case .blocked(let n):
            var (rest, blocks) = (pairs[...], [Scalar]())
            while !rest.isEmpty {
                blocks.append(naiveChain(rest.prefix(n)))
                rest = rest.dropFirst(n)
            }
            return naiveChain(blocks[...])
        case .exact:
            let factors = pairs.map { (exactValue($0.0), exactValue($0.1)) }
            let terms = factors.map { (ExactResult.product($0, $1, .binary64), $0.rational * $1.rational) }
            return constant(naiveExact(terms))
        }
    }

    private mutating func naiveChain(_ x: ArraySlice<Scalar>) -> Scalar { x.reduce(zero) { add($0, $1) } }

    private mutating func naiveChain(_ pairs: ArraySlice<(Scalar, Scalar)>) -> Scalar {
        pairs.reduce(zero) { fma($1.0, $1.1, $0) }
    }

    private mutating func naiveTree(_ x: ArraySlice<Scalar>) -> Scalar {
        guard x.count > 1 else { return x.first ?? zero }
        // The largest power of two below the count: the leading bit of count - 1.
        let m = 1 << (Int.bitWidth - 1 - (x.count - 1).leadingZeroBitCount)
        let left = naiveTree(x.prefix(m))
        let right = naiveTree(x.dropFirst(m))
        return add(left, right)
    }

    private mutating func naiveKahan(_ x: [Scalar]) -> Scalar {
        var s = zero
        var c = zero
        for p in x {
            let y = subtract(p, c)
            let t = add(s, y)
            let moved = subtract(t, s)
            c = subtract(moved, y)
            s = t
        }
        return s
    }

    /// +0 and the exact terms, added exactly, rounded once. A term is its class (is it NaN, an infinity? and its sign) and, where
    /// it is finite, its value. The class of a product of finite factors may overflow; its value says that it does not.
    private func naiveExact(_ terms: [(class: ExactValue, value: Rational)]) -> ExactValue {
        if terms.contains(where: { $0.class.isNaN }) { return .nan }
        let infinities = Set(terms.filter { $0.class.isInfinite && $0.value == Rational(0) }.map(\.class))
        if let infinity = infinities.first { return infinities.count == 1 ? infinity : .nan }
        let sum = terms.reduce(Rational(0)) { $0 + $1.value }
        // Rounding down, a sum that is 0 is -0 unless every term is +0.
        if sum == Rational(0) {
            return direction == .down && terms.contains { $0.class.isNegative } ? .negativeZero : .zero
        }
        if direction == .nearest { return format.round(sum) }
        // The longest format holds it: terms are some thousand bits apart at most.
        let exact = Format.mpfr(precision: Format.precisions.upperBound).round(sum)
        guard case .stochastic = direction else { return format.round(exact, direction) }
        var drawing = self
        return exactValue(drawing.round(exact))
    }
}
