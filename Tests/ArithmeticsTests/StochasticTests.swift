import Arithmetics
import CMPFR
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

@Test(arguments: ["bfloat16", "fp8-e4m3", "float", "double", "mpfr:7", "mpfr:90@binary32"])
func aNumberOfTheFormatNeverMoves(_ format: String) throws {
    func check(_ arithmetic: some Arithmetic) {
        var a = arithmetic
        for i in 0..<100 {
            let x = a.constant(ExactValue(Double(i % 13) - 6))
            #expect(a.exactValue(a.add(x, a.zero)) == a.exactValue(x) || i % 13 == 6)
            #expect(a.exactValue(a.multiply(x, a.one)) == a.exactValue(x))
            #expect(a.exactValue(a.divide(x, a.one)) == a.exactValue(x))
            #expect(a.exactValue(a.round(a.exactValue(x))) == a.exactValue(x))
        }
        #expect(a.place?.roundings == 400)
    }
    check(try arithmetic(named: "\(format),round=stochastic:9"))
}

/// n independent roundings of x between a and b = a + h have mean x and standard deviation at most h/2 each; the mean of n
/// stays within 5·h/(2·√n) of x except with a probability below 10^-6 (normal approximation). The seeds are fixed, so the
/// test always sees the same draws.
@Test(arguments: [0.001, 0.3, 0.77])
func theMeanOverManySeedsIsTheExactResult(_ fraction: Double) throws {
    let n = 4000
    var total = 0.0
    for seed in 0..<n {
        var a = Stochastic(SoftFloat(.bfloat16, direction: .stochastic(seed: UInt64(seed))))
        total += a.round(ExactValue(1 + fraction * 0x1p-7))
    }
    let error = abs(total / Double(n) - (1 + fraction * 0x1p-7))
    #expect(error <= 5 * 0x1p-8 / Double(n).squareRoot())
    #expect(total != Double(n), "some must have moved")
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
