import Arithmetics

// Operations of an engine that are made together. Each is numbered when it is written down, so other operations of the engine
// may stand between.

extension Engine {
    /// Operations on tensors of one shape, seen as [outer, channels, inner].
    public func fusion(outer: Int, channels: Int, inner: Int) -> Fusion<A.Scalar> {
        Fusion(outer: outer, channels: channels, inner: inner)
    }

    public mutating func map(
        _ f: UnaryFunction<A.Scalar>, _ x: Fusion<A.Scalar>.Value, in fusion: inout Fusion<A.Scalar>
    ) -> Fusion<A.Scalar>.Value {
        fusion.map(f, x, at: next(fusion, x))
    }

    public mutating func zip(
        _ f: BinaryFunction<A.Scalar>, _ x: Fusion<A.Scalar>.Value, _ y: Fusion<A.Scalar>.Value,
        in fusion: inout Fusion<A.Scalar>
    ) -> Fusion<A.Scalar>.Value {
        fusion.zip(f, x, y, at: next(fusion, x))
    }

    /// Results of channels belong to no sample.
    private mutating func next(_ fusion: Fusion<A.Scalar>, _ x: Fusion<A.Scalar>.Value) -> Site {
        fusion.hasElements(x) ? next(fusion.count) : next()
    }

    /// An operation that was made before, in a pass that did not keep its result. It has no number of its own: only for
    /// arithmetics that may make operations again.
    public func again(
        _ f: BinaryFunction<A.Scalar>, _ x: Fusion<A.Scalar>.Value, _ y: Fusion<A.Scalar>.Value,
        in fusion: inout Fusion<A.Scalar>
    ) -> Fusion<A.Scalar>.Value {
        precondition(arithmetic.makesAgain, "an operation of \(arithmetic.name) is made once")
        return fusion.zip(f, x, y, at: site)
    }

    func again(_ f: BinaryFunction<A.Scalar>, _ x: T, _ y: T) -> T {
        precondition(arithmetic.makesAgain, "an operation of \(arithmetic.name) is made once")
        let elements = Array(count: x.count) {
            arithmetic.zip(f, x.elements.span, y.elements.span, .none(y.count), into: &$0, at: site)
        }
        return Tensor(elements, shape: x.shape)
    }

    /// For each channel, over outer, then inner.
    public mutating func sum(
        _ x: Fusion<A.Scalar>.Value, in fusion: inout Fusion<A.Scalar>
    ) -> Fusion<A.Scalar>.Value {
        fusion.sum(x, at: next())
    }

    /// The values that are kept: tensors of the given shape, those of channels of shape [channels].
    public func evaluate(
        _ fusion: Fusion<A.Scalar>, keeping kept: [Fusion<A.Scalar>.Value], shape: [Int]
    ) -> [T] {
        Swift.zip(arithmetic.evaluate(fusion, keeping: kept), kept).map { elements, value in
            Tensor(elements, shape: fusion.hasElements(value) ? shape : [fusion.channels])
        }
    }
}
