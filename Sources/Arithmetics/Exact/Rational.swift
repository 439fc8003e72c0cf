import CMPFR

/// An exact quotient of integers, kept in lowest terms: hyper-parameters, pixel values, learning rates before rounding.
///
/// Plain values over GMP's `mpq`; sizes are bounded by the texts they are read from.
public struct Rational: Hashable, Sendable {
    /// Numerator and denominator in base 16, the form GMP reads fastest; denominator positive, no common factor.
    private let numerator: String
    private let denominator: String

    private init(_ q: borrowing GMPRational) {
        numerator = GMPRational.text(numeratorPart(q.pointer))
        denominator = GMPRational.text(denominatorPart(q.pointer))
    }

    public init(_ value: Int) {
        numerator = String(value, radix: 16)
        denominator = "1"
    }

    /// numerator ÷ denominator; the denominator must not be 0.
    public init(_ numerator: Int, _ denominator: Int) {
        precondition(denominator != 0, "division by zero")
        self = Rational(numerator) / Rational(denominator)
    }

    /// Decimal text: `0.1`, `-5e-4`, `.5`, `3`, or a quotient `1/3` of two such. nil for anything else, and for exponents
    /// beyond ±5000 (no format here reaches that far, and the digits would fill memory).
    public init?(decimal text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = Rational.parse(parts[0]) else { return nil }
        guard parts.count == 2 else {
            self = first
            return
        }
        guard let second = Rational.parse(parts[1]), second != Rational(0) else { return nil }
        self = first / second
    }

    private static func parse(_ text: Substring) -> Rational? {
        guard text.utf8.count <= 10_000 else { return nil }
        let pieces = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
            .flatMap { $0.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false) }
        guard pieces.count == 1 || pieces.count == 2 else { return nil }
        var mantissa = pieces[0]
        var sign = ""
        if let mark = mantissa.first, mark == "-" || mark == "+" {
            sign = mark == "-" ? "-" : ""
            mantissa = mantissa.dropFirst()
        }
        let halves = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = halves.first ?? ""
        let fraction = halves.count == 2 ? halves[1] : ""
        let digits = whole + fraction
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        var exponent = 0
        if pieces.count == 2 {
            guard let written = Int(pieces[1]), (-5000...5000).contains(written) else { return nil }
            exponent = written
        }
        exponent -= fraction.count
        let q = GMPRational()
        let zeros = String(repeating: "0", count: abs(exponent))
        let number = sign + digits + (exponent > 0 ? zeros : "")
        __gmpz_set_str(numeratorPart(q.pointer), number, 10)
        __gmpz_set_str(denominatorPart(q.pointer), exponent < 0 ? "1" + zeros : "1", 10)
        __gmpq_canonicalize(q.pointer)
        return Rational(q)
    }

    /// The exact value of a finite number; nil for NaN, infinities, and exponents beyond ±100,000.
    public init?(_ value: ExactValue) {
        guard value.isFinite, abs(value.exponent) <= 100_000 else { return nil }
        let q = GMPRational()
        value.withMPFR { mpfr_get_q(q.pointer, $0) }
        self.init(q)
    }

    public static func + (a: Rational, b: Rational) -> Rational { combine(a, b) { __gmpq_add($0, $1, $2) } }
    public static func - (a: Rational, b: Rational) -> Rational { combine(a, b) { __gmpq_sub($0, $1, $2) } }
    public static func * (a: Rational, b: Rational) -> Rational { combine(a, b) { __gmpq_mul($0, $1, $2) } }
    /// Traps when b is 0.
    public static func / (a: Rational, b: Rational) -> Rational {
        precondition(b != Rational(0), "division by zero")
        return combine(a, b) { __gmpq_div($0, $1, $2) }
    }

    public static func < (a: Rational, b: Rational) -> Bool { (a - b).numerator.hasPrefix("-") }
    public static func <= (a: Rational, b: Rational) -> Bool { !(b < a) }

    /// The whole number below or at this one, if it fits.
    public var floor: Int? {
        let z = GMPRational()
        withGMP { q in __gmpz_fdiv_q(numeratorPart(z.pointer), numeratorPart(q), denominatorPart(q)) }
        guard __gmpz_fits_slong_p(numeratorPart(z.pointer)) != 0 else { return nil }
        return __gmpz_get_si(numeratorPart(z.pointer))
    }

    public var isInteger: Bool { denominator == "1" }

    /// Does the decimal fraction end: has the denominator no prime factors but 2 and 5?
    var endsInDecimal: Bool {
        // 10^(4·length) is divisible by every number of that many hexadecimal digits made of twos and fives alone.
        (self * Rational(10).power(4 * denominator.utf8.count)).isInteger
    }

    var decimalNumerator: String {
        withGMP { GMPRational.text(numeratorPart($0), base: 10) }
    }

    var decimalDenominator: String {
        withGMP { GMPRational.text(denominatorPart($0), base: 10) }
    }

    /// The nth power, n >= 0.
    public func power(_ n: Int) -> Rational {
        let r = GMPRational()
        withGMP { q in
            __gmpz_pow_ui(numeratorPart(r.pointer), numeratorPart(q), UInt(n))
            __gmpz_pow_ui(denominatorPart(r.pointer), denominatorPart(q), UInt(n))
        }
        return Rational(r)
    }

    private static func combine(
        _ a: Rational, _ b: Rational, _ operation: (mpq_ptr, mpq_srcptr, mpq_srcptr) -> Void
    ) -> Rational {
        let r = GMPRational()
        a.withGMP { x in b.withGMP { y in operation(r.pointer, x, y) } }
        return Rational(r)
    }

    /// Lends `body` a GMP rational of this value.
    func withGMP<R>(_ body: (mpq_ptr) -> R) -> R {
        let q = GMPRational()
        __gmpz_set_str(numeratorPart(q.pointer), numerator, 16)
        __gmpz_set_str(denominatorPart(q.pointer), denominator, 16)
        return body(q.pointer)
    }
}

/// A GMP rational with its own memory. (`mpz_add` and its like are macros in gmp.h; Swift sees the functions behind them.)
struct GMPRational: ~Copyable {
    let pointer: mpq_ptr

    init() {
        pointer = .allocate(capacity: 1)
        __gmpq_init(pointer)
    }

    deinit {
        __gmpq_clear(pointer)
        pointer.deallocate()
    }

    static func text(_ z: mpz_srcptr, base: Int = 16) -> String {
        // Digits, a sign and the final zero: GMP's rule for the size of the text.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: __gmpz_sizeinbase(z, Int32(base)) + 2) { buffer in
            _ = __gmpz_get_str(buffer.baseAddress, Int32(base), z)
            return buffer.baseAddress.map { String(cString: $0) } ?? "0"
        }
    }
}

// GMP's mpq_numref and mpq_denref are macros: a rational is two integers, one after the other.
private func numeratorPart(_ q: mpq_ptr) -> mpz_ptr {
    UnsafeMutableRawPointer(q).assumingMemoryBound(to: __mpz_struct.self)
}

private func denominatorPart(_ q: mpq_ptr) -> mpz_ptr {
    UnsafeMutableRawPointer(q).assumingMemoryBound(to: __mpz_struct.self) + 1
}
