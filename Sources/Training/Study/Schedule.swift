import Arithmetics

/// How the learning rate runs: rate of update t = η · s(t) · min(1, t / W), a real number, rounded once onto the grid.
///
/// - Source: contract, section 4.
public struct Schedule: Sendable, Hashable, CustomStringConvertible {
    /// A number of updates, or of epochs.
    public struct Length: Sendable, Hashable, CustomStringConvertible {
        public let count: Int
        public let inEpochs: Bool

        /// - Parameter text: `100` updates, `20e` epochs.
        /// - Throws: `StudyError` unless it is a whole number of at least 1.
        public init(_ text: some StringProtocol) throws(StudyError) {
            inEpochs = text.hasSuffix("e")
            guard let count = Int(inEpochs ? text.dropLast() : text[...]), count >= 1 else {
                throw StudyError("\"\(text)\" is not a whole number of at least 1, with an e for epochs")
            }
            self.count = count
        }

        public func updates(perEpoch: Int) -> Int {
            let (product, overflow) = count.multipliedReportingOverflow(by: inEpochs ? perEpoch : 1)
            return overflow ? Int.max : product
        }

        public var description: String { "\(count)\(inEpochs ? "e" : "")" }
    }

    public enum Shape: Sendable, Hashable {
        case constant
        /// Multiplied by the factor every so many updates.
        case step(every: Length, factor: Rational)
        /// Multiplied by the factor at each of these.
        case milestones([Length], factor: Rational)
        /// (1 + cos(π · min(t, T) / T)) / 2.
        case cosine(Length)
    }

    public let warmup: Length?
    public let shape: Shape
    /// As the study writes it.
    public let description: String

    public init() {
        warmup = nil
        shape = .constant
        description = "constant"
    }

    /// `constant`, `step:E,F`, `milestones:M1,M2,…,F`, `cosine:T`, each alone or joined by `+` with `warmup:W`.
    public init(_ text: String) throws(StudyError) {
        var warmup: Length?
        var shape: Shape?
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let arguments = pieces.count == 2 ? pieces[1].split(separator: ",", omittingEmptySubsequences: false) : []
            if pieces[0] == "warmup" {
                guard warmup == nil, arguments.count == 1 else { throw Schedule.malformed(text) }
                warmup = try Schedule.length(arguments[0], in: text)
                continue
            }
            guard shape == nil else { throw Schedule.malformed(text) }
            switch (pieces[0], arguments.count) {
            case ("constant", 0): shape = .constant
            case ("cosine", 1): shape = .cosine(try Schedule.length(arguments[0], in: text))
            case ("step", 2):
                shape = .step(
                    every: try Schedule.length(arguments[0], in: text),
                    factor: try Schedule.factor(arguments[1], in: text))
            case ("milestones", 2...):
                var lengths: [Length] = []
                for argument in arguments.dropLast() { lengths.append(try Schedule.length(argument, in: text)) }
                shape = .milestones(lengths, factor: try Schedule.factor(arguments[arguments.count - 1], in: text))
            default: throw Schedule.malformed(text)
            }
        }
        self.warmup = warmup
        self.shape = shape ?? .constant
        description = text
    }

    private static func malformed(_ text: String) -> StudyError {
        StudyError(
            "\"\(text)\" is no schedule; it is constant, step:E,F, milestones:M1,…,F or cosine:T, and warmup:W+ before it; "
                + "lengths count updates, or epochs with an e: cosine:20e")
    }

    private static func length(_ text: Substring, in whole: String) throws(StudyError) -> Length {
        do { return try Length(text) } catch { throw StudyError("\"\(whole)\": length \(error)") }
    }

    private static func factor(_ text: Substring, in whole: String) throws(StudyError) -> Rational {
        guard let value = Rational(decimal: String(text)), Rational(0) <= value else {
            throw StudyError("\"\(whole)\": factor \"\(text)\" is not a decimal of at least 0")
        }
        return value
    }

    /// The rate of update t on the grid: one rounding of the exact number.
    public func rate(_ base: Rational, update t: Int, updatesPerEpoch: Int, grid: Format) -> ExactValue {
        var rate = base
        if let warmup {
            let w = warmup.updates(perEpoch: updatesPerEpoch)
            if t < w { rate = rate * Rational(t, w) }
        }
        switch shape {
        case .constant: break
        case .step(let every, let factor):
            rate = rate * factor.power(t / every.updates(perEpoch: updatesPerEpoch))
        case .milestones(let marks, let factor):
            rate = rate * factor.power(marks.filter { $0.updates(perEpoch: updatesPerEpoch) <= t }.count)
        case .cosine(let length):
            let total = length.updates(perEpoch: updatesPerEpoch)
            return grid.round(raisedCosine: rate, at: Rational(min(t, total), total))
        }
        return grid.round(rate)
    }
}
