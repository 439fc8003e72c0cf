import CKernels
import CMPFR

/// MPFR at a precision chosen at run time, in one direction: in MPFR's own exponent range (`mpfr:P`), or with the exponent
/// range and subnormals of another format (`mpfr:P@FORMAT`). Exact sums by default in the former, chains in the latter.
///
/// `limbs` is the room of a scalar in 64-bit words; any precision up to 64 × limbs fits. The class of sizes is chosen in one
/// place, `openScalarSize`. With a stochastic direction it is the base of `Stochastic`,
/// which draws for it.
public struct MPFRArithmetic<let limbs: Int>: DrawingArithmetic {
    public typealias Scalar = BigFloat<limbs>

    public let format: Format
    public let reduction: Reduction
    public let direction: RoundingDirection
    /// The format whose exponent range and subnormals are used, if any.
    public let emulated: Format?
    public let zero: Scalar
    public let one: Scalar
    var kernel: ls_big_format

    public init(
        precision: Int, range: Format? = nil, reduction: Reduction? = nil, direction: RoundingDirection = .nearest,
        instructionSet: InstructionSet = .best
    ) {
        precondition(precision <= 64 * limbs, "the precision does not fit the scalar")
        emulated = range
        format = Format(precision: precision, range: range?.range, overflow: range?.overflow ?? .infinity)
        self.direction = direction
        self.reduction = reduction ?? (range == nil ? .exact : .sequential)
        kernel = format.kernel(limbs: limbs, instructionSet, direction)
        zero = Scalar(zero: precision)
        var one = Scalar(zero: precision)
        var kernel = self.kernel
        ls_big_set_double(&one, 1, &kernel)
        self.one = one
    }

    public var name: String {
        ArithmeticName(
            .mpfr(precision: format.precision, range: emulated), reduction: reduction, direction: direction,
            overflow: format.overflow
        ).description
    }

    public var word: UInt64 {
        get { kernel.word }
        set { kernel.word = newValue }
    }

    // Each operation works in place on a copy of the first operand; the second is copied so that its address can be taken.

    public func add(_ a: Scalar, _ b: Scalar) -> Scalar { binary(a, b, ls_big_add) }
    public func subtract(_ a: Scalar, _ b: Scalar) -> Scalar { binary(a, b, ls_big_subtract) }
    public func multiply(_ a: Scalar, _ b: Scalar) -> Scalar { binary(a, b, ls_big_multiply) }
    public func divide(_ a: Scalar, _ b: Scalar) -> Scalar { binary(a, b, ls_big_divide) }

    private typealias InPlace = (UnsafeMutableRawPointer?, UnsafeRawPointer?, UnsafePointer<ls_big_format>?) -> Void

    @inline(__always)
    private func binary(_ a: Scalar, _ b: Scalar, _ operation: InPlace) -> Scalar {
        var r = a
        var b = b
        var kernel = kernel
        operation(&r, &b, &kernel)
        return r
    }

    public func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar {
        var r = c
        var a = a
        var b = b
        var kernel = kernel
        ls_big_fma(&r, &a, &b, &kernel)
        return r
    }

    public func squareRoot(_ x: Scalar) -> Scalar { unary(LS_SQUARE_ROOT, x) }
    public func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar { unary(f.kernel, x) }
    public func negate(_ x: Scalar) -> Scalar { unary(LS_NEGATE, x) }
    public func absolute(_ x: Scalar) -> Scalar { unary(LS_ABSOLUTE, x) }

    private func unary(_ f: ls_unary, _ x: Scalar) -> Scalar {
        var r = x
        var kernel = kernel
        ls_big_unary(f, &r, &kernel)
        return r
    }

    public func multiply(_ a: Scalar, byInteger k: Int) -> Scalar {
        var r = a
        var kernel = kernel
        ls_big_multiply_integer(&r, Int64(k), &kernel)
        return r
    }

    public func divide(_ a: Scalar, byInteger k: Int) -> Scalar {
        var r = a
        var kernel = kernel
        ls_big_divide_integer(&r, Int64(k), &kernel)
        return r
    }

    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering {
        var a = a
        var b = b
        switch ls_big_compare(&a, &b) {
        case -1: return .less
        case 0: return .equal
        case 1: return .greater
        default: return .unordered
        }
    }

    public func round(_ x: ExactValue) -> Scalar {
        let source = ExactArray([x])
        var result = zero
        var kernel = kernel
        ls_big_round(&result, source.words, Int32(source.limbs), &kernel)
        return result
    }

    public func constant(_ x: Rational) -> Scalar { constant(format.round(x)) }

    public func constant(_ x: ExactValue) -> Scalar { array(ExactArray([x]))[0] }

    public func exactValue(_ x: Scalar) -> ExactValue { exactArray([x].span)[0] }

    public func at(_ site: Site, element: Int) -> Self { self }
}

/// MPFR at a precision from 2 to 16384.
public func mpfrArithmetic(
    precision: Int, range: Format? = nil, reduction: Reduction? = nil, direction: RoundingDirection = .nearest,
    instructionSet: InstructionSet = .best
) -> any DrawingArithmetic {
    struct Opener: ScalarSizeOpener {
        let precision: Int
        let range: Format?
        let reduction: Reduction?
        let direction: RoundingDirection
        let instructionSet: InstructionSet
        func open<let limbs: Int>(_: BigFloat<limbs>.Type) -> any DrawingArithmetic {
            MPFRArithmetic<limbs>(
                precision: precision, range: range, reduction: reduction, direction: direction,
                instructionSet: instructionSet)
        }
    }
    return openScalarSize(
        precision: precision,
        Opener(
            precision: precision, range: range, reduction: reduction, direction: direction,
            instructionSet: instructionSet))
}
