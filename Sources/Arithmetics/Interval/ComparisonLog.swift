import Synchronization

/// Comparisons that an arithmetic could not decide: how many, and the first of them in the order of the definition, whatever
/// the threads.
public final class ComparisonLog: Sendable {
    public struct Place: Hashable, Comparable, Sendable {
        /// Ordinal of the operation on whole tensors within the step.
        public let operation: UInt64
        /// Index of the element being computed.
        public let element: Int

        public init(operation: UInt64, element: Int) {
            self.operation = operation
            self.element = element
        }

        public static func < (a: Place, b: Place) -> Bool { (a.operation, a.element) < (b.operation, b.element) }
    }

    private let state = Mutex<(count: Int, first: Place?)>((0, nil))

    public init() {}

    public var count: Int { state.withLock { $0.count } }
    public var first: Place? { state.withLock { $0.first } }

    public func note(_ count: Int = 1, at place: Place) {
        state.withLock { state in
            state.count += count
            state.first = min(state.first ?? place, place)
        }
    }
}
