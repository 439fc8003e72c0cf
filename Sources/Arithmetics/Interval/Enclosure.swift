/// Bounds of numbers, in order: how the states of an enclosing arithmetic are measured, saved and taken over.
public struct Enclosure: Equatable, Sendable {
    public let lower: ExactArray
    public let upper: ExactArray

    /// Bounds of equal count; NaN in both where nothing is claimed.
    public init(lower: ExactArray, upper: ExactArray) {
        precondition(lower.count == upper.count, "bounds of different counts")
        self.lower = lower
        self.upper = upper
    }

    public var count: Int { lower.count }
}
