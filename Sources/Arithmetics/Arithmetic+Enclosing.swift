// What an arithmetic says about numbers known only between bounds. An arithmetic of single numbers decides every comparison,
// so none of this changes anything there: these are its answers.

extension Arithmetic {
    public var operationLog: OperationLog? {
        get { nil }
        set {}
    }

    @inlinable
    public func exceeds(_ a: Scalar, _ b: Scalar) -> Bool? { compare(a, b) == .greater }

    public func maximum(_ a: Scalar, _ b: Scalar) -> Scalar { compare(b, a) == .greater ? b : a }

    public func hull(_ a: Scalar, _ b: Scalar) -> Scalar {
        preconditionFailure("\(name) decides every comparison: there are no two results to enclose")
    }

    public func contenders(_ x: Span<Scalar>, _ lists: IndexLists, at site: Site) -> IndexLists? { nil }
    public func enclosure(_ x: Span<Scalar>) -> Enclosure? { nil }
    public func array(_ x: Enclosure) -> [Scalar] {
        preconditionFailure("\(name) holds single numbers, not what lies between bounds")
    }

    /// Is x > 0 or NaN? nil where that is undecided.
    @inlinable
    func isPositiveOrNaN(_ x: Scalar) -> Bool? {
        switch compare(x, zero) {
        case .greater, .unordered: true
        case .less, .equal: false
        case .undecided: exceeds(x, zero)
        }
    }

    /// x where x > 0 or x is NaN, else +0.
    @inlinable
    func rectified(_ x: Scalar) -> Scalar {
        switch isPositiveOrNaN(x) {
        case true?: x
        case false?: zero
        case nil: maximum(x, zero)
        }
    }

    /// g where x > 0 or x is NaN, else +0; both where that is undecided.
    @inlinable
    func passed(_ g: Scalar, where x: Scalar) -> Scalar {
        switch isPositiveOrNaN(x) {
        case true?: g
        case false?: zero
        case nil: hull(zero, g)
        }
    }
}
