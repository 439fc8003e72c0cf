import Arithmetics
import Testing

@Suite struct RangeEventTests {
    private func events<A: Arithmetic>(_ arithmetic: A, _ gradient: [Double], rate: Double = 0.1, k: Int) -> RangeEvents
    {
        let scalars = gradient.map { arithmetic.constant(ExactValue($0)) }
        let constants = DescentConstants(
            rate: arithmetic.constant(ExactValue(rate)), momentum: nil, weightDecay: nil, nesterov: false,
            isFirst: false, k: k)
        let none: [A.Scalar] = []
        return arithmetic.rangeEvents(scalars.span, none.span, scalars.span, constants, at: Site())
    }

    @Test func quotientsBelowTheLeastNormalNumberCountWhereTheyLoseBits() {
        let float = Binary32()
        let least = 0x1p-126
        let quantum = 0x1p-149
        // Halves: 2^-127 and 2^-148 are numbers; 1/2 and 3/2 of the least subnormal are not.
        #expect(events(float, [least, 2 * quantum, 0, 1, -.infinity, .nan], k: 2).count == 0)
        #expect(events(float, [quantum, -3 * quantum, 2 * quantum], k: 2) == RangeEvents(quotients: 2))
        #expect(events(float, [2 * quantum, 4 * quantum, 12 * quantum], k: 8) == RangeEvents(quotients: 3))
        #expect(events(float, [quantum], k: 1).count == 0)
        #expect(events(Binary64(), [quantum], k: 8).count == 0)
        #expect(events(Binary64(), [0x1p-1074], k: 2) == RangeEvents(quotients: 1))
    }

    @Test func productsCountWhereTheyOverflow() {
        #expect(events(Binary32(), [1], rate: 0x1p126, k: 2).count == 0)
        #expect(events(Binary32(), [1], rate: 0x1p126, k: 4) == RangeEvents(products: 1))
        #expect(events(Binary64(), [1], rate: 0x1p126, k: 4).count == 0)
    }

    @Test func whatTheUpdateDividesIsWhatIsCounted() throws {
        // λ × w = 2^-149 makes the difference: g = 2^-149 alone is odd, the sum is even.
        let float = Binary32()
        let (w, g): ([Float], [Float]) = ([1], [0x1p-149])
        var constants = DescentConstants<Float>(
            rate: 1, momentum: nil, weightDecay: 0x1p-149, nesterov: false, isFirst: true, k: 2)
        let none: [Float] = []
        #expect(float.rangeEvents(w.span, none.span, g.span, constants, at: Site()).count == 0)
        constants.weightDecay = nil
        #expect(float.rangeEvents(w.span, none.span, g.span, constants, at: Site()).quotients == 1)
        // With momentum 1 the buffer joins it.
        constants.momentum = 1
        constants.isFirst = false
        #expect(float.rangeEvents(w.span, g.span, g.span, constants, at: Site()).count == 0)
        constants.nesterov = true
        #expect(float.rangeEvents(w.span, g.span, g.span, constants, at: Site()).quotients == 1, "3/2")
    }
}
