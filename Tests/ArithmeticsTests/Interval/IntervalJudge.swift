import Arithmetics
import CMPFR

/// An operation of several operands, for one evaluation in any arithmetic.
enum Evaluation: Hashable {
    case add, subtract, multiply, divide, fma, squareRoot, absolute, negate, timesThree, byThree
    case elementary(ElementaryFunction)

    var operands: Int {
        switch self {
        case .add, .subtract, .multiply, .divide: 2
        case .fma: 3
        default: 1
        }
    }

    func apply<A: Arithmetic>(_ x: [A.Scalar], _ a: inout A) -> A.Scalar {
        switch self {
        case .add: a.add(x[0], x[1])
        case .subtract: a.subtract(x[0], x[1])
        case .multiply: a.multiply(x[0], x[1])
        case .divide: a.divide(x[0], x[1])
        case .fma: a.fma(x[0], x[1], x[2])
        case .squareRoot: a.squareRoot(x[0])
        case .absolute: a.absolute(x[0])
        case .negate: a.negate(x[0])
        case .timesThree: a.multiply(x[0], byInteger: 3)
        case .byThree: a.divide(x[0], byInteger: 3)
        case .elementary(let f): a.elementary(f, x[0])
        }
    }
}

/// Two bounds, exactly.
struct Bounds: Equatable, CustomStringConvertible {
    var lower: ExactValue
    var upper: ExactValue

    init(_ lower: ExactValue, _ upper: ExactValue) {
        self.lower = lower
        self.upper = upper
    }
    init(_ lower: Double, _ upper: Double) { self.init(ExactValue(lower), ExactValue(upper)) }

    static let nothing = Bounds(ExactValue.nan, .nan)
    static let entire = Bounds(ExactValue.negativeInfinity, .infinity)

    var description: String { "[\(lower.hexadecimal), \(upper.hexadecimal)]" }
    func contains(_ x: ExactValue) -> Bool { isAtMost(lower, x) && isAtMost(x, upper) }
    func contains(_ other: Bounds) -> Bool { isAtMost(lower, other.lower) && isAtMost(other.upper, upper) }
}

func isAtMost(_ a: ExactValue, _ b: ExactValue) -> Bool {
    a.withMPFR { x in b.withMPFR { y in mpfr_lessequal_p(x, y) != 0 } }
}

func least(_ values: [ExactValue]) -> ExactValue { values.dropFirst().reduce(values[0]) { isAtMost($0, $1) ? $0 : $1 } }
func greatest(_ values: [ExactValue]) -> ExactValue {
    values.dropFirst().reduce(values[0]) { isAtMost($0, $1) ? $1 : $0 }
}

/// The result for single numbers.
func evaluate(_ evaluation: Evaluation, _ x: [ExactValue], in arithmetic: some Arithmetic) -> ExactValue {
    var own = arithmetic
    let scalars = x.map { own.constant($0) }
    return own.exactValue(evaluation.apply(scalars, &own))
}

/// The result for intervals.
func enclose(_ evaluation: Evaluation, _ x: [Bounds], in arithmetic: some Arithmetic) -> Bounds {
    var own = arithmetic
    let scalars = x.map { scalar($0, own) }
    return bounds(evaluation.apply(scalars, &own), own)
}

func scalar<A: Arithmetic>(_ x: Bounds, _ arithmetic: A) -> A.Scalar {
    arithmetic.array(Enclosure(lower: ExactArray([x.lower]), upper: ExactArray([x.upper])))[0]
}

func bounds<A: Arithmetic>(_ x: A.Scalar, _ arithmetic: A) -> Bounds {
    guard let enclosure = arithmetic.enclosure([x].span) else { return .nothing }
    return Bounds(enclosure.lower[0], enclosure.upper[0])
}
