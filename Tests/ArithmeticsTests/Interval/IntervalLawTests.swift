import Arithmetics
import LawSupport
import Testing

/// The oracles are `mpfr:P` rounding up and down at the corners, and `mpfr:3P` at numbers inside: both held to the laws of single
/// numbers, and none of them knows an interval.
@Suite struct IntervalLawTests {
    private static let monotone: [Evaluation] =
        [.add, .subtract, .multiply, .divide, .fma, .squareRoot, .negate, .timesThree, .byThree]
        + [.exp, .expMinusOne, .log, .logOnePlus, .tanh].map { .elementary($0) }
    private static let others: [Evaluation] = [.absolute, .elementary(.sin), .elementary(.cos)]

    /// Intervals of a precision: thin, wide, about zero, from zero, of one sign.
    private func intervals(_ precision: Int, _ count: Int, seed: UInt64) -> [Bounds] {
        var operands = Operands(.mpfr(precision: precision), seed: seed)
        var result = [Bounds(0, 0), Bounds(0, 1.5), Bounds(-1.5, 0), Bounds(-1, 2), Bounds(1, 1)]
        for i in 0..<count {
            let (a, b) = (operands.value(.ordinary), operands.value(.ordinary))
            result.append(Bounds(least([a, b]), i % 4 == 0 ? least([a, b]) : greatest([a, b])))
        }
        return result
    }

    /// All choices of one bound of each operand.
    private func corners(_ x: [Bounds]) -> [[ExactValue]] {
        x.reduce([[]]) { chosen, one in chosen.flatMap { [$0 + [one.lower], $0 + [one.upper]] } }
    }

    private func operandLists(_ evaluation: Evaluation, _ all: [Bounds], seed: UInt64) -> [[Bounds]] {
        var words = SeededWords(seed)
        return all.map { first in [first] + (1..<evaluation.operands).map { _ in all[words.below(all.count)] } }
    }

    private func isDefined(_ evaluation: Evaluation, _ x: [Bounds]) -> Bool {
        switch evaluation {
        case .divide: !x[1].contains(.zero)
        case .squareRoot: isAtMost(.zero, x[0].lower)
        case .elementary(.log): !isAtMost(x[0].lower, .zero)
        case .elementary(.logOnePlus): !isAtMost(x[0].lower, ExactValue(-1.0))
        default: true
        }
    }

    @Test(arguments: [2, 24, 53, 64, 130]) func boundsAreTheDirectedRoundingsAtTheCorners(precision: Int) throws {
        let interval = try arithmetic(named: "interval:\(precision)")
        let down = try arithmetic(named: "mpfr:\(precision),round=down")
        let up = try arithmetic(named: "mpfr:\(precision),round=up")
        let all = intervals(precision, 24, seed: UInt64(precision))
        for evaluation in IntervalLawTests.monotone {
            for x in operandLists(evaluation, all, seed: 5) where isDefined(evaluation, x) {
                // Signs of zero have no meaning in bounds: all are +0.
                func bound(_ values: [ExactValue], _ choose: ([ExactValue]) -> ExactValue) -> ExactValue {
                    choose(values.map { $0.kind == .zero ? .zero : $0 })
                }
                let expected = Bounds(
                    bound(corners(x).map { evaluate(evaluation, $0, in: down) }, least),
                    bound(corners(x).map { evaluate(evaluation, $0, in: up) }, greatest))
                let found = enclose(evaluation, x, in: interval)
                #expect(found == expected, "\(evaluation) of \(x) in interval:\(precision)")
            }
        }
    }

    @Test(arguments: [2, 24, 53, 130]) func numbersInsideHaveResultsInside(precision: Int) throws {
        let interval = try arithmetic(named: "interval:\(precision)")
        let fine = try arithmetic(named: "mpfr:\(3 * precision + 20)")
        let all = intervals(precision, 16, seed: 100 + UInt64(precision))
        var words = SeededWords(7)
        for evaluation in IntervalLawTests.monotone + IntervalLawTests.others {
            for x in operandLists(evaluation, all, seed: 6) where isDefined(evaluation, x) {
                let whole = enclose(evaluation, x, in: interval)
                for _ in 0..<4 {
                    let inner = x.map { inside($0, words.below(1001), fine) }
                    let result = evaluate(evaluation, inner, in: fine)
                    #expect(whole.contains(result), "\(evaluation) of \(inner.map(\.hexadecimal)) in \(x): \(whole)")
                }
            }
        }
    }

