import Arithmetics
import Evaluation
import Testing

/// Bounds by hand, and by `mpfr:P` rounded down and up, which shares no operation with enclosures.
@Suite struct EnclosedTests {
    private func outcomes(_ operation: String, _ values: [String], _ names: [String]) throws -> [Outcome] {
        let arithmetics = try names.map { try ArithmeticName($0) }
        return try ScalarResults(
            Operation(operation), values.map { try Operand($0) }, in: arithmetics,
            reference: Reference(for: arithmetics)
        ).groups[0].outcomes
    }

    private func vector(_ operation: String, _ vectors: [String], _ name: String) throws -> Outcome {
        let name = try ArithmeticName(name)
        return try VectorResults(
            Operation(operation), vectors.map { try ArrayOperand($0) }, in: [name], reference: Reference(for: [name])
        ).outcomes[0]
    }

    /// 1/3 lies between neighbours, one ulp apart: width ÷ upper bound = 2^-54 ÷ 0.333...
    @Test func thirdIsEnclosedByItsNeighbours() throws {
        let outcome = try outcomes("divide", ["1", "3"], ["interval:53"])[0]
        #expect(outcome.result.hexadecimal == "[0x1.5555555555555p-2, 0x1.5555555555556p-2]")
        #expect(outcome.result.decimal == "[3.3333333333333331e-1, 3.3333333333333338e-1]")
        let enclosed = try #require(outcome.enclosed)
        #expect(enclosed.maxWidth == 1 && enclosed.outside == 0 && enclosed.undecided == 0)
        let bits = enclosed.measures.leastBits
        #expect(52.41 < bits && bits < 52.42, "log2(2^54/3) = 52.415")
        #expect(enclosed.reference == Format.mpfr(precision: 256).round(Rational(1, 3)))
        #expect(outcome.operation == nil && outcome.total == nil)
    }

    /// Values that the formats hold: the nearest bounds there are. With one number only, no width.
    @Test(arguments: [
        ("add", ["1", "0x1p-90"]), ("subtract", ["0", "0x1p-90"]), ("multiply", ["7", "-11"]), ("divide", ["-5", "7"]),
        ("fma", ["3", "5", "0x1p-70"]), ("exp", ["1"]), ("expm1", ["-2"]), ("log", ["10"]), ("log1p", ["5"]),
        ("tanh", ["-1"]), ("sin", ["100"]), ("cos", ["0"]), ("sqrt", ["2"]), ("relu", ["-1"]),
    ])
    func boundsAreRoundedDownAndUp(_ operation: String, _ values: [String]) throws {
        for p in [7, 53, 64, 130] {
            let names = ["interval:\(p)", "mpfr:\(p),round=down", "mpfr:\(p),round=up"]
            let outcomes = try outcomes(operation, values, names)
            let bounds = try #require(outcomes[0].result.bounds)
            let (down, up) = (outcomes[1].result.value, outcomes[2].result.value)
            guard bounds.lower == down, bounds.upper == up else {
                Issue.record("\(operation)\(values) in \(p) bits: \(outcomes[0].result.hexadecimal)")
                continue
            }
            let enclosed = try #require(outcomes[0].enclosed)
            #expect(enclosed.outside == 0 && enclosed.maxWidth <= 1, "\(operation)\(values) in \(p) bits")
            #expect((enclosed.maxWidth == 0) == (down == up) && bounds.isSingle == (down == up))
        }
    }

    /// Rounded inputs and formulas of several operations only widen: the exact result for what was written stays inside.
    @Test(arguments: [
        "exp", "expm1", "log", "log1p", "tanh", "sin", "cos", "sqrt", "sigmoid", "softplus", "swish:1.702", "relu",
        "round",
    ])
    func exactResultsOfRoundedInputsLieInside(_ operation: String) throws {
        for value in ["0.1", "1/3", "2.5e-40", "17.3", "123456.789"] {
            for name in ["interval:8", "interval:24", "interval:200"] {
                let outcome = try outcomes(operation, [value], [name])[0]
                #expect(outcome.enclosed?.outside == 0, "\(operation) \(value) \(name): \(outcome.result.decimal)")
                #expect(outcome.enclosed?.reference != nil)
            }
        }
    }

    /// What is shown has fewer digits than the bounds, and encloses them all the same.
    @Test func decimalsAreRoundedOutward() throws {
        for value in ["0.1", "-0.1", "1e300", "-7/3"] {
            let bounds = try #require(try outcomes("round", [value], ["interval:70"])[0].result.bounds)
            for digits in [1, 3, 9, bounds.digits] {
                let text = bounds.decimal(digits: digits)
                let parts = text.dropFirst().dropLast().split(separator: ",").map { $0.filter { $0 != " " } }
                let (lower, upper) = (
                    try #require(Rational(decimal: parts[0])), try #require(Rational(decimal: parts[1]))
                )
                #expect(lower <= (try #require(Rational(bounds.lower))), "\(text)")
                #expect((try #require(Rational(bounds.upper))) <= upper, "\(text)")
            }
        }
    }

    /// [-1, 2] as a pattern of interval:8; nothing was written that could lie inside.
    @Test func undecidedComparisonIsReported() throws {
        let pattern = "bits:81010000000000000080" + "01020000000000000080"
        let outcome = try outcomes("relu", [pattern], ["interval:8"])[0]
        #expect(outcome.result.decimal == "[0, 2]" && outcome.inputs[0].hexadecimal == "[-0x1p+0, 0x1p+1]")
        #expect(outcome.enclosed?.undecided == 1 && outcome.enclosed?.outside == nil)
        // ulps at the greater bound, 2^-6: none of its 8 bits is certain.
        #expect(outcome.enclosed?.maxWidth == 128 && outcome.enclosed?.measures.leastBits == 0)
        let single = try outcomes("exp", ["bits:01010000000000000080" + "01010000000000000080"], ["interval:8"])[0]
        #expect(single.enclosed?.outside == 0 && single.enclosed?.undecided == 0)
    }

    /// No claim is as wide as can be, and neither right nor wrong; an infinity is no number that could lie inside.
    @Test func whatClaimsNothingIsUnbounded() throws {
        for (operation, values) in [
            ("log", ["-1"]), ("divide", ["1", "0"]), ("subtract", ["inf", "inf"]), ("log", ["0"]),
        ] {
            let enclosed = try #require(try outcomes(operation, values, ["interval:30"])[0].enclosed)
            #expect(enclosed.maxWidth == .infinity && enclosed.measures.unbounded == 1 && enclosed.outside == nil)
        }
    }

    @Test func vectorsAreEnclosed() throws {
        // 0.1 - 0.1 of two enclosures is [-w, w]: it holds 0, and is twice as wide as any number in it.
        let cancelling = try vector("sum", ["0.1,-0.1"], "interval:53")
        #expect(cancelling.enclosed?.outside == 0 && cancelling.enclosed?.measures.leastBits == -1)
        #expect(cancelling.enclosed?.reference == .zero)
        let dot = try vector("dot", ["1,2,3", "0.5,-1,4"], "interval:20")
        #expect(dot.result.hexadecimal == "[0x1.5p+3, 0x1.5p+3]" && dot.enclosed?.maxWidth == 0)
        for reduction in ["sequential", "pairwise", "kahan", "exact"] {
            let norm = try vector("norm", ["0.1,1/3,-7"], "interval:12,reduction=\(reduction)")
            #expect(norm.enclosed?.outside == 0, "\(reduction): \(norm.result.decimal)")
        }
    }
}
