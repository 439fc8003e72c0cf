import CKernels
import CMPFR

/// Software floating point: the formats whose numbers binary64 holds, in any direction. `half`, `bfloat16`, `tf32`, the 8-bit
/// formats, and `float` and `double` in the directions that the hardware is not set to.
///
/// Scalars are the numbers as binary64. Every operation is rounded once, from integers. With a stochastic direction it is
/// the base of `Stochastic`, which draws for it.
public struct SoftFloat: DrawingArithmetic {
    public let format: Format
    public let reduction: Reduction
    public let direction: RoundingDirection
    var kernel: ls_soft_format

    /// - Parameter format: one with a range, which binary64 contains.
    public init(
        _ format: Format, reduction: Reduction = .sequential, direction: RoundingDirection = .nearest,
        instructionSet: InstructionSet = .best
    ) {
        guard let range = format.range, Format.binary64.contains(format) else {
            preconditionFailure("binary64 does not hold every number of the format")
        }
        self.format = format
        self.reduction = reduction
        self.direction = direction
        kernel = ls_soft_format(
            precision: Int32(format.precision), emin: Int32(range.emin), emax: Int32(range.emax),
            direction: direction.kernel, overflow: format.overflow.kernel, word: 0,
            path: instructionSet.path)
    }

    public var name: String {
        ArithmeticName(
            ArithmeticName.Kind(format), reduction: reduction, direction: direction, overflow: format.overflow
        ).description
    }

    public var word: UInt64 {
        get { kernel.word }
        set { kernel.word = newValue }
    }

    public var zero: Double { 0 }
    public var one: Double { 1 }

    private func with<R>(_ body: (UnsafePointer<ls_soft_format>) -> R) -> R { withUnsafePointer(to: kernel, body) }

    public func add(_ a: Double, _ b: Double) -> Double { with { ls_soft_add(a, b, $0) } }
    public func subtract(_ a: Double, _ b: Double) -> Double { with { ls_soft_subtract(a, b, $0) } }
    public func multiply(_ a: Double, _ b: Double) -> Double { with { ls_soft_multiply(a, b, $0) } }
    public func divide(_ a: Double, _ b: Double) -> Double { with { ls_soft_divide(a, b, $0) } }
    public func fma(_ a: Double, _ b: Double, _ c: Double) -> Double { with { ls_soft_fma(a, b, c, $0) } }
    public func squareRoot(_ x: Double) -> Double { with { ls_soft_square_root(x, $0) } }
    public func elementary(_ f: ElementaryFunction, _ x: Double) -> Double {
        with { ls_soft_elementary(f.kernel, x, $0) }
    }
    public func multiply(_ a: Double, byInteger k: Int) -> Double { with { ls_soft_multiply_integer(a, Int64(k), $0) } }
    public func divide(_ a: Double, byInteger k: Int) -> Double { with { ls_soft_divide_integer(a, Int64(k), $0) } }
    public func negate(_ x: Double) -> Double { -x }
    public func absolute(_ x: Double) -> Double { x.magnitude }
    public func compare(_ a: Double, _ b: Double) -> Ordering {
        a < b ? .less : a > b ? .greater : a == b ? .equal : .unordered
    }

    public func round(_ x: ExactValue) -> Double { format.round(x, direction, word: word).double }
    public func constant(_ x: ExactValue) -> Double { format.round(x).double }
    public func constant(_ x: Rational) -> Double { format.round(x).double }
    public func exactValue(_ x: Double) -> ExactValue { ExactValue(x) }
    public func array(_ x: ExactArray) -> [Double] { x.rounded(to: format).doubles }

    public func exactArray(_ x: Span<Double>) -> ExactArray {
        ExactArray(count: x.count, precision: format.precision, limbs: 1) { records in
            var kernel = format.kernel(limbs: 1)
            x.withUnsafeBufferPointer { ls_big_from_f64(Int64($0.count), $0.baseAddress, records, &kernel) }
        }
    }

    public func firstNonFinite(_ x: Span<Double>) -> Int? {
        x.withUnsafeBufferPointer { $0.firstIndex { !$0.isFinite } }
    }

    public func encode(_ x: Span<Double>, into bytes: inout [UInt8]) {
        format.encode(x, into: &bytes)
    }
}
