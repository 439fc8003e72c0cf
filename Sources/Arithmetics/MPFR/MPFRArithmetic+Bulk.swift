import CKernels

// Whole arrays in C. A precision that does not belong to the arithmetic is caught at entry, by the first element.

extension MPFRArithmetic {
    private var reductionCode: (code: ls_reduction, block: Int64) {
        switch reduction {
        case .sequential: (LS_SEQUENTIAL, 1)
        case .pairwise: (LS_PAIRWISE, 1)
        case .blocked(let n): (LS_BLOCKED, Int64(n))
        case .kahan: (LS_KAHAN, 1)
        case .exact: (LS_EXACT, 1)
        }
    }

    /// Nanoseconds of an addition or product, roughly.
    private var cost: Double { 10 + Double(limbs * limbs) }

    /// Nanoseconds a multiply-accumulate of a matrix product, roughly: residues, or chains of MPFR's.
    private var productCost: Double { reduction == .exact ? 2 + Double(limbs) : 50 + 2 * Double(limbs * limbs) }

    func check(_ x: Span<Scalar>) {
        precondition(x.isEmpty || Int(x[0].precision) == format.precision, "an array of another precision")
    }

    public func sum(_ x: Span<Scalar>) -> Scalar {
        check(x)
        var result = zero
        var kernel = kernel
        let (code, block) = reductionCode
        x.withUnsafeBufferPointer { ls_big_sum(Int64($0.count), $0.baseAddress, 1, &result, code, block, &kernel) }
        return result
    }

