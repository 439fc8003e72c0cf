/// A set of binary floating-point numbers: a precision and, where the format is bounded, an exponent range.
///
/// Exponents are IEEE 754's (significand in [1, 2)). Without a range the format is MPFR's own: exponents from
/// -(2^30 - 1) to 2^30 - 1 in MPFR's convention (significand in [1/2, 1)), no subnormals.
///
/// - Source: IEEE 754-2019, section 3.3; GNU MPFR manual, section "Exceptions".
public struct Format: Hashable, Sendable {
    /// Significand bits, the leading one included.
    public let precision: Int
    /// Least and greatest exponent of a normal number, or nil for MPFR's full range.
    public let range: ExponentRange?
    /// What lies beyond the largest finite number.
    public let overflow: Overflow

    public struct ExponentRange: Hashable, Sendable {
        /// Least exponent of a normal number (IEEE): -126 for binary32.
        public let emin: Int
        /// Greatest exponent (IEEE): 127 for binary32.
        public let emax: Int

        public init(emin: Int, emax: Int) {
            self.emin = emin
            self.emax = emax
        }
    }

    /// Only E4M3 has no infinities: its significand of all ones is NaN's in the largest binade, so its numbers end at
    /// 1.75 × 2^emax. Where IEEE 754 delivers an infinity, from overflow or not, it gives NaN or that largest number.
    ///
    /// - Source: contract, section 1; Open Compute Project, *OCP 8-bit Floating Point Specification*, revision 1.0, section 5.
    public enum Overflow: String, Hashable, Sendable, CaseIterable {
        case infinity, nan, saturate
    }

    public init(precision: Int, range: ExponentRange?, overflow: Overflow = .infinity) {
        precondition(Format.precisions.contains(precision), "precision out of range")
        precondition(range != nil || overflow == .infinity, "without a range there are infinities")
        self.precision = precision
        self.range = range
        self.overflow = overflow
    }

    /// The same numbers with another rule of overflow; a format with infinities keeps its own.
    func with(_ overflow: Overflow) -> Format {
        self.overflow == .infinity ? self : Format(precision: precision, range: range, overflow: overflow)
    }

    /// MPFR's numbers of one precision: the widest exponent range, no subnormals.
    public static func mpfr(precision: Int) -> Format { Format(precision: precision, range: nil) }

    /// An IEEE 754 interchange format or one shaped like it: emin = 1 - emax.
    private static func ieee(_ precision: Int, emax: Int) -> Format {
        Format(precision: precision, range: ExponentRange(emin: 1 - emax, emax: emax))
    }

    public static let binary16 = ieee(11, emax: 15)
    public static let binary32 = ieee(24, emax: 127)
    public static let binary64 = ieee(53, emax: 1023)
    public static let binary128 = ieee(113, emax: 16383)
    public static let bfloat16 = ieee(8, emax: 127)
    public static let tf32 = ieee(11, emax: 127)
    /// The finite 8-bit format of OCP, ml_dtypes' `float8_e4m3fn`.
    public static let e4m3 = Format(precision: 4, range: ExponentRange(emin: -6, emax: 8), overflow: .nan)
    public static let e5m2 = ieee(3, emax: 15)

    /// The precisions this project computes in.
    public static let precisions = 2...16384

    /// Exponent of the smallest positive number (subnormal where the format has them), so that quantum = 2^this; nil
    /// without a range.
    public var quantumExponent: Int? { range.map { $0.emin - precision + 1 } }

    /// Formats by name: the short one first, IEEE's last where there is one. Both are understood.
    public static let named: [(names: [String], format: Format)] = [
        (["half", "binary16"], .binary16),
        (["bfloat16"], .bfloat16),
        (["tf32"], .tf32),
        (["fp8-e4m3"], .e4m3),
        (["fp8-e5m2"], .e5m2),
        (["float", "binary32"], .binary32),
        (["double", "binary64"], .binary64),
        (["binary128"], .binary128),
    ]

    public static func named(_ name: String) -> Format? {
        named.first { $0.names.contains(name) }?.format
    }

    /// The format's IEEE or common name, if it has one: `binary32`.
    public var name: String? { names?.last }

    /// What an arithmetic of the format is called: `float`.
    public var shortName: String? { names?.first }

    private var names: [String]? { Format.named.first { $0.format == with(.nan) }?.names }
}
