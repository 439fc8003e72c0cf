import CKernels

/// Which number of the format stands for an exact result between two of them.
///
/// - Source: IEEE 754-2019, section 4.3; contract, section 2, for stochastic rounding.
public enum RoundingDirection: Hashable, Sendable, CustomStringConvertible {
    /// To nearest, ties to even.
    case nearest
    /// Toward zero.
    case zero
    /// Toward +∞.
    case up
    /// Toward -∞.
    case down
    /// Away from zero with the probability that the distance dictates, by draws from the seed's stream.
    case stochastic(seed: UInt64)

    public init?(_ text: some StringProtocol) {
        switch text {
        case "nearest": self = .nearest
        case "zero": self = .zero
        case "up": self = .up
        case "down": self = .down
        default:
            let prefix = "stochastic:"
            guard text.hasPrefix(prefix), let seed = UInt64(text.dropFirst(prefix.count)) else { return nil }
            self = .stochastic(seed: seed)
        }
    }

    public var description: String {
        switch self {
        case .nearest: "nearest"
        case .zero: "zero"
        case .up: "up"
        case .down: "down"
        case .stochastic(let seed): "stochastic:\(seed)"
        }
    }

    /// What exists, for messages.
    public static let choices = "nearest, zero, up, down, stochastic:SEED"

    var kernel: ls_direction {
        switch self {
        case .nearest: LS_NEAREST
        case .zero: LS_ZERO
        case .up: LS_UP
        case .down: LS_DOWN
        case .stochastic: LS_STOCHASTIC
        }
    }
}
