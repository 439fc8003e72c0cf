/// Where a rounding stands: what a stochastic rounding draws by.
///
/// - Source: contract, section 2.
public struct RoundingPlace: Hashable, Sendable {
    /// Number of the update being made.
    public var step: UInt64
    /// Ordinal of the operation on whole tensors within the step.
    public var operation: UInt64
    /// Row-major index of the output element being computed.
    public var element: UInt64
    /// Roundings made so far within the element, exact ones counted.
    public var roundings: UInt64

    public init(step: UInt64 = 0, operation: UInt64 = 0, element: UInt64 = 0, roundings: UInt64 = 0) {
        self.step = step
        self.operation = operation
        self.element = element
        self.roundings = roundings
    }
}

/// An arithmetic whose direction may be stochastic and whose draw is handed to it: the base of `Stochastic`.
public protocol DrawingArithmetic: Arithmetic {
    /// The draw of the next rounding, where the direction is stochastic.
    var word: UInt64 { get set }
    /// Do operations on whole arrays draw for themselves, by site and element, where the direction is stochastic?
    var drawsForArrays: Bool { get }
    /// The sum, drawing from a place on, and the number of roundings made; nil where the definition is to be used.
    func sum(_ x: Span<Scalar>, drawingFrom place: RoundingPlace) -> (sum: Scalar, roundings: UInt64)?
    /// The dot product, likewise.
    func dot(
        _ x: Span<Scalar>, _ y: Span<Scalar>, drawingFrom place: RoundingPlace
    ) -> (sum: Scalar, roundings: UInt64)?
}

extension DrawingArithmetic {
    public var drawsForArrays: Bool { false }
    public func sum(_ x: Span<Scalar>, drawingFrom place: RoundingPlace) -> (sum: Scalar, roundings: UInt64)? { nil }
    public func dot(
        _ x: Span<Scalar>, _ y: Span<Scalar>, drawingFrom place: RoundingPlace
    ) -> (sum: Scalar, roundings: UInt64)? { nil }
}

/// Stochastic rounding: draws for its base, one 64-bit word a rounding, keyed by place and never by operands. A result
/// strictly between two numbers moves away from zero with the probability that keeps the mean; one that the format holds
/// never moves.
///
/// Reductions and operations on whole arrays are sequences of roundings, and the defaults make them one by one; where the base
/// has kernels that draw the same words for themselves, those run instead.
///
/// - Source: contract, section 2; Connolly, Higham, Mary, *Stochastic Rounding and Its Probabilistic Backward Error Analysis*,
///   SIAM J. Sci. Comput. 43 (2021), section 2.
public struct Stochastic<Base: DrawingArithmetic>: Arithmetic {
    public typealias Scalar = Base.Scalar

    var base: Base
    private let seed: UInt64
    private var here = RoundingPlace()
    /// The block that the next draw belongs to, where it has been made.
    private var block: (UInt64, UInt64, UInt64, UInt64)?

    /// - Parameter base: an arithmetic of stochastic direction.
    public init(_ base: Base) {
        guard case .stochastic(let seed) = base.direction else {
            preconditionFailure("the base does not round stochastically")
        }
        self.base = base
        self.seed = seed
    }

    public var name: String { base.name }
    public var format: Format { base.format }
    public var reduction: Reduction { base.reduction }
    public var direction: RoundingDirection { base.direction }
    public var zero: Scalar { base.zero }
    public var one: Scalar { base.one }

    public var place: RoundingPlace? {
        get { here }
        set {
            here = newValue ?? RoundingPlace()
            block = nil
        }
    }

    public func at(_ site: Site, element: Int) -> Self {
        var copy = self
        copy.place = RoundingPlace(
            step: site.step, operation: site.operation, element: UInt64(site.firstElement + element))
        return copy
    }

    /// The base, holding the next draw: word t mod 4 of the block (⌊t/4⌋, element, site, step).
    private mutating func drawn() -> Base {
        let words =
            block
            ?? Philox.block(
                key: (seed, StreamPurpose.rounding.rawValue),
                counter: (here.roundings / 4, here.element, here.operation, here.step))
        switch here.roundings % 4 {
        case 0: base.word = words.0
        case 1: base.word = words.1
        case 2: base.word = words.2
        default: base.word = words.3
        }
        here.roundings += 1
        block = here.roundings % 4 == 0 ? nil : words
        return base
    }

    public mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar {
        var base = drawn()
        return base.add(a, b)
    }
    public mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar {
        var base = drawn()
        return base.subtract(a, b)
    }
    public mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar {
        var base = drawn()
        return base.multiply(a, b)
    }
    public mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar {
        var base = drawn()
        return base.divide(a, b)
    }
    public mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar {
        var base = drawn()
        return base.fma(a, b, c)
    }
    public mutating func squareRoot(_ x: Scalar) -> Scalar {
        var base = drawn()
        return base.squareRoot(x)
    }
    public mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar {
        var base = drawn()
        return base.elementary(f, x)
    }
    public mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar {
        var base = drawn()
        return base.multiply(a, byInteger: k)
    }
    public mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar {
        var base = drawn()
        return base.divide(a, byInteger: k)
    }
    public mutating func round(_ x: ExactValue) -> Scalar {
        var base = drawn()
        return base.round(x)
    }

    public mutating func sum(_ x: Span<Scalar>) -> Scalar {
        guard let (sum, roundings) = base.sum(x, drawingFrom: here) else { return sumByDefinition(x) }
        advance(by: roundings)
        return sum
    }
    public mutating func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar {
        guard let (sum, roundings) = base.dot(x, y, drawingFrom: here) else { return dotByDefinition(x, y) }
        advance(by: roundings)
        return sum
    }

    /// Goes past roundings that were made elsewhere.
    private mutating func advance(by roundings: UInt64) {
        here.roundings += roundings
        block = nil
    }

    public func negate(_ x: Scalar) -> Scalar { base.negate(x) }
    public func absolute(_ x: Scalar) -> Scalar { base.absolute(x) }
    public func compare(_ a: Scalar, _ b: Scalar) -> Ordering { base.compare(a, b) }
    public func constant(_ x: ExactValue) -> Scalar { base.constant(x) }
    public func constant(_ x: Rational) -> Scalar { base.constant(x) }
    public func exactValue(_ x: Scalar) -> ExactValue { base.exactValue(x) }
    public func array(_ x: ExactArray) -> [Scalar] { base.array(x) }
    public func exactArray(_ x: Span<Scalar>) -> ExactArray { base.exactArray(x) }
    public func firstNonFinite(_ x: Span<Scalar>) -> Int? { base.firstNonFinite(x) }
    public func encode(_ x: Span<Scalar>, into bytes: inout [UInt8]) { base.encode(x, into: &bytes) }
}
