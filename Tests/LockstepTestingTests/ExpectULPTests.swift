import Foundation
import LockstepTesting
import Testing

@Suite struct ExpectULPTests {
    static let values: [Float] = (0..<200).map { Float($0 - 100) * 0.37 }

    @Test func theSystemsExpIsWithinOneUlp() {
        // binary64's exp, rounded: wrong only where binary64 is, which is off the halfway points of binary32.
        expectULP(ExpectULPTests.values.map { Float(exp(Double($0))) }, of: .exp(ExpectULPTests.values), atMost: 0.5001)
    }

    @Test func fusedAndUnfusedDiffer() {
        // 1 + 2^-12 squared is 1 + 2^-11 + 2^-24: a tie for binary32, whose last term survives only when fused.
        let x: Float = 1 + 0x1p-12
        let c: Float = -1 - 0x1p-11
        expectCorrectlyRounded(c.addingProduct(x, x), of: Exact(x) * Exact(x) + Exact(c))
        expectIssue(holding: "not correctly rounded", "found 0 (bits 00000000", "nearest 5.96046448e-8 (bits 33800000")
        {
            expectCorrectlyRounded(c + x * x, of: Exact(x) * Exact(x) + Exact(c))
        }
    }

    @Test func cancellationIsSettledWithMoreBits() {
        // (1 - cos x) / x² at x = 2^-100 is a half to within 2^-203; 192 bits see nothing but 0 there.
        let x = 0x1p-100
        expectULP(0.5, of: (1 - .cos(x)) / (Exact(x) * Exact(x)), atMost: 1e-9)
        expectIssue(holding: "inf ulps off") {
            expectULP(Double.infinity, of: (1 - .cos(x)) / (Exact(x) * Exact(x)), atMost: 1)
        }
        // Exactly 0, though no bits say so: less than 2^-1000 is as good as 0 for binary64.
        expectULP(0.0, of: .exp(.log(Exact(3))) - 3, atMost: 1e-9)
    }

    /// e^(log y) is y, here a tie: no enclosure ever leaves one side of it.
    @Test func whatIsNotSettledIsTold() {
        expectIssue(holding: "not settled with 3072 bits") {
            expectCorrectlyRounded(Float(1), of: .exp(.log(1 + 0x1p-24)))
        }
    }

    @Test func tiesGoToEven() {
        let tie = Exact(Float(1)) + Exact(Float(0x1p-24))
        expectCorrectlyRounded(Float(1), of: tie)
        expectIssue(holding: "not correctly rounded, 0.5 ulps off", "bits 3f800001") {
            expectCorrectlyRounded(Float(1).nextUp, of: tie)
        }
        // Just above the tie, by less than 192 bits can show.
        expectCorrectlyRounded(Float(1).nextUp, of: tie + Exact(0x1p-1000))
    }

    @Test func theWorstElementIsNamed() {
        var y = ExpectULPTests.values.map { Float(exp(Double($0))) }
        y[17] = y[17].nextUp.nextUp
        y[40] = y[40].nextUp.nextUp.nextUp.nextUp
        expectIssue(holding: "element 40 is", "at most 1.0 expected", "2 of 200 elements", "exact 2.28") {
            expectULP(y, of: .exp(ExpectULPTests.values), atMost: 1)
        }
        expectIssue(holding: "element 17 is not correctly rounded", "2 of 200 elements") {
            expectCorrectlyRounded(y, of: .exp(ExpectULPTests.values))
        }
        expectIssue(holding: "element 40") { expectULP(y.span, of: .exp(ExpectULPTests.values), atMost: 1) }
    }

