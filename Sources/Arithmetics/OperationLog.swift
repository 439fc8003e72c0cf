import Synchronization

/// What is noted while an arithmetic works: how many operations of each kind (by `Counting`), and comparisons that could not be
/// decided (by enclosing arithmetics). The same whatever the threads.
public final class OperationLog: Sendable {
    /// Where a comparison stood, in the order of the definition.
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

    private struct State {
        var undecided = 0
        var first: Place?
        var counts = OperationCounts()
    }

    private let state = Mutex(State())

    public init() {}

    /// Comparisons that stayed undecided.
    public var undecided: Int { state.withLock { $0.undecided } }
    /// The first of them.
    public var firstUndecided: Place? { state.withLock { $0.first } }
    public var counts: OperationCounts { state.withLock { $0.counts } }

    public func noteUndecided(_ count: Int = 1, at place: Place) {
        state.withLock { state in
            state.undecided += count
            state.first = min(state.first ?? place, place)
        }
    }

    public func note(_ counts: OperationCounts) {
        state.withLock { $0.counts += counts }
    }
}
