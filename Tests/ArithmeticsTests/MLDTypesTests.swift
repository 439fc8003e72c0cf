import Arithmetics
import Testing

// SHA-256 of results of NumPy 2.4.6 and ml_dtypes 0.6.0: bit patterns in order, little-endian, every NaN made the quiet one
// (E4M3: 7f). They compute in binary32 and round again, which is safe for these operations to nearest (binary32 has at least
// 2p + 2 bits), and share nothing with us.
@Suite struct MLDTypesTests {
    private typealias Shape = RoundingOracle.Shape

    private func digest(_ a: SoftFloat, _ values: [Double]) -> String {
        var bytes: [UInt8] = []
        a.encode(values.span, into: &bytes)
        return Digest.hexadecimal(of: bytes)
    }

    private func shape(_ name: String) throws -> RoundingOracle.Shape {
        try #require(RoundingOracle.Shape.all.first { $0.name == name })
    }

    private func apply(_ operation: RoundingOracle.Operation, _ a: SoftFloat, _ x: Double, _ y: Double) -> Double {
        switch operation {
        case .add: a.add(x, y)
        case .subtract: a.subtract(x, y)
        case .multiply: a.multiply(x, y)
        case .divide: a.divide(x, y)
        }
    }

    /// a op b for all 256 × 256 patterns, b running fastest.
    @Test(arguments: [
        ("fp8-e4m3", RoundingOracle.Operation.add, "b6d968ccbb94ef0113b64ea2d5dfc1ab349343cb38002520fcbb4af011b567c0"),
        (
            "fp8-e4m3", RoundingOracle.Operation.subtract,
            "a9c3b0464123450698f86048d2540ed04a0fee99941bc2e1bddbc1f1083a4b81"
        ),
        (
            "fp8-e4m3", RoundingOracle.Operation.multiply,
            "a0a71077e02731dd1882968fde6c61745a0251884ac3791dd5f1fc0b1c05bbed"
        ),
        (
            "fp8-e4m3", RoundingOracle.Operation.divide,
            "9e83766f83b4ed7c01551f8ceef55d49d0221b8a674879d1f31afbcf9dda182b"
        ),
        ("fp8-e5m2", RoundingOracle.Operation.add, "bc799e0a70467b7eabded6381dd16b6143e9ea59f6ab1db721a4d06ef8c7073f"),
        (
            "fp8-e5m2", RoundingOracle.Operation.subtract,
            "fb13de2295005d2de543b8c8baa3c13499309070d984d1d55bf63c19a76292a3"
        ),
        (
            "fp8-e5m2", RoundingOracle.Operation.multiply,
            "cfda5f2e228a7b75bd0247772537c3080eabfda6886387f2d9a8ecff3c8f316d"
        ),
        (
            "fp8-e5m2", RoundingOracle.Operation.divide,
            "9e78246a521ba4360363c3a60d7b95fccbf74576e599568f5f64df8ad837aba7"
        ),
    ])
    func allPairsOfEightBitNumbers(name: String, operation: RoundingOracle.Operation, recorded: String) throws {
        let arithmetic = try #require(arithmetic(named: name) as? SoftFloat)
        let numbers = try shape(name).patterns.map(shape(name).value)
        let results = numbers.flatMap { x in numbers.map { y in apply(operation, arithmetic, x, y) } }
        #expect(digest(arithmetic, results) == recorded)
    }

    /// a op b for a = 0 ... 65535 and b = (40503 a + 12345) mod 2^16, as patterns.
    @Test(arguments: [
        ("half", RoundingOracle.Operation.add, "5f26b4b916ccd9ed945f0490cbc76600e2a0a61cc39da1475ee44bdbc83d81eb"),
        ("half", RoundingOracle.Operation.subtract, "c50bc05e337edc90ab0b50baa02a8959ed8ec0b73c5f384984a1f71e6bda4649"),
        ("half", RoundingOracle.Operation.multiply, "ca3b560d6512f6af50efbc0a4db2da279e79ac36309d17e3a1dbb31f55e1e0d3"),
        ("half", RoundingOracle.Operation.divide, "d599eb0a40c9387b00899cd74dc88a950002f0a06c54efc785025689d4651202"),
        ("bfloat16", RoundingOracle.Operation.add, "0afe80a0a813a242330f591a35e9f625753006528b6c58fb6d4fc90a16c51f85"),
        (
            "bfloat16", RoundingOracle.Operation.subtract,
            "a7fc0bc8b9b34b1fd5daad7846d26fe853c305225338b27bcc0831f005faf4f6"
        ),
        (
            "bfloat16", RoundingOracle.Operation.multiply,
            "47e9b95c35204f15c408b9764a37edd38be299f57aa74164893ddb1716bf6cfd"
        ),
        (
            "bfloat16", RoundingOracle.Operation.divide,
            "d0f852a98fd6cd954f0b7fefdeea57f6a86971bea1c39c91a909e2387c9698e6"
        ),
    ])
    func pairsOfSixteenBitNumbers(name: String, operation: RoundingOracle.Operation, recorded: String) throws {
        let arithmetic = try #require(arithmetic(named: name) as? SoftFloat)
        let shape = try shape(name)
        let results = shape.patterns.map { a in
            apply(operation, arithmetic, shape.value(a), shape.value((40503 * a + 12345) & 0xffff))
        }
        #expect(digest(arithmetic, results) == recorded)
    }

    @Test(arguments: [
        ("half", "72fc6043a8d21ea91d728e1627b582f14dcba8d0ffbbe50889e02898d9947836"),
        ("bfloat16", "45789768387e17b1d63072fd259d740e2b576becbda8688162b0be2483d18337"),
    ])
    func squareRootsOfAllSixteenBitNumbers(name: String, recorded: String) throws {
        let arithmetic = try #require(arithmetic(named: name) as? SoftFloat)
        let shape = try shape(name)
        #expect(digest(arithmetic, shape.patterns.map { arithmetic.squareRoot(shape.value($0)) }) == recorded)
    }

    /// The binary32 numbers of patterns 65537 i, i = 0 ... 65535, converted.
    @Test(arguments: [
        ("half", "1873a6f5b912bff7c2130624d39088734d8e5d5f9832e195a6835f13a98bb8a0"),
        ("bfloat16", "191429042dbfd57b4aeade9e5d1147ac813429a285a710f4dd581c985bc519a5"),
        ("fp8-e4m3", "af1c097034febbe3d431fa5be5a86e1296f4f6c2fc9719456491166672be1dd3"),
        ("fp8-e5m2", "e9126d61a449c7ee9bb1696169ef1a29fb5a1a6c79e9b29b487ecda5d00a6f2e"),
    ])
    func conversionsFromBinary32(name: String, recorded: String) throws {
        let arithmetic = try #require(arithmetic(named: name) as? SoftFloat)
        let floats = (0..<UInt32(65536)).map { Float(bitPattern: $0 * 65537) }
        #expect(digest(arithmetic, arithmetic.array(ExactArray(floats))) == recorded)
    }
}
