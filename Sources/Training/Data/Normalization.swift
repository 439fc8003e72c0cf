import Arithmetics

/// Inputs x become (x - M) ÷ S, exact decimals: one pair for all channels, or one for each.
public struct Normalization: Hashable, Sendable, CustomStringConvertible {
    public struct Channel: Hashable, Sendable {
        /// M.
        public let mean: Rational
        /// S, not 0.
        public let deviation: Rational

        func callAsFunction(_ x: Rational) -> Rational { (x - mean) / deviation }
    }

    public let channels: [Channel]
    /// As the user wrote it.
    public let description: String

    /// M = 0, S = 1: inputs as they are.
    public static let none = Normalization(
        channels: [Channel(mean: Rational(0), deviation: Rational(1))], description: "0/1")

    private init(channels: [Channel], description: String) {
        self.channels = channels
        self.description = description
    }

    /// - Parameter text: `M/S[,M/S…]`, such as `0.1307/0.3081`.
    /// - Throws: `DataError` for another form and for S = 0.
    public init(parsing text: String) throws(DataError) {
        var channels: [Channel] = []
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = pair.split(separator: "/", omittingEmptySubsequences: false)
                .map { Rational(decimal: String($0)) }
            guard numbers.count == 2, let mean = numbers[0], let deviation = numbers[1], deviation != Rational(0) else {
                throw DataError(
                    "normalization '\(text)'", "'\(pair)' is not a mean and a deviation",
                    remedy: "expected M/S[,M/S…], decimals with S not 0, such as 0.1307/0.3081")
            }
            channels.append(Channel(mean: mean, deviation: deviation))
        }
        self.init(channels: channels, description: text)
    }

    /// Does it leave every input as it is?
    var isIdentity: Bool { channels.allSatisfy { $0 == Normalization.none.channels[0] } }
}
