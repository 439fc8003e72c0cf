import Arithmetics
import Networks
import Testing

/// Starting weights against their formulas, made here from Philox blocks, and against values computed in Python (recorded,
/// seed 7, mlp(64,32,10), tensors 0 fc1.weight, 1 fc1.bias, 2 fc2.weight).
@Suite struct InitializerTests {
    private func network() throws -> Network {
        try ModelSpecification(named: "mlp(64,32,10)").network(for: [64], classes: 10, grid: .binary64)
    }

    private func values(_ name: String, seed: UInt64 = 7, grid: Format = .binary64) throws -> [[Double]] {
        try Initializer(name).parameters(of: network(), seed: seed, grid: grid).map(\.doubles)
    }

    /// Words of a weight tensor's stream, block by block.
    private func words(_ count: Int, tensor: UInt64, seed: UInt64) -> [UInt64] {
        (0..<UInt64(count + 3) / 4).flatMap { block in
            let (a, b, c, d) = Philox.block(key: (seed, 1), counter: (block, tensor, 0, 0))
            return [a, b, c, d]
        }
    }

    @Test func uniformWeightsAreTheFormulaOverPhiloxWords() throws {
        func uniform(_ count: Int, _ tensor: UInt64, _ beta: Double) -> [Double] {
            words(count, tensor: tensor, seed: 3).prefix(count).map { beta * (2 * (Double($0 >> 11) * 0x1p-53) - 1) }
        }
        let torch = try values("torch", seed: 3)
        #expect(torch[0] == uniform(64 * 32, 0, 1 / 8))
        #expect(torch[1] == uniform(32, 1, 1 / 8))
        #expect(torch[2] == uniform(320, 2, 1 / 32.0.squareRoot()))
        #expect(torch[3] == uniform(10, 3, 1 / 32.0.squareRoot()))
        let xavier = try values("xavier", seed: 3)
        #expect(xavier[0] == uniform(64 * 32, 0, (6.0 / 96).squareRoot()))
        #expect(xavier[2] == uniform(320, 2, (6.0 / 42).squareRoot()))
    }

    @Test func firstValuesAreTheRecordedOnes() throws {
        let torch = try values("torch")
        #expect(
            torch[0].prefix(4) == [
                -0x1.d5f7c9630f280p-8, -0x1.629dd2e0e8d60p-8, -0x1.bd371e707cf70p-4, 0x1.1bddf09911880p-6,
            ])
        #expect(torch[1].prefix(3) == [-0x1.6498adeeca17ep-4, -0x1.c851a3e23b240p-9, 0x1.cb255ab4aaed4p-5])
        let he = try values("he")
        #expect(
            he[0].prefix(5) == [
                -0x1.d4ef88ac0efa7p-2, -0x1.61d66e391770bp-2, -0x1.fe16fc56e27eep-4, 0x1.453b076388cc3p-6,
                0x1.3bced557f6380p-3,
            ])
        #expect(he[2].prefix(3) == [0x1.c0dc86e43fa8ap-4, 0x1.edd5030859ed7p-2, 0x1.000eac0d955cfp-3])
        let xavier = try values("xavier")
        #expect(xavier[0].prefix(3) == [-0x1.d5f7c9630f280p-7, -0x1.629dd2e0e8d60p-7, -0x1.bd371e707cf70p-3])
    }

    @Test func weightsStandOnTheGridByOneRounding() throws {
        let fine = try values("he")
        #expect(try values("he", grid: .binary32) == fine.map { $0.map { Double(Float($0)) } })
        let coarse = try values("torch", grid: .bfloat16)
        let exact = try values("torch")
        for (rounded, x) in zip(coarse[0], exact[0]) {
            #expect(Format.bfloat16.round(ExactValue(x)) == ExactValue(rounded))
        }
    }

    @Test func biasesAreZeroWhereTheContractSaysSo() throws {
        for name in ["he", "he-out", "xavier"] {
            let weights = try values(name)
            #expect(weights[1] == [Double](repeating: 0, count: 32) && weights[3] == [Double](repeating: 0, count: 10))
            #expect(weights[1].allSatisfy { $0.sign == .plus })
        }
        #expect(try values("constant:-0.1").allSatisfy { $0.allSatisfy { $0 == -0.1 } })
    }

    @Test func uniformWeightsFillTheirRange() throws {
        let torch = try values("torch")[0]
        #expect(torch.allSatisfy { -0.125 <= $0 && $0 < 0.125 })
        // Of n numbers none lies in the outer fifth of one side with probability 0.9^n < 1e-90.
        #expect(torch.contains { $0 > 0.1 } && torch.contains { $0 < -0.1 })
    }

    /// The mean of n squares scatters about the variance with relative standard deviation √(2/n) for normals and √(0.8/n) for
    /// uniform numbers (fourth moments 3σ⁴ and 1.8σ⁴). Five of these is missed by chance less than once in 10⁶.
    @Test func variancesAreThoseOfTheFormulas() throws {
        let expectations: [(name: String, variance: Double, scatter: Double)] = [
            ("he", 2.0 / 64, 2), ("he-out", 2.0 / 32, 2), ("xavier", 2.0 / 96, 0.8), ("torch", 1.0 / (3 * 64), 0.8),
        ]
        for (name, variance, scatter) in expectations {
            let weights = try values(name)[0]
            let n = Double(weights.count)
            let ratio = weights.reduce(0) { $0 + $1 * $1 } / n / variance
            #expect((ratio - 1).magnitude <= 5 * (scatter / n).squareRoot(), "\(name)")
            let mean = weights.reduce(0, +) / n
            #expect(mean.magnitude <= 5 * (variance / n).squareRoot(), "\(name)")
        }
    }

    /// he-out counts the outputs of a convolution's kernel: channels × height × width.
    @Test func fansOfConvolutionsCountTheKernel() throws {
        let layers: [LayerSpecification] = [
            .convolution(channels: 6, kernel: 3, stride: 1, padding: 0, groups: 2, bias: true), .flatten,
            .dense(outputs: 2, bias: true),
        ]
        let network = try ModelSpecification.layers(layers).network(for: [4, 5, 5], classes: 2, grid: .binary64)
        let weight = network.parameters[0].shape
        #expect(weight.fanIn == 18 && weight.fanOut == 54)
    }

    @Test func seedsAndTensorsHaveStreamsOfTheirOwn() throws {
        let first = try values("torch")
        #expect(try values("torch", seed: 8)[0] != first[0])
        #expect(first[0].prefix(32).map { $0 } != first[1])
        #expect(try values("torch") == first)
    }

    @Test func unknownInitialisersAreNamed() {
        let expected = "no initialiser \"hee\"; the initialisers are torch, he, he-out, xavier, constant:C"
        #expect(throws: ModelError.self) { try Initializer("constant:x") }
        do throws(ModelError) {
            _ = try Initializer("hee")
            Issue.record("hee is no initialiser")
        } catch { #expect(error.description == expected) }
        for name in ["torch", "he", "he-out", "xavier", "constant:0.5", "constant:1/3"] {
            #expect((try? Initializer(name))?.description == name)
        }
    }
}