    public func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        precondition(x.count == y.count, "a dot product of different lengths")
        check(x)
        check(y)
        var result = zero
        var kernel = kernel
        let (code, block) = reductionCode
        x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                ls_big_dot(Int64(x.count), x.baseAddress, 1, y.baseAddress, 1, &result, code, block, &kernel)
            }
        }
        return result
    }

    public func matmul(
        _ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ s: MatmulShape, at site: Site
    ) {
        precondition(a.count == s.m * s.k && b.count == s.k * s.n && c.count == s.m * s.n, "shapes do not match")
        check(a)
        check(b)
        guard c.count > 0 else { return }
        let (code, block) = reductionCode
        let format = kernel
        let work = Double(s.m * s.n) * Double(s.k) * productCost
        partition(&c, rows: s.m, at: site, nanoseconds: work) { rows, part in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    part.withUnsafeMutableBufferPointer { c in
                        var kernel = format
                        let start = a.baseAddress.map { $0 + rows.lowerBound * s.strideA.row }
                        ls_big_matmul(
                            Int64(rows.count), Int64(s.n), Int64(s.k), start, Int64(s.strideA.row),
                            Int64(s.strideA.column), b.baseAddress, Int64(s.strideB.row), Int64(s.strideB.column),
                            c.baseAddress, code, block, &kernel)
                    }
                }
            }
        }
    }

    /// Runs a kernel over parts of its output's rows. Kernels index whole arrays, so every part is given the pointer at which
    /// row 0 would stand.
    func inParts(
        _ out: inout MutableSpan<Scalar>, of rows: Int, nanoseconds: Double, at site: Site,
        _ kernel:
            @Sendable (
                (first: Int64, last: Int64), UnsafeMutablePointer<Scalar>?, UnsafePointer<ls_big_format>
            ) -> Void
    ) {
        guard out.count > 0 else { return }
        let rowLength = out.count / rows
        let format = self.kernel
        partition(&out, rows: rows, at: site, nanoseconds: nanoseconds) { range, part in
            part.withUnsafeMutableBufferPointer { out in
                var format = format
                let origin = out.baseAddress.map { $0 - range.lowerBound * rowLength }
                kernel((Int64(range.lowerBound), Int64(range.upperBound)), origin, &format)
            }
        }
    }

    public func map(_ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site) {
        precondition(x.count == y.count, "shapes do not match")
        check(x)
        let (code, constant) = f.kernel
        inParts(&y, of: x.count, nanoseconds: Double(x.count) * cost * 20, at: site) { part, y, kernel in
            var constant = constant ?? zero
            x.withUnsafeBufferPointer {
                ls_big_map(code, &constant, part.first, part.last, $0.baseAddress, y, kernel)
            }
        }
    }

    public func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(x.count == z.count && y.count >= min(repetition.period, x.count), "shapes do not match")
        check(x)
        check(y)
        let (code, constant) = f.kernel
        inParts(&z, of: x.count, nanoseconds: Double(x.count) * cost, at: site) { part, z, kernel in
            var constant = constant ?? zero
            x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    ls_big_zip(
                        code, &constant, part.first, part.last, x.baseAddress, y.baseAddress, repetition.kernel, z,
                        kernel)
                }
            }
        }
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        let count = out.count
        precondition(x.count == outer * inner * count, "shapes do not match")
        check(x)
        let (code, block) = reductionCode
        inParts(&out, of: count, nanoseconds: Double(x.count) * 20, at: site) { part, out, kernel in
            x.withUnsafeBufferPointer {
                ls_big_sum_axes(
                    Int64(outer), Int64(count), Int64(inner), part.first, part.last, $0.baseAddress, out, code, block,
                    kernel)
            }
        }
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(lists.rows == out.count, "shapes do not match")
        check(x)
        let (code, block) = reductionCode
        let terms = lists.copies * lists.indices.count
        let rows = lists.rowsPerCopy
        inParts(&out, of: lists.rows, nanoseconds: Double(terms) * 20, at: site) { part, out, kernel in
            x.withUnsafeBufferPointer { x in
                for copy in 0..<lists.copies {
                    let mine = (Int(part.first)..<Int(part.last)).clamped(to: copy * rows..<(copy + 1) * rows)
                    guard !mine.isEmpty else { continue }
                    ls_big_gather_sum(
                        Int64(mine.lowerBound - copy * rows), Int64(mine.upperBound - copy * rows), lists.offsets,
                        lists.indices, x.baseAddress.map { $0 + copy * lists.stride },
                        out.map { $0 + copy * rows }, code, block, kernel)
                }
            }
        }
    }

    public func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at site: Site
    ) {
        if constants.fused { return Plain(self).descend(&weights, &velocity, gradient, constants, at: site) }
        precondition(weights.count == gradient.count, "shapes do not match")
        precondition(constants.momentum == nil || velocity.count == gradient.count, "shapes do not match")
        check(gradient)
        let rate = constants.scaledRate ?? multiply(constants.rate, byInteger: constants.k)
        velocity.withUnsafeMutableBufferPointer { buffer in
            // Each part writes the elements that are its own.
            nonisolated(unsafe) let buffer = buffer.baseAddress
            inParts(&weights, of: gradient.count, nanoseconds: Double(gradient.count) * cost * 5, at: site) {
                part, weights, kernel in
                var decay = constants.weightDecay ?? zero
                var momentum = constants.momentum ?? zero
                var rate = rate
                gradient.withUnsafeBufferPointer { g in
                    withUnsafePointer(to: &decay) { decay in
                        withUnsafePointer(to: &momentum) { momentum in
                            withUnsafePointer(to: &rate) { rate in
                                var pack = ls_big_sgd_constants(
                                    useDecay: constants.weightDecay != nil, useMomentum: constants.momentum != nil,
                                    firstUpdate: constants.isFirst, nesterov: constants.nesterov,
                                    k: Int32(constants.k), decay: decay, momentum: momentum, rateTimesK: rate)
                                ls_big_sgd(part.first, part.last, weights, buffer, g.baseAddress, &pack, kernel)
                            }
                        }
                    }
                }
            }
        }
    }

    public func array(_ x: ExactArray) -> [Scalar] {
        [Scalar](unsafeUninitializedCapacity: x.count) { out, count in
            var kernel = format.kernel(limbs: limbs)
            ls_big_round_array(Int64(x.count), x.words, Int32(x.limbs), out.baseAddress, &kernel)
            count = x.count
        }
    }

    public func exactArray(_ x: Span<Scalar>) -> ExactArray {
        ExactArray(count: x.count, precision: format.precision, limbs: limbs) { records in
            x.withUnsafeBufferPointer { x in
                if let base = x.baseAddress {
                    records.copyMemory(from: base, byteCount: x.count * MemoryLayout<Scalar>.stride)
                }
            }
        }
    }

    public func firstNonFinite(_ x: Span<Scalar>) -> Int? {
        let isFinite = x.withUnsafeBufferPointer { ls_big_all_finite(Int64($0.count), $0.baseAddress, Int32(limbs)) }
        return isFinite ? nil : exactArray(x).firstNonFinite
    }

    /// With a format's own range and precision: that format's encoding. Otherwise the contract's encoding of `mpfr:P`.
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) {
        if let interchange = emulated, interchange.precision == format.precision {
            let values = exactArray(x)
            if interchange.precision <= Format.binary64.precision {
                let doubles = values.doubles
                interchange.encode(doubles.span, into: &bytes)
            } else {
                for i in 0..<values.count { interchange.encode(values[i], into: &bytes) }
            }
            return
        }
        bytes.append(count: x.count * (9 + (format.precision + 7) / 8)) { out in
            x.withUnsafeBufferPointer { x in
                if let records = x.baseAddress {
                    ls_big_encode(Int64(x.count), records, Int32(format.precision), Int32(limbs), out)
                }
            }
        }
    }
}
