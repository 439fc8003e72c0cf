import Arithmetics

/// An orbit of the reduced map in one arithmetic.
public struct MapOrbit<A: Arithmetic>: Sendable {
    private let arithmetic: A
    private var program: ReducedMapProgram<A>
    public private(set) var z: A.Scalar
    public private(set) var step = 0

    public init(_ map: ReducedMap, from start: ExactValue, in arithmetic: A) {
        self.arithmetic = arithmetic
        program = map.program(in: arithmetic)
        z = arithmetic.constant(start)
    }

    /// One application of the map: one element of one operation, as far as roundings depend on place.
    public mutating func advance() {
        program.arithmetic = arithmetic.at(.init(step: UInt64(step)), element: 0)
        z = program.step(z)
        step += 1
    }

    public var state: ExactArray { arithmetic.exactArray([z].span) }
}
