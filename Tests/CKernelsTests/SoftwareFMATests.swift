import CKernels
import Testing

/// fma in software against Swift's (the platform's, correctly rounded by IEEE 754), and against values worked out by hand.
@Suite struct SoftwareFMATests {
    private func check<T: KernelScalar>(_ a: T, _ b: T, _ c: T, seed: UInt64 = 0) {
        let soft = T.softFMA(a, b, c)
        let expected = c.addingProduct(a, b)
        if !isIdentical(soft, expected) {
            Issue.record("\(T.self), seed \(seed): fma(\(a), \(b), \(c)) is \(soft), not \(expected)")
        }
    }

    private func checkSpecialValues<T: KernelScalar>(_: T.Type) {
        let values: [T] = [
            0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
            .leastNormalMagnitude,
            .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1 + .ulpOfOne,
            1 - .ulpOfOne / 2,
        ]
        for a in values { for b in values { for c in values { check(a, b, c) } } }
    }

    @Test func specialValuesInBinary32() { checkSpecialValues(Float.self) }
    @Test func specialValuesInBinary64() { checkSpecialValues(Double.self) }

    /// Products and addends of all distances, significands with few bits set, so that halfway cases and cancellation abound.
    private func checkScattered<T: KernelScalar>(_: T.Type, seed: UInt64) {
        var random = KernelSeed(seed)
        let exponents = 1 - T.smallestExponent  // about as many as there are above 1
        func power(_ e: Int) -> T {
            T(sign: .plus, exponent: T.Exponent(min(max(e, T.smallestExponent), exponents * 5 / 6)), significand: 1)
        }
        func few(_ e: Int) -> T { (random.below(2) == 0 ? 1 : -1) * power(e) * (1 + T(random.below(8)) * .ulpOfOne) }
        for _ in 0..<800 {
            let ea = random.below(2 * exponents) - exponents
            let target = random.below(2 * exponents) - exponents
            let a = few(ea)
            let b = few(target - ea)
            let c = few(target + random.below(2 * T.significandBitCount + 8) - T.significandBitCount - 4)
            check(a, b, c, seed: seed)
            let product = a * b
            check(a, b, -product, seed: seed)
            check(a, b, -product.nextUp, seed: seed)
            check(a, b, 0, seed: seed)
            let u: T = random.value(.tiny)
            let v: T = random.value(.tiny)
            let w: T = random.value(.tiny)
            check(u, v, w * w, seed: seed)
        }
    }

    @Test func scatteredArgumentsInBinary32() { checkScattered(Float.self, seed: 32) }
    @Test func scatteredArgumentsInBinary64() { checkScattered(Double.self, seed: 64) }

    /// These products are halfway between two numbers; the addend decides, although a wider sum would not show it.
    @Test func roundingTwiceWouldBeWrong() {
        #expect(ls_fma_soft_f32(1 + 0x1p-12, 1 + 0x1p-12, 0x1p-80) == 1 + 0x1p-11 + 0x1p-23)
        #expect(ls_fma_soft_f32(1 + 0x1p-12, 1 + 0x1p-12, -0x1p-80) == 1 + 0x1p-11)
        #expect(ls_fma_soft_f64(1 + 0x1p-27, 1 + 0x1p-26, 0x1p-300) == 1 + 0x1p-26 + 0x1p-27 + 0x1p-52)
        #expect(ls_fma_soft_f64(1 + 0x1p-27, 1 + 0x1p-26, -0x1p-300) == 1 + 0x1p-26 + 0x1p-27)
    }

    @Test func overflowAndUnderflowRoundLikeEverythingElse() {
        let largest = Double.greatestFiniteMagnitude
        let least = Double.leastNonzeroMagnitude
        #expect(ls_fma_soft_f64(largest, 2, -largest) == largest)
        #expect(ls_fma_soft_f64(largest, 1, 0x1p969) == largest)
        #expect(ls_fma_soft_f64(largest, 1, 0x1p970) == .infinity)
        #expect(ls_fma_soft_f64(largest, largest, -.infinity) == -.infinity)
        #expect(isIdentical(ls_fma_soft_f64(least, -0.5, 0), -0.0))
        #expect(ls_fma_soft_f64(least, 0.5, least) == 2 * least, "1.5 least numbers: to even")
        #expect(ls_fma_soft_f64(least, 0.5.nextDown, least) == least)
        #expect(isIdentical(ls_fma_soft_f64(0x1p-600, 0x1p-600, -0.0), 0))
    }
}
