import CKernels

// Whole arrays in C, in every direction: with a stochastic one the kernels draw for themselves, by the site and the element.
// Exact sums are the definition. Estimated costs decide only whether threads are used.

extension SoftFloat {
    /// nil for exact sums.
    private var kernelReduction: ls_soft_reduction? {
        switch reduction {
        case .sequential: ls_soft_reduction(code: LS_SEQUENTIAL, block: 1)
        case .pairwise: ls_soft_reduction(code: LS_PAIRWISE, block: 1)
        case .blocked(let n): ls_soft_reduction(code: LS_BLOCKED, block: Int64(n))
        case .kahan: ls_soft_reduction(code: LS_KAHAN, block: 1)
        case .exact: nil
        }
    }

    private var seed: UInt64 {
        if case .stochastic(let seed) = direction { seed } else { 0 }
    }

    private func place(_ site: Site) -> ls_soft_site {
        ls_soft_site(
            seed: seed, step: site.step, operation: site.operation, firstElement: UInt64(site.firstElement))
    }

    /// Nanoseconds a term, roughly.
    private var cost: Double { format.precision <= 24 ? (kernel.direction == LS_STOCHASTIC ? 10 : 2) : 30 }

    // MARK: One result

    public func sum(_ x: Span<Double>) -> Double {
        guard direction.kernel != LS_STOCHASTIC, let sum = sum(x, from: RoundingPlace()) else {
            var definition = Plain(self)
            return definition.sum(x)
        }
        return sum
    }

    public func dot(_ x: Span<Double>, _ y: Span<Double>) -> Double {
        precondition(x.count == y.count, "a dot product of different lengths")
        guard direction.kernel != LS_STOCHASTIC, let dot = dot(x, y, from: RoundingPlace()) else {
            var definition = Plain(self)
            return definition.dot(x, y)
        }
        return dot
    }

    private func kernelSite(_ place: RoundingPlace) -> ls_soft_site {
        ls_soft_site(seed: seed, step: place.step, operation: place.operation, firstElement: place.element)
    }

    private func sum(_ x: Span<Double>, from place: RoundingPlace) -> Double? {
        guard var reduction = kernelReduction else { return nil }
        var (kernel, site) = (kernel, kernelSite(place))
        return x.withUnsafeBufferPointer {
            ls_soft_sum(Int64($0.count), $0.baseAddress, &reduction, &kernel, &site, place.roundings)
        }
    }

