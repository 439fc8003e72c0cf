import CKernels
import CMPFR

/// What binary32 and binary64 share: IEEE 754 scalars by the hardware, to nearest-even, and C kernels for whole arrays.
///
/// The conformers are concrete structs, so that the protocol's defaults are specialised for them.
public protocol IEEEArithmetic: Arithmetic where Scalar: BinaryFloatingPoint {
    var instructionSet: InstructionSet { get }
    static var kernels: IEEEKernels<Scalar> { get }
}

extension IEEEArithmetic {
    public var zero: Scalar { 0 }
    public var one: Scalar { 1 }
    public func add(_ a: Scalar, _ b: Scalar) -> Scalar { a + b }
    public func subtract(_ a: Scalar, _ b: Scalar) -> Scalar { a - b }
    public func multiply(_ a: Scalar, _ b: Scalar) -> Scalar { a * b }
    public func divide(_ a: Scalar, _ b: Scalar) -> Scalar { a / b }
    public func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar { Self.kernels.fma(a, b, c) }
    public func squareRoot(_ x: Scalar) -> Scalar { x.squareRoot() }
    public func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar { Self.kernels.elementary(f.kernel, x) }
    public func negate(_ x: Scalar) -> Scalar { -x }
    public func absolute(_ x: Scalar) -> Scalar { x.magnitude }
    public func round(_ x: ExactValue) -> Scalar { constant(x) }

    /// k is split where the format lacks it, and the exact product or quotient rounded once.
    public func multiply(_ a: Scalar, byInteger k: Int) -> Scalar {
        if let factor = Scalar(exactly: k) { return a * factor }
        return round(exactValue(a).times(ExactValue(k)))
    }

    public func divide(_ a: Scalar, byInteger k: Int) -> Scalar {
        if let divisor = Scalar(exactly: k) { return a / divisor }
        return round(exactValue(a).dividedForRounding(by: k))
    }

    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering {
        a < b ? .less : a > b ? .greater : a == b ? .equal : .unordered
    }

    public func constant(_ x: Rational) -> Scalar { constant(format.round(x)) }
    public func at(_ site: Site, element: Int) -> Self { self }
}

extension ElementaryFunction {
    var kernel: ls_unary {
        switch self {
        case .exp: LS_EXP
        case .expMinusOne: LS_EXPM1
        case .log: LS_LOG
        case .logOnePlus: LS_LOG1P
        case .tanh: LS_TANH
        case .sin: LS_SIN
        case .cos: LS_COS
        }
    }
}
