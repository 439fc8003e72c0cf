/// What a check says.
public enum Verdict: String, Sendable {
    /// What is seen is rounding.
    case agrees
    /// What is seen is more than rounding.
    case differs
    /// It cannot be told from what is given.
    case undetermined
}