    /// lower + (upper - lower) × t/1000, kept between them by rounding to nearest.
    private func inside(_ x: Bounds, _ t: Int, _ fine: some Arithmetic) -> ExactValue {
        let width = evaluate(.subtract, [x.upper, x.lower], in: fine)
        let share = evaluate(.multiply, [width, fine.exactValue(fine.constant(Rational(t, 1000)))], in: fine)
        let point = evaluate(.add, [x.lower, share], in: fine)
        return least([x.upper, greatest([x.lower, point])])
    }

    @Test(arguments: [24, 70]) func widerOperandsHaveWiderResults(precision: Int) throws {
        let interval = try arithmetic(named: "interval:\(precision)")
        let all = intervals(precision, 16, seed: 200 + UInt64(precision))
        var operands = Operands(.mpfr(precision: precision), seed: 9)
        for evaluation in IntervalLawTests.monotone + IntervalLawTests.others {
            for x in operandLists(evaluation, all, seed: 8) {
                let wider = x.map { one in
                    let other = operands.value(.ordinary)
                    return Bounds(least([one.lower, other]), greatest([one.upper, other]))
                }
                let (narrow, wide) = (
                    enclose(evaluation, x, in: interval), enclose(evaluation, wider, in: interval)
                )
                // Where nothing is claimed there is nothing to hold: log [0, 0] has no value, log [0, 1] has.
                #expect(
                    narrow == .nothing || wide == .nothing || wide.contains(narrow), "\(evaluation) of \(x) in \(wider)"
                )
            }
        }
    }

    /// Between its extrema a sine is monotone, at them it is ±1; the bounds of π come from elsewhere.
    @Test func sineAndCosineKnowTheirExtrema() throws {
        let interval = try arithmetic(named: "interval:53")
        func sine(_ a: Double, _ b: Double) -> Bounds { enclose(.elementary(.sin), [Bounds(a, b)], in: interval) }
        func cosine(_ a: Double, _ b: Double) -> Bounds { enclose(.elementary(.cos), [Bounds(a, b)], in: interval) }
        let half = Double.pi / 2  // the binary64 number just below π/2
        #expect(sine(1, 2).upper == .one && sine(half, half.nextUp).upper == .one)
        #expect(sine(0.5, half).upper == .one)  // sin rounds up to 1 there
        #expect(sine(0.5, 1.5).upper.double < 1 && sine(4, 5).lower == ExactValue(-1.0))
        #expect(sine(4, 5).upper.double < 0 && sine(-2, -1).lower == ExactValue(-1.0))
        #expect(sine(0, 7) == Bounds(-1, 1) && sine(1, 5) == Bounds(-1, 1))
        #expect(cosine(-1, 1).upper == .one && cosine(-1, 1).lower.double < 0.5403023058681399)
        #expect(cosine(0, 0) == Bounds(1, 1) && sine(0, 0) == Bounds(0, 0))
        #expect(cosine(3, 3.5).lower == ExactValue(-1.0) && cosine(3, 3.5).upper.double < -0.93)
        // 355 is near 113 π: 355/π = 113.0000096.
        #expect(cosine(354.9, 355.1).lower == ExactValue(-1.0) && cosine(355, 355.1).upper.double < -0.99)
        #expect(cosine(0x1p300, (0x1p300).nextUp) == Bounds(-1, 1))
        let thin = cosine(0x1p300, 0x1p300)
        #expect(thin.upper.double - thin.lower.double == thin.lower.double.ulp)
        let far = Bounds(power(70_000), power(70_000))
        #expect(enclose(.elementary(.sin), [far], in: interval) == Bounds(-1, 1))
    }

    @Test func whatIsUndefinedClaimsNothing() throws {
        let interval = try arithmetic(named: "interval:24")
        func result(_ e: Evaluation, _ x: Bounds...) -> Bounds { enclose(e, x, in: interval) }
        #expect(result(.divide, Bounds(1, 2), Bounds(-1, 1)) == .entire)
        #expect(result(.divide, Bounds(1, 2), Bounds(0, 1)) == .entire)
        #expect(result(.divide, Bounds(-1, 1), Bounds(-1, 0)) == .entire)
        #expect(result(.divide, Bounds(1, 2), Bounds(0, 0)) == .nothing)
        #expect(result(.squareRoot, Bounds(-1, 4)) == .nothing && result(.squareRoot, Bounds(0, 4)) == Bounds(0, 2))
        #expect(result(.elementary(.log), Bounds(-1, 1)) == .nothing)
        #expect(result(.elementary(.log), Bounds(0, 0)) == .nothing)
        #expect(result(.elementary(.log), Bounds(0, 1)) == Bounds(-.infinity, 0))
        #expect(result(.elementary(.logOnePlus), Bounds(-2, 1)) == .nothing)
        #expect(result(.elementary(.logOnePlus), Bounds(-1, 0)) == Bounds(-.infinity, 0))
        for e in IntervalLawTests.monotone + IntervalLawTests.others {
            let operands = [Bounds.nothing] + [Bounds](repeating: Bounds(1, 2), count: e.operands - 1)
            #expect(enclose(e, operands, in: interval) == .nothing, "\(e)")
            if e.operands > 1 { #expect(enclose(e, operands.reversed(), in: interval) == .nothing, "\(e)") }
        }
    }

    @Test func overflowGoesOutwardAndInfiniteBoundsStayBounds() throws {
        let interval = try arithmetic(named: "interval:24")
        func result(_ e: Evaluation, _ x: Bounds...) -> Bounds { enclose(e, x, in: interval) }
        let largest = interval.format.largest
        let top = Bounds(largest, .infinity)
        #expect(result(.add, Bounds(largest, largest), Bounds(largest, largest)) == top)
        #expect(result(.elementary(.exp), Bounds(0x1p60, 0x1p60)) == top)
        #expect(result(.elementary(.exp), Bounds(-0x1p60, -0x1p60)).lower == .zero)
        #expect(result(.elementary(.exp), Bounds(-0x1p60, -0x1p60)).upper.kind == .finite)
        // Zero times anything is zero, and an unbounded interval takes nothing away from what is known.
        #expect(result(.multiply, Bounds(0, 0), .entire) == Bounds(0, 0))
        #expect(result(.multiply, Bounds(0, 2), Bounds(1, .infinity)) == Bounds(0, .infinity))
        #expect(result(.fma, Bounds(0, 0), .entire, Bounds(1, 2)) == Bounds(1, 2))
        #expect(result(.subtract, top, top) == .entire)
        #expect(result(.divide, Bounds(1, .infinity), Bounds(1, .infinity)) == Bounds(0, .infinity))
        #expect(
            result(.elementary(.tanh), .entire) == Bounds(-1, 1) && result(.absolute, .entire) == Bounds(0, .infinity))
        #expect(result(.elementary(.sin), .entire) == Bounds(-1, 1))
        // No real number is an infinity: a constant that is one lies beyond the largest.
        func constant(_ x: ExactValue, _ a: some Arithmetic) -> Bounds { bounds(a.constant(x), a) }
        #expect(constant(.infinity, interval) == top)
        #expect(constant(.negativeInfinity, interval) == Bounds(.negativeInfinity, largest.negated))
        #expect(constant(.nan, interval) == .nothing && constant(.negativeZero, interval) == Bounds(0, 0))
    }

    @Test func constantsAreEnclosedAndMiddlesLieInside() throws {
        func check(_ a: some Arithmetic) {
            let third = a.constant(Rational(1, 3))
            #expect(bounds(third, a) == Bounds(0.3333333333333333, 0.33333333333333337))
            #expect(bounds(a.constant(Rational(-1, 3)), a) == Bounds(-0.33333333333333337, -0.3333333333333333))
            #expect(bounds(a.constant(Rational(1, 4)), a) == Bounds(0.25, 0.25))
            // Half-way between neighbours: to the even one.
            #expect(a.exactValue(third) == ExactValue(0.33333333333333337))
            #expect(a.exactValue(scalar(Bounds(-1, 3), a)) == .one)
            #expect(a.exactValue(scalar(Bounds(1, .infinity), a)).isNaN)
            var bytes: [UInt8] = []
            a.encode([scalar(Bounds(-3, 1), a)].span, into: &bytes)
            // -3 and 1 as mpfr:53 writes them, one after the other.
            #expect(bytes.count == 32 && bytes[0] == 129 && bytes[1] == 2 && bytes[16] == 1 && bytes[17] == 1)
        }
        check(try arithmetic(named: "interval:53"))
    }

    @Test func undecidedComparisonsAreSaidAndNoted() throws {
        func check(_ arithmetic: some Arithmetic) {
            var a = arithmetic
            let log = OperationLog()
            a.operationLog = log
            func of(_ l: Double, _ u: Double) -> Bounds { Bounds(l, u) }
            func compare(_ x: Bounds, _ y: Bounds) -> Ordering { a.compare(scalar(x, a), scalar(y, a)) }
            func exceeds(_ x: Bounds, _ y: Bounds) -> Bool? { a.exceeds(scalar(x, a), scalar(y, a)) }
            #expect(compare(of(1, 2), of(3, 4)) == .less && compare(of(3, 4), of(1, 2)) == .greater)
            #expect(compare(of(1, 1), of(1, 1)) == .equal && compare(of(1, 2), of(1, 2)) == .undecided)
            #expect(compare(of(1, 2), of(2, 3)) == .undecided && compare(.nothing, of(1, 1)) == .undecided)
            #expect(exceeds(of(3, 4), of(1, 2)) == true && exceeds(of(1, 2), of(2, 3)) == false)
            #expect(log.undecided == 0)
            #expect(exceeds(of(1, 3), of(2, 4)) == nil && exceeds(.nothing, of(1, 1)) == nil)
            #expect(log.undecided == 2)
            let x = [of(-2, -1), of(-1, 0), of(-1, 2), of(0, 2), of(1, 2), .nothing, of(0, 0)]
            let g = Bounds(3, 4)
            var relu = x.map { scalar($0, a) }
            var gradient = relu
            var first = relu.mutableSpan
            let scalars = x.map { scalar($0, a) }
            var site = Site()
            site.operation = 7
            a.map(.relu, scalars.span, into: &first, at: site)
            var second = gradient.mutableSpan
            a.zip(.reluGradient, scalars.span, [scalar(g, a)].span, .scalar, into: &second, at: site)
            let zero = Bounds(0, 0)
            #expect(relu.map { bounds($0, a) } == [zero, zero, of(0, 2), of(0, 2), of(1, 2), .nothing, zero])
            #expect(gradient.map { bounds($0, a) } == [zero, zero, of(0, 4), of(0, 4), g, of(0, 4), zero])
            // Three of each are undecided, and the log begins with the two asked above, at operation 0.
            #expect(log.undecided == 8 && log.firstUndecided == OperationLog.Place(operation: 0, element: 0))
            let other = OperationLog()
            a.operationLog = other
            var third = relu.mutableSpan
            site.threads = 3
            site.leastSharedNanoseconds = 0
            a.map(.relu, scalars.span, into: &third, at: site)
            #expect(other.undecided == 3 && other.firstUndecided == OperationLog.Place(operation: 7, element: 2))
        }
        check(try arithmetic(named: "interval:53"))
    }

    /// Every way to choose numbers from the intervals, by brute force over their bounds and a number between.
    @Test func contendersAreWhatSomeChoiceKeeps() throws {
        func check(_ a: some Arithmetic) {
            var words = SeededWords(3)
            for _ in 0..<40 {
                let row = (0..<4).map { _ in
                    let l = Double(words.below(5))
                    return Bounds(l, l + Double(words.below(3)))
                }
                var kept = Set<Int>()
                for choice in 0..<81 {
                    var rest = choice
                    let values = row.map { x in
                        defer { rest /= 3 }
                        let (l, u) = (x.lower.double, x.upper.double)
                        return [l, (l + u) / 2, u][rest % 3]
                    }
                    // The first of the greatest.
                    kept.insert(values.indices.first { i in values.allSatisfy { $0 <= values[i] } } ?? 0)
                }
                let x = row.map { scalar($0, a) }
                let lists = IndexLists(offsets: [0, 4], indices: [0, 1, 2, 3])
                let found = a.contenders(x.span, lists, at: Site())
                var single: [Int32] = [0]
                var span = single.mutableSpan
                a.maxima(x.span, lists, into: &span, at: Site())
                #expect(kept.contains(Int(single[0])), "\(row)")
                #expect((found?.indices ?? single).map { Int($0) } == kept.sorted(), "\(row)")
            }
        }
        check(try arithmetic(named: "interval:24"))
    }
}
