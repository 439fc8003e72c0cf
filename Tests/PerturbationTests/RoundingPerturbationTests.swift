import Arithmetics
import Perturbation
import Testing
import Training

@Suite struct RoundingPerturbationTests {
    @Test(arguments: [
        "k=1", "k=2147483647", "flip=fc1.weight[17]@10", "flip=conv1.bias[0]@0", "reduction=pairwise",
        "reduction=blocked:64", "round=up", "round=stochastic:7", "threads=4",
    ])
    func textsReadBack(text: String) throws { #expect(try "\(RoundingPerturbation(text))" == text) }

    @Test(arguments: [
        "", "k", "k=", "k=0", "k=2147483648", "k=three", "threads=0", "threads=257", "flip=fc1.weight@3",
        "flip=fc1.weight[1]", "flip=[1]@1", "flip=w[-1]@1", "flip=w[1]@-1", "flip=w[1]@1@2", "flip=w]1[@1", "spin=up",
    ])
    func malformedTextsAreRefused(text: String) {
        #expect(
            message { try RoundingPerturbation(text) }
                == "perturb: \"\(text)\" is no perturbation; such are \(RoundingPerturbation.forms)")
    }

    @Test func unknownOrdersAndDirectionsAreTheArithmetics() {
        #expect(message { try RoundingPerturbation("reduction=treelike") }.hasPrefix("perturb: "))
        #expect(message { try RoundingPerturbation("round=left") }.hasPrefix("perturb: "))
    }

    @Test func onlyWhatIsNamedChanges() throws {
        let base = try study("arithmetics: [\"bfloat16,reduction=kahan,accumulate=float\"]")
        func name(_ text: String) throws -> String {
            try "\(RoundingPerturbation(text).applied(to: base).arithmetics[0])"
        }
        #expect(try name("reduction=pairwise") == "bfloat16,reduction=pairwise,accumulate=float")
        #expect(try name("round=up") == "bfloat16,reduction=kahan,accumulate=float,round=up")
        #expect(try RoundingPerturbation("k=3").applied(to: base).optimizer.k == 3)
        for text in ["threads=2", "flip=fc1.weight[0]@1"] {
            #expect(try RoundingPerturbation(text).applied(to: base) == base)
        }
    }
}
