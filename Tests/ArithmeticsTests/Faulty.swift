import Arithmetics

/// binary32 with one fault, or none: what the law suite must object to.
struct Faulty: Arithmetic {
    enum Fault: Sendable {
        case addition, product, quotient, fusion, root, exponential, integerQuotient, positiveZeros, encoding, order
        case unfusedDot, rightHeavySum, constants, none
        case map, zip, maxima, descend

        /// What the laws of scalars and reductions must find.
        static let ofScalars: [Fault] = [
            .addition, .product, .quotient, .fusion, .root, .exponential, .integerQuotient, .positiveZeros, .encoding,
            .order, .unfusedDot, .rightHeavySum, .constants,
        ]
        /// What only the comparison with the definition can find.
        static let ofBulk: [Fault] = [.unfusedDot, .rightHeavySum, .map, .zip, .maxima, .descend]
    }

    let fault: Fault
    private let base = Binary32()

    var name: String { "faulty \(fault)" }
    var format: Format { .binary32 }
    var reduction: Reduction { fault == .rightHeavySum ? .pairwise : .sequential }
    var zero: Float { 0 }
    var one: Float { 1 }

    /// One ulp up where the fault is this one and the result is an ordinary number.
    private func nudged(_ x: Float, by fault: Fault) -> Float { fault == self.fault && x.isNormal ? x.nextUp : x }

    func add(_ a: Float, _ b: Float) -> Float {
        let sum = nudged(base.add(a, b), by: .addition)
        return fault == .positiveZeros && sum == 0 ? 0 : sum
    }
    func subtract(_ a: Float, _ b: Float) -> Float { base.subtract(a, b) }
    func multiply(_ a: Float, _ b: Float) -> Float { nudged(base.multiply(a, b), by: .product) }
    func divide(_ a: Float, _ b: Float) -> Float { nudged(base.divide(a, b), by: .quotient) }
    func fma(_ a: Float, _ b: Float, _ c: Float) -> Float { fault == .fusion ? a * b + c : base.fma(a, b, c) }
    func squareRoot(_ x: Float) -> Float { nudged(base.squareRoot(x), by: .root) }
    func elementary(_ f: ElementaryFunction, _ x: Float) -> Float {
        f == .exp ? nudged(base.elementary(f, x), by: .exponential) : base.elementary(f, x)
    }
    func multiply(_ a: Float, byInteger k: Int) -> Float { base.multiply(a, byInteger: k) }
    func divide(_ a: Float, byInteger k: Int) -> Float {
        fault == .integerQuotient ? a / Float(k) : base.divide(a, byInteger: k)
    }
    func round(_ x: ExactValue) -> Float { base.round(x) }
    func negate(_ x: Float) -> Float { -x }
    func absolute(_ x: Float) -> Float { x.magnitude }
    /// A total order, where NaN should be unordered.
    func compare(_ a: Float, _ b: Float) -> Ordering {
        fault == .order && a.isNaN && b.isNaN ? .equal : base.compare(a, b)
    }
    func sum(_ x: Span<Float>) -> Float {
        guard fault == .rightHeavySum, x.count > 2 else {
            var definition = Plain(self)
            return definition.sum(x)
        }
        return add(x[0], sum(x.extracting(1..<x.count)))
    }
    func dot(_ x: Span<Float>, _ y: Span<Float>) -> Float {
        guard fault == .unfusedDot else { return base.dot(x, y) }
        return x.indices.reduce(0) { $0 + x[$1] * y[$1] }
    }
    func constant(_ x: ExactValue) -> Float { base.constant(x) }
    /// Through binary64: two roundings.
    func constant(_ x: Rational) -> Float {
        fault == .constants ? Float(Format.binary64.round(x).double) : base.constant(x)
    }
    func exactValue(_ x: Float) -> ExactValue { base.exactValue(x) }
    func encode(_ x: Span<Float>, into bytes: inout [UInt8]) {
        guard fault == .encoding else { return base.encode(x, into: &bytes) }
        // The payload and sign of a NaN are left as they are.
        for i in x.indices { withUnsafeBytes(of: x[i].bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    }

    // Bulk overrides that go wrong in their last element.

    func map(_ f: UnaryFunction<Float>, _ x: Span<Float>, into y: inout MutableSpan<Float>, at site: Site) {
        Plain(self).map(f, x, into: &y, at: site)
        spoil(&y, by: .map)
    }
    func zip(
        _ f: BinaryFunction<Float>, _ x: Span<Float>, _ y: Span<Float>, _ repetition: Repetition,
        into z: inout MutableSpan<Float>, at site: Site
    ) {
        Plain(self).zip(f, x, y, repetition, into: &z, at: site)
        spoil(&z, by: .zip)
    }
    func maxima(_ x: Span<Float>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at site: Site) {
        Plain(self).maxima(x, lists, into: &kept, at: site)
        if fault == .maxima { kept[0] += 1 }
    }
    func descend(
        _ weights: inout MutableSpan<Float>, _ velocity: inout MutableSpan<Float>, _ gradient: Span<Float>,
        _ constants: DescentConstants<Float>, at site: Site
    ) {
        Plain(self).descend(&weights, &velocity, gradient, constants, at: site)
        if constants.nesterov { spoil(&velocity, by: .descend) }
    }

    private func spoil(_ x: inout MutableSpan<Float>, by fault: Fault) {
        guard fault == self.fault, x.count > 0 else { return }
        x[x.count - 1] = x[x.count - 1] == 0 ? -x[x.count - 1] : -1
    }
}
