import Descent
import LockstepTesting
import Testing

@Suite struct DescentTests {
    let x: [Float] = (0..<31).map { Float(($0 * 37) % 64 - 20) / 16 }
    let y: [Float] = (0..<31).map { Float(($0 * 53) % 64 - 30) / 48 }

    // MARK: A value against an expression without rounding

    @Test func differenceOfRootsIsAccurateNearZero() {
        let small = x.map { $0 * 0x1p-30 }
        expectULP(small.map(squareRootMinusOne(onePlus:)), of: .squareRoot(1 + Exact(small)) - 1, atMost: 2)
    }

    @Test func theObviousFormulaCancels() {
        let small: Float = 0x1.8p-20
        withKnownIssue { expectULP((1 + small).squareRoot() - 1, of: .squareRoot(1 + Exact(small)) - 1, atMost: 2) }
    }

    @Test func aSumOfTwoIsCorrectlyRounded() {
        expectCorrectlyRounded(zip(x, y).map { $0 + $1 }, of: Exact(x) + Exact(y))
    }

    // MARK: An operation up to the order of its sums

    @Test func dotIsADotProduct() {
        expectRounding(of: "matmul", ["a": (x, [1, 31]), "b": (y, [31, 1])], gives: [dot(x, y)])
    }

    @Test func softmaxIsOne() {
        expectRounding(
            of: "softmax", ["x": (Array(x.prefix(30)), [5, 6])], gives: softmax(Array(x.prefix(30)), columns: 6))
    }

    @Test func aLostTailIsSeen() {
        withKnownIssue {
            expectRounding(of: "matmul", ["a": (x, [1, 31]), "b": (y, [31, 1])], gives: [hastyDot(x, y)])
        } matching: { issue in
            issue.comments.first?.rawValue.contains("is more than rounding") ?? false
        }
    }

    // MARK: The same bits as ever

    @Test func threeStepsGiveTheRecordedBits() {
        var descent = Descent(weights: x, rate: 0.1, momentum: 0.9)
        for _ in 0..<3 { descent.step(y) }
        expectGolden(["weights": descent.weights, "velocity": descent.velocity], at: "Golden/three-steps.values")
    }

    @Test func lockstepItselfGivesItsRecordedBits() {
        expectGolden(study: "Golden/study.yaml", trace: "Golden/study.trace")
    }
}
