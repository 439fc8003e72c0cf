/// An arithmetic is a value: numbers of one format, how operations round, and how sums are made.
///
/// Networks, losses and optimisers are written once, generic over this protocol. The scalar requirements are the meaning.
/// The bulk requirements exist for speed: their defaults, written from the scalars, are the definition, and an override
/// must give the same bits (`Plain` makes the defaults callable, so that tests compare the two).
///
/// A rounding may depend on where it happens. Bulk operations therefore take a `Site`, and their defaults take scalar
/// operations from `at(site, element:)`, a value that counts its own roundings; that is why scalar operations are
/// `mutating`. An arithmetic whose roundings do not depend on place returns itself and implements them non-mutating.
///
/// All scalar operations are correctly rounded: the one value of the format that the direction dictates for the exact
/// result. NaN operands give NaN; infinities and signed zeros as in IEEE 754-2019.
public protocol Arithmetic: Sendable {
    /// Plain bits: no reference counting, no allocation.
    associatedtype Scalar: BitwiseCopyable & Sendable

    /// The canonical name, which `arithmetic(named:)` reads back: `float`, `mpfr:256`.
    var name: String { get }
    var format: Format { get }
    var reduction: Reduction { get }
    var direction: RoundingDirection { get }
    /// Where the next rounding stands, if that matters to it; nil if it does not.
    var place: RoundingPlace? { get set }

    // MARK: Meaning, one scalar at a time

