import Arithmetics
import Tensors

/// The mean over each window: (Σ, padding left out) × round(1 / positions), padding counted among the positions.
public struct AveragePooling: Layer {
    private let windows: PoolingWindows
    public let kind: String
    public let window: (height: Int, width: Int)

    /// inputShape is [channels, height, width].
    public init(inputShape: [Int], window: Int, stride: Int, padding: Int = 0) {
        self.window = (window, window)
        windows = PoolingWindows(inputShape: inputShape, window: self.window, stride: stride, padding: padding)
        kind = "average-pool"
    }

    /// The mean of each plane: output [channels, 1, 1].
    public init(planesOf inputShape: [Int]) {
        window = (inputShape[1], inputShape[2])
        windows = PoolingWindows(inputShape: inputShape, window: window, stride: 1, padding: 0)
        kind = "global-average-pool"
    }

    /// Positions of a window.
    public var positions: Int { window.height * window.width }
    public var outputShape: [Int] { windows.outputShape }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let planes = x.shape[0] * outputShape[0]
        let lists = windows.windows.repeated(copies: planes, stride: windows.inputPlane)
        let sums = engine.gatherSums(x, lists, shape: [x.shape[0]] + outputShape)
        return (engine.zip(.multiply, sums, engine.reciprocal(positions)), Tape())
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        guard wantsInputGradient else { return (nil, []) }
        let planes = g.shape[0] * outputShape[0]
        let share = engine.zip(.multiply, g, engine.reciprocal(positions))
        let lists = windows.holders.repeated(copies: planes, stride: windows.outputPlane)
        return (engine.gatherSums(share, lists, shape: [g.shape[0]] + windows.inputShape), [])
    }
}

/// The maximum of each window; the first of equal values is kept. The gradient goes to the position that was kept;
/// where several may have been, each of them gets what lies between nothing and all of it.
public struct MaxPooling: Layer {
    private let windows: PoolingWindows

    /// inputShape is [channels, height, width].
    public init(inputShape: [Int], window: Int, stride: Int, padding: Int = 0) {
        windows = PoolingWindows(inputShape: inputShape, window: (window, window), stride: stride, padding: padding)
    }

    public var kind: String { "max-pool" }
    public var outputShape: [Int] { windows.outputShape }

    public func forward<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>, _ engine: inout Engine<A>
    ) -> (output: Tensor<A.Scalar>, tape: Tape<A.Scalar>) {
        let planes = x.shape[0] * outputShape[0]
        let maxima = engine.maxima(x, windows.windows.repeated(copies: planes, stride: windows.inputPlane))
        return (engine.largest(x, maxima, shape: [x.shape[0]] + outputShape), Tape(maxima: maxima))
    }

    public func backward<A: Arithmetic>(
        _ g: Tensor<A.Scalar>, _ tape: Tape<A.Scalar>, _ parameters: ArraySlice<Tensor<A.Scalar>>,
        wantsInputGradient: Bool, _ engine: inout Engine<A>
    ) -> (input: Tensor<A.Scalar>?, parameters: [Tensor<A.Scalar>]) {
        guard wantsInputGradient, let maxima = tape.maxima else { return (nil, []) }
        let shape = [g.shape[0]] + windows.inputShape
        return (engine.scatterSums(engine.shared(g, among: maxima), to: maxima, shape: shape), [])
    }
}
