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

    /// Nanoseconds a term, roughly: linear in the limbs for sums, quadratic for products.
    private var cost: Double { 10 + 6 * Double(limbs * limbs) }

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
        let work = Double(s.m * s.n) * Double(s.k) * cost
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

    /// Functions that C computes in one call an element; composites go through the definition.
    private func simple(_ f: UnaryFunction<Scalar>) -> ls_unary? {
        switch f {
        case .negate, .absolute, .squareRoot, .relu, .elementary: f.kernel.code
        case .sigmoid, .softplus, .swish: nil
        }
    }

    public func map(_ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at site: Site) {
        precondition(x.count == y.count, "shapes do not match")
        check(x)
        let code = simple(f)
        let format = kernel
        partition(&y, rows: x.count, at: site, nanoseconds: Double(x.count) * cost * 20) { range, part in
            let piece = x.extracting(range)
            guard let code else { return Plain(self).map(f, piece, into: &part, at: site) }
            piece.withUnsafeBufferPointer { x in
                part.withUnsafeMutableBufferPointer { y in
                    var kernel = format
                    ls_big_map(code, Int64(x.count), x.baseAddress, y.baseAddress, &kernel)
                }
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
        switch f {
        case .add, .subtract, .multiply, .divide: break
        default: return Plain(self).zip(f, x, y, repetition, into: &z, at: site)
        }
        var kernel = kernel
        x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                z.withUnsafeMutableBufferPointer { z in
                    ls_big_zip(
                        f.kernel.code, Int64(x.count), x.baseAddress, y.baseAddress, repetition.kernel, z.baseAddress,
                        &kernel)
                }
            }
        }
    }

    public func sums(
        _ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(x.count == outer * inner * out.count, "shapes do not match")
        check(x)
        var kernel = kernel
        let (code, block) = reductionCode
        x.withUnsafeBufferPointer { x in
            out.withUnsafeMutableBufferPointer { out in
                ls_big_sum_axes(
                    Int64(outer), Int64(out.count), Int64(inner), x.baseAddress, out.baseAddress, code, block, &kernel)
            }
        }
    }

    public func gatherSums(
        _ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at site: Site
    ) {
        precondition(lists.rows == out.count, "shapes do not match")
        check(x)
        var kernel = kernel
        let (code, block) = reductionCode
        x.withUnsafeBufferPointer { x in
            out.withUnsafeMutableBufferPointer { out in
                for copy in 0..<lists.copies {
                    ls_big_gather_sum(
                        Int64(lists.rowsPerCopy), lists.offsets, lists.indices,
                        x.baseAddress.map { $0 + copy * lists.stride },
                        out.baseAddress.map { $0 + copy * lists.rowsPerCopy }, code, block, &kernel)
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
        var decay = constants.weightDecay ?? zero
        var momentum = constants.momentum ?? zero
        var rate = constants.scaledRate ?? multiply(constants.rate, byInteger: constants.k)
        var kernel = kernel
        gradient.withUnsafeBufferPointer { g in
            weights.withUnsafeMutableBufferPointer { w in
                velocity.withUnsafeMutableBufferPointer { v in
                    withUnsafePointer(to: &decay) { decay in
                        withUnsafePointer(to: &momentum) { momentum in
                            withUnsafePointer(to: &rate) { rate in
                                var pack = ls_big_sgd_constants(
                                    useDecay: constants.weightDecay != nil, useMomentum: constants.momentum != nil,
                                    firstUpdate: constants.isFirst, nesterov: constants.nesterov,
                                    k: Int32(constants.k), decay: decay, momentum: momentum, rateTimesK: rate)
                                ls_big_sgd(
                                    Int64(g.count), w.baseAddress, v.baseAddress, g.baseAddress, &pack, &kernel)
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

    /// With a format's own range and precision: that format's encoding. Otherwise the contract's encoding of `mpfr:P`.
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) {
        if let interchange = emulated, interchange.precision == format.precision {
            let values = exactArray(x)
            for i in 0..<values.count { interchange.encode(values[i], into: &bytes) }
            return
        }
        let size = x.count * (9 + (format.precision + 7) / 8)
        bytes += [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
            x.withUnsafeBufferPointer { x in
                if let records = x.baseAddress {
                    ls_big_encode(
                        Int64(x.count), records, Int32(format.precision), Int32(limbs), buffer.baseAddress)
                }
            }
            used = size
        }
    }
}
