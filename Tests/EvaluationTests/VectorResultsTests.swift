import Arithmetics
import Evaluation
import Testing

@Suite struct VectorResultsTests {
    private func results(_ operation: String, _ vectors: [String], _ names: [String]) throws -> VectorResults {
        let arithmetics = try names.map { try ArithmeticName($0) }
        return try VectorResults(
            Operation(operation), vectors.map { try ArrayOperand($0) }, in: arithmetics,
            reference: Reference(for: arithmetics))
    }

    /// In bfloat16 256 + 1 is a tie that goes to 256; Kahan's sum and the exact one keep the ones.
    @Test func reductionsFollowTheName() throws {
        let ones = "256" + String(repeating: ",1", count: 16)
        let names = ["bfloat16", "bfloat16,reduction=kahan", "bfloat16,reduction=exact", "bfloat16,accumulate=float"]
        let results = try results("sum", [ones], names)
        #expect(results.outcomes.map(\.result.decimal) == ["2.56e2", "2.72e2", "2.72e2", "2.72e2"])
        // 16 off, where an ulp is 2.
        #expect(results.outcomes.map { $0.operation?.ulpError } == [8, 0, 0, 0])
        #expect(results.conditionNumber == 1 && results.terms == 17)
    }

    /// 1 + 1/3 - 1: the terms' magnitudes add up to 7/3, they themselves to 1/3.
    @Test func conditionNumberIsTheRatioOfTheSums() throws {
        let sum = try results("sum", ["1,1/3,-1"], ["float"])
        #expect(sum.conditionNumber == 7)
        let third = Format.mpfr(precision: 256).round(Rational(1, 3))
        #expect(sum.outcomes[0].total?.reference == third)
        #expect(try results("dot", ["1,1/3", "3,-9"], ["double"]).conditionNumber == .infinity)
        #expect(try results("sum", ["0,-0"], ["double"]).conditionNumber == nil)
        #expect(try results("dot", ["2,3", "5,-7"], ["double"]).conditionNumber == 31.0 / 11)
    }

    /// 3-4-5 and a dot product whose products are exact but whose sum is not: 2^24 + 1 in binary32.
    @Test func dotAndNormAreTheirFormulas() throws {
        let norm = try results("norm", ["3,4"], ["float", "fp8-e5m2"])
        // In two fraction bits 9 + 16 = 25 becomes 24, and √24 = 4.9 becomes 5.
        #expect(norm.outcomes.map(\.result.decimal) == ["5", "5"])
        #expect(norm.conditionNumber == nil)
        let dot = try results("dot", ["4096,1", "4096,1"], ["float", "double"])
        #expect(dot.outcomes.map(\.result.value) == [ExactValue(0x1p24), ExactValue(0x1p24 + 1)])
        #expect(dot.outcomes.map { $0.operation?.ulpError } == [0.5, 0])
    }

    @Test func vectorsMustMatch() {
        let lengths = #expect(throws: EvaluationError.self) { try results("dot", ["1,2", "1"], ["float"]) }
        #expect(lengths?.description == "dot: 1,2 has 2 elements, 1 has 1; they must be as many")
        let count = #expect(throws: EvaluationError.self) { try results("dot", ["1,2"], ["float"]) }
        #expect(count?.description.hasPrefix("dot takes two vectors, such as 1,2,3") == true)
    }
}
