import Arithmetics
import Tensors

/// A second trajectory a small distance from the first, brought back to that distance after every step: what the growth of that
/// distance is, no derivative of anything is needed to know.
///
/// The distance is 2^-⌊p/2⌋ of the kernel's norm, halfway between the kernel and its last bit, so that neither curvature nor
/// rounding is seen much. It starts along K itself, which has a part along c and one orthogonal to it.
struct ShadowTrajectory<A: Arithmetic> {
    private var run: NonlinearRun<A>
    private let separation: A.Scalar
    private var distance: A.Scalar

    /// - Parameter base: before its first step.
    init(of base: NonlinearRun<A>) {
        run = base
        let a = base.arithmetic
        separation = a.constant(Rational(1) / Rational(2).power(a.format.precision / 2))
        distance = a.zero
        var engine = ShadowTrajectory.engine(base)
        let moved = engine.zip(.multiply, base.kernel, separation)
        run.kernel = engine.zip(.add, base.kernel, moved)
        distance = ShadowTrajectory.norm(engine.zip(.subtract, run.kernel, base.kernel), &engine)
    }

    /// Beside the training, like an evaluation.
    private static func engine(_ base: NonlinearRun<A>) -> Engine<A> {
        Engine(evaluating: 1, after: 0, in: base.arithmetic, step: UInt64(base.step))
    }

    private static func norm(_ x: Tensor<A.Scalar>, _ engine: inout Engine<A>) -> A.Scalar {
        engine.map(.squareRoot, engine.dot(x, x)).elements[0]
    }

    /// Makes the step that `base` has just made, and measures.
    ///
    /// - Returns: the factor by which the distance grew. 0, infinite or NaN where numbers end.
    mutating func follow(_ base: NonlinearRun<A>) -> Double {
        run.advance()
        var engine = ShadowTrajectory.engine(base)
        let gap = engine.zip(.subtract, run.kernel, base.kernel)
        let length = ShadowTrajectory.norm(gap, &engine)
        let growth = engine.zip(.divide, engine.scalar(length), distance).elements[0]
        let wanted = engine.zip(.multiply, engine.scalar(ShadowTrajectory.norm(base.kernel, &engine)), separation)
        let factor = engine.zip(.divide, wanted, length)
        let moved = engine.zip(.multiply, gap, factor, .scalar)
        run.kernel = engine.zip(.add, base.kernel, moved)
        distance = ShadowTrajectory.norm(engine.zip(.subtract, run.kernel, base.kernel), &engine)
        return base.arithmetic.exactValue(growth).double
    }
}
