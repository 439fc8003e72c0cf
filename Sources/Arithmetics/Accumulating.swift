/// Mixed precision: sums and dot products run in a wider arithmetic, on operands of the narrow one, and are rounded once to
/// the narrow format at the end. Every other operation is the narrow arithmetic's.
///
/// Roundings of one element are counted through both, in the order of the definition.
///
/// - Source: contract, section 1 (`accumulate=`).
public struct Accumulating<Narrow: Arithmetic, Wide: Arithmetic>: Arithmetic {
    public typealias Scalar = Narrow.Scalar

    public let name: String
    private var narrow: Narrow
    private var wide: Wide

    /// - Parameter wide: an arithmetic whose format holds every number of the narrow one's; its reduction is the one that runs.
    public init(_ narrow: Narrow, in wide: Wide, name: String) {
        precondition(wide.format.contains(narrow.format), "the wide format does not hold the narrow one")
        self.narrow = narrow
        self.wide = wide
        self.name = name
    }

    public var format: Format { narrow.format }
    public var reduction: Reduction { wide.reduction }
    public var direction: RoundingDirection { narrow.direction }
    public var zero: Scalar { narrow.zero }
    public var one: Scalar { narrow.one }

    public var place: RoundingPlace? {
        get { narrow.place }
        set { narrow.place = newValue }
    }

    public func at(_ site: Site, element: Int) -> Self {
        var copy = self
        copy.narrow = narrow.at(site, element: element)
        return copy
    }

    // MARK: Reductions

    private func widened(_ x: Span<Scalar>) -> [Wide.Scalar] { wide.array(narrow.exactArray(x)) }

    private mutating func reduce(_ body: (inout Wide) -> Wide.Scalar) -> Scalar {
        wide.place = narrow.place
        let result = body(&wide)
        narrow.place = wide.place
        return narrow.round(wide.exactValue(result))
    }

    public mutating func sumByDefinition(_ x: Span<Scalar>) -> Scalar {
        let x = widened(x)
        return reduce { $0.sum(x.span) }
    }

    public mutating func dotByDefinition(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        let (x, y) = (widened(x), widened(y))
        return reduce { $0.dot(x.span, y.span) }
    }

    /// A whole-array reduction by the wide arithmetic's kernel, then one rounding an output. Only where roundings do not depend
    /// on place: a kernel does not say how many it made.
    private func reduce(
        into out: inout MutableSpan<Scalar>, _ body: (inout MutableSpan<Wide.Scalar>) -> Void
    ) {
        var results = [Wide.Scalar](repeating: wide.zero, count: out.count)
        var span = results.mutableSpan
        body(&span)
        var narrow = narrow
        if direction == .nearest {
            let rounded = narrow.array(wide.exactArray(results.span))
            for i in out.indices { out[i] = rounded[i] }
        } else {
            for i in out.indices { out[i] = narrow.round(wide.exactValue(results[i])) }
        }
    }

    private var dependsOnPlace: Bool { place != nil }

    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ shape: MatmulShape, at site: Site
    ) {
        guard !dependsOnPlace else { return Plain(self).matmul(a, b, into: &c, shape, at: site) }
        let (a, b) = (widened(a), widened(b))
        reduce(into: &c) { wide.matmul(a.span, b.span, into: &$0, shape, at: site) }
    }

    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        guard !dependsOnPlace else { return Plain(self).convolve(x, w, into: &y, shape, at: site) }
        let (x, w) = (widened(x), widened(w))
        reduce(into: &y) { wide.convolve(x.span, w.span, into: &$0, shape, at: site) }
    }

    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        guard !dependsOnPlace else { return Plain(self).convolveInputGradient(g, w, into: &dx, shape, at: site) }
        let (g, w) = (widened(g), widened(w))
        reduce(into: &dx) { wide.convolveInputGradient(g.span, w.span, into: &$0, shape, at: site) }
    }

    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ shape: ConvolutionShape,
        at site: Site
    ) {
        guard !dependsOnPlace else { return Plain(self).convolveKernelGradient(g, x, into: &dw, shape, at: site) }
        let (g, x) = (widened(g), widened(x))
        reduce(into: &dw) { wide.convolveKernelGradient(g.span, x.span, into: &$0, shape, at: site) }
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        guard !dependsOnPlace else { return Plain(self).sums(x, outer: outer, inner: inner, into: &out, at: site) }
        let x = widened(x)
        reduce(into: &out) { wide.sums(x.span, outer: outer, inner: inner, into: &$0, at: site) }
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        guard !dependsOnPlace else { return Plain(self).gatherSums(x, lists, into: &out, at: site) }
        let x = widened(x)
        reduce(into: &out) { wide.gatherSums(x.span, lists, into: &$0, at: site) }
    }

    // MARK: Everything else

    public mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar { narrow.add(a, b) }
    public mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar { narrow.subtract(a, b) }
    public mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar { narrow.multiply(a, b) }
    public mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar { narrow.divide(a, b) }
    public mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar { narrow.fma(a, b, c) }
    public mutating func squareRoot(_ x: Scalar) -> Scalar { narrow.squareRoot(x) }
    public mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar { narrow.elementary(f, x) }
    public mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar { narrow.multiply(a, byInteger: k) }
    public mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar { narrow.divide(a, byInteger: k) }
    public mutating func round(_ x: ExactValue) -> Scalar { narrow.round(x) }
    public func negate(_ x: Scalar) -> Scalar { narrow.negate(x) }
    public func absolute(_ x: Scalar) -> Scalar { narrow.absolute(x) }
    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering { narrow.compare(a, b) }
    public func constant(_ x: ExactValue) -> Scalar { narrow.constant(x) }
    public func constant(_ x: Rational) -> Scalar { narrow.constant(x) }
    public func exactValue(_ x: Scalar) -> ExactValue { narrow.exactValue(x) }
    public func array(_ x: ExactArray) -> [Scalar] { narrow.array(x) }
    public func exactArray(_ x: Span<Scalar>) -> ExactArray { narrow.exactArray(x) }
    public func firstNonFinite(_ x: Span<Scalar>) -> Int? { narrow.firstNonFinite(x) }
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) { narrow.encode(x, into: &bytes) }
    public func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at site: Site) {
        narrow.maxima(x, lists, into: &kept, at: site)
    }
    public func map(_ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site) {
        narrow.map(f, x, into: &y, at: site)
    }
    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        narrow.zip(f, x, y, repetition, into: &z, at: site)
    }
    public func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) {
        narrow.descend(&weights, &velocity, gradient, constants, at: site)
    }
}
