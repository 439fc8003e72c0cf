/// How many elements differ by how many ulps, in powers of two.
public struct UlpHistogram: Sendable, Equatable {
    /// Elements without a difference; those that differ in the sign of zero only are not among them.
    public var identical = 0
    /// Elements whose signs of zero differ, and nothing else.
    public var zeroSign = 0
    /// By the power of two that bounds them: `bins[k]` is the number of elements with 2^(k-1) < ulps <= 2^k; at k = -1 all with
    /// 0 < ulps <= 1/2.
    public private(set) var bins: [Int: Int] = [:]
    /// Elements where the difference is not finite in ulps: NaN or an infinity meets another value, or the reference is 0 in a
    /// format without a least exponent.
    public var infinite = 0

    public init() {}

    /// - Parameter log: the least k with ulps <= 2^k.
    mutating func count(_ log: Int) { bins[max(log, -1), default: 0] += 1 }

    public mutating func add(_ other: UlpHistogram) {
        identical += other.identical
        zeroSign += other.zeroSign
        infinite += other.infinite
        for (k, n) in other.bins { bins[k, default: 0] += n }
    }

    /// The bins in order, empty ones between them left out.
    public var ordered: [(exponent: Int, count: Int)] {
        bins.keys.sorted().map { ($0, bins[$0] ?? 0) }
    }
}
