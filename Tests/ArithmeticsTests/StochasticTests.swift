import Arithmetics
import CMPFR
import Foundation
import Testing

/// The draw that belongs to a place, from the contract's words: word t mod 4 of Philox at key (seed, 4), counter (⌊t/4⌋,
/// element, site, step).
private func draw(seed: UInt64, _ t: UInt64, element: UInt64 = 0, site: UInt64 = 0, step: UInt64 = 0) -> UInt64 {
    let block = Philox.block(key: (seed, 4), counter: (t / 4, element, site, step))
    return [block.0, block.1, block.2, block.3][Int(t % 4)]
}

/// The rule of the contract, section 2, in exact rational arithmetic: u·2^-64 < (|x| - |a|)/(|b| - |a|), a and b the
/// neighbours, b the next number with an unbounded exponent above the largest.
private func stochastic(_ x: Rational, _ shape: RoundingOracle.Shape, _ u: UInt64) throws -> Double {
    if x == Rational(0) { return 0 }
    let negative = x < Rational(0)
    let magnitude = negative ? Rational(0) - x : x
    // 2^e <= |x| < 2^(e+1); the quantum there, or of the subnormals.
    var e = shape.emin
    while power(e + 1) <= magnitude { e += 1 }
    let quantum = power(e - shape.precision + 1)
    let steps = magnitude / quantum
    let below = try #require(steps.floor)
    let fraction = steps - Rational(below)
    let drawn = Rational(Int(u >> 32)) * power(-32) + Rational(Int(u & 0xffff_ffff)) * power(-64)
    let chosen = below + (drawn < fraction ? 1 : 0)
    let value = Double(sign: .plus, exponent: e - shape.precision + 1, significand: Double(chosen))
    let top = shape.finite ? 448 : Double(sign: .plus, exponent: shape.emax + 1, significand: 1).nextDown
    let result = value > top ? (shape.finite ? Double.nan : .infinity) : value
    return negative ? -result : result
}

private func power(_ n: Int) -> Rational {
    n >= 0 ? Rational(2).power(n) : Rational(1) / Rational(2).power(-n)
}

private func rational(_ x: Double) throws -> Rational { try #require(Rational(ExactValue(x))) }

@Test(arguments: [RoundingOracle.Shape.half, .bfloat16, .e4m3, .e5m2, .tf32])
func stochasticRoundingComparesTheDrawWithTheExactFraction(_ shape: RoundingOracle.Shape) throws {
    let format = try #require(Format.named(shape.name))
    let seed: UInt64 = 11
    var stream = RandomStream(seed: 6, .other)
    var soft = Stochastic(SoftFloat(format, direction: .stochastic(seed: seed)))
    for t in 0..<150 {
        var operands: [Double] = []
        while operands.count < 3 {
            let x = shape.value(edgyPattern(shape, &stream))
            if x.isFinite, abs(x) < 0x1p40, abs(x) > 0x1p-40 { operands.append(x) }
        }
        let (x, y, z) = (operands[0], operands[1], operands[2])
        let exact = [
            try rational(x) + rational(y), try rational(x) - rational(y), try rational(x) * rational(y),
            try rational(x) / rational(y), try rational(x) * rational(y) + rational(z),
        ]
        soft.place = RoundingPlace(step: 3, operation: 2, element: UInt64(t))
        let ours = [soft.add(x, y), soft.subtract(x, y), soft.multiply(x, y), soft.divide(x, y), soft.fma(x, y, z)]
        for (i, value) in exact.enumerated() {
            let u = draw(seed: seed, UInt64(i), element: UInt64(t), site: 2, step: 3)
            #expect(
                isIdentical(ours[i], try stochastic(value, shape, u)),
                "\(shape.name) operation \(i) of \(x), \(y), \(z)")
        }
        #expect(soft.place?.roundings == 5)
    }
}

