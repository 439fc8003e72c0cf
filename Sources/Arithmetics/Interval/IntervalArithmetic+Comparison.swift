import CKernels

// Comparisons are decided when every choice of numbers between the bounds gives the same answer; nothing is guessed.

extension IntervalArithmetic {
    private func isNaI(_ x: Scalar) -> Bool { order(x.lower, x.lower) == nil }

    /// -1, 0, 1; nil with NaN.
    private func order(_ a: BigFloat<limbs>, _ b: BigFloat<limbs>) -> Int32? {
        var a = a
        var b = b
        let order = ls_big_compare(&a, &b)
        return order == 2 ? nil : order
    }

    private func larger(_ a: BigFloat<limbs>, _ b: BigFloat<limbs>) -> BigFloat<limbs> {
        order(a, b) == -1 ? b : a
    }

    private func smaller(_ a: BigFloat<limbs>, _ b: BigFloat<limbs>) -> BigFloat<limbs> {
        order(a, b) == 1 ? b : a
    }

    private var notAnInterval: Scalar { constant(.nan) }

    /// `.equal` only for the same single number; nothing is known of what is no enclosure.
    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering {
        guard let below = order(a.upper, b.lower), let above = order(a.lower, b.upper) else { return .undecided }
        if below < 0 { return .less }
        if above > 0 { return .greater }
        return below == 0 && above == 0 ? .equal : .undecided
    }

    public func exceeds(_ a: Scalar, _ b: Scalar) -> Bool? {
        let verdict = verdict(a, b)
        if verdict == nil { operationLog?.noteUndecided(at: here) }
        return verdict
    }

    private func verdict(_ a: Scalar, _ b: Scalar) -> Bool? {
        guard let below = order(a.upper, b.lower), let above = order(a.lower, b.upper) else { return nil }
        return above > 0 ? true : below <= 0 ? false : nil
    }

    /// The maximum of any two numbers between the bounds, tight.
    public func maximum(_ a: Scalar, _ b: Scalar) -> Scalar {
        if isNaI(a) || isNaI(b) { return notAnInterval }
        return Scalar(lower: larger(a.lower, b.lower), upper: larger(a.upper, b.upper))
    }

    public func hull(_ a: Scalar, _ b: Scalar) -> Scalar {
        if isNaI(a) || isNaI(b) { return notAnInterval }
        return Scalar(lower: smaller(a.lower, b.lower), upper: larger(a.upper, b.upper))
    }

    /// An index may be kept when its upper bound exceeds the lower bounds before it and is not below those after it: the first
    /// of equal values is kept. With a NaI in the row any index may be.
    public func contenders(_ x: Span<Scalar>, _ lists: IndexLists, at site: Site) -> IndexLists? {
        var offsets: [Int32] = [0]
        var indices: [Int32] = []
        var undecided = false
        for r in 0..<lists.rows {
            let (positions, shift) = lists.row(r)
            let row = positions.map { lists.indices[$0] + Int32(shift) }
            let found = contenders(x, row)
            if found.count > 1 {
                undecided = true
                operationLog?.noteUndecided(
                    found.count - 1,
                    at: OperationLog.Place(operation: site.operation, element: site.firstElement + r))
            }
            indices += found
            offsets.append(Int32(indices.count))
        }
        return undecided ? IndexLists(offsets: offsets, indices: indices) : nil
    }

    private func contenders(_ x: Span<Scalar>, _ row: [Int32]) -> [Int32] {
        guard let first = row.first, !row.contains(where: { isNaI(x[Int($0)]) }) else { return row }
        // The greatest lower bound before each place, and from each place on.
        var after = [x[Int(row[row.count - 1])].lower]
        for i in row.dropFirst().reversed() { after.append(larger(after[after.count - 1], x[Int(i)].lower)) }
        after.reverse()
        var before = x[Int(first)].lower
        var found: [Int32] = []
        for (place, i) in row.enumerated() {
            let upper = x[Int(i)].upper
            let beatsThoseBefore = place == 0 || order(upper, before) == 1
            if beatsThoseBefore, order(upper, after[place]) != -1 { found.append(i) }
            before = larger(before, x[Int(i)].lower)
        }
        return found
    }
}
