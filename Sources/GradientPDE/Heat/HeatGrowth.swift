import Arithmetics
import Comparison

// Two estimates of the Lyapunov exponent from runs, to stand beside ln(largest symbol).

/// A vector carried by the scheme itself, which is its own tangent map. It begins as one raised node, which holds every mode,
/// and is brought back to a length near 1 by powers of two, which round nothing.
///
/// - Parameter transient: updates before the measurement begins, for the other modes to fall behind.
/// - Returns: the length's growth over each update after those.
func heatTangentGrowths<A: Arithmetic>(
    timeStep: ExactValue, in arithmetic: A, steps: Int, transient: Int
) -> [Double] {
    let none = ExactArray(zeros: HeatEquation.nodes, precision: 2)
    var start = none
    start[1] = .one
    var run = HeatRun(timeStep: timeStep, initial: start, in: arithmetic)
    var length = 1.0
    var growths: [Double] = []
    for step in 0..<steps {
        run.advance()
        let new = norm(ofDifference: [run.state], [none])
        guard new > 0, new.isFinite else { break }
        if step >= transient { growths.append(new / length) }
        let exponent = new.exponent
        if abs(exponent) >= 8 {
            run.scale(byPowerOfTwo: -Int(exponent))
            length = norm(ofDifference: [run.state], [none])
        } else {
            length = new
        }
    }
    return growths
}

/// The run again from a start in which one node is moved by half the digits: far above the roundings, and small beside the
/// state.
struct HeatTwin {
    /// Growth of the distance over each update, while it was positive and finite.
    var growths: [Double] = []
    /// The step from which on both are identical, if they became so.
    var mergedAt: Int?

    /// - Parameter initial: the start of the other run.
    init<A: Arithmetic>(timeStep: ExactValue, initial: ExactArray, in arithmetic: A, steps: Int) {
        let half = arithmetic.format.precision / 2
        var values = (0..<initial.count).map { initial[$0] }
        // Within [1/2, 1) the quantum of half the digits.
        let moved = Rational(values[7]).map { $0 + Rational(1) / Rational(2).power(half) }
        values[7] = moved.map { arithmetic.format.round($0) } ?? .nan
        var first = HeatRun(timeStep: timeStep, initial: initial, in: arithmetic)
        var second = HeatRun(timeStep: timeStep, initial: ExactArray(values), in: arithmetic)
        var distance = norm(ofDifference: [first.state], [second.state])
        for _ in 0..<steps {
            first.advance()
            second.advance()
            let state = first.state
            let new = norm(ofDifference: [state], [second.state])
            // Infinities are all alike: meeting there is no agreement.
            guard state.firstNonFinite == nil else { break }
            if new == 0 {
                mergedAt = first.step
                break
            }
            guard new.isFinite else { break }
            growths.append(new / distance)
            distance = new
        }
    }
}
