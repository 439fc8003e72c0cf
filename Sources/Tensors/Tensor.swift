import Arithmetics

/// A dense array of scalars with a shape, row-major. Plain data: what an operation means is the arithmetic's business.
public struct Tensor<Scalar: BitwiseCopyable & Sendable>: Sendable {
    public let shape: [Int]
    public var elements: [Scalar]

    public init(_ elements: [Scalar], shape: [Int]) {
        precondition(elements.count == shape.reduce(1, *), "the elements do not fill the shape")
        self.elements = elements
        self.shape = shape
    }

    public init(repeating value: Scalar, shape: [Int]) {
        self.init([Scalar](repeating: value, count: shape.reduce(1, *)), shape: shape)
    }

    public var count: Int { elements.count }

    /// The same elements under another shape of the same count.
    public func reshaped(_ shape: [Int]) -> Tensor { Tensor(elements, shape: shape) }

    /// Rows `indices` of the first axis, in that order.
    public func rows(_ indices: some Sequence<Int>) -> Tensor {
        let length = shape.dropFirst().reduce(1, *)
        var result: [Scalar] = []
        var count = 0
        for i in indices {
            result.append(contentsOf: elements[i * length..<(i + 1) * length])
            count += 1
        }
        return Tensor(result, shape: [count] + shape.dropFirst())
    }
}
