import Arithmetics
import Training

/// One run of a comparison.
public struct Participant: Sendable {
    /// What records call it: the name of its arithmetic, or what else sets it apart from the others.
    public var label: String
    public var arithmetic: ArithmeticName
    /// Its own study, where it trains otherwise than the comparison's says: with another factor k, another rate.
    public var prepared: PreparedStudy?
    /// Threads of its operations, where they are not the comparison's. Never changes a result.
    public var threads: Int?

    public init(
        _ label: String, _ arithmetic: ArithmeticName, prepared: PreparedStudy? = nil, threads: Int? = nil
    ) {
        self.label = label
        self.arithmetic = arithmetic
        self.prepared = prepared
        self.threads = threads
    }
}
