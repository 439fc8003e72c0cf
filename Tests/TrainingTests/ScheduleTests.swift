import Arithmetics
import Testing
import Training

@Suite struct ScheduleTests {
    /// The rates of updates 0, 1, … on a grid.
    private func rates(
        _ text: String, _ base: Rational, _ updates: some Sequence<Int>, perEpoch: Int = 1, grid: Format = .binary64
    ) throws -> [Double] {
        let schedule = try Schedule(text)
        return updates.map { schedule.rate(base, update: $0, updatesPerEpoch: perEpoch, grid: grid).double }
    }

    @Test func warmupIsAFractionOfTheRate() throws {
        // Literals are rounded once, as the contract wants: 0.1 × 3/10 is 0.03, not 0.1 * 0.3 in floating point.
        let tenth = Rational(1, 10)
        #expect(try rates("warmup:10", tenth, 0..<4) == [0, 0.01, 0.02, 0.03])
        #expect(try rates("warmup:10", tenth, 9...12) == [0.09, 0.1, 0.1, 0.1])
        #expect(try rates("warmup:2e", tenth, [1, 5, 9, 10], perEpoch: 5) == [0.01, 0.05, 0.09, 0.1])
        #expect(try rates("warmup:4+step:2,0.1", tenth, 0..<6) == [0, 0.025, 0.005, 0.0075, 0.001, 0.001])
    }

    @Test func stepsAndMilestonesMultiply() throws {
        #expect(try rates("constant", Rational(3, 10), [0, 1_000_000]) == [0.3, 0.3])
        #expect(try rates("step:3,0.5", Rational(3, 10), 0..<8) == [0.3, 0.3, 0.3, 0.15, 0.15, 0.15, 0.075, 0.075])
        #expect(try rates("step:1e,0.1", Rational(1), [0, 3, 4, 8], perEpoch: 4) == [1, 1, 0.1, 0.01])
        #expect(try rates("milestones:2,5,0.1", Rational(7), [0, 1, 2, 4, 5, 99]) == [7, 7, 0.7, 0.7, 0.07, 0.07])
        #expect(try rates("milestones:1e,2,0.1", Rational(7), [1, 2, 3], perEpoch: 3) == [7, 0.7, 0.07])
        #expect(try rates("step:1,0", Rational(1), [0, 1, 2]) == [1, 0, 0])
    }

    // Computed in Python with fractions: pi to 90 digits, the series of the cosine, one rounding at the end.
    @Test func cosineIsCorrectlyRounded() throws {
        let tenth: [Double] = [
            0x1.999999999999ap-4, 0x1.8f938d481bb99p-4, 0x1.727c9716ffb76p-4, 0x1.452dace955759p-4,
            0x1.0c1630b099510p-4,
            0x1.999999999999ap-5, 0x1.1b06d1d200913p-5, 0x1.51afb2c110903p-6, 0x1.38e81414cf11ap-7,
            0x1.40c18a2fbc008p-9, 0, 0, 0,
        ]
        #expect(try rates("cosine:10", Rational(1, 10), 0...12) == tenth)
        let single: [Double] = [
            0x1.333334p-2, 0x1.23fd24p-2, 0x1.f2bc6ep-3, 0x1.778ef6p-3, 0x1.ddaee2p-4, 0x1.cea7dep-5, 0x1.e6c2p-7, 0,
        ]
        #expect(try rates("cosine:7", Rational(3, 10), 0...7, grid: .binary32) == single)
        // The rational points.
        #expect(try rates("cosine:6", Rational(1, 10), [0, 2, 3, 4, 6]) == [0.1, 0.075, 0.05, 0.025, 0])
        #expect(try rates("warmup:2+cosine:6", Rational(1, 10), [0, 1, 2]) == [0, 0.046650635094610966169, 0.075])
        #expect(try rates("cosine:2e", Rational(1, 10), [0, 2, 3, 4, 6], perEpoch: 3) == [0.1, 0.075, 0.05, 0.025, 0])
    }

    @Test func theGridRoundsOnce() throws {
        // A midpoint of binary32 that a detour over binary64 would not have missed, and one that it would have: 1 + 2^-24 is
        // halfway and goes to the even 1; anything above, however little, goes up.
        let half = Rational(1) + Rational(1, 1 << 24)
        let above = half + Rational(1, 10).power(30)
        #expect(try rates("constant", half, [0], grid: .binary32) == [1])
        #expect(try rates("constant", above, [0], grid: .binary32) == [0x1.000002p+0])
    }

    @Test func lengthsDoNotOverflow() throws {
        #expect(try rates("cosine:9223372036854775807e", Rational(1), [0, 5], perEpoch: 44) == [1, 1])
        #expect(try rates("step:9223372036854775807e,0.1", Rational(1), [5], perEpoch: 44) == [1])
    }

    @Test(arguments: [
        ("", "\"\" is no schedule"), ("linear", "\"linear\" is no schedule"), ("step:3", "\"step:3\" is no schedule"),
        ("warmup", "\"warmup\" is no schedule"), ("warmup:1+warmup:2", "\"warmup:1+warmup:2\" is no schedule"),
        ("constant+cosine:5", "\"constant+cosine:5\" is no schedule"), ("constant:1", "\"constant:1\" is no schedule"),
        ("cosine:5+", "\"cosine:5+\" is no schedule"), ("milestones:0.1", "\"milestones:0.1\" is no schedule"),
    ])
    func otherTextsAreNoSchedules(text: String, beginning: String) {
        #expect(
            message { try Schedule(text) }
                == beginning + "; it is constant, step:E,F, milestones:M1,…,F or cosine:T, and warmup:W+ before it; "
                + "lengths count updates, or epochs with an e: cosine:20e")
    }

    @Test func lengthsAndFactorsAreChecked() {
        let length = "is not a whole number of at least 1, with an e for epochs"
        #expect(message { try Schedule("cosine:0") } == "\"cosine:0\": length \"0\" \(length)")
        #expect(message { try Schedule("warmup:x+cosine:5") } == "\"warmup:x+cosine:5\": length \"x\" \(length)")
        #expect(message { try Schedule("step:-1,0.1") } == "\"step:-1,0.1\": length \"-1\" \(length)")
        #expect(message { try Schedule("milestones:1,e,0.1") } == "\"milestones:1,e,0.1\": length \"e\" \(length)")
        let factor = "is not a decimal of at least 0"
        #expect(message { try Schedule("step:1,-0.1") } == "\"step:1,-0.1\": factor \"-0.1\" \(factor)")
        #expect(message { try Schedule("milestones:1,nan") } == "\"milestones:1,nan\": factor \"nan\" \(factor)")
    }
}
