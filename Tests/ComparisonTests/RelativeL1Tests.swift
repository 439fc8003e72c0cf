import Arithmetics
import Comparison
import Testing

@Suite struct RelativeL1Tests {
    private let edges: [Double] = [
        0, -0.0, 1, -1, 3, .infinity, -.infinity, .nan, 0x1p-1074, -0x1p-1074, 0x1.fffffffffffffp1023, 1e-30, 7.25,
    ]

    /// The other route is the whole set of measures.
    @Test func equalsTheMeasureOfThatName() {
        for shift in edges.indices {
            let other = Array(edges[shift...] + edges[..<shift])
            let (x, y) = (ExactArray(edges), ExactArray(other))
            let all = measure([x], against: [y], in: .binary64).all
            let alone = relativeL1(x, y)
            #expect(alone == all.relativeL1, "shifted by \(shift)")
            #expect((alone == 0) == (shift == 0))
        }
    }

    @Test func knownValues() {
        func of(_ x: [Double], _ y: [Double]) -> Double { relativeL1(ExactArray(x), ExactArray(y)) }
        #expect(of([1, 1], [3, 1]) == 0.5)
        #expect(of([1], [-1]) == 2)
        #expect(of([0, -0.0], [-0.0, 0]) == 0)
        #expect(of([.nan, .infinity], [.nan, .infinity]) == 0)
        #expect(of([.nan, 1], [1, 1]) == 1)
        #expect(of([1], [0]) == 2)
    }
}
