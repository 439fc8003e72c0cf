import Arithmetics
import LawSupport
import Testing

/// Values of `Dual(A)` are A's, and its operations on whole arrays are its definition, tangents included.
@Suite struct DualLawTests {
    private func laws(_ arithmetic: some Arithmetic) -> [String] {
        checkLaws(of: Dual(arithmetic), seed: 61, effort: 1)
    }

    @Test(arguments: ["float", "bfloat16", "fp8-e5m2", "mpfr:70"]) func valuesObeyTheLaws(name: String) throws {
        #expect(laws(try arithmetic(named: name)) == [])
    }

    private func bulk(_ arithmetic: some Arithmetic, seed: UInt64, share: Int) -> [String] {
        checkBulkOperations(
            of: Dual(arithmetic), seed: seed, threads: [1, 3], kinds: [.ordinary, .special], share: share)
    }

    /// Every kind of arithmetic, every reduction, every direction.
    static let names = [
        "float", "double,reduction=pairwise", "float,reduction=blocked:3", "bfloat16,reduction=kahan", "half,round=up",
        "double,reduction=exact", "fp8-e5m2,round=stochastic:7", "mpfr:70", "mpfr:70,reduction=sequential,round=down",
        "mpfr:24@binary32,round=stochastic:3", "interval:40", "bfloat16,accumulate=float",
        "half,accumulate=float,reduction=pairwise,round=stochastic:5",
    ]

    @Test(arguments: names.indices) func operationsOnArraysAreTheDefinition(ordinal: Int) throws {
        let arithmetic = try arithmetic(named: DualLawTests.names[ordinal])
        let share = EveryArithmetic.long ? 1 : 13
        #expect(bulk(arithmetic, seed: 300 + UInt64(ordinal), share: share) == [])
    }

    /// The same operations in A and in `Dual(A)`, at the same places: whatever the tangents, the values are the same bits.
    @Test(arguments: names) func tangentsDoNotTouchValues(name: String) throws {
        func compare<A: Arithmetic>(_ base: A) {
            let dual = Dual(base)
            var operands = Operands(base.format, seed: 17)
            func numbers(_ n: Int) -> (plain: [A.Scalar], moving: [Dual<A>.Scalar]) {
                let values = ExactArray(operands.values(n, .special))
                let moving = dual.array(values)
                return (
                    base.array(values), dual.attaching(ExactArray(operands.values(n, .special)), to: moving.span)
                )
            }
            var site = Site(step: 2, operation: 9, threads: 2)
            site.leastSharedNanoseconds = 0
            func expectSame(
                _ what: String, _ count: Int, _ plain: (inout MutableSpan<A.Scalar>) -> Void,
                _ moving: (inout MutableSpan<Dual<A>.Scalar>) -> Void
            ) {
                var a = [A.Scalar](repeating: base.zero, count: count)
                var b = [Dual<A>.Scalar](repeating: dual.zero, count: count)
                var aSpan = a.mutableSpan
                var bSpan = b.mutableSpan
                plain(&aSpan)
                moving(&bSpan)
                var (left, right) = ([UInt8](), [UInt8]())
                base.encode(a.span, into: &left)
                dual.encode(b.span, into: &right)
                #expect(left == right, "\(name): \(what)")
            }
            let (x, y) = (numbers(36), numbers(36))
            let s = MatmulShape(m: 6, n: 6, k: 6)
            expectSame("matmul", 36) {
                base.matmul(x.plain.span, y.plain.span, into: &$0, s, at: site)
            } _: {
                dual.matmul(x.moving.span, y.moving.span, into: &$0, s, at: site)
            }
            expectSame("sums", 4) {
                base.sums(x.plain.span, outer: 3, inner: 3, into: &$0, at: site)
            } _: {
                dual.sums(x.moving.span, outer: 3, inner: 3, into: &$0, at: site)
            }
            let one = base.constant(Rational(3, 2))
            let still = dual.constant(Rational(3, 2))
            for (f, g) in [
                (UnaryFunction<A.Scalar>.sigmoid, UnaryFunction<Dual<A>.Scalar>.sigmoid), (.squareRoot, .squareRoot),
                (.swish(beta: one), .swish(beta: still)), (.softplus, .softplus), (.absolute, .absolute),
                (.elementary(.exp), .elementary(.exp)), (.elementary(.cos), .elementary(.cos)),
            ] {
                expectSame("map \(f)", 36) {
                    base.map(f, x.plain.span, into: &$0, at: site)
                } _: {
                    dual.map(g, x.moving.span, into: &$0, at: site)
                }
            }
            for (f, g) in [
                (BinaryFunction<A.Scalar>.divide, BinaryFunction<Dual<A>.Scalar>.divide), (.multiply, .multiply),
                (.tanhGradient, .tanhGradient), (.swishGradient(beta: one), .swishGradient(beta: still)),
            ] {
                expectSame("zip \(f)", 36) {
                    base.zip(f, x.plain.span, y.plain.span, .none(36), into: &$0, at: site)
                } _: {
                    dual.zip(g, x.moving.span, y.moving.span, .none(36), into: &$0, at: site)
                }
            }
        }
        compare(try arithmetic(named: name))
    }

