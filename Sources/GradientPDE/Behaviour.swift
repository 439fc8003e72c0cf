/// What an iteration does in the long run.
public enum Behaviour: String, Sendable, CaseIterable {
    /// Every disturbance dies out, the state with it.
    case decays
    /// The state settles at a point other than 0.
    case converges
    /// A growth factor of modulus exactly 1: neither grows nor decays.
    case marginal
    case periodic
    /// Bounded, with a positive Lyapunov exponent.
    case restrained
    /// Grows because the equation does, whatever the time step.
    case grows
    /// Grows without bound because the step is too long.
    case blowsUp = "blows up"
    /// What was computed does not decide it.
    case undecided
}
