import CKernels
import Foundation
import SweepSupport
import Testing

/// The arguments of Fixtures/elementary/hard-cases.txt, found by CI/find-hard-cases: their results lie so near a number of
/// the format, or a midpoint, that a wrong bound or a wrong fallback would round them the wrong way.
@Suite struct ElementaryHardCaseTests {
    private struct Case: Sendable {
        let function: Int
        let x: Double
        let below: Double
        let nearest: Double
        let bits: Int
    }

    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../Fixtures/elementary/hard-cases.txt")

    private static let all = Result { try read() }

    private static func read() throws -> [Case] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 5, "\(line)")
            return try Case(
                function: #require(SweepShard.functions.firstIndex { $0.name == words[0] }, "\(line)"),
                x: #require(Double(words[1]), "\(line)"), below: #require(Double(words[2]), "\(line)"),
                nearest: #require(Double(words[3]), "\(line)"), bits: #require(Int(words[4]), "\(line)"))
        }
    }

    @Test(arguments: 0..<7) func hardCasesAreRoundedRightInEveryDirection(function: Int) throws {
        let f = SweepShard.functions[function]
        let cases = try Self.all.get().filter { $0.function == function }
        #expect(cases.count >= 100)
        for c in cases {
            let above = c.below.nextUp
            try #require(c.nearest == c.below || c.nearest == above, "\(f.name) \(c.x)")
            let expected = [
                (LS_NEAREST, c.nearest), (LS_ZERO, c.below < 0 ? above : c.below), (LS_UP, above), (LS_DOWN, c.below),
            ]
            for (d, y) in expected {
                let result = ls_elementary_f64(f.code, d, c.x)
                #expect(
                    result.bitPattern == y.bitPattern,
                    "\(f.name), direction \(d.rawValue), x = \(c.x): \(result) for \(y)")
            }
        }
        for path in availablePaths {
            for d in [LS_NEAREST, LS_UP] {
                let x = cases.map(\.x)
                var y = x
                ls_elementary_array_f64(path, f.code, d, Int64(x.count), x, &y)
                for (c, result) in zip(cases, y) {
                    let expected = d == LS_UP ? c.below.nextUp : c.nearest
                    #expect(
                        result.bitPattern == expected.bitPattern,
                        "\(f.name), path \(path.rawValue), direction \(d.rawValue), x = \(c.x): \(result) for \(expected)"
                    )
                }
            }
        }
    }

    /// sin, cos, tanh are odd or even: the same significands, other signs and directions.
    @Test func reflectedHardCasesAreRoundedRight() throws {
        for c in try Self.all.get() where c.function >= 4 {
            let f = SweepShard.functions[c.function].code
            let sign = f == LS_COS ? 1.0 : -1
            let above = c.below.nextUp
            let (up, down) = f == LS_COS ? (above, c.below) : (-c.below, -above)
            let name = "\(SweepShard.functions[c.function].name)(\(-c.x))"
            #expect(ls_elementary_f64(f, LS_NEAREST, -c.x).bitPattern == (sign * c.nearest).bitPattern, "\(name)")
            #expect(ls_elementary_f64(f, LS_UP, -c.x).bitPattern == up.bitPattern, "\(name)")
            #expect(ls_elementary_f64(f, LS_DOWN, -c.x).bitPattern == down.bitPattern, "\(name)")
        }
    }

    /// The file holds what it is for: cases beyond chance in every function, and real ones of fifty bits and more.
    @Test func theFileHoldsHardCases() throws {
        let cases = try Self.all.get()
        for (i, f) in SweepShard.functions.enumerated() {
            #expect(cases.contains { $0.function == i && $0.bits >= 45 }, "\(f.name)")
        }
        #expect(cases.count { $0.bits >= 50 } >= 100)
    }

    /// Whether the quick form of single values has an enclosure without the point at which rounding changes, `distance` from f(x).
    private static func isDecidedQuickly(_ f: ls_unary, _ x: Double, distance: Double) -> Bool {
        var a = ls_lanes_approximation()
        guard ls_elementary_lanes_approximation(ls_path_best(), LS_VALUES_F64, f, x, &a) else { return false }
        let error = Double(sign: .plus, exponent: Int(a.exponent), significand: a.error)
        return !(ls_lanes_error(f, x, a) + distance / error < 1)
    }

    /// Where the point at which rounding changes lies inside the enclosures of both fast paths, MPFR must have been asked.
    @Test func hardCasesReachTheFallback() throws {
        var expected = 0
        for c in try Self.all.get() {
            let f = SweepShard.functions[c.function].code
            var a = ls_approximation()
            guard ls_elementary_approximation_f64(f, c.x, &a) else { continue }
            let distance =
                ls_approximation_error_f64(f, c.x, a) + Double(sign: .plus, exponent: 64 - c.bits, significand: 1)
            guard distance < Double(a.error) else { continue }
            let ulps = Double(sign: .plus, exponent: -c.bits, significand: 1)
            if Self.isDecidedQuickly(f, c.x, distance: ulps * c.below.ulp) { continue }
            expected += 1
            ls_elementary_fallbacks_reset()
            for d in [LS_NEAREST, LS_UP] { _ = ls_elementary_f64(f, d, c.x) }
            #expect(ls_elementary_fallbacks() >= 1, "\(SweepShard.functions[c.function].name) \(c.x)")
        }
        ls_elementary_fallbacks_reset()
        #expect(expected > 1000)
    }
}
