import Arithmetics

/// One scalar of a run, exactly: a number, or the bounds of one.
public struct RecordedValue: Sendable, Equatable {
    /// The number; of an enclosure, its middle; NaN where nothing is known.
    public let value: ExactValue
    /// The bounds in an enclosing arithmetic.
    public let bounds: Bounds?
    /// Bits of the arithmetic's significand: how many decimal digits are worth writing.
    public let precision: Int

    public struct Bounds: Sendable, Equatable {
        public let lower: ExactValue
        public let upper: ExactValue
    }

    public init<A: Arithmetic>(_ scalar: A.Scalar, in arithmetic: A) {
        value = arithmetic.exactValue(scalar)
        bounds = arithmetic.enclosure([scalar].span).map { Bounds(lower: $0.lower[0], upper: $0.upper[0]) }
        precision = arithmetic.format.precision
    }

    public var isFinite: Bool { value.isFinite && (bounds.map { $0.lower.isFinite && $0.upper.isFinite } ?? true) }

    /// The nearest binary64.
    public var double: Double { value.double }

    /// Digits that tell all numbers of the precision apart: ⌈1 + p·log₁₀2⌉.
    ///
    /// - Source: Matula, *In-and-out conversions*, Communications of the ACM 11 (1968).
    public var digits: Int { 2 + precision * 30103 / 100_000 }
}
