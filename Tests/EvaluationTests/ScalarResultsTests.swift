import Arithmetics
import Evaluation
import Testing

/// Results and errors worked out by hand.
@Suite struct ScalarResultsTests {
    private func results(
        _ operation: String, _ values: [String], _ names: [String] = ["float", "double"]
    ) throws -> ScalarResults {
        let arithmetics = try names.map { try ArithmeticName($0) }
        return try ScalarResults(
            Operation(operation), values.map { try Operand($0) }, in: arithmetics,
            reference: Reference(for: arithmetics))
    }

    /// 1/3 lies a third of an ulp below the nearest binary32 number and above the nearest binary64 one.
    @Test func thirdsAreAThirdOfAnUlpOff() throws {
        for (operation, values) in [("divide", ["1", "3"]), ("round", ["1/3"])] {
            let outcomes = try results(operation, values).groups[0].outcomes
            #expect(outcomes.map(\.result.bits) == ["3eaaaaab", "3fd5555555555555"])
            #expect(outcomes.map { $0.operation?.ulpError } == [1.0 / 3, 1.0 / 3])
        }
    }

    /// 3 × round(1/3) = 1 + 2^-25 in binary32, a quarter of an ulp above the 1 that it rounds to; exactly, 3 × 1/3 = 1.
    @Test func errorOfTheOperationIsToldFromThatOfItsInputs() throws {
        let outcome = try results("multiply", ["1/3", "3"]).groups[0].outcomes[0]
        #expect(outcome.inputs.map(\.bits) == ["3eaaaaab", "40400000"])
        #expect(outcome.result.bits == "3f800000")
        #expect(outcome.operation?.ulpError == 0.25)
        #expect(outcome.operation?.reference == ExactValue(1 + 0x1p-25))
        #expect(outcome.total?.ulpError == 0)
        #expect(outcome.total?.reference == .one)
    }

    /// The operands round alike in every format here, and differ by 10^-60/3.
    @Test func quotientsCancelAsQuotients() throws {
        let long = "0." + String(repeating: "3", count: 60)
        let outcome = try results("subtract", ["1/3", long]).groups[0].outcomes[1]
        #expect(outcome.result.value == .zero && outcome.operation?.ulpError == 0)
        let expected = Format.mpfr(precision: 256).round(Rational(1, 3) / Rational(10).power(60))
        #expect(outcome.total?.reference == expected)
    }

    @Test(arguments: [
        ("exp", "1", ["402df854", "4005bf0a8b145769"]), ("log", "2", ["3f317218", "3fe62e42fefa39ef"]),
        ("sqrt", "2", ["3fb504f3", "3ff6a09e667f3bcd"]), ("sigmoid", "0", ["3f000000", "3fe0000000000000"]),
        ("softplus", "0", ["3f317218", "3fe62e42fefa39ef"]), ("relu", "-0", ["00000000", "0000000000000000"]),
        ("swish", "0", ["00000000", "0000000000000000"]), ("expm1", "-inf", ["bf800000", "bff0000000000000"]),
        ("log1p", "-1", ["ff800000", "fff0000000000000"]), ("tanh", "-0", ["80000000", "8000000000000000"]),
        ("sin", "inf", ["7fc00000", "7ff8000000000000"]), ("cos", "0", ["3f800000", "3ff0000000000000"]),
        ("next-up", "0", ["00000001", "0000000000000001"]), ("next-down", "1", ["3f7fffff", "3fefffffffffffff"]),
        ("round", "nan", ["7fc00000", "7ff8000000000000"]),
    ])
    func functionsHaveTheirPublishedBits(_ operation: String, _ value: String, _ bits: [String]) throws {
        let outcomes = try results(operation, [value]).groups[0].outcomes
        #expect(outcomes.map(\.result.bits) == bits)
        for outcome in outcomes {
            guard let error = outcome.operation?.ulpError else {
                #expect(operation.hasPrefix("next"))
                continue
            }
            #expect(error <= 0.5)
        }
    }

    /// A reference of P bits is off by 2^(3-P) of itself at most, which is 2^(3-P+p) ulps of a format of p bits.
    @Test func referencesOfMoreBitsAgree() throws {
        let bound = 0x1p-200
        let names = try ["half", "float", "double"].map { try ArithmeticName($0) }
        for operation in ["sigmoid", "softplus", "swish:1/3", "tanh", "sin"] {
            for value in ["0.1", "-3.7", "1e3", "-20/7", "1e22"] {
                let errors = try [256, 512].map { bits in
                    try ScalarResults(
                        Operation(operation), [Operand(value)], in: names,
                        reference: Reference(ArithmeticName("mpfr:\(bits)"), for: names)
                    ).groups[0].outcomes.flatMap { [$0.operation?.ulpError ?? .nan, $0.total?.ulpError ?? .nan] }
                }
                for (short, long) in zip(errors[0], errors[1]) where short != long {
                    guard abs(short - long) <= bound else {
                        Issue.record("\(operation)(\(value)): \(short), \(long)")
                        continue
                    }
                }
            }
        }
    }

