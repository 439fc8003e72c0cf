import LockstepTesting
import Testing

@Suite struct ExpectRoundingTests {
    static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Double(state >> 33) / 4_294_967_296 - 0.25)
        }
    }

    let a = numbers(60, seed: 1)
    let b = numbers(80, seed: 2)

    func product(_ order: some Sequence<Int>) -> [Float] {
        let terms = Array(order)
        return (0..<12).map { p in terms.reduce(Float(0)) { $0 + a[p / 4 * 20 + $1] * b[$1 * 4 + p % 4] } }
    }

    @Test func anyOrderOfSummationIsRounding() {
        expectRounding(of: "matmul", ["a": (a, [3, 20]), "b": (b, [20, 4])], gives: product(0..<20))
        expectRounding(of: "matmul", ["a": (a, [3, 20]), "b": (b, [20, 4])], gives: product((0..<20).reversed()))
    }

    @Test func aTermLeftOutIsMore() {
        var y = product(0..<20)
        y[7] -= a[39] * b[79]
        expectIssue(holding: "matmul: y[7] is more than rounding", "(at most 8.0)") {
            expectRounding(of: "matmul", ["a": (a, [3, 20]), "b": (b, [20, 4])], gives: y)
        }
        y[7] = .nan
        expectIssue(holding: "y[7]", "NaN") {
            expectRounding(of: "matmul", ["a": (a, [3, 20]), "b": (b, [20, 4])], gives: y)
        }
    }

    @Test func gradientsAreJudgedBesideTheResult() {
        // y = mean of x, so dx = g / n.
        let x = a
        let y = [x.reduce(0, +) / 60]
        let dx = [Float](repeating: 3 / 60, count: 60)
        expectRounding(of: "mean", ["x": (x, [60])], gives: y, gradients: ["g": [3], "dx": dx])
        expectIssue(holding: "mean: dx[0] is more than rounding") {
            expectRounding(of: "mean", ["x": (x, [60])], gives: y, gradients: ["g": [3], "dx": dx.map { $0 * 2 }])
        }
        expectIssue(holding: "g has 2 elements, but y has 1") {
            expectRounding(of: "mean", ["x": (x, [60])], gives: y, gradients: ["g": [3, 4], "dx": dx])
        }
    }

    @Test func unusableRequestsAreTold() {
        expectIssue(holding: "no operation \"matmull\"; there are matmul, dense") {
            expectRounding(of: "matmull", ["a": (a, [3, 20])], gives: a)
        }
        expectIssue(holding: "operands: no tensor \"b\"") {
            expectRounding(of: "matmul", ["a": (a, [3, 20])], gives: a)
        }
        expectIssue(holding: "the inner sizes 20 and 4 differ") {
            expectRounding(of: "matmul", ["a": (a, [3, 20]), "b": (b, [4, 20])], gives: a)
        }
        expectIssue(holding: "y has 60 elements, not 12") {
            expectRounding(of: "matmul", ["a": (a, [3, 20]), "b": (b, [20, 4])], gives: a)
        }
        expectIssue(holding: "matmul: a has 60 elements, not the 63 of shape [3, 21]") {
            expectRounding(of: "matmul", ["a": (a, [3, 21]), "b": (b, [20, 4])], gives: a)
        }
    }
}
