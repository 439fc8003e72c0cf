import Arithmetics
import GradientPDE
import Testing

private let tent = (0..<31).map { Double($0 < 15 ? $0 : 30 - $0) / 10 }

/// The update written out in Swift's own binary64, which contracts nothing.
@Test func doubleFollowsTheWrittenOrderOfOperations() {
    for dt in [0.4, 0.8] {
        var u = tent
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

private func states(_ name: String, dt: Double, steps: Int, plain: Bool = false) throws -> [ExactArray] {
    func run<A: Arithmetic>(_ a: A) -> [ExactArray] {
        var run = HeatRun(
            timeStep: Format.e5m2.round(ExactValue(dt)), initial: ExactArray(tent).rounded(to: .e5m2), in: a)
        return [run.state]
            + (0..<steps).map { _ in
                run.advance()
                return run.state
            }
    }
    let a = try arithmetic(named: name)
    func open<A: Arithmetic>(_ a: A) -> [ExactArray] { plain ? run(Plain(a)) : run(a) }
    return open(a)
}

/// To the overflow and beyond: on E5M2's grid 0.8 is 0.75, and 1.99^t leaves binary32 and binary16. With three bits it stays.
@Test(arguments: [("float", "mpfr:24@float", 150), ("half", "mpfr:11@half", 40), ("fp8-e5m2", "mpfr:3@fp8-e5m2", 20)])
func nativeFormatsEqualTheirEmulation(native: String, emulated: String, steps: Int) throws {
    for dt in [0.4, 0.8] {
        let a = try states(native, dt: dt, steps: steps)
        let b = try states(emulated, dt: dt, steps: steps)
        for step in 0...steps {
            #expect(a[step].firstDifference(from: b[step]) == nil, "\(native), dt \(dt), step \(step)")
        }
    }
    let last = try states(native, dt: 0.8, steps: steps)[steps]
    #expect((last.firstNonFinite != nil) == (native != "fp8-e5m2"), "\(native)")
}

@Test(arguments: ["float", "half,round=stochastic:7", "mpfr:70", "interval:80", "bfloat16,round=down"])
func kernelsKeepTheDefinitionOfTheScheme(name: String) throws {
    let fast = try states(name, dt: 0.4, steps: 20)
    let plain = try states(name, dt: 0.4, steps: 20, plain: true)
    for step in 0...20 { #expect(fast[step].firstDifference(from: plain[step]) == nil, "\(name), step \(step)") }
}

@Test func enclosuresHoldWhatALongerPrecisionFinds() throws {
    func bounds<A: Arithmetic>(_ a: A) -> [RecordedValue] {
        var run = HeatRun(timeStep: ExactValue(0.4), initial: ExactArray(tent), in: a)
        for _ in 0..<100 { run.advance() }
        return run.values
    }
    let enclosed = bounds(try arithmetic(named: "interval:60"))
    let exact = bounds(try arithmetic(named: "mpfr:400"))
    for i in 0..<31 {
        guard let outer = enclosed[i].bounds, let lower = Rational(outer.lower), let upper = Rational(outer.upper),
            let x = Rational(exact[i].value)
        else {
            Issue.record("node \(i) has no bounds")
            continue
        }
        #expect(lower <= x && x <= upper, "node \(i)")
        #expect(i == 0 || i == 30 || lower < upper, "node \(i) is enclosed by a single number")
    }
}

@Test func theEndsNeverMove() throws {
    for state in try states("half,round=stochastic:3", dt: 0.4, steps: 30) {
        #expect(state[0] == .zero && state[30] == .zero)
    }
}