    @Test func correctlyRoundedOperationsAreWithinHalfAnUlp() throws {
        for operation in ["exp", "expm1", "log", "log1p", "tanh", "sin", "cos", "sqrt"] {
            let values = ["0.1", "1/3", "2.5", "5", "1e-3", "0x1.fffffp-10"]
            for group in try results(operation, values, ["fp8-e4m3", "bfloat16", "half", "tf32", "float", "mpfr:100"])
                .groups
            {
                for outcome in group.outcomes {
                    guard let error = outcome.operation?.ulpError, error <= 0.5 else {
                        Issue.record("\(operation)(\(group.operands[0].text)) in \(outcome.arithmetic)")
                        continue
                    }
                }
            }
        }
    }

    @Test func valuesOfSeveralOperandsComeInGroups() throws {
        let sums = try results("add", ["1", "2", "-0", "-0"], ["float"]).groups
        #expect(sums.map { $0.outcomes[0].result.decimal } == ["3", "-0"])
        #expect(try results("fma", ["3", "5", "-15"], ["half"]).groups[0].outcomes[0].result.bits == "0000")
        let error = #expect(throws: EvaluationError.self) { try results("add", ["1", "2", "3"]) }
        #expect(error?.description == "add takes 2 values, or several groups of 2 one after the other; there are 3")
    }

    @Test func bitsAreEachArithmeticsOwn() throws {
        let outcome = try results("exp", ["bits:3f800000"], ["float"]).groups[0].outcomes[0]
        #expect(outcome.result.bits == "402df854" && outcome.total == nil)
        let error = #expect(throws: EvaluationError.self) { try results("exp", ["bits:3f800000"], ["float", "half"]) }
        #expect(error?.description == "\"bits:3f800000\" has 8 hexadecimal digits, not 4, in half")
    }

    /// Contract, section 2: step 0, site 0, element = number of the value.
    @Test func stochasticEvaluationsAreNumberedElements() throws {
        let name = try ArithmeticName("bfloat16,round=stochastic:7")
        let results = try results("round", [String](repeating: "1/3", count: 40), [name.description])
        let exact = Format.mpfr(precision: 400).round(Rational(1, 3))
        func drawn(_ a: some Arithmetic) -> [ExactValue] {
            (0..<40).map { i in
                var here = a.at(Site(), element: i)
                return here.exactValue(here.round(exact))
            }
        }
        let expected = drawn(arithmetic(name))
        #expect(results.groups.map { $0.outcomes[0].result.value } == expected)
        #expect(Set(expected).count == 2)
    }

    @Test func decimalsReadBackAndAreShort() throws {
        for text in ["0.1", "1/3", "1e-40", "16777216", "123456789", "6.02214076e23"] {
            let outcomes = try results("round", [text]).groups[0].outcomes
            let (single, double) = (outcomes[0].result.value.double, outcomes[1].result.value.double)
            #expect(Float(outcomes[0].result.decimal) == Float(single))
            #expect(Double(outcomes[1].result.decimal) == double)
            #expect(outcomes[0].result.decimal.utf8.count <= "\(Float(single))".utf8.count + 2)
        }
        // Shorter ones would round to these as well: 0.333, 450.
        let small = try results("round", ["1/3", "448"], ["half", "fp8-e4m3"]).groups
        #expect(small.map { $0.outcomes.map(\.result.decimal) } == [["3.333e-1", "3.4375e-1"], ["4.48e2", "4.48e2"]])
    }

    @Test func referenceMustHoldWhatItJudges() throws {
        let names = try ["float", "mpfr:300"].map { try ArithmeticName($0) }
        #expect(Reference(for: names).precision == 364)
        #expect(Reference(for: [try ArithmeticName("half")]).precision == 256)
        #expect(Reference(for: [try ArithmeticName("mpfr:16384")]).precision == 16384)
        let short = #expect(throws: EvaluationError.self) { try Reference(ArithmeticName("mpfr:256"), for: names) }
        #expect(short?.description == "reference: mpfr:256 does not hold the numbers of mpfr:300; mpfr:364 would")
        #expect(throws: EvaluationError.self) { try Reference(ArithmeticName("double"), for: names) }
        #expect(throws: EvaluationError.self) { try Reference(ArithmeticName("mpfr:400,round=up"), for: names) }
    }

    @Test func unknownFunctionListsWhatThereIs() {
        let error = #expect(throws: EvaluationError.self) { try Operation("gelu") }
        #expect(
            error?.description.hasPrefix(
                "no function \"gelu\"; there are exp, expm1, log, log1p, tanh, sin, cos, sqrt,") == true)
        #expect(throws: EvaluationError.self) { try Operation("swish:x") }
    }
}
