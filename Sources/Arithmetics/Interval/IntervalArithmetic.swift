import CKernels

/// Rigorous enclosures with MPFR: every result holds, between its bounds, every real result for numbers between the bounds of
/// the operands. Each bound is rounded once, outward; results beyond the largest number have an infinite bound.
///
/// Ranked promises: inclusion, whatever the operands; the nearest bounds of the precision for every single operation, sum and
/// dot product (formulas of several operations are evaluated as written, so an operand that occurs twice is taken for two);
/// then speed. What is undefined somewhere between the bounds is no enclosure (NaI), except a quotient by an interval that
/// holds zero, which is unbounded.
///
/// - Source: IEEE 1788-2015, section 9; Moore, Kearfott, Cloud, *Introduction to Interval Analysis*, chapters 2 and 5.
public struct IntervalArithmetic<let limbs: Int>: Arithmetic {
    public typealias Scalar = BigInterval<limbs>

    public let format: Format
    public let reduction: Reduction
    public let zero: Scalar
    public let one: Scalar
    public var operationLog: OperationLog?
    /// The element being computed, for the log.
    var here = OperationLog.Place(operation: 0, element: 0)
    let kernel: ls_big_format

    public init(precision: Int, reduction: Reduction? = nil, instructionSet: InstructionSet = .best) {
        precondition(precision <= 64 * limbs, "the precision does not fit the scalar")
        format = .mpfr(precision: precision)
        self.reduction = reduction ?? .exact
        kernel = format.kernel(limbs: limbs, instructionSet)
        let zero = BigFloat<limbs>(zero: precision)
        var one = zero
        var kernel = self.kernel
        ls_big_set_double(&one, 1, &kernel)
        self.zero = Scalar(lower: zero, upper: zero)
        self.one = Scalar(lower: one, upper: one)
    }

    public var name: String {
        ArithmeticName(.interval(precision: format.precision), reduction: reduction).description
    }

    public func at(_ site: Site, element: Int) -> Self {
        guard operationLog != nil else { return self }
        var copy = self
        copy.here = OperationLog.Place(operation: site.operation, element: site.firstElement + element)
        return copy
    }

    // MARK: Operations

    public func add(_ a: Scalar, _ b: Scalar) -> Scalar { binary(LS_ADD, a, b) }
    public func subtract(_ a: Scalar, _ b: Scalar) -> Scalar { binary(LS_SUBTRACT, a, b) }
    public func multiply(_ a: Scalar, _ b: Scalar) -> Scalar { binary(LS_MULTIPLY, a, b) }
    /// Unbounded where b holds zero; no enclosure where b is zero.
    public func divide(_ a: Scalar, _ b: Scalar) -> Scalar { binary(LS_DIVIDE, a, b) }

    private func binary(_ f: ls_binary, _ a: Scalar, _ b: Scalar) -> Scalar {
        var r = a
        var b = b
        var kernel = kernel
        ls_interval_binary(f, &r, &b, &kernel)
        return r
    }

    /// One enclosure: the least and the greatest product, each added and rounded once.
    public func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar {
        var r = c
        var a = a
        var b = b
        var kernel = kernel
        ls_interval_fma(&r, &a, &b, &kernel)
        return r
    }

    /// No enclosure where x holds a negative number.
    public func squareRoot(_ x: Scalar) -> Scalar { unary(LS_SQUARE_ROOT, x) }
    /// Logarithms are no enclosure where x reaches beyond their domain; sine and cosine are tight while |x| < 2^65536.
    public func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar { unary(f.kernel, x) }
    public func negate(_ x: Scalar) -> Scalar { unary(LS_NEGATE, x) }
    public func absolute(_ x: Scalar) -> Scalar { unary(LS_ABSOLUTE, x) }

    private func unary(_ f: ls_unary, _ x: Scalar) -> Scalar {
        var r = x
        var kernel = kernel
        ls_interval_unary(f, &r, &kernel)
        return r
    }

    public func multiply(_ a: Scalar, byInteger k: Int) -> Scalar {
        var r = a
        var kernel = kernel
        ls_interval_multiply_integer(&r, Int64(k), &kernel)
        return r
    }

    public func divide(_ a: Scalar, byInteger k: Int) -> Scalar {
        var r = a
        var kernel = kernel
        ls_interval_divide_integer(&r, Int64(k), &kernel)
        return r
    }

    // MARK: In and out

    public func round(_ x: ExactValue) -> Scalar { constant(x) }
    public func constant(_ x: ExactValue) -> Scalar { array(ExactArray([x]))[0] }
    public func constant(_ x: Rational) -> Scalar { enclosing(format.round(x, .down), format.round(x, .up)) }
    public func exactValue(_ x: Scalar) -> ExactValue { exactArray([x].span)[0] }

    func enclosing(_ lower: ExactValue, _ upper: ExactValue) -> Scalar {
        array(Enclosure(lower: ExactArray([lower]), upper: ExactArray([upper])))[0]
    }

    /// Every number enclosed; an infinity becomes what lies beyond the largest number.
    public func array(_ x: ExactArray) -> [Scalar] { array(Enclosure(lower: x, upper: x)) }

    public func array(_ x: Enclosure) -> [Scalar] {
        [Scalar](unsafeUninitializedCapacity: x.count) { out, count in
            var kernel = kernel
            ls_interval_enclose(
                Int64(x.count), x.lower.words, Int32(x.lower.limbs), x.upper.words, Int32(x.upper.limbs),
                out.baseAddress, &kernel)
            count = x.count
        }
    }

    /// The middles.
    public func exactArray(_ x: Span<Scalar>) -> ExactArray {
        exactArray(x) { ls_interval_midpoints(Int64(x.count), $0, $1, &$2) }
    }

    public func enclosure(_ x: Span<Scalar>) -> Enclosure? { bounds(x) }

    func bounds(_ x: Span<Scalar>) -> Enclosure {
        Enclosure(
            lower: exactArray(x) { ls_interval_bounds(Int64(x.count), $0, 0, $1, &$2) },
            upper: exactArray(x) { ls_interval_bounds(Int64(x.count), $0, 1, $1, &$2) })
    }

    private func exactArray(
        _ x: Span<Scalar>, _ body: (UnsafeRawPointer?, UnsafeMutableRawPointer, inout ls_big_format) -> Void
    ) -> ExactArray {
        ExactArray(count: x.count, precision: format.precision, limbs: limbs) { records in
            var kernel = kernel
            x.withUnsafeBufferPointer { body($0.baseAddress, records, &kernel) }
        }
    }

    /// Of each element the lower bound, then the upper one, as `mpfr:P` encodes them.
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) {
        let bounds = bounds(x)
        for i in 0..<x.count {
            bounds.lower[i].encode(precision: format.precision, into: &bytes)
            bounds.upper[i].encode(precision: format.precision, into: &bytes)
        }
    }
}

/// Enclosures at a precision from 2 to 16384.
public func intervalArithmetic(
    precision: Int, reduction: Reduction? = nil, instructionSet: InstructionSet = .best
) -> any Arithmetic {
    struct Opener: ScalarSizeOpener {
        let precision: Int
        let reduction: Reduction?
        let instructionSet: InstructionSet
        func open<let limbs: Int>(_: BigFloat<limbs>.Type) -> any Arithmetic {
            IntervalArithmetic<limbs>(precision: precision, reduction: reduction, instructionSet: instructionSet)
        }
    }
    return openScalarSize(
        precision: precision, Opener(precision: precision, reduction: reduction, instructionSet: instructionSet))
}
