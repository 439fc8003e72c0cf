/// How long one piece of work takes here: repeated calls, each timed on its own.
///
/// Nothing is promised about a time: a result is the same everywhere, its time is this machine's, today.
public struct Timing: Sendable {
    /// Seconds of each call, sorted. Never empty.
    public let seconds: [Double]

    /// - Parameter seconds: of each call; at least one.
    public init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty, "a timing of no calls")
        self.seconds = seconds.sorted()
    }

    /// Calls `work` once to warm up, then until `budget` seconds have passed, at least `least` times and at most 1000 times.
    ///
    /// - Returns: nil when `isCancelled` said so before `least` calls were made.
    public static func measure(
        budget: Double, least: Int = 3, isCancelled: () -> Bool = { false }, _ work: () throws -> Void
    ) rethrows -> Timing? {
        let clock = ContinuousClock()
        var seconds: [Double] = []
        try work()
        let start = clock.now
        while seconds.count < 1000, seconds.count < least || (clock.now - start) / .seconds(1) < budget {
            guard !isCancelled() else { return seconds.count < least ? nil : Timing(seconds) }
            let before = clock.now
            try work()
            seconds.append((clock.now - before) / .seconds(1))
        }
        return Timing(seconds)
    }

    /// The least time that a share of the calls stayed within: 0.5 is the median.
    public func quantile(_ share: Double) -> Double {
        seconds[min(seconds.count - 1, Int(share * Double(seconds.count)))]
    }

    public var median: Double { quantile(0.5) }
}

/// One line of a benchmark: what was done, in which arithmetic, how much of it there was in a call, and how long calls took.
public struct TimedWork: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// Matrix products and convolutions; the unit of work is a multiply-accumulate.
        case products
        /// Functions of arrays; the unit is an element.
        case functions
        /// Updates of training; the unit is a step.
        case training
    }

    public let kind: Kind
    /// `matmul 64x64x128`, `exp`, `lenet5`.
    public let name: String
    public let arithmetic: String
    /// Units of work in a call.
    public let units: Double
    public let timing: Timing

    public init(_ kind: Kind, _ name: String, _ arithmetic: String, units: Double, _ timing: Timing) {
        self.kind = kind
        self.name = name
        self.arithmetic = arithmetic
        self.units = units
        self.timing = timing
    }

    /// Nanoseconds a unit of work that a share of the calls stayed within.
    public func nanoseconds(_ share: Double = 0.5) -> Double { timing.quantile(share) * 1e9 / units }
}
