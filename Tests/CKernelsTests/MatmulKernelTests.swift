import CKernels
import Testing

/// Every path against the triple loop of the contract. The oracle's fma is Swift's, which shares nothing with the kernels.
@Suite struct MatmulKernelTests {
    private func check<T: KernelScalar>(
        _: T.Type, m: Int, n: Int, k: Int, transposedA: Bool, transposedB: Bool, _ kind: KernelSeed.Operands,
        seed: UInt64
    ) {
        var random = KernelSeed(seed)
        let a: [T] = random.values(m * k, kind)
        let b: [T] = random.values(k * n, kind)
        let (aRow, aColumn) = transposedA ? (1, m) : (k, 1)
        let (bRow, bColumn) = transposedB ? (1, k) : (n, 1)
        var expected = [T](repeating: 0, count: m * n)
        for i in 0..<m {
            for j in 0..<n {
                var s: T = 0
                for l in 0..<k { s = s.addingProduct(a[i * aRow + l * aColumn], b[l * bRow + j * bColumn]) }
                expected[i * n + j] = s
            }
        }
        for path in availablePaths {
            var c = [T](repeating: .nan, count: m * n)
            T.matmul(path, m, n, k, a, aRow, aColumn, b, bRow, bColumn, &c)
            if let at = firstDifference(c, expected) {
                Issue.record(
                    """
                    \(T.self), path \(path.rawValue), \(m)x\(n)x\(k), transposed \(transposedA) \(transposedB), seed \(seed): \
                    element \(at) is \(c[at]), not \(expected[at])
                    """)
            }
        }
    }

    /// Whole and broken tiles of every path, single rows and columns, empty chains.
    private static let shapes = [
        (1, 1, 1), (6, 16, 5), (7, 17, 9), (13, 33, 4), (5, 10, 21), (1, 40, 3), (40, 1, 3), (2, 3, 0), (12, 8, 8),
        (3, 47, 2), (0, 4, 4),
    ]

    private func checkShapes<T: KernelScalar>(_: T.Type) {
        for (ordinal, shape) in Self.shapes.enumerated() {
            for kind in KernelSeed.Operands.allCases {
                check(
                    T.self, m: shape.0, n: shape.1, k: shape.2, transposedA: ordinal % 2 == 1,
                    transposedB: ordinal % 3 == 1, kind,
                    seed: UInt64(ordinal))
            }
        }
    }

    @Test func everyPathIsTheChainInBinary32() { checkShapes(Float.self) }
    @Test func everyPathIsTheChainInBinary64() { checkShapes(Double.self) }

    @Test(arguments: [false, true], [false, true])
    func transpositionsAreTheChain(transposedA: Bool, transposedB: Bool) {
        check(Float.self, m: 9, n: 35, k: 11, transposedA: transposedA, transposedB: transposedB, .special, seed: 41)
        check(Double.self, m: 9, n: 35, k: 11, transposedA: transposedA, transposedB: transposedB, .special, seed: 42)
    }

    /// Longer than a block of the cache: partial chains rest in the result.
    @Test func blocksDoNotSplitTheChain() {
        check(Float.self, m: 2, n: 3, k: 777, transposedA: false, transposedB: true, .ordinary, seed: 7)
        check(Double.self, m: 3, n: 2, k: 777, transposedA: true, transposedB: false, .ordinary, seed: 8)
    }

    /// Rows that meet so many panels that they are packed, elements adjacent or not.
    @Test(arguments: [false, true])
    func packedRowsAreTheChain(transposed: Bool) {
        check(Float.self, m: 19, n: 490, k: 17, transposedA: transposed, transposedB: false, .ordinary, seed: 11)
        check(Double.self, m: 31, n: 250, k: 10, transposedA: transposed, transposedB: true, .ordinary, seed: 12)
    }

    /// More rows than share a packed panel, read where they are and packed.
    @Test func slabsOfRowsAreTheChain() {
        check(Float.self, m: 131, n: 3, k: 512, transposedA: false, transposedB: false, .ordinary, seed: 9)
        check(Double.self, m: 143, n: 17, k: 230, transposedA: true, transposedB: true, .ordinary, seed: 10)
    }

    /// More columns than there are panels that wait for the next slab of rows: some elements of a large product.
    @Test func columnsBeyondTheKeptPanelsAreTheChain() {
        let (m, n, k) = (129, 530, 512)
        var random = KernelSeed(13)
        let a: [Float] = random.values(m * k, .ordinary)
        let b: [Float] = random.values(k * n, .ordinary)
        for path in availablePaths where path != LS_PLAIN {
            var c = [Float](repeating: .nan, count: m * n)
            Float.matmul(path, m, n, k, a, k, 1, b, n, 1, &c)
            for i in [0, 5, 63, 64, 65, 128] {
                for j in [0, 17, 495, 511, 512, 528, 529] {
                    var s: Float = 0
                    for l in 0..<k { s = s.addingProduct(a[i * k + l], b[l * n + j]) }
                    #expect(c[i * n + j] == s, "path \(path.rawValue), element \(i), \(j)")
                }
            }
        }
    }

    /// 1 + 2^-24 + 2^-24 is 1 in this order, and not if the two small terms meet first.
    @Test func theOrderIsThatOfTheIndex() {
        let a: [Float] = [1, 0x1p-24, 0x1p-24]
        let reversed: [Float] = [0x1p-24, 0x1p-24, 1]
        let ones: [Float] = [1, 1, 1]
        for path in availablePaths {
            #expect(ls_dot_f32(path, 3, a, ones) == 1)
            #expect(ls_dot_f32(path, 3, reversed, ones) == 1 + 0x1p-23)
        }
    }

    /// x*x - round(x*x) is the rounding error of the square, which a separate multiplication loses.
    @Test func multiplicationAndAdditionAreFused() {
        let x: Double = 1 + 0x1p-30
        for path in availablePaths { #expect(ls_dot_f64(path, 2, [-(x * x), x], [1, x]) == 0x1p-60) }
    }

    /// A product too small to be a number leaves its sign behind.
    @Test func underflowKeepsItsSign() {
        let tiny: [Float] = [0x1p-100]
        let negative: [Float] = [-0x1p-100]
        for path in availablePaths {
            #expect(ls_dot_f32(path, 1, tiny, negative).sign == .minus)
            #expect(ls_dot_f32(path, 1, [-0.0], [1]).sign == .plus, "the chain starts at +0")
        }
    }
}
