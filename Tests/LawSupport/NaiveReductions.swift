import Arithmetics

// Contract, section 3, written again as plainly as it is said there: recursion over array slices, halves found by doubling
// from one, blocks cut off the front. Shares only the scalar operations with the arithmetic under test.

extension Arithmetic {
    func naiveSum(_ x: [Scalar]) -> Scalar {
        var a = self
        switch reduction {
        case .sequential: return x.reduce(zero) { a.add($0, $1) }
        case .pairwise: return naiveTree(x[...])
        case .kahan: return naiveKahan(x)
        case .blocked(let n):
            var rest = x[...]
            var total = zero
            while !rest.isEmpty {
                total = a.add(total, rest.prefix(n).reduce(zero) { a.add($0, $1) })
                rest = rest.dropFirst(n)
            }
            return total
        case .exact: return constant(naiveExact(x.map { exactValue($0) }.map { ($0, $0.rational) }, format))
        }
    }

    func naiveDot(_ x: [Scalar], _ y: [Scalar]) -> Scalar {
        var a = self
        let pairs = Array(Swift.zip(x, y))
        switch reduction {
        case .sequential: return pairs.reduce(zero) { a.fma($1.0, $1.1, $0) }
        case .pairwise: return naiveTree(pairs.map { a.multiply($0.0, $0.1) }[...])
        case .kahan: return naiveKahan(pairs.map { a.multiply($0.0, $0.1) })
        case .blocked(let n):
            var rest = pairs[...]
            var total = zero
            while !rest.isEmpty {
                total = a.add(total, rest.prefix(n).reduce(zero) { a.fma($1.0, $1.1, $0) })
                rest = rest.dropFirst(n)
            }
            return total
        case .exact:
            let factors = pairs.map { (exactValue($0.0), exactValue($0.1)) }
            let terms = factors.map { (ExactResult.product($0, $1, .binary64), $0.rational * $1.rational) }
            return constant(naiveExact(terms, format))
        }
    }

    private func naiveTree(_ x: ArraySlice<Scalar>) -> Scalar {
        var a = self
        guard x.count > 1 else { return x.first ?? zero }
        // The largest power of two below the count: the leading bit of count - 1.
        let m = 1 << (Int.bitWidth - 1 - (x.count - 1).leadingZeroBitCount)
        return a.add(naiveTree(x.prefix(m)), naiveTree(x.dropFirst(m)))
    }

    private func naiveKahan(_ x: [Scalar]) -> Scalar {
        var a = self
        var s = zero
        var c = zero
        for p in x {
            let y = a.subtract(p, c)
            let t = a.add(s, y)
            c = a.subtract(a.subtract(t, s), y)
            s = t
        }
        return s
    }
}

/// +0 and the exact terms, added exactly, rounded once. A term is its class (is it NaN, an infinity?) and, where it is
/// finite, its value. The class of a product of finite factors may overflow; its value says that it does not.
private func naiveExact(_ terms: [(class: ExactValue, value: Rational)], _ format: Format) -> ExactValue {
    if terms.contains(where: { $0.class.isNaN }) { return .nan }
    let infinities = Set(terms.filter { $0.class.isInfinite && $0.value == Rational(0) }.map(\.class))
    if let infinity = infinities.first { return infinities.count == 1 ? infinity : .nan }
    return format.round(terms.reduce(Rational(0)) { $0 + $1.value })
}
