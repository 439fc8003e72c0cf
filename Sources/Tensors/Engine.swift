import Arithmetics

/// Performs operations on whole tensors in one arithmetic, and numbers them: the ordinal of an operation within a step is
/// part of where its roundings happen (contract, section 2).
///
/// A layer is a short program over an engine. Every result depends on the arithmetic, the operands and the number of
/// operations before it, never on the threads.
public struct Engine<A: Arithmetic>: Sendable {
    public typealias T = Tensor<A.Scalar>

    public let arithmetic: A
    /// The place of the next operation.
    public private(set) var site: Site

    /// Operations of evaluation passes are numbered from here.
    public static var evaluationSite: UInt64 { 1 << 32 }

    /// Where each named part of the step begins: what makes an ordinal of an operation readable.
    public private(set) var parts: [(operation: UInt64, name: String)] = []

    /// The samples of this pass among all that are evaluated: their number, and how many come before them.
    private var piece: (samples: Int, before: Int)?

    public init(_ arithmetic: A, step: UInt64 = 0, threads: Int = 1) {
        self.arithmetic = arithmetic
        site = Site(step: step, threads: threads)
    }

    /// An engine for a forward pass that only evaluates. It may be made in pieces: elements are numbered as in one pass over
    /// all samples.
    ///
    /// - Parameters:
    ///   - samples: samples of this piece.
    ///   - before: samples of the pieces before it.
    public init(
        evaluating samples: Int, after before: Int, in arithmetic: A, step: UInt64 = 0, threads: Int = 1
    ) {
        self.init(arithmetic, step: step, threads: threads)
        site.operation = Engine.evaluationSite
        piece = (samples, before)
    }

    /// An engine in another arithmetic that goes on with the numbering of this one.
    public func continued<B: Arithmetic>(in other: B) -> Engine<B> {
        var engine = Engine<B>(other, threads: site.threads)
        engine.site = site
        engine.parts = parts
        return engine
    }

    /// The place of an operation whose result belongs to no sample.
    mutating func next() -> Site {
        defer { site.operation += 1 }
        return site
    }

    /// The place of an operation with `count` results, those of the samples one after the other.
    mutating func next(_ count: Int) -> Site {
        var next = next()
        if let piece, piece.samples > 0 { next.firstElement = count / piece.samples * piece.before }
        return next
    }

    /// Makes operations whose results belong to no sample, such as those on running statistics: in a pass made in pieces each
    /// piece numbers them alike.
    public mutating func withoutSamples<R>(_ body: (inout Engine) -> R) -> R {
        let piece = piece
        self.piece = nil
        defer { self.piece = piece }
        return body(&self)
    }

    /// A tensor whose elements `body` writes.
    private func tensor(_ shape: [Int], _ body: (inout MutableSpan<A.Scalar>) -> Void) -> T {
        Tensor(Array(count: shape.reduce(1, *), writing: body), shape: shape)
    }

    // MARK: Constants

    public func constant(_ x: ExactValue) -> A.Scalar { arithmetic.constant(x) }
    /// 1/n, rounded once.
    public func reciprocal(_ n: Int) -> A.Scalar { arithmetic.constant(Rational(1, n)) }
    public func scalar(_ value: A.Scalar) -> T { Tensor([value], shape: [1]) }

    /// Values of another arithmetic, each rounded once in this one's direction: an operation of its own.
    public mutating func rounded(_ x: ExactArray, shape: [Int]) -> T {
        let site = next()
        // To nearest is what `array` does for a whole array.
        if arithmetic.direction == .nearest { return Tensor(arithmetic.array(x), shape: shape) }
        let elements = (0..<x.count).map { i in
            var here = arithmetic.at(site, element: i)
            return here.round(x[i])
        }
        return Tensor(elements, shape: shape)
    }

    // MARK: Products

