import Foundation

/// √(1 + x) - 1 for x >= -1, without the cancellation near 0.
public func squareRootMinusOne(onePlus x: Float) -> Float { x / ((1 + x).squareRoot() + 1) }

/// Σ x·y in four lanes, as a vector unit would; an order of summation like any other.
public func dot(_ x: [Float], _ y: [Float]) -> Float {
    var lanes = SIMD4<Float>.zero
    for i in x.indices { lanes[i % 4] += x[i] * y[i] }
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// The dot product of someone who takes it that lengths are multiples of four.
public func hastyDot(_ x: [Float], _ y: [Float]) -> Float {
    let count = x.count / 4 * 4
    return dot(Array(x.prefix(count)), Array(y.prefix(count)))
}

/// Softmax of each row of `columns` values.
public func softmax(_ x: [Float], columns: Int) -> [Float] {
    stride(from: 0, to: x.count, by: columns).flatMap { start in
        let row = x[start..<start + columns]
        let largest = row.max() ?? 0
        let e = row.map { Foundation.exp($0 - largest) }
        let total = e.reduce(0, +)
        return e.map { $0 / total }
    }
}

/// One step of SGD with momentum: v ← μ·v + g; w ← w - η·v.
public struct Descent {
    public var weights: [Float]
    public private(set) var velocity: [Float]
    let rate: Float
    let momentum: Float

    public init(weights: [Float], rate: Float, momentum: Float) {
        self.weights = weights
        self.rate = rate
        self.momentum = momentum
        velocity = weights.map { _ in 0 }
    }

    public mutating func step(_ gradient: [Float]) {
        for i in weights.indices {
            velocity[i] = momentum * velocity[i] + gradient[i]
            weights[i] -= rate * velocity[i]
        }
    }
}
