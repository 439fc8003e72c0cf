import Arithmetics
import Tensors

/// A second trajectory a small distance from the first, brought back to that distance after every step: its growth is the largest
/// Lyapunov exponent, and no derivative of anything is needed to know it.
///
/// Both are stepped in W. Where W is the trajectory's own arithmetic that is the trajectory itself; a format of fewer than 53
/// bits has too little room between a kernel and its last bit, and W is binary64 there: the orbit is the format's own, and only
/// the step that the distance is measured over is made in W.
///
/// The distance is 2^-m of the kernel's norm, 2m = p - log₂(positions): between what curvature shows of a larger one and what
/// the rounding of sums over all positions shows of a smaller one. It starts along K itself, which has a part along c and
/// one orthogonal to it.
///
/// - Source: Benettin, Galgani, Giorgilli, Strelcyn, *Lyapunov Characteristic Exponents for Smooth Dynamical Systems*,
///   Meccanica 15 (1980).
struct ShadowTrajectory<W: Arithmetic> {
    private var base: NonlinearRun<W>
    private var shadow: NonlinearRun<W>
    private let separation: W.Scalar
    private var distance: W.Scalar

    /// - Parameter base: before its first step.
    init(of base: NonlinearRun<W>) {
        self.base = base
        shadow = base
        let a = base.arithmetic
        let room = a.format.precision - (Int.bitWidth - base.network.positions.leadingZeroBitCount)
        separation = a.constant(Rational(1) / Rational(2).power(max(2, room / 2)))
        distance = a.zero
        var engine = ShadowTrajectory.engine(base)
        let moved = engine.zip(.multiply, base.kernel, separation)
        shadow.kernel = engine.zip(.add, base.kernel, moved)
        distance = ShadowTrajectory.norm(engine.zip(.subtract, shadow.kernel, base.kernel), &engine)
    }

    /// Beside the training, like an evaluation.
    private static func engine(_ base: NonlinearRun<W>) -> Engine<W> {
        Engine(evaluating: 1, after: 0, in: base.arithmetic, step: UInt64(base.step))
    }

    private static func norm(_ x: Tensor<W.Scalar>, _ engine: inout Engine<W>) -> W.Scalar {
        engine.map(.squareRoot, engine.dot(x, x)).elements[0]
    }

    /// Makes the step that the trajectory has just made, and measures.
    ///
    /// - Returns: the factor by which the distance grew. 0, infinite or NaN where numbers end.
    mutating func follow<A: Arithmetic>(_ trajectory: NonlinearRun<A>) -> Double {
        let itself = trajectory as? NonlinearRun<W>
        if let itself { base = itself } else { base.advance() }
        shadow.advance()
        var engine = ShadowTrajectory.engine(base)
        let gap = engine.zip(.subtract, shadow.kernel, base.kernel)
        let length = ShadowTrajectory.norm(gap, &engine)
        let growth = engine.zip(.divide, engine.scalar(length), distance).elements[0]
        if itself == nil {
            base.kernel = Tensor(base.arithmetic.array(trajectory.state), shape: base.kernel.shape)
        }
        let wanted = engine.zip(.multiply, engine.scalar(ShadowTrajectory.norm(base.kernel, &engine)), separation)
        let factor = engine.zip(.divide, wanted, length)
        let moved = engine.zip(.multiply, gap, factor, .scalar)
        shadow.kernel = engine.zip(.add, base.kernel, moved)
        distance = ShadowTrajectory.norm(engine.zip(.subtract, shadow.kernel, base.kernel), &engine)
        return base.arithmetic.exactValue(growth).double
    }
}
