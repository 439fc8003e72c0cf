import CKernels

/// Of one range, what elements are ranked by.
struct GreatestKeys {
    let distances: Double
    let ulps: Double
}

/// How many keys of a range begin with which bits, as kernels count them.
struct KeyCounts: ~Copyable {
    let range: Range<Int>
    let greatest: GreatestKeys
    /// What was greatest where counting began: over all ranges that are counted with each other.
    let countedTo: GreatestKeys
    let distances: UnsafeMutablePointer<UInt32>
    let ulps: UnsafeMutablePointer<UInt32>
    private static let buckets = Int(LS_BUCKETS)

    /// None counted yet.
    init(_ range: Range<Int>, greatest: GreatestKeys, countedTo: GreatestKeys) {
        self.range = range
        self.greatest = greatest
        self.countedTo = countedTo
        distances = .allocate(capacity: 2 * Self.buckets)
        distances.initialize(repeating: 0, count: 2 * Self.buckets)
        ulps = distances + Self.buckets
    }

    deinit { distances.deallocate() }

    func add(_ other: borrowing KeyCounts) {
        for i in 0..<2 * Self.buckets { distances[i] &+= other.distances[i] }
    }
}