/// A draw exactly on the fraction leaves the number where it is, and one less moves it.
@Test func aDrawEqualToTheFractionDoesNotMove() {
    var bfloat16 = SoftFloat(.bfloat16, direction: .stochastic(seed: 0))
    var mpfr = MPFRArithmetic<1>(precision: 8, range: .bfloat16, direction: .stochastic(seed: 0))
    // 1 + 2^-9 lies a quarter of the way from 1 to 1 + 2^-7.
    let (one, small) = (mpfr.constant(ExactValue(1.0)), mpfr.constant(ExactValue(0x1p-9)))
    for (word, wanted) in [(UInt64(1) << 62, 1.0), (1 << 62 - 1, 1.0078125), (0, 1.0078125), (.max, 1)] {
        bfloat16.word = word
        mpfr.word = word
        #expect(bfloat16.add(1, 0x1p-9) == wanted)
        #expect(mpfr.exactValue(mpfr.add(one, small)).double == wanted)
    }
    // 1/3 = 0.0101…: its fraction is no multiple of 2^-64, so the draw of its first 64 bits moves it and the next does not.
    bfloat16.word = 0xaaaa_aaaa_aaaa_aaaa
    #expect(bfloat16.divide(1, 3) == 0x1.56p-2)
    bfloat16.word = 0xaaaa_aaaa_aaaa_aaab
    #expect(bfloat16.divide(1, 3) == 0x1.54p-2)
    // Far below the last place only the draw 0 moves.
    bfloat16.word = 0
    #expect(bfloat16.add(1, 0x1p-133) == 1.0078125)
    #expect(bfloat16.subtract(1, 0x1p-133) == 1)
    bfloat16.word = 1
    #expect(bfloat16.add(1, 0x1p-133) == 1)
    #expect(bfloat16.subtract(1, 0x1p-133) == 1)
    bfloat16.word = .max
    #expect(bfloat16.subtract(1, 0x1p-133) == 1, "no draw reaches a fraction above 1 - 2^-64")
    // Below the least subnormal the neighbours are 0 and it.
    bfloat16.word = 1 << 62
    #expect(bfloat16.multiply(0x1p-133, 0.25) == 0)
    bfloat16.word = 1 << 62 - 1
    #expect(bfloat16.multiply(0x1p-133, 0.25) == 0x1p-133)
    #expect(bfloat16.multiply(-0x1p-133, 0.25) == -0x1p-133)
}

/// Two routes: integers in C, and MPFR with bits to spare.
@Test(arguments: RoundingOracle.Shape.all)
func softwareFormatsAndMPFRDrawAlike(_ shape: RoundingOracle.Shape) throws {
    let format = try #require(Format.named(shape.name))
    for direction: RoundingDirection in [.stochastic(seed: 5), .nearest, .zero, .up, .down] {
        var soft = SoftFloat(format, direction: direction)
        var mpfr = MPFRArithmetic<1>(precision: shape.precision, range: format, direction: direction)
        var stream = RandomStream(seed: 7, .other)
        func identical(_ x: Double, _ y: BigFloat<1>) -> Bool { isIdentical(x, mpfr.exactValue(y).double) }
        for _ in 0..<150 {
            let word = stream.word() & (stream.word() % 3 == 0 ? 0 : .max)
            soft.word = word
            mpfr.word = word
            let x = shape.value(edgyPattern(shape, &stream))
            let y = shape.value(edgyPattern(shape, &stream))
            let z = shape.value(edgyPattern(shape, &stream))
            let a = mpfr.constant(ExactValue(x))
            let b = mpfr.constant(ExactValue(y))
            let c = mpfr.constant(ExactValue(z))
            let k = Int(1 + stream.bounded(1 << 31 - 1))
            let note: Comment = "\(soft.name), word \(word): \(x), \(y), \(z), \(k)"
            #expect(identical(soft.add(x, y), mpfr.add(a, b)), note)
            #expect(identical(soft.subtract(x, y), mpfr.subtract(a, b)), note)
            #expect(identical(soft.multiply(x, y), mpfr.multiply(a, b)), note)
            #expect(identical(soft.divide(x, y), mpfr.divide(a, b)), note)
            #expect(identical(soft.fma(x, y, z), mpfr.fma(a, b, c)), note)
            #expect(identical(soft.squareRoot(x), mpfr.squareRoot(a)), note)
            #expect(identical(soft.multiply(x, byInteger: k), mpfr.multiply(a, byInteger: k)), note)
            #expect(identical(soft.divide(x, byInteger: k), mpfr.divide(a, byInteger: k)), note)
            let exact = ExactValue(x).times(ExactValue(y))
            #expect(identical(soft.round(exact), mpfr.round(exact)), note)
            for f in ElementaryFunction.allCases {
                #expect(identical(soft.elementary(f, x), mpfr.elementary(f, a)), note)
            }
        }
    }
}

