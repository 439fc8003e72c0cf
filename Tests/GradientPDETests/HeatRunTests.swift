import Arithmetics
import GradientPDE
import Testing

/// The update written out in Swift's own binary64, which contracts nothing.
@Test func doubleFollowsTheWrittenOrderOfOperations() {
    for dt in [0.4, 0.8] {
        var u = (0..<31).map { Double($0 < 15 ? $0 : 30 - $0) / 10 }
        var run = HeatRun(timeStep: ExactValue(dt), initial: ExactArray(u), in: Binary64())
        for step in 1...120 {
            let old = u
            for i in 1...29 { u[i] = old[i] + dt * ((old[i + 1] + old[i - 1]) - 2 * old[i]) }
            run.advance()
            #expect(
                run.step == step && run.u.elements.map(\.bitPattern) == u.map(\.bitPattern), "step \(step), dt \(dt)")
        }
    }
}