    @Test func infinitiesAreRightWhereTheExactValueRoundsToThem() {
        expectULP(Float.infinity, of: .exp(Float(89)), atMost: 0.5)
        expectULP(-Float.infinity, of: .log(Float(0)), atMost: 0)
        expectULP(Float(0), of: .exp(-Float.infinity), atMost: 0)
        expectIssue(holding: "inf ulps off", "found Infinity (bits 7f800000") {
            expectULP(Float.infinity, of: .exp(Float(88)), atMost: 1e9)
        }
        expectIssue(holding: "nearest -Infinity (bits ff800000") {
            expectULP(-Float.greatestFiniteMagnitude, of: .log(Float(0)), atMost: 1e9)
        }
    }

    @Test func aNaNIsRightOnlyWhereTheExactValueIsOne() {
        expectULP(Float.nan, of: .squareRoot(Float(-1)), atMost: 0)
        expectCorrectlyRounded(-Double.nan, of: Exact(Double.infinity) - Exact(Double.infinity))
        expectIssue(holding: "inf ulps off", "found NaN (bits 7fc00000") {
            expectULP(Float.nan, of: .exp(Float(1)), atMost: 1e9)
        }
        expectIssue(holding: "nearest NaN (bits 7ff8000000000000") {
            expectULP(1.0, of: .squareRoot(-1.0), atMost: 1e9)
        }
    }

    @Test func onlyCorrectRoundingSeesTheSignOfZero() {
        expectULP(Float(0), of: .sin(-Float(0)), atMost: 0)
        expectCorrectlyRounded(-Float(0), of: .sin(-Float(0)))
        // Underflow keeps the sign.
        expectCorrectlyRounded(-Float(0), of: -.exp(Float(-200)))
        expectIssue(holding: "found 0 (bits 00000000", "nearest -0 (bits 80000000") {
            expectCorrectlyRounded(Float(0), of: .sin(-Float(0)))
        }
    }

    @Test func subnormalResultsAreMeasuredByTheirQuantum() {
        let least = Float.leastNonzeroMagnitude
        expectULP(least, of: Exact(least) / 2, atMost: 0.5)
        expectCorrectlyRounded(Float(0), of: Exact(least) / 2)
        expectIssue(holding: "3.5 ulps off") { expectULP(4 * least, of: Exact(least) / 2, atMost: 3) }
    }

    @Test func constantsAreExact() throws {
        expectCorrectlyRounded(Float(0.1), of: Exact(1) / 10)
        expectCorrectlyRounded(0.1, of: try #require(Exact(decimal: "0.1")))
        expectIssue(holding: "not correctly rounded") { expectCorrectlyRounded(Double(Float(0.1)), of: Exact(1) / 10) }
        #expect(Exact(decimal: "a tenth") == nil)
    }

    @Test func reductionsAreExactSums() {
        let x: [Float] = [1e30, 1, -1e30, 0x1p-60]
        expectCorrectlyRounded(Float(1), of: .sum(x))
        expectULP(Float(3), of: .dot([Float(1), 2, 3], [Float(3), 0, 0]), atMost: 0)
        expectULP(Float(0), of: .sum([Float]()), atMost: 0)
        expectIssue(holding: "ulps off, at most 4.0 expected: found 0") {
            expectULP(x.dropLast().reduce(0, +), of: .sum(x), atMost: 4)
        }
    }

    @Test func operandsThatDoNotFitAreTold() {
        let (two, three): ([Float], [Float]) = ([1, 2], [1, 2, 3])
        expectIssue(holding: "joins 2 elements with 3") { expectULP(two, of: Exact(two) + Exact(three), atMost: 1) }
        expectIssue(holding: "a dot product of 2 elements with 3") {
            expectULP(Float(0), of: .dot(two, three), atMost: 1)
        }
        expectIssue(holding: "2 values are to be judged, but the exact expression has 3") {
            expectULP(two, of: .exp(three), atMost: 1)
        }
        expectIssue(holding: "the limit is nan ulps") { expectULP(Float(1), of: 1, atMost: .nan) }
        expectIssue(holding: "no value to judge") { expectULP([Float](), of: .exp([Float]()), atMost: 0) }
    }
}
