import Arithmetics
import LawSupport
import Testing

@Suite struct IntervalBulkTests {
    @Test(arguments: ["interval:53", "interval:130", "interval:24,reduction=pairwise"])
    func fastPathsEqualTheDefinition(name: String) throws {
        let arithmetic = try arithmetic(named: name)
        #expect(checkBulkOperations(of: arithmetic, seed: 19, threads: [2], kinds: [.special]) == [])
    }

    @Test func hugeNumbersAreSummedExactly() throws {
        let arithmetic = try arithmetic(named: "interval:64")
        #expect(checkBulkOperations(of: arithmetic, seed: 20, threads: [1], kinds: [.huge]) == [])
    }

    @Test(arguments: ["sequential", "pairwise", "blocked:3", "kahan", "exact"])
    func sumsEncloseWhatEverySumOfNumbersInsideGives(reduction: String) throws {
        let interval = try arithmetic(named: "interval:40,reduction=\(reduction)")
        let fine = try arithmetic(named: "mpfr:90,reduction=\(reduction)")
        var words = SeededWords(31)
        var operands = Operands(.mpfr(precision: 40), seed: 32)
        for count in [0, 1, 2, 7, 12] {
            var x: [Bounds] = []
            for _ in 0..<2 * count {
                let pair = operands.values(2, .ordinary)
                x.append(Bounds(least(pair), greatest(pair)))
            }
            let whole = enclosedSums(x, in: interval)
            for _ in 0..<8 {
                let chosen = x.map { words.below(2) == 0 ? $0.lower : $0.upper }
                let (dot, sum) = sums(chosen, in: fine)
                #expect(whole.dot.contains(dot), "\(reduction), \(count) terms")
                #expect(whole.sum.contains(sum), "\(reduction), \(count) terms")
            }
        }
    }

    /// The dot product of the first half with the second, and the sum of the first half.
    private func enclosedSums(_ x: [Bounds], in arithmetic: some Arithmetic) -> (dot: Bounds, sum: Bounds) {
        var own = arithmetic
        let a = x.prefix(x.count / 2).map { scalar($0, arithmetic) }
        let b = x.suffix(x.count / 2).map { scalar($0, arithmetic) }
        return (bounds(own.dot(a.span, b.span), arithmetic), bounds(own.sum(a.span), arithmetic))
    }

    private func sums(_ x: [ExactValue], in arithmetic: some Arithmetic) -> (dot: ExactValue, sum: ExactValue) {
        var own = arithmetic
        let a = x.prefix(x.count / 2).map { arithmetic.constant($0) }
        let b = x.suffix(x.count / 2).map { arithmetic.constant($0) }
        return (own.exactValue(own.dot(a.span, b.span)), own.exactValue(own.sum(a.span)))
    }

    @Test func exactSumsOfThinIntervalsAreTheDirectedRoundings() throws {
        let names = ["interval:53", "mpfr:53,round=down", "mpfr:53,round=up"]
        var operands = Operands(.mpfr(precision: 53), seed: 41)
        let (x, y) = (operands.values(30, .ordinary), operands.values(30, .ordinary))
        let results = try names.map { dot(x, y, in: try arithmetic(named: $0)) }
        #expect(results[0].bounds == Bounds(results[1].middle, results[2].middle))
        #expect(results[1].middle != results[2].middle)
    }

    private func dot(
        _ x: [ExactValue], _ y: [ExactValue], in arithmetic: some Arithmetic
    ) -> (middle: ExactValue, bounds: Bounds) {
        var own = arithmetic
        let a = x.map { arithmetic.constant($0) }
        let b = y.map { arithmetic.constant($0) }
        let result = own.dot(a.span, b.span)
        return (own.exactValue(result), bounds(result, arithmetic))
    }
}
