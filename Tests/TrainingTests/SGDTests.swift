import Arithmetics
import Testing
import Training

// The update as the contract's section 4 writes it, one operation a line, in Swift's own Float and Double: an independent
// route to the weights, which takes from the run only the gradients.

/// What a format's own operations are.
private protocol Native: BinaryFloatingPoint, LosslessStringConvertible {
    static var name: String { get }
    static var format: Format { get }
    /// The number an exact value is; the value is one of the format's.
    init(_ exact: ExactValue)
}
extension Float: Native {
    static var name: String { "float" }
    static var format: Format { .binary32 }
    init(_ exact: ExactValue) { self = Float(exact.double) }
}
extension Double: Native {
    static var name: String { "double" }
    static var format: Format { .binary64 }
    init(_ exact: ExactValue) { self = exact.double }
}

private struct Settings {
    var rate = "0.1"
    var momentum = "0"
    var decay = "0"
    var nesterov = false
    var k = 1
    var clip: String?
    var schedule = "constant"
    var kRate = "exact"

    var yaml: String {
        """
        model: mlp(64,6,10)
        batch: 5
        optimizer: {lr: \(rate), momentum: \(momentum), weight-decay: \(decay), nesterov: \(nesterov), k: \(k), k-rate: \(kRate)}
        clip: \(clip ?? "none")
        schedule: \(schedule)
        """
    }
}

private func numbers<F: Native>(_ arrays: [ExactArray]) -> [[F]] {
    arrays.map { array in (0..<array.count).map { F(array[$0]) } }
}

/// One update, in place.
private func update<F: Native>(
    _ w: inout [[F]], _ v: inout [[F]]?, _ gradients: [[F]], rate: F, _ settings: Settings
) {
    var g = gradients
    if let clip = settings.clip.flatMap({ F($0) }) {
        var s: F = 0
        for x in g.joined() { s = s.addingProduct(x, x) }
        let n = s.squareRoot()
        if n > clip {
            let factor = clip / n
            for t in g.indices { for i in g[t].indices { g[t][i] = g[t][i] * factor } }
        }
    }
    let μ = F(settings.momentum) ?? 0
    let λ = F(settings.decay) ?? 0
    // The exact integer k, one rounding: Format.round of an exact quotient where k is no number of the format.
    let k = Rational(settings.k)
    func exact(_ x: F) -> Rational { Rational(ExactValue(Double(x))) ?? Rational(0) }
    // The published code: in Python's binary64, which then becomes a number of the tensor's type.
    let rateTimesK =
        settings.kRate == "double"
        ? F((Double(settings.rate) ?? .nan) * Double(settings.k)) : F(F.format.round(exact(rate) * k))
    var buffers = v ?? g
    for t in w.indices {
        for i in w[t].indices {
            var d = g[t][i]
            if λ != 0 {
                let decay = λ * w[t][i]
                d = d + decay
            }
            if μ != 0 {
                if v == nil {
                    buffers[t][i] = d
                } else {
                    let old = μ * buffers[t][i]
                    buffers[t][i] = old + d
                }
                if settings.nesterov {
                    let ahead = μ * buffers[t][i]
                    d = d + ahead
                } else {
                    d = buffers[t][i]
                }
            }
            let share = settings.k == 1 ? d : d.isZero ? d : F(F.format.round(exact(d) / k))
            let change = rateTimesK * share
            w[t][i] = w[t][i] - change
        }
    }
    v = μ != 0 ? buffers : nil
}

private func check<F: Native>(
    _ type: F.Type, _ settings: Settings, rates: [String]? = nil, steps: Int = 4,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    var run = try start(settings.yaml + "\narithmetics: [\(F.name)]", in: F.name)
    var weights: [[F]] = numbers(run.state.parameters)
    var buffers: [[F]]?
    for step in 0..<steps {
        let gradients: [[F]] = numbers(run.advance(observe: .gradients).gradients)
        let rate = try #require(F(rates?[step] ?? settings.rate))
        update(&weights, &buffers, gradients, rate: rate, settings)
        let state = run.state
        let same = numbers(state.parameters) == weights && numbers(state.momentum) == buffers ?? []
        #expect(same, "step \(step), \(settings)", sourceLocation: sourceLocation)
        guard same else { return }
    }
}

@Suite struct SGDTests {
    private func checkBoth(
        _ settings: Settings, rates: [String]? = nil, steps: Int = 4, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try check(Float.self, settings, rates: rates, steps: steps, sourceLocation: sourceLocation)
        try check(Double.self, settings, rates: rates, steps: steps, sourceLocation: sourceLocation)
    }

    @Test func plainDescent() throws { try checkBoth(Settings()) }
    @Test func momentumBeginsWithTheGradient() throws { try checkBoth(Settings(momentum: "0.9")) }
    @Test func nesterovLooksAhead() throws { try checkBoth(Settings(momentum: "0.9", nesterov: true)) }
    @Test func nesterovWithoutMomentumIsPlain() throws { try checkBoth(Settings(nesterov: true)) }
    @Test func weightDecayJoinsTheGradient() throws { try checkBoth(Settings(decay: "0.01")) }

    @Test func everythingTogether() throws {
        try checkBoth(Settings(momentum: "0.9", decay: "5e-4", nesterov: true, k: 3, clip: "0.5"))
        try checkBoth(Settings(momentum: "0.3", decay: "0.1", k: 7, clip: "1e-3"))
    }