    private func dot(_ x: Span<Double>, _ y: Span<Double>, from place: RoundingPlace) -> Double? {
        guard var reduction = kernelReduction else { return nil }
        var (kernel, site) = (kernel, kernelSite(place))
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                ls_soft_dot(
                    Int64(x.count), x.baseAddress, y.baseAddress, &reduction, &kernel, &site, place.roundings)
            }
        }
    }

    // MARK: Products

    public func matmul(
        _ a: Span<Double>, _ b: Span<Double>, into c: inout MutableSpan<Double>, _ s: MatmulShape, at site: Site
    ) {
        precondition(a.count == s.m * s.k && b.count == s.k * s.n && c.count == s.m * s.n, "shapes do not match")
        guard let reduction = kernelReduction else { return Plain(self).matmul(a, b, into: &c, s, at: site) }
        inParts(&c, of: s.m, terms: s.m * s.n * s.k, at: site, a, b) { rows, a, b, c, kernel, place in
            var reduction = reduction
            ls_soft_matmul(
                rows.first, rows.last, Int64(s.n), Int64(s.k), a, Int64(s.strideA.row), Int64(s.strideA.column), b,
                Int64(s.strideB.row), Int64(s.strideB.column), c, &reduction, kernel, place)
        }
    }

    public func convolve(
        _ x: Span<Double>, _ w: Span<Double>, into y: inout MutableSpan<Double>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            x.count == s.inputCount && w.count == s.kernelCount && y.count == s.outputCount, "shapes do not match")
        guard let reduction = kernelReduction else { return Plain(self).convolve(x, w, into: &y, s, at: site) }
        inParts(&y, of: s.batch, terms: s.terms, at: site, x, w) { samples, x, w, y, kernel, place in
            var (shape, reduction) = (s.kernel, reduction)
            ls_soft_convolve(&shape, samples.first, samples.last, x, w, y, &reduction, kernel, place)
        }
    }

    public func convolveInputGradient(
        _ g: Span<Double>, _ w: Span<Double>, into dx: inout MutableSpan<Double>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            g.count == s.outputCount && w.count == s.kernelCount && dx.count == s.inputCount, "shapes do not match")
        guard let reduction = kernelReduction else {
            return Plain(self).convolveInputGradient(g, w, into: &dx, s, at: site)
        }
        inParts(&dx, of: s.batch, terms: s.terms, at: site, g, w) { samples, g, w, dx, kernel, place in
            var (shape, reduction) = (s.kernel, reduction)
            ls_soft_convolve_input_gradient(&shape, samples.first, samples.last, g, w, dx, &reduction, kernel, place)
        }
    }

    public func convolveKernelGradient(
        _ g: Span<Double>, _ x: Span<Double>, into dw: inout MutableSpan<Double>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            g.count == s.outputCount && x.count == s.inputCount && dw.count == s.kernelCount, "shapes do not match")
        guard let reduction = kernelReduction else {
            return Plain(self).convolveKernelGradient(g, x, into: &dw, s, at: site)
        }
        inParts(&dw, of: s.outChannels, terms: s.terms, at: site, g, x) { channels, g, x, dw, kernel, place in
            var (shape, reduction) = (s.kernel, reduction)
            ls_soft_convolve_kernel_gradient(
                &shape, channels.first, channels.last, g, x, dw, &reduction, kernel, place)
        }
    }

    // MARK: Sums

    public func sums(
        _ x: Span<Double>, outer: Int, inner: Int, into out: inout MutableSpan<Double>, at site: Site
    ) {
        precondition(x.count == outer * inner * out.count, "shapes do not match")
        guard let reduction = kernelReduction else {
            return Plain(self).sums(x, outer: outer, inner: inner, into: &out, at: site)
        }
        let count = out.count
        inParts(&out, of: count, terms: x.count, at: site, x, x) { part, x, _, out, kernel, place in
            var reduction = reduction
            ls_soft_sum_axes(
                Int64(outer), Int64(count), Int64(inner), part.first, part.last, x, out, &reduction, kernel, place)
        }
    }

    public func gatherSums(
        _ x: Span<Double>, _ lists: IndexLists, into out: inout MutableSpan<Double>, at site: Site
    ) {
        precondition(lists.rows == out.count, "shapes do not match")
        guard let reduction = kernelReduction else { return Plain(self).gatherSums(x, lists, into: &out, at: site) }
        let terms = lists.indices.count * lists.copies
        inParts(&out, of: out.count, terms: terms, at: site, x, x) { part, x, _, out, kernel, place in
            var reduction = reduction
            ls_soft_gather_sum(
                Int64(lists.rowsPerCopy), lists.offsets, lists.indices, Int64(lists.stride), part.first, part.last, x,
                out, &reduction, kernel, place)
        }
    }

    // MARK: Elementwise

    public func map(_ f: UnaryFunction<Double>, _ x: Span<Double>, into y: inout MutableSpan<Double>, at site: Site) {
        precondition(x.count == y.count, "shapes do not match")
        let (code, constant) = f.kernel
        inParts(&y, of: x.count, terms: 10 * x.count, at: site, x, x) { part, x, _, y, kernel, place in
            ls_soft_map(code, constant ?? 0, part.first, part.last, x, y, kernel, place)
        }
    }

    public func zip(
        _ f: BinaryFunction<Double>, _ x: Span<Double>, _ y: Span<Double>, _ repetition: Repetition,
        into z: inout MutableSpan<Double>, at site: Site
    ) {
        precondition(x.count == z.count && y.count >= min(repetition.period, x.count), "shapes do not match")
        let (code, constant) = f.kernel
        inParts(&z, of: x.count, terms: 4 * x.count, at: site, x, y) { part, x, y, z, kernel, place in
            ls_soft_zip(code, constant ?? 0, part.first, part.last, x, y, repetition.kernel, z, kernel, place)
        }
    }

    public func descend(
        _ weights: inout MutableSpan<Double>, _ velocity: inout MutableSpan<Double>, _ gradient: Span<Double>,
        _ constants: DescentConstants<Double>, at site: Site
    ) {
        if constants.fused || constants.scaledRate != nil {
            return Plain(self).descend(&weights, &velocity, gradient, constants, at: site)
        }
        precondition(weights.count == gradient.count, "shapes do not match")
        precondition(constants.momentum == nil || velocity.count == gradient.count, "shapes do not match")
        velocity.withUnsafeMutableBufferPointer { buffer in
            // Each part writes the elements that are its own.
            nonisolated(unsafe) let buffer = buffer.baseAddress
            inParts(&weights, of: gradient.count, terms: 10 * gradient.count, at: site, gradient, gradient) {
                part, gradient, _, weights, kernel, place in
                var pack = ls_soft_sgd_constants(
                    useDecay: constants.weightDecay != nil, useMomentum: constants.momentum != nil,
                    firstUpdate: constants.isFirst, nesterov: constants.nesterov, decay: constants.weightDecay ?? 0,
                    momentum: constants.momentum ?? 0, rate: constants.rate, k: Int64(constants.k))
                ls_soft_sgd(part.first, part.last, weights, buffer, gradient, &pack, kernel, place)
            }
        }
    }

    private typealias Kernel =
        @Sendable (
            (first: Int64, last: Int64), UnsafePointer<Double>?, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?,
            UnsafePointer<ls_soft_format>, UnsafePointer<ls_soft_site>
        ) -> Void

    /// Runs a kernel over parts of its output's rows. Kernels index whole arrays, so every part is given the pointer at which
    /// row 0 would stand.
    private func inParts(
        _ out: inout MutableSpan<Double>, of rows: Int, terms: Int, at site: Site, _ x: Span<Double>,
        _ y: Span<Double>, _ kernel: Kernel
    ) {
        guard out.count > 0 else { return }
        let rowLength = out.count / rows
        let (format, place) = (self.kernel, place(site))
        partition(&out, rows: rows, at: site, nanoseconds: Double(terms) * cost) { range, part in
            x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    part.withUnsafeMutableBufferPointer { out in
                        var (format, place) = (format, place)
                        let origin = out.baseAddress.map { $0 - range.lowerBound * rowLength }
                        kernel(
                            (Int64(range.lowerBound), Int64(range.upperBound)), x.baseAddress, y.baseAddress, origin,
                            &format, &place)
                    }
                }
            }
        }
    }
}

// MARK: Draws by place, for `Stochastic`

extension SoftFloat {
    /// An exact sum is rounded by the definition, which knows of one draw only.
    public var drawsForArrays: Bool { reduction != .exact }

    public func sum(_ x: Span<Double>, drawingFrom place: RoundingPlace) -> (sum: Double, roundings: UInt64)? {
        sum(x, from: place).map { ($0, roundings(x.count, products: false)) }
    }

    public func dot(
        _ x: Span<Double>, _ y: Span<Double>, drawingFrom place: RoundingPlace
    ) -> (sum: Double, roundings: UInt64)? {
        precondition(x.count == y.count, "a dot product of different lengths")
        return dot(x, y, from: place).map { ($0, roundings(x.count, products: true)) }
    }

    /// How many roundings a reduction of so many terms makes.
    private func roundings(_ count: Int, products: Bool) -> UInt64 {
        let leaves = products ? count : 0
        switch reduction {
        case .sequential: return UInt64(count)
        case .pairwise: return UInt64(leaves + max(0, count - 1))
        case .blocked(let n): return UInt64(count + count / n + (count % n == 0 ? 0 : 1))
        case .kahan: return UInt64(leaves + 4 * count)
        case .exact: return 1
        }
    }
}