    /// The same operands as values and as tangents: both round stochastically, and not by the same draws.
    @Test func tangentsDrawForThemselves() throws {
        func check(_ arithmetic: some Arithmetic) {
            let dual = Dual(arithmetic)
            let numbers = ExactArray((1...64).map { 1 + 1 / Double($0 + 70) }).rounded(to: arithmetic.format)
            let x = dual.attaching(numbers, to: dual.array(numbers).span)
            let y = dual.attaching(
                numbers.scaled(byPowerOfTwo: -5), to: dual.array(numbers.scaled(byPowerOfTwo: -5)).span)
            var z = [DualNumber](repeating: dual.zero, count: 64)
            var span = z.mutableSpan
            dual.zip(.add, x.span, y.span, .none(64), into: &span, at: Site())
            let (values, tangents) = (dual.exactArray(z.span).doubles, dual.tangents(z.span)?.doubles ?? [])
            let differing = zip(values, tangents).filter { $0 != $1 }.count
            #expect(differing > 8 && differing < 56, "\(differing) of 64")
        }
        check(try arithmetic(named: "half,round=stochastic:7"))
    }

    /// The judge is judged: a tangent that is off in the last place is found.
    @Test func aWrongTangentIsFound() {
        #expect(!checkBulkOperations(of: Skewed(), seed: 5, threads: [1], kinds: [.ordinary]).isEmpty)
    }
}

/// `Dual(float)` whose sums over whole arrays have one tangent an ulp too large.
private struct Skewed: Arithmetic {
    typealias Scalar = DualNumber<Float>
    private var base = Dual(Binary32())

    var name: String { "skewed" }
    var format: Format { base.format }
    var reduction: Reduction { base.reduction }
    var zero: Scalar { base.zero }
    var one: Scalar { base.one }
    mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar { base.add(a, b) }
    mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar { base.subtract(a, b) }
    mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar { base.multiply(a, b) }
    mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar { base.divide(a, b) }
    mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar { base.fma(a, b, c) }
    mutating func squareRoot(_ x: Scalar) -> Scalar { base.squareRoot(x) }
    mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar { base.elementary(f, x) }
    mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar { base.multiply(a, byInteger: k) }
    mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar { base.divide(a, byInteger: k) }
    mutating func round(_ x: ExactValue) -> Scalar { base.round(x) }
    func negate(_ x: Scalar) -> Scalar { base.negate(x) }
    func absolute(_ x: Scalar) -> Scalar { base.absolute(x) }
    func compare(_ a: Scalar, _ b: Scalar) -> Ordering { base.compare(a, b) }
    func constant(_ x: ExactValue) -> Scalar { base.constant(x) }
    func constant(_ x: Rational) -> Scalar { base.constant(x) }
    func exactValue(_ x: Scalar) -> ExactValue { base.exactValue(x) }
    func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) { base.encode(x, into: &bytes) }
    func tangents(_ x: Span<Scalar>) -> ExactArray? { base.tangents(x) }
    func attaching(_ tangents: ExactArray, to x: Span<Scalar>) -> [Scalar] { base.attaching(tangents, to: x) }

    func sums(_ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site) {
        Plain(self).sums(x, outer: outer, inner: inner, into: &out, at: site)
        if !out.isEmpty { out[out.count - 1].tangent = out[out.count - 1].tangent.nextUp }
    }
}
