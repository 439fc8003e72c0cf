import Arithmetics

/// A tensor that is made, or the operations on others that will make it, so that who takes it can make them in a pass of its
/// own. Only arithmetics whose operations may be made at any time, and again, put anything off.
public final class Deferred<Scalar: BitwiseCopyable & Sendable> {
    indirect enum State {
        case made(Tensor<Scalar>)
        case zip(BinaryFunction<Scalar>, Deferred, Deferred)
    }

    private(set) var state: State
    public let shape: [Int]
    /// Will several take it? Then the first of them keeps what it makes.
    public var isShared = false

    public init(_ tensor: Tensor<Scalar>) {
        state = .made(tensor)
        shape = tensor.shape
    }

    fileprivate init(_ f: BinaryFunction<Scalar>, _ x: Deferred, _ y: Deferred) {
        precondition(x.shape.reduce(1, *) == y.shape.reduce(1, *), "shapes do not match")
        state = .zip(f, x, y)
        shape = x.shape
    }

    /// It was made on the way.
    public func settle(_ tensor: Tensor<Scalar>) {
        state = .made(Tensor(tensor.elements, shape: shape))
    }
}

extension Engine {
    /// f(x, y) element by element, put off where the arithmetic allows it.
    public mutating func deferred(
        _ f: BinaryFunction<A.Scalar>, _ x: Deferred<A.Scalar>, _ y: Deferred<A.Scalar>
    ) -> Deferred<A.Scalar> {
        guard arithmetic.makesAgain else { return Deferred(zip(f, made(x), made(y))) }
        _ = next(x.shape.reduce(1, *))
        return Deferred(f, x, y)
    }

    /// The tensor, made now if it was not.
    public func made(_ x: Deferred<A.Scalar>) -> T {
        switch x.state {
        case .made(let tensor): return tensor
        case .zip(let f, let left, let right):
            if case .made(let left) = left.state, case .made(let right) = right.state {
                x.settle(again(f, left, right))
                return made(x)
            }
            // Samples can be shared out among threads.
            var fusion = fusion(outer: 1, channels: x.shape[0], inner: x.shape.dropFirst().reduce(1, *))
            let value = join(x, in: &fusion)
            x.settle(evaluate(fusion, keeping: [value], shape: x.shape)[0])
            return made(x)
        }
    }

    /// The tensor as a value of a fusion of its shape.
    public func join(_ x: Deferred<A.Scalar>, in fusion: inout Fusion<A.Scalar>) -> Fusion<A.Scalar>.Value {
        switch x.state {
        case .made(let tensor): return fusion.elements(tensor.elements)
        case .zip(let f, let x, let y):
            let left = join(x, in: &fusion)
            return again(f, left, join(y, in: &fusion), in: &fusion)
        }
    }

    /// The value that was joined, where others will take it too and it is not made yet: to be settled then.
    public func whatToKeep(of x: Deferred<A.Scalar>, _ value: Fusion<A.Scalar>.Value) -> [Fusion<A.Scalar>.Value] {
        if case .zip = x.state, x.isShared { [value] } else { [] }
    }
}
