import Arithmetics

/// What the maximum scans of several lists found.
public struct Maxima: Sendable {
    /// For each list the index of the element that is kept.
    public let kept: [Int32]
    /// Every element that may be, list by list, where some comparison was undecided; nil where all were decided.
    public let contenders: IndexLists?

    public init(kept: [Int32], contenders: IndexLists? = nil) {
        self.kept = kept
        self.contenders = contenders
    }

    /// The lists of elements that an output may come from: one each where all is decided.
    public var sources: IndexLists {
        contenders ?? IndexLists(offsets: (0...kept.count).map { Int32($0) }, indices: kept)
    }

    /// The element kept, or nil where several may be.
    public var decided: [Int32?] {
        guard let contenders else { return kept }
        return kept.indices.map { contenders.row($0).positions.count == 1 ? kept[$0] : nil }
    }
}
