import Arithmetics
import Tensors

/// u_t = u_xx on 31 nodes, dx = 1, ends fixed, by explicit Euler from a tent.
///
/// One update, every operation rounded, all from the old values: u_i ← u_i + dt × ((u_{i+1} + u_{i-1}) - 2 × u_i) for the 29
/// nodes between the ends.
///
/// - Source: Sun, Lao, Yezzi, Sundaramoorthi, *A PDE-based Explanation of Extreme Numerical Sensitivities and Edge of Stability
///   in Training Neural Networks* (arXiv 2206.02001); Courant, Friedrichs, Lewy (1928) for the condition on dt.
public enum HeatEquation {
    public static let nodes = 31
    /// Modes of the grid: sin(π·k·i/30), k = 1 … 29. Mode 30 is 0 at every node.
    public static let modes = 1...29

    /// The tent's exact height at a node: i/10 up to the middle, (30 - i)/10 from there.
    public static func tent(_ i: Int) -> Rational { Rational(i < 15 ? i : 30 - i, 10) }
}

/// The heat equation in one arithmetic. A value: a copy goes its own way.
public struct HeatRun<A: Arithmetic>: Sendable {
    public let arithmetic: A
    public private(set) var step = 0
    /// Shape [31].
    public private(set) var u: Tensor<A.Scalar>
    private let timeStep: A.Scalar
    private let two: A.Scalar
    private let threads: Int

    /// - Parameters:
    ///   - timeStep: dt on the grid.
    ///   - initial: 31 numbers of the grid.
    public init(timeStep: ExactValue, initial: ExactArray, in arithmetic: A, threads: Int = 1) {
        precondition(initial.count == HeatEquation.nodes, "31 nodes")
        self.arithmetic = arithmetic
        self.threads = threads
        self.timeStep = arithmetic.constant(timeStep)
        two = arithmetic.constant(Rational(2))
        u = Tensor(arithmetic.array(initial), shape: [HeatEquation.nodes])
    }

    /// Makes one update. Operations are numbered in the order written, elements from the first inner node.
    public mutating func advance() {
        var engine = Engine(arithmetic, step: UInt64(step), threads: threads)
        let old = inner(from: 1)
        let neighbours = engine.zip(.add, inner(from: 2), inner(from: 0))
        let twice = engine.zip(.multiply, old, two)
        let curvature = engine.zip(.subtract, neighbours, twice)
        let change = engine.zip(.multiply, curvature, timeStep)
        let new = engine.zip(.add, old, change)
        u.elements.replaceSubrange(1...29, with: new.elements)
        step += 1
    }

    /// As many nodes as lie between the ends, from node i on.
    private func inner(from i: Int) -> Tensor<A.Scalar> { Tensor(Array(u.elements[i...i + 28]), shape: [29]) }

    /// The values exactly; of enclosures, the middles.
    public var state: ExactArray { arithmetic.exactArray(u.elements.span) }

    /// Multiplies every value by 2^exponent, for which rounding has no work unless a value leaves the format's range.
    mutating func scale(byPowerOfTwo exponent: Int) {
        let power = Rational(2).power(abs(exponent))
        var engine = Engine(arithmetic, step: UInt64(step), threads: threads)
        u = engine.zip(.multiply, u, arithmetic.constant(exponent < 0 ? Rational(1) / power : power))
    }

    public var values: [RecordedValue] { u.elements.map { RecordedValue($0, in: arithmetic) } }
}
