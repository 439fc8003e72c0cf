import Arithmetics
import Comparison
import Testing

/// Expects a value within so many ulps of the exact one.
///
///     expectULP(myExp(x), of: .exp(x), atMost: 0.501)
///
/// - Parameters:
///   - value: what your code gave.
///   - exact: what it stands for, over the operands as they are.
///   - limit: |value - exact| / ulp(exact) may be so large; 0.5 and less only a correctly rounded value attains everywhere.
/// - Special values: where the exact value rounds to an infinity, or is one, or is NaN, `value` must be the same (all NaNs are
///   one) or, beyond the largest finite number, within the limit. -0 and +0 are 0 ulps apart; `expectCorrectlyRounded` tells them
///   apart. The ulp of subnormal results is the least subnormal number.
/// - Source: Lockstep's contract, section 6.
public func expectULP<Number: JudgedNumber>(
    _ value: Number, of exact: Exact, atMost limit: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
    judge([value], exact, .ulps, limit: limit, isArray: false, sourceLocation)
}

/// Expects every element within so many ulps of the exact one: as for one value. The message names the worst element.
///
///     expectULP(mySoftmaxNumerators(x), of: .exp(x), atMost: 1)
public func expectULP<Number: JudgedNumber>(
    _ values: [Number], of exact: Exact, atMost limit: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
    judge(values, exact, .ulps, limit: limit, isArray: true, sourceLocation)
}

/// As for an array.
public func expectULP<Number: JudgedNumber>(
    _ values: borrowing Span<Number>, of exact: Exact, atMost limit: Double,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    judge(values.indices.map { values[$0] }, exact, .ulps, limit: limit, isArray: true, sourceLocation)
}

/// Expects the one value that rounding the exact one to nearest, ties to even, gives: the same encoding, the sign of a zero
/// included, all NaNs being one.
///
///     expectCorrectlyRounded(mySquareRoot(x), of: .squareRoot(x))
public func expectCorrectlyRounded<Number: JudgedNumber>(
    _ value: Number, of exact: Exact, sourceLocation: SourceLocation = #_sourceLocation
) {
    judge([value], exact, .rounding, limit: 0, isArray: false, sourceLocation)
}

/// Expects every element correctly rounded: as for one value. The message names the first element that is not.
public func expectCorrectlyRounded<Number: JudgedNumber>(
    _ values: [Number], of exact: Exact, sourceLocation: SourceLocation = #_sourceLocation
) {
    judge(values, exact, .rounding, limit: 0, isArray: true, sourceLocation)
}

/// As for an array.
public func expectCorrectlyRounded<Number: JudgedNumber>(
    _ values: borrowing Span<Number>, of exact: Exact, sourceLocation: SourceLocation = #_sourceLocation
) {
    judge(values.indices.map { values[$0] }, exact, .rounding, limit: 0, isArray: true, sourceLocation)
}

private func judge<Number: JudgedNumber>(
    _ values: [Number], _ exact: Exact, _ need: Exact.Need, limit: Double, isArray: Bool, _ location: SourceLocation
) {
    let format = Number.judgedFormat
    let found = Number.exactValues(values)
    let wanted: ExactArray
    do {
        wanted = try exact.values(for: format, need)
        guard wanted.count == found.count else {
            throw ExpectationError(
                description: "\(found.count) values are to be judged, but the exact expression has \(wanted.count)")
        }
        guard found.count > 0 else { throw ExpectationError(description: "there is no value to judge") }
        guard limit >= 0 else { throw ExpectationError(description: "the limit is \(limit) ulps; it is at least 0") }
    } catch {
        Issue.record("\(error)", sourceLocation: location)
        return
    }
    var outside = 0
    var shown: (index: Int, ulps: Double)?
    for i in 0..<found.count {
        let ulps = ulpError(found[i], wanted[i], format)
        let isRight = need == .ulps ? ulps <= limit : found[i] == format.round(wanted[i])
        guard !isRight else { continue }
        outside += 1
        // The worst of errors; the first of wrong roundings.
        if shown.map({ need == .ulps && ulps > $0.ulps }) ?? true { shown = (i, ulps) }
    }
    guard let (index, ulps) = shown else { return }
    let (x, y) = (found[index], wanted[index])
    var message = isArray ? "element \(index) is " : ""
    message +=
        need == .ulps ? "\(ulps) ulps off, at most \(limit) expected: " : "not correctly rounded, \(ulps) ulps off: "
    message += "found \(format.reading(x)), exact \(y.decimal(digits: 21)), nearest \(format.reading(format.round(y)))"
    if outside > 1 { message += "; \(outside) of \(found.count) elements are wrong" }
    Issue.record(Comment(rawValue: message), sourceLocation: location)
}

/// |x - y| / ulp(y). 0 where y rounds to x, an infinity or NaN; infinity where one of them is not finite otherwise.
func ulpError(_ x: ExactValue, _ y: ExactValue, _ format: Format) -> Double {
    if !(x.isFinite && y.isFinite), x == format.round(y) { return 0 }
    return measure([ExactArray([x])], against: [ExactArray([y])], in: format).all.maxUlp
}
