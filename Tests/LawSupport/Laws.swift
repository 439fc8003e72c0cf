import Arithmetics

/// What every arithmetic must satisfy that rounds to nearest and whose roundings do not depend on place.
///
/// Each law holds the arithmetic to IEEE 754-2019 over exact values (`ExactResults`), never to another arithmetic.
/// Commutativity is a law; associativity is not.
///
/// - Parameters:
///   - arithmetic: Under test.
///   - seed: Of the random operands; stands in every violation.
///   - effort: Random operands of each sort. The number of cases grows with its cube.
/// - Returns: One line for every law that is broken, first cases first; empty when all hold.
public func checkLaws<A: Arithmetic>(of arithmetic: A, seed: UInt64, effort: Int = 3) -> [String] {
    let laws = LawChecker(arithmetic, seed: seed, effort: effort)
    laws.checkConversions()
    laws.checkEncoding()
    laws.checkUnary()
    laws.checkBinary()
    laws.checkFused()
    laws.checkIntegers()
    laws.checkReductions()
    laws.checkLimits()
    return laws.violations
}

/// Collects violations of one arithmetic.
final class LawChecker<A: Arithmetic> {
    var arithmetic: A
    let format: Format
    let seed: UInt64
    var operands: Operands
    /// Operands exactly, and as the arithmetic holds them.
    let values: [ExactValue]
    let scalars: [A.Scalar]
    private(set) var violations: [String] = []
    private let limit = 20

    init(_ arithmetic: A, seed: UInt64, effort: Int) {
        self.arithmetic = arithmetic
        self.seed = seed
        format = arithmetic.format
        operands = Operands(format, seed: seed)
        // Quotients of numbers of 16384 bits are slow, and every pair of values is tried.
        let step = format.precision > 4096 ? 2 : 1
        values = operands.edges(random: effort).enumerated().filter { $0.offset % step == 0 }.map(\.element)
        scalars = values.map { arithmetic.constant($0) }
    }

    func expect(_ holds: Bool, _ law: @autoclosure () -> String) {
        guard !holds, violations.count < limit else { return }
        violations.append("\(arithmetic.name), seed \(seed): \(law())")
    }

    /// The result must be this number, its sign included.
    func expect(_ result: A.Scalar, is expected: ExactValue, _ operation: @autoclosure () -> String) {
        let value = arithmetic.exactValue(result)
        expect(value == expected, "\(operation()) is \(text(value)), not \(text(expected))")
    }

    func text(_ x: ExactValue) -> String { "\(x.hexadecimal) (\(x.decimal(digits: 17)))" }
}

extension LawChecker {
    func checkConversions() {
        for (x, scalar) in Swift.zip(values, scalars) {
            expect(scalar, is: x, "the constant \(text(x))")
            expect(arithmetic.round(x), is: x, "round \(text(x))")
        }
        let array = ExactArray(values)
        let entered = arithmetic.array(array)
        expect(entered.count == values.count, "array keeps the count")
        for (x, scalar) in Swift.zip(values, entered) { expect(scalar, is: x, "array of \(text(x))") }
        let (scalars, none) = (self.scalars, [A.Scalar]())
        let left = arithmetic.exactArray(scalars.span)
        for (i, x) in values.enumerated() { expect(left[i] == x, "exactArray of \(text(x)) is \(text(left[i]))") }
        expect(arithmetic.array(ExactArray([ExactValue]())).isEmpty, "an empty array stays empty")
        expect(arithmetic.exactArray(none.span).count == 0, "an empty exact array stays empty")
        for first in values.indices {
            let found = arithmetic.firstNonFinite(scalars.span.extracting(first...))
            let expected = values[first...].firstIndex { !$0.isFinite }.map { $0 - first }
            expect(
                found == expected, "the first non-finite number from \(first) on is \(found.map(String.init) ?? "none")"
            )
        }
        expect(arithmetic.zero, is: .zero, "zero")
        expect(arithmetic.one, is: .one, "one")

        // Constants to nearest, from quotients, and from values with more bits than the format has: halfway cases among them.
        for n in [1, -1, 2, 7, 10, -10, 1000] {
            for d in [3, 7, 10, 1 << 20] { expectNearest(arithmetic.constant(Rational(n, d)), to: Rational(n, d)) }
        }
        let unit = twoTo(1 - format.precision)
        for (n, q) in [(0, 1), (1, 1), (0, 2), (1, 2)] {
            let base = Rational(1) + Rational(n) * unit
            for offset in [Rational(1, 2), Rational(1, 2) + twoTo(-70), Rational(1, 2) - twoTo(-70)] {
                let x = base * Rational(q) + offset * unit * Rational(q)
                expectNearest(arithmetic.constant(x), to: x)
                let wide = Format.mpfr(precision: min(16384, format.precision + 80)).round(x)
                expectNearest(arithmetic.constant(wide), to: wide.rational)
                expectNearest(arithmetic.round(wide), to: wide.rational)
                expectNearest(arithmetic.array(ExactArray([wide]))[0], to: wide.rational)
            }
        }
    }

    func expectNearest(_ result: A.Scalar, to x: Rational) {
        let value = arithmetic.exactValue(result)
        expect(isNearest(value, to: x, format), "the constant \(x) is \(text(value)), which is not nearest")
    }

    func checkEncoding() {
        let length: Int
        if format.range != nil, let bits = format.encodedBits, format.name != nil {
            length = bits / 8
        } else {
            length = 1 + 8 + (format.precision + 7) / 8
        }
        var encodings: [[UInt8]: ExactValue] = [:]
        for (x, scalar) in Swift.zip(values, scalars) {
            var bytes: [UInt8] = [7]
            arithmetic.encode([scalar].span, into: &bytes)
            expect(
                bytes.count == 1 + length && bytes[0] == 7,
                "encoding of \(text(x)) appends \(bytes.count - 1) bytes, not \(length)")
            if let other = encodings[bytes] { expect(other == x, "\(text(x)) and \(text(other)) are encoded alike") }
            encodings[bytes] = x
        }
        let scalars = self.scalars
        var all: [UInt8] = []
        arithmetic.encode(scalars.span, into: &all)
        let single = scalars.flatMap { scalar in
            var bytes: [UInt8] = []
            arithmetic.encode([scalar].span, into: &bytes)
            return bytes
        }
        expect(all == single, "an array's encoding is that of its elements in order")

        let infinity = arithmetic.constant(.infinity)
        let quiet = arithmetic.constant(.nan)
        let nans = [
            quiet, arithmetic.negate(quiet), arithmetic.subtract(infinity, infinity),
            arithmetic.divide(arithmetic.zero, arithmetic.zero),
            arithmetic.squareRoot(arithmetic.negate(arithmetic.one)),
        ]
        var bytes: [UInt8] = []
        arithmetic.encode(nans.span, into: &bytes)
        let first = Array(bytes.prefix(length))
        expect(bytes == Array(repeating: first, count: nans.count).flatMap { $0 }, "every NaN has one encoding")
    }
}

/// The laws of reductions alone: for the reductions of an arithmetic whose operations are checked already.
public func checkReductionLaws<A: Arithmetic>(of arithmetic: A, seed: UInt64) -> [String] {
    let laws = LawChecker(arithmetic, seed: seed, effort: 0)
    laws.checkReductions()
    return laws.violations
}