    var zero: Scalar { get }
    var one: Scalar { get }
    mutating func add(_ a: Scalar, _ b: Scalar) -> Scalar
    mutating func subtract(_ a: Scalar, _ b: Scalar) -> Scalar
    mutating func multiply(_ a: Scalar, _ b: Scalar) -> Scalar
    mutating func divide(_ a: Scalar, _ b: Scalar) -> Scalar
    /// a × b + c, rounded once.
    mutating func fma(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar
    mutating func squareRoot(_ x: Scalar) -> Scalar
    mutating func elementary(_ f: ElementaryFunction, _ x: Scalar) -> Scalar
    /// a × k with the exact integer k, even where the format lacks it; 1 <= k <= Int32.max.
    mutating func multiply(_ a: Scalar, byInteger k: Int) -> Scalar
    /// a ÷ k with the exact integer k, even where the format lacks it; 1 <= k <= Int32.max.
    mutating func divide(_ a: Scalar, byInteger k: Int) -> Scalar
    /// One rounding of an exact number, in the arithmetic's direction: what ends an exact sum.
    mutating func round(_ x: ExactValue) -> Scalar
    /// Flips the sign; exact.
    func negate(_ x: Scalar) -> Scalar
    /// Clears the sign; exact.
    func absolute(_ x: Scalar) -> Scalar
    func compare(_ a: Scalar, _ b: Scalar) -> Ordering
    /// One value of `f`, each operation rounded. The default is the contract's formula.
    mutating func apply(_ f: UnaryFunction<Scalar>, _ x: Scalar) -> Scalar
    /// One weight of one update of SGD: the new weight and the new buffer. The default is the contract's formula.
    mutating func descend(
        _ w: Scalar, _ v: Scalar, _ gradient: Scalar, _ constants: DescentConstants<Scalar>
    ) -> (weight: Scalar, velocity: Scalar)

    /// Σ x in the arithmetic's reduction; +0 when empty.
    mutating func sum(_ x: Span<Scalar>) -> Scalar
    /// Σ x × y in the arithmetic's reduction; +0 when empty. The spans have the same length.
    mutating func dot(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar
    /// What `sum` means: what it does unless something faster gives the same bits.
    mutating func sumByDefinition(_ x: Span<Scalar>) -> Scalar
    /// What `dot` means.
    mutating func dotByDefinition(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar
    /// The meaning of the reduction `exact`: the exact sum of +0 and the terms, rounded once.
    mutating func sumExactly(_ x: Span<Scalar>) -> Scalar
    /// The same over the exact products.
    mutating func dotExactly(_ x: Span<Scalar>, _ y: Span<Scalar>) -> Scalar

    // MARK: Numbers known between bounds. Arithmetics of single numbers decide everything and take the defaults.

    /// Where comparisons that stayed undecided (by `exceeds` and `contenders`) and counted operations are noted, if anywhere.
    var operationLog: OperationLog? { get set }
    /// Is a > b? A NaN exceeds nothing. nil where that is undecided.
    func exceeds(_ a: Scalar, _ b: Scalar) -> Bool?
    /// The larger one; where that is undecided, what encloses it.
    func maximum(_ a: Scalar, _ b: Scalar) -> Scalar
    /// What encloses both: for where a comparison that is undecided chooses between them.
    func hull(_ a: Scalar, _ b: Scalar) -> Scalar
    /// For each row, in order, every index that `maxima` may have to keep; nil where each row has only the one it keeps.
    func contenders(_ x: Span<Scalar>, _ lists: IndexLists, at: Site) -> IndexLists?
    /// The bounds of every element, or nil where elements are single numbers.
    func enclosure(_ x: Span<Scalar>) -> Enclosure?
    /// Elements of the given bounds, rounded outward where need be. Only for an arithmetic that has an `enclosure`.
    func array(_ x: Enclosure) -> [Scalar]

    // MARK: Numbers that carry a derivative (`Dual`). All others take the defaults.

    /// The derivative that each element carries, exactly; nil where numbers carry none.
    func tangents(_ x: Span<Scalar>) -> ExactArray?
    /// The elements with other derivatives, each rounded to nearest. Only for an arithmetic that has `tangents`.
    func attaching(_ tangents: ExactArray, to x: Span<Scalar>) -> [Scalar]

    // MARK: In and out

    /// The number of the format nearest to x (ties to even), whatever the arithmetic's direction: constants and states. An
    /// enclosing arithmetic encloses x.
    func constant(_ x: ExactValue) -> Scalar
    /// The number of the format nearest to x (ties to even).
    func constant(_ x: Rational) -> Scalar
    /// The number exactly. Of an enclosure the middle, rounded to nearest; NaN where it is unbounded.
    func exactValue(_ x: Scalar) -> ExactValue
    /// Every element as `constant` gives it.
    func array(_ x: ExactArray) -> [Scalar]
    /// Every element exactly.
    func exactArray(_ x: Span<Scalar>) -> ExactArray
    /// Index of the first NaN or infinity: looked for after every update of a run.
    func firstNonFinite(_ x: Span<Scalar>) -> Int?
    /// Appends the contract's encoding (section 1): little-endian, NaNs canonical. Digests and traces are made of it.
    func encode(_ x: Span<Scalar>, into bytes: inout [UInt8])

    /// The arithmetic as it stands at one element of one operation.
    func at(_ site: Site, element: Int) -> Self

    // MARK: Speed, whole arrays at a time. Inputs and outputs never overlap.

    /// c[i, j] = dot over l of A(i, l) and B(l, j).
    func matmul(_ a: Span<Scalar>, _ b: Span<Scalar>, into c: inout MutableSpan<Scalar>, _ shape: MatmulShape, at: Site)
    /// Dot products over (input channel of the group, kernel row, kernel column); no bias.
    func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ shape: ConvolutionShape, at: Site)
    /// Dot products over (output channel of the group, kernel row, kernel column), for every position of the input.
    func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ shape: ConvolutionShape, at: Site)
    /// Dot products over (sample, output row, output column), for every weight.
    func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ shape: ConvolutionShape, at: Site)
    /// y[i] = f(x[i]).
    func map(_ f: UnaryFunction<Scalar>, _ x: Span<Scalar>, into y: inout MutableSpan<Scalar>, at: Site)
    /// z[e] = f(x[e], y[repetition of e]).
    func zip(
        _ f: BinaryFunction<Scalar>, _ x: Span<Scalar>, _ y: Span<Scalar>, _ repetition: Repetition,
        into z: inout MutableSpan<Scalar>, at: Site)
    /// out[b] = sum over a, then c, of x[a, b, c], for x of shape [outer, out.count, inner].
    func sums(_ x: Span<Scalar>, outer: Int, inner: Int, into out: inout MutableSpan<Scalar>, at: Site)
    /// May an operation be made again, for the same result, where that is faster than keeping the result? Never where an
    /// operation depends on its site, or is counted.
    var makesAgain: Bool { get }
    /// The values that are kept, in that order, of operations that are made together. Sums have `channels` elements.
    func evaluate(_ fusion: Fusion<Scalar>, keeping: [Fusion<Scalar>.Value]) -> [[Scalar]]
    /// out[r] = sum of x at the indices of row r, in order.
    func gatherSums(_ x: Span<Scalar>, _ lists: IndexLists, into out: inout MutableSpan<Scalar>, at: Site)
    /// out[p] = sum of x[r] over the r, in order, whose position is p.
    func scatterSums(_ x: Span<Scalar>, to positions: Span<Int32>, into out: inout MutableSpan<Scalar>, at: Site)
    /// kept[r] = the index of row r that holds its maximum: the first value is kept, and a later one replaces it only if it
    /// is greater, or is NaN while the kept one is not. -0 and +0 are equal. No row may be empty.
    func maxima(_ x: Span<Scalar>, _ lists: IndexLists, into kept: inout MutableSpan<Int32>, at: Site)
    /// One update of SGD, in place: contract, section 4. `velocity` is empty when there is no momentum.
    func descend(
        _ weights: inout MutableSpan<Scalar>, _ velocity: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at: Site)
    /// How often that update leaves the range in which a factor k that is a power of two changes no bit.
    func rangeEvents(
        _ weights: Span<Scalar>, _ velocity: Span<Scalar>, _ gradient: Span<Scalar>,
        _ constants: DescentConstants<Scalar>, at: Site
    ) -> RangeEvents
}

