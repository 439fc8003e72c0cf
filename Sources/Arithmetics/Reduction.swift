/// How a sum or dot product is made from its terms in index order: a named part of an arithmetic.
///
/// - Source: contract, section 3; Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., chapter 4.
public enum Reduction: Hashable, Sendable, CustomStringConvertible {
    /// One chain from +0; products and additions fused.
    case sequential
    /// Leaves (products rounded) added in a tree whose left part is the largest power of two below the count.
    case pairwise
    /// A chain for each `block` consecutive terms, then the chain of the block results.
    case blocked(Int)
    /// Compensated summation over rounded leaves.
    case kahan
    /// The exact sum rounded once.
    case exact

    public init?(_ text: some StringProtocol) {
        switch text {
        case "sequential": self = .sequential
        case "pairwise": self = .pairwise
        case "kahan": self = .kahan
        case "exact": self = .exact
        default:
            guard text.hasPrefix("blocked:"), let n = Int(text.dropFirst("blocked:".count)), n >= 1 else { return nil }
            self = .blocked(n)
        }
    }

    public var description: String {
        switch self {
        case .sequential: "sequential"
        case .pairwise: "pairwise"
        case .blocked(let n): "blocked:\(n)"
        case .kahan: "kahan"
        case .exact: "exact"
        }
    }

    /// What exists, for messages.
    public static let choices = "sequential, pairwise, blocked:N, kahan, exact"
}