/// Every operation of every format in every direction: where the format holds the exact result, that is the result.
@Test(
    arguments: [
        "half", "bfloat16", "tf32", "fp8-e4m3", "fp8-e5m2", "float", "double", "mpfr:7", "mpfr:90@binary32",
        "mpfr:3@fp8-e5m2",
    ], ["nearest", "zero", "up", "down", "stochastic:9"])
func aNumberOfTheFormatNeverMoves(_ format: String, _ direction: String) throws {
    func check<A: Arithmetic>(_ arithmetic: A) throws {
        var a = arithmetic
        let format = a.format
        var made: UInt64 = 0
        func expect(_ operation: String, _ exact: ExactValue, _ result: A.Scalar) {
            #expect(a.exactValue(result) == exact, "\(a.name): \(operation)")
            made += 1
        }
        let numbers = [-3, -1.5, -0.25, 0.5, 1, 1.75, 6, 0x1p-4].filter { format.holds(ExactValue($0)) }
        for x in numbers {
            let p = a.constant(ExactValue(x))
            if format.holds(ExactValue(x * x)) {
                expect("√ of \(x)²", ExactValue(x.magnitude), a.squareRoot(a.constant(ExactValue(x * x))))
            }
            expect("\(x) rounded", ExactValue(x), a.round(ExactValue(x)))
            if format.holds(ExactValue(3 * x)) { expect("\(x) × 3", ExactValue(3 * x), a.multiply(p, byInteger: 3)) }
            expect("\(x) ÷ 1", ExactValue(x), a.divide(p, byInteger: 1))
            for y in numbers {
                let q = a.constant(ExactValue(y))
                func held(_ exact: Double) -> Bool { exact != 0 && format.holds(ExactValue(exact)) }
                if held(x + y) { expect("\(x) + \(y)", ExactValue(x + y), a.add(p, q)) }
                if held(x - y) { expect("\(x) - \(y)", ExactValue(x - y), a.subtract(p, q)) }
                if held(x * y) { expect("\(x) × \(y)", ExactValue(x * y), a.multiply(p, q)) }
                if held(x * y + x) { expect("fma \(x), \(y)", ExactValue(x * y + x), a.fma(p, q, p)) }
                if held(x * y) {
                    expect("(\(x)·\(y)) ÷ \(y)", ExactValue(x), a.divide(a.constant(ExactValue(x * y)), q))
                }
            }
        }
        for (f, x, y) in [
            (ElementaryFunction.exp, 0.0, 1.0), (.expMinusOne, 0, 0), (.log, 1, 0), (.logOnePlus, 0, 0), (.tanh, 0, 0),
            (.sin, 0, 0), (.cos, 0, 1),
        ] {
            expect("\(f) \(x)", ExactValue(y), a.elementary(f, a.constant(ExactValue(x))))
        }
        // Exact roundings are counted like all others.
        if a.place != nil { #expect(a.place?.roundings == made) }
        #expect(made > 60)
    }
    try check(try arithmetic(named: "\(format),round=\(direction)"))
}

/// n independent roundings of x to neighbours h apart, unbiased, have a mean within h·√(ln(2/q)/(2n)) of x except with
/// probability q (Hoeffding's inequality). q = 10^-9; and the seeds are fixed, so the test always sees the same draws.
private func meanBound(_ n: Int, spacing h: Double) -> Double { h * (21.4 / (2 * Double(n))).squareRoot() }

@Test(arguments: [0.001, 0.3, 0.77])
func theMeanOverManySeedsIsTheExactResult(_ fraction: Double) throws {
    let n = 4000
    var total = 0.0
    for seed in 0..<n {
        var a = Stochastic(SoftFloat(.bfloat16, direction: .stochastic(seed: UInt64(seed))))
        total += a.round(ExactValue(1 + fraction * 0x1p-7))
    }
    #expect(abs(total / Double(n) - (1 + fraction * 0x1p-7)) <= meanBound(n, spacing: 0x1p-7))
    #expect(total != Double(n), "some must have moved")
}

/// The operations themselves, and formats that MPFR makes. The exact result is known to binary64's precision, which no bound
/// here comes near.
@Test(arguments: ["half", "bfloat16", "tf32", "fp8-e4m3", "fp8-e5m2", "float", "mpfr:7", "mpfr:5@fp8-e4m3"])
func theMeanOfEveryOperationIsTheExactResult(_ format: String) throws {
    let n = 800
    func check<A: Arithmetic>(_ first: A) throws {
        let (x, y, z) = (1.25, 3.0, 0.25)
        let exact = [
            x + 0x1.4p-12, x / y, (x * x * x).squareRoot(), x * y / 7, 1 / y + z, exp(z), tanh(x), log1p(x),
        ]
        var totals = [Double](repeating: 0, count: exact.count)
        for seed in 0..<n {
            func draw<B: Arithmetic>(_ arithmetic: B) {
                var a = arithmetic
                let (p, q) = (a.constant(ExactValue(x)), a.constant(ExactValue(y)))
                let results = [
                    a.round(ExactValue(x + 0x1.4p-12)), a.divide(p, q), a.round(ExactValue(exact[2])),
                    a.round(ExactValue(exact[3])), a.round(ExactValue(exact[4])),
                    a.elementary(.exp, a.constant(ExactValue(z))), a.elementary(.tanh, p), a.elementary(.logOnePlus, p),
                ]
                for (i, result) in results.enumerated() { totals[i] += a.exactValue(result).double }
            }
            draw(try arithmetic(named: "\(format),round=stochastic:\(seed)"))
        }
        for (i, value) in exact.enumerated() {
            // Spacing of the format's numbers at the value; 8 binades hold all of them.
            let h = Double(sign: .plus, exponent: value.exponent - first.format.precision + 1, significand: 1)
            let error = abs(totals[i] / Double(n) - value)
            #expect(error <= meanBound(n, spacing: h), "\(format), result \(i): \(totals[i] / Double(n)) for \(value)")
        }
    }
    try check(try arithmetic(named: "\(format),round=stochastic:0"))
}

/// Beyond the largest number the neighbours are it and the next number with unbounded exponents, which overflows; from there on
/// everything does.
@Test(arguments: [
    ("bfloat16", 0x1.fep127, 0x1p120, Double.infinity), ("half", 65504, 32, .infinity),
    ("fp8-e5m2", 57344, 8192, .infinity),
    ("fp8-e4m3", 448, 32, .nan), ("fp8-e4m3,overflow=saturate", 448, 32, 448),
])
func overflowIsDrawnAsIfExponentsWereUnbounded(_ name: String, largest: Double, spacing: Double, beyond: Double) throws
{
    let named = try ArithmeticName(name)
    for seed in 0..<4 {
        var soft = SoftFloat(named.format, direction: .stochastic(seed: UInt64(seed)))
        for (word, fraction, moves) in [
            (UInt64(1) << 62, 0.25, false), (1 << 62 - 1, 0.25, true), (0, 0x1p-10, true), (.max, 0.9375, false),
        ] {
            soft.word = word
            let exact = ExactValue(largest + fraction * spacing)
            #expect(isIdentical(soft.round(exact), moves ? beyond : largest), "\(name), \(fraction), \(word)")
            #expect(isIdentical(soft.round(exact.negated), moves ? -beyond : -largest))
        }
        for word: UInt64 in [0, 1 << 63, .max] {
            soft.word = word
            #expect(isIdentical(soft.round(ExactValue(largest + spacing)), beyond), "the next number itself")
            #expect(isIdentical(soft.add(largest, largest), beyond))
            #expect(isIdentical(soft.multiply(-largest, largest), -beyond))
        }
    }
}

/// 4000 × 0.001 in bfloat16: to nearest the sum stops at 0.5, where half the distance of two numbers exceeds the term. With
/// draws the error is a sum of 4000 independent deviations of at most half the spacing below 4, 2^-7 (standard deviation of
/// each), so 5·2^-7·√4000 bounds it.
@Test func aLongSumOfEqualTermsGrowsWithinOneSeed() throws {
    let nearest = SoftFloat(.bfloat16)
    let term = nearest.constant(Rational(1, 1000))
    let terms = [Double](repeating: term, count: 4000)
    var chain = Plain(nearest)
    #expect(chain.sum(terms.span) == 0.5)
    for seed in 0..<4 {
        var drawing = Stochastic(SoftFloat(.bfloat16, direction: .stochastic(seed: UInt64(seed))))
        let sum = drawing.sum(terms.span)
        #expect(abs(sum - 4000 * term) <= 5 * 0x1p-7 * 4000.0.squareRoot())
        #expect(drawing.place?.roundings == 4000)
        // The same again, from the same place.
        var again = Stochastic(SoftFloat(.bfloat16, direction: .stochastic(seed: UInt64(seed))))
        #expect(again.sum(terms.span) == sum)
    }
}

/// Many sums of equal small terms within one seed, one operation: the elements draw for themselves. A term t added where the
/// spacing is h moves with probability t/h, so each addition deviates with variance below t·h and n of them with less than n·t·h.
/// h is at most the spacing at twice the exact sum, which is reached with a probability far below 10^-6; so the mean of m sums
/// lies within 5·√(n·t·h/m) of n·t, but for less than 10^-6 (normal approximation).
@Test(arguments: [
    ("bfloat16", 0x1p-10, 600), ("half", 0x1p-13, 4000), ("fp8-e5m2", 0x1p-4, 600), ("fp8-e4m3", 0x1p-5, 600),
    ("mpfr:6,reduction=sequential", 0x1p-9, 600),
])
func sumsOfEqualSmallTermsAreUnbiasedWithinOneSeed(_ format: String, term: Double, terms n: Int) throws {
    let m = 64
    func check<A: Arithmetic>(_ a: A) {
        let terms = [A.Scalar](repeating: a.constant(ExactValue(term)), count: n * m)
        var sums = [A.Scalar](repeating: a.zero, count: m)
        var span = sums.mutableSpan
        a.sums(terms.span, outer: 1, inner: n, into: &span, at: Site(step: 1, operation: 2, threads: 2))
        let values = sums.map { a.exactValue($0).double }
        let exact = Double(n) * term
        let h = Double(sign: .plus, exponent: (2 * exact).exponent - a.format.precision + 1, significand: 1)
        let bound = 5 * (exact * h / Double(m)).squareRoot()
        let mean = values.reduce(0, +) / Double(m)
        #expect(abs(mean - exact) <= bound, "\(a.name): \(mean) for \(exact)")
        #expect(Set(values).count > 2, "the elements draw for themselves")
        // To nearest the sum stops where the term is half of the spacing, far outside the bound.
        let stops = term * Double(sign: .plus, exponent: a.format.precision, significand: 1)
        #expect(exact - stops > 2 * bound, "the bound would not see the bias")
    }
    check(try arithmetic(named: "\(format),round=stochastic:12"))
}

/// Every element alone, the last one first, and in pieces that say where they begin: the bits of the whole at once, for any
/// number of threads.
@Test(arguments: [
    "bfloat16", "fp8-e4m3,reduction=kahan", "float,reduction=pairwise", "mpfr:12", "half,accumulate=float",
])
func neitherThreadsNorOrderNorPiecesMatter(_ format: String) throws {
    func check<A: Arithmetic>(_ a: A) {
        let (m, n, k) = (6, 5, 7)
        var stream = RandomStream(seed: 4, .other)
        let x = (0..<m * k).map { _ in a.constant(ExactValue(stream.uniform() - 0.5)) }
        let y = (0..<k * n).map { _ in a.constant(ExactValue(stream.uniform() - 0.5)) }
        func product(_ rows: Range<Int>, _ site: Site) -> [ExactValue] {
            var out = [A.Scalar](repeating: a.zero, count: rows.count * n)
            var span = out.mutableSpan
            a.matmul(
                x.span.extracting(rows.lowerBound * k..<rows.upperBound * k), y.span, into: &span,
                MatmulShape(m: rows.count, n: n, k: k), at: site)
            return out.map { a.exactValue($0) }
        }
        func sigmoids(_ site: Site) -> [ExactValue] {
            var out = [A.Scalar](repeating: a.zero, count: x.count)
            var span = out.mutableSpan
            a.map(.sigmoid, x.span, into: &span, at: site)
            return out.map { a.exactValue($0) }
        }
        var site = Site(step: 9, operation: 4)
        site.leastSharedNanoseconds = 0
        let (whole, activated) = (product(0..<m, site), sigmoids(site))
        for threads in 1...8 {
            site.threads = threads
            #expect(product(0..<m, site) == whole && sigmoids(site) == activated, "\(a.name), \(threads) threads")
        }
        var pieces: [ExactValue] = []
        for rows in [0..<1, 1..<4, 4..<6] {
            var piece = site
            piece.firstElement = rows.lowerBound * n
            pieces += product(rows, piece)
        }
        #expect(pieces == whole, "\(a.name) in pieces")
        for element in (0..<m * n).reversed() {
            var here = a.at(site, element: element)
            let row = Array(x[element / n * k..<(element / n + 1) * k])
            let column = (0..<k).map { y[$0 * n + element % n] }
            #expect(here.exactValue(here.dot(row.span, column.span)) == whole[element], "\(a.name), element \(element)")
        }
        #expect(Set(whole).count > 3)
    }
    check(try arithmetic(named: "\(format),round=stochastic:21"))
}

@Test func everyOutputDrawsFromItsOwnPlace() {
    let a = Stochastic(SoftFloat(.bfloat16, direction: .stochastic(seed: 1)))
    let x = [Double](repeating: 0x1.02p0, count: 64)
    func product(_ site: Site) -> [Double] {
        var out = [Double](repeating: 0, count: 64)
        var span = out.mutableSpan
        a.matmul(x.span, x.span, into: &span, MatmulShape(m: 8, n: 8, k: 8), at: site)
        return out
    }
    let first = product(Site(step: 1, operation: 2))
    #expect(Set(first).count > 1, "equal operands must not round alike")
    #expect(first == product(Site(step: 1, operation: 2, threads: 8)), "threads change nothing")
    #expect(first != product(Site(step: 2, operation: 2)) && first != product(Site(step: 1, operation: 3)))
    // Element 9 alone, without the others.
    var here = a.at(Site(step: 1, operation: 2), element: 9)
    let row = Array(x[8..<16])
    #expect(here.dot(row.span, row.span) == first[9])
}