extension Arithmetic {
    public func tangents(_ x: Span<Scalar>) -> ExactArray? { nil }
    public func attaching(_ tangents: ExactArray, to x: Span<Scalar>) -> [Scalar] {
        preconditionFailure("\(name) holds numbers without derivatives")
    }

    public var makesAgain: Bool { false }
    public var direction: RoundingDirection { .nearest }
    public var place: RoundingPlace? {
        get { nil }
        set {}
    }
}

/// The numbers of one SGD update, already in the arithmetic's format.
public struct DescentConstants<Scalar: BitwiseCopyable & Sendable>: Sendable {
    /// η of this update.
    public var rate: Scalar
    /// μ, or nil for 0.
    public var momentum: Scalar?
    /// λ, or nil for 0.
    public var weightDecay: Scalar?
    public var nesterov: Bool
    /// Is this the first update (the buffer starts as the gradient)?
    public var isFirst: Bool
    /// Factor k of perturbed SGD (Sun et al.): w ← w - (η × k) × (d ÷ k).
    public var k: Int
    /// What stands for η × k where another program's way of forming it is followed; nil for the contract's, one rounding of
    /// the exact product.
    public var scaledRate: Scalar?
    /// Each multiplication and the addition after it as one fma, k left out: not the contract's update, but an equally valid
    /// one that other programs make. Arithmetics give it from the definition.
    public var fused: Bool

    public init(
        rate: Scalar, momentum: Scalar?, weightDecay: Scalar?, nesterov: Bool, isFirst: Bool, k: Int,
        scaledRate: Scalar? = nil, fused: Bool = false
    ) {
        self.rate = rate
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.nesterov = nesterov
        self.isFirst = isFirst
        self.k = k
        self.scaledRate = scaledRate
        self.fused = fused
    }
}