    @Test func clippingAtALargeNormDoesNothing() throws {
        try checkBoth(Settings(clip: "1000"))
        try checkBoth(Settings(clip: "0.25"))
    }

    @Test func theFactorIsExactEvenWhereTheFormatLacksIt() throws {
        #expect(Float(exactly: 16_777_217) == nil)
        try checkBoth(Settings(k: 16_777_217))
        try checkBoth(Settings(momentum: "0.9", k: Int(Int32.max)))
    }

    @Test func thePublishedCodesRateIsFormedInBinary64() throws {
        for k in [3, 7, 9, 11] { try checkBoth(Settings(momentum: "0.9", decay: "5e-4", k: k, kRate: "double")) }
        // 0.9 lies between two numbers of binary32; 9 times the one nearest to 0.1 goes to the other.
        #expect(Float(0.1) * 9 != Float(0.1 * 9))
        func digest(_ kRate: String, in name: String) throws -> String {
            var run = try start(Settings(k: 9, kRate: kRate).yaml + "\narithmetics: [\"\(name)\"]", in: name)
            for _ in 0..<3 { _ = run.advance(observe: []) }
            return run.digest
        }
        #expect(try digest("double", in: "float") != digest("exact", in: "float"))
        // Kernels of every kind take the rate that they are given.
        for (name, twin) in [("mpfr:24@float", "float"), ("float,round=up", "mpfr:24@float,round=up")] {
            #expect(try digest("double", in: name) == digest("double", in: twin), "\(name)")
        }
    }

    @Test func theRateFollowsTheSchedule() throws {
        try checkBoth(
            Settings(schedule: "warmup:3"),
            rates: ["0", "0.0333333333333333333333333", "0.0666666666666666666666666", "0.1"])
        try checkBoth(Settings(schedule: "milestones:1,3,0.1"), rates: ["0.1", "0.01", "0.01", "0.001"])
    }

    /// Weights after ten updates.
    private func digest(_ name: String, k: Int) throws -> String {
        var run = try start(
            Settings(momentum: "0.9", decay: "5e-4", k: k).yaml + "\narithmetics: [\"\(name)\"]", in: name)
        for _ in 0..<10 { _ = run.advance(observe: []) }
        return run.digest
    }

    @Test(arguments: ["float", "double"]) func powersOfTwoChangeNoBit(name: String) throws {
        let plain = try digest(name, k: 1)
        for k in [2, 4, 8] { #expect(try digest(name, k: k) == plain, "k = \(k)") }
        #expect(try digest(name, k: 3) != plain)
    }

    /// Digest after ten updates and what left the range on the way.
    private func watched(_ name: String, k: Int, rate: String = "0.1") throws -> (digest: String, events: RangeEvents) {
        var run = try start(Settings(rate: rate, momentum: "0.9", k: k).yaml + "\narithmetics: [\"\(name)\"]", in: name)
        var events = RangeEvents()
        for _ in 0..<10 {
            if let found = run.advance(observe: .rangeEvents).rangeEvents { events += found }
        }
        return (run.digest, events)
    }

    @Test(arguments: ["float", "double", "bfloat16", "half", "fp8-e5m2", "float,round=up"])
    func aPowerOfTwoThatStaysInRangeChangesNoBit(name: String) throws {
        let plain = try watched(name, k: 1)
        #expect(plain.events.count == 0)
        var left = 0
        for k in [2, 4, 8] {
            let found = try watched(name, k: k)
            if found.events.count == 0 { #expect(found.digest == plain.digest, "k = \(k)") }
            left += found.events.count
        }
        // Where the least normal number is 2^-14, gradients reach it.
        let reaches = ["half", "fp8-e5m2"].contains(name)
        #expect((left > 0) == reaches, "\(left)")
        if reaches { #expect(try watched(name, k: 1024).digest != plain.digest) }
    }

    // A hyper-parameter that is 0 on the grid is 0: no buffer, no term.
    @Test func whatVanishesOnTheGridTakesNoPart() throws {
        let yaml = Settings(momentum: "1e-60", decay: "1e-60").yaml + "\narithmetics: [float]"
        var vanished = try start(yaml, in: "float")
        var plain = try start(Settings().yaml + "\narithmetics: [float]", in: "float")
        #expect(Trace(&vanished, steps: 3) == Trace(&plain, steps: 3))
        #expect(vanished.state.momentum.count == 0)
        let notes = try PreparedStudy(study(yaml)).startingPoint(for: ArithmeticName("float")).notes
        #expect(notes == ["momentum 1e-60 is 0 on the grid", "weight-decay 1e-60 is 0 on the grid"])
    }

    // The independent update must be able to disagree: another rate, and momentum that starts from zero.
    @Test func aWrongUpdateIsNoticed() throws {
        let settings = Settings(momentum: "0.9")
        var run = try start(settings.yaml + "\narithmetics: [double]", in: "double")
        var weights: [[Double]] = numbers(run.state.parameters)
        let first = weights
        var none: [[Double]]?
        let gradients: [[Double]] = numbers(run.advance(observe: .gradients).gradients)
        update(&weights, &none, gradients, rate: 0.1.nextUp, settings)
        #expect(weights != numbers(run.state.parameters))
        weights = first
        var zeros: [[Double]]? = first.map { $0.map { _ in 0 } }
        update(&weights, &zeros, gradients, rate: 0.1, settings)
        #expect(weights == numbers(run.state.parameters), "0.9 × 0 + g is g")
        update(&weights, &zeros, gradients, rate: 0.1, settings)
        #expect(weights != numbers(run.state.parameters))
    }
}