    /// A × B of two matrices, either one transposed as it is stored: [m, k] × [k, n] = [m, n].
    public mutating func matmul(_ a: T, _ b: T, transposeA: Bool = false, transposeB: Bool = false) -> T {
        precondition(a.shape.count == 2 && b.shape.count == 2, "matmul wants matrices")
        let (m, k) = transposeA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let (inner, n) = transposeB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
        precondition(inner == k, "inner sizes differ")
        let shape = MatmulShape(m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
        let site = next(m * n)
        return tensor([m, n]) {
            arithmetic.matmul(a.elements.span, b.elements.span, into: &$0, shape, at: site)
        }
    }

    /// Σ x × y over all elements, in order: shape [1].
    public mutating func dot(_ x: T, _ y: T) -> T {
        let n = x.count
        return matmul(x.reshaped([1, n]), y.reshaped([n, 1])).reshaped([1])
    }

    public mutating func convolve(_ x: T, _ w: T, _ s: ConvolutionShape) -> T {
        let site = next(s.outputCount)
        return tensor([s.batch, s.outChannels, s.outHeight, s.outWidth]) {
            arithmetic.convolve(x.elements.span, w.elements.span, into: &$0, s, at: site)
        }
    }

    public mutating func convolveInputGradient(_ g: T, _ w: T, _ s: ConvolutionShape) -> T {
        let site = next()
        return tensor([s.batch, s.inChannels, s.inHeight, s.inWidth]) {
            arithmetic.convolveInputGradient(g.elements.span, w.elements.span, into: &$0, s, at: site)
        }
    }

    public mutating func convolveKernelGradient(_ g: T, _ x: T, _ s: ConvolutionShape) -> T {
        let site = next()
        return tensor([s.outChannels, s.inChannels / s.groups, s.kernelHeight, s.kernelWidth]) {
            arithmetic.convolveKernelGradient(g.elements.span, x.elements.span, into: &$0, s, at: site)
        }
    }

    // MARK: Elementwise

    public mutating func map(_ f: UnaryFunction<A.Scalar>, _ x: T) -> T {
        let site = next(x.count)
        return tensor(x.shape) { arithmetic.map(f, x.elements.span, into: &$0, at: site) }
    }

    /// f(x, y) element by element, y repeated as said; nil when both have the same count.
    public mutating func zip(_ f: BinaryFunction<A.Scalar>, _ x: T, _ y: T, _ repetition: Repetition? = nil) -> T {
        precondition(repetition != nil || x.count == y.count, "shapes do not match")
        let site = next(x.count)
        return tensor(x.shape) {
            arithmetic.zip(
                f, x.elements.span, y.elements.span, repetition ?? .none(y.count), into: &$0, at: site)
        }
    }

    /// x with one scalar: f(x[e], y).
    public mutating func zip(_ f: BinaryFunction<A.Scalar>, _ x: T, _ y: A.Scalar) -> T {
        zip(f, x, scalar(y), .scalar)
    }

    // MARK: Sums

    /// Sums over all axes but the one that `out` numbers: x of shape [outer, out, inner], result [out].
    public mutating func sums(_ x: T, outer: Int, out: Int, inner: Int) -> T {
        precondition(x.count == outer * out * inner, "shapes do not match")
        let site = next()
        return tensor([out]) { arithmetic.sums(x.elements.span, outer: outer, inner: inner, into: &$0, at: site) }
    }

    /// Sums of rows that belong to samples: x of shape [rows, length], result [rows].
    public mutating func rowSums(_ x: T, rows: Int) -> T {
        precondition(rows > 0 && x.count % rows == 0, "shapes do not match")
        let site = next(rows)
        return tensor([rows]) {
            arithmetic.sums(x.elements.span, outer: 1, inner: x.count / rows, into: &$0, at: site)
        }
    }

    /// Σ of all elements, in order: shape [1].
    public mutating func sum(_ x: T) -> T { sums(x, outer: 1, out: 1, inner: x.count) }

    /// Σ × round(1/count): shape [1].
    public mutating func mean(_ x: T) -> T {
        let total = sum(x)
        return zip(.multiply, total, reciprocal(x.count))
    }

    /// Sums at lists of indices: result of the given shape, one element a list.
    public mutating func gatherSums(_ x: T, _ lists: IndexLists, shape: [Int]) -> T {
        let site = next(lists.rows)
        return tensor(shape) { arithmetic.gatherSums(x.elements.span, lists, into: &$0, at: site) }
    }

    /// Sums of the elements that go to each position: result of the given shape.
    public mutating func scatterSums(_ x: T, to maxima: Maxima, shape: [Int]) -> T {
        let positions = shape.reduce(1, *)
        guard maxima.contenders == nil else {
            // Each output goes to all its contenders: the outputs of every position.
            return gatherSums(x, maxima.sources.inverted(positions: positions), shape: shape)
        }
        let site = next(positions)
        return tensor(shape) { arithmetic.scatterSums(x.elements.span, to: maxima.kept.span, into: &$0, at: site) }
    }

    /// Names what follows, where it may be asked for.
    public mutating func enter(_ name: @autoclosure () -> String) {
        guard arithmetic.operationLog != nil else { return }
        parts.append((site.operation, name()))
    }

    /// The name of the part that an operation belongs to.
    public func part(of operation: UInt64) -> String? { parts.last { $0.operation <= operation }?.name }

    // MARK: Choosing, without rounding

    /// For each list the index of the element its maximum scan keeps (contract, section 2), as far as that is decided.
    public func maxima(_ x: T, _ lists: IndexLists) -> Maxima {
        let kept = [Int32](unsafeUninitializedCapacity: lists.rows) { buffer, used in
            var span = buffer.extracting(0..<lists.rows).mutableSpan
            arithmetic.maxima(x.elements.span, lists, into: &span, at: site)
            used = lists.rows
        }
        return Maxima(kept: kept, contenders: arithmetic.contenders(x.elements.span, lists, at: site))
    }

    /// The maximum of each list, or what encloses it.
    public func largest(_ x: T, _ maxima: Maxima, shape: [Int]) -> T {
        guard let contenders = maxima.contenders else { return gather(x, maxima.kept, shape: shape) }
        let values = (0..<contenders.rows).map { r in
            let row = contenders.row(r).positions.map { x.elements[Int(contenders.indices[$0])] }
            return row.dropFirst().reduce(row[0]) { arithmetic.maximum($0, $1) }
        }
        return Tensor(values, shape: shape)
    }

    /// x, with +0 enclosed as well in each row of several contenders: it may go to any one of them.
    public func shared(_ x: T, among maxima: Maxima) -> T {
        guard let contenders = maxima.contenders else { return x }
        var result = x
        for r in 0..<contenders.rows where contenders.row(r).positions.count > 1 {
            result.elements[r] = arithmetic.hull(arithmetic.zero, x.elements[r])
        }
        return result
    }

    /// Is x > y, of single scalars? nil where that is undecided.
    public func exceeds(_ x: A.Scalar, _ y: A.Scalar) -> Bool? {
        arithmetic.at(site, element: 0).exceeds(x, y)
    }

    /// The elements at the given indices.
    public func gather(_ x: T, _ indices: [Int32], shape: [Int]) -> T {
        Tensor(gathered(x.elements, indices), shape: shape)
    }

    /// x with `values` in place of the elements at the given indices.
    public func scatter(_ values: T, into x: T, at indices: [Int32]) -> T {
        var result = x
        for (i, index) in indices.enumerated() { result.elements[Int(index)] = values.elements[i] }
        return result
    }

    // MARK: Update

    /// How often the update that `descend` makes of one parameter leaves the range in which a power of two for k changes no
    /// bit. Numbers no operation.
    public func rangeEvents(
        _ weights: T, _ velocity: T?, _ gradient: T, _ constants: DescentConstants<A.Scalar>
    ) -> RangeEvents {
        let buffer = constants.momentum == nil ? [] : velocity?.elements ?? gradient.elements
        return arithmetic.rangeEvents(
            weights.elements.span, buffer.span, gradient.elements.span, constants, at: site)
    }

    /// One SGD update of one parameter, in place. `velocity` may be nil when there is no momentum.
    public mutating func descend(
        _ weights: inout T, _ velocity: inout T?, _ gradient: T, _ constants: DescentConstants<A.Scalar>
    ) {
        let site = next()
        let shape = weights.shape
        precondition(gradient.count == weights.count, "shapes do not match")
        var buffer = constants.momentum == nil ? [] : velocity?.elements ?? gradient.elements
        velocity = nil
        var span = weights.elements.mutableSpan
        var bufferSpan = buffer.mutableSpan
        arithmetic.descend(&span, &bufferSpan, gradient.elements.span, constants, at: site)
        if constants.momentum != nil { velocity = Tensor(buffer, shape: shape) }
    }
}
