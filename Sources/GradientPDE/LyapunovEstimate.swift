import Comparison

/// The largest Lyapunov exponent of a map, per step, as the mean logarithm of growth along an orbit, with a 95 % interval by
/// batch means and Student's t. The interval speaks for the orbit's fluctuation: it is no proof, and narrower than the truth
/// where batches depend on each other.
public struct LyapunovEstimate: Sendable, Equatable {
    /// Where the growth factors come from.
    public enum Method: String, Sendable {
        /// A tangent vector carried by the derivative of the map, its length measured every step.
        case tangent
        /// Two trajectories a small distance apart, brought back to that distance every step.
        case twoTrajectories = "two trajectories"
    }

    public let method: Method
    /// Mean of the logarithms and its interval.
    public let exponent: GrowthExponent
    /// Growth factors that count: positive and finite.
    public let steps: Int

    /// - Parameters:
    ///   - growths: factor by which each step multiplied the distance, in order.
    ///   - transient: factors at the beginning that are left out, where the vector still turns into the direction of most growth.
    /// - Returns: nil where fewer than `GrowthExponent.fewest` factors are positive and finite.
    public init?(_ growths: [Double], _ method: Method, transient: Int = 0) {
        let usable = growths.dropFirst(transient).filter { $0 > 0 && $0.isFinite }
        guard let exponent = GrowthExponent(Array(usable)) else { return nil }
        self.method = method
        self.exponent = exponent
        steps = usable.count
    }
}
