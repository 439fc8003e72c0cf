import Arithmetics
import Networks
import Tensors
import Training

/// The one-layer network on a checkerboard: convolution without bias, swish, mean over all positions, one logit whose target
/// is 1.
///
/// The image is square, -1 where row + column is even, else +1. Every patch that the kernel sees is c (at positions of even row +
/// column) or -c, with c the patch at the corner; ‖c‖² is the number of weights.
///
/// - Source: Sun, Lao, Yezzi, Sundaramoorthi, *A PDE-based Explanation of Extreme Numerical Sensitivities and Edge of Stability
///   in Training Neural Networks* (arXiv 2206.02001), the nonlinear example.
public struct CheckerboardNetwork: Sendable, Hashable {
    public let imageSide: Int
    public let kernelSide: Int

    /// - Throws: `StudyError` for sides that do not fit.
    public init(imageSide: Int, kernelSide: Int) throws(StudyError) {
        guard (1...4096).contains(imageSide) else {
            throw StudyError("image: a side of \(imageSide) pixels; 1 to 4096 are possible")
        }
        guard (1...imageSide).contains(kernelSide) else {
            throw StudyError("kernel: a side of \(kernelSide) does not fit an image of \(imageSide)×\(imageSide)")
        }
        self.imageSide = imageSide
        self.kernelSide = kernelSide
    }

    public var outputSide: Int { imageSide - kernelSide + 1 }
    public var positions: Int { outputSide * outputSide }
    /// Positions whose patch is c: one more than the others where their number is odd.
    public var positivePositions: Int { (positions + 1) / 2 }
    public var negativePositions: Int { positions / 2 }
    /// Weights, and ‖c‖².
    public var weights: Int { kernelSide * kernelSide }
    public var kernelShape: [Int] { [1, 1, kernelSide, kernelSide] }

    /// The network as contract, section 3a, knows it.
    public var network: Network {
        let convolution = Convolution(
            inputShape: [1, imageSide, imageSide], channels: 1, kernel: kernelSide, hasBias: false)
        let swish = Activation(.swish(beta: .one), shape: convolution.outputShape)
        let pool = AveragePooling(inputShape: convolution.outputShape, window: outputSide, stride: 1)
        return Network(
            inputShape: convolution.inputShape,
            parts: [
                .layer(convolution), .layer(swish), .layer(pool), .layer(Flatten(inputShape: pool.outputShape)),
            ])
    }

    /// Pixels of a square corner of the image, row by row: the image, or c.
    private func pixels<A: Arithmetic>(_ side: Int, in arithmetic: A) -> [A.Scalar] {
        let pair = [arithmetic.negate(arithmetic.one), arithmetic.one]
        return (0..<side * side).map { pair[($0 / side + $0 % side) % 2] }
    }

    /// Shape [1, 1, side, side].
    public func image<A: Arithmetic>(in arithmetic: A) -> Tensor<A.Scalar> {
        Tensor(pixels(imageSide, in: arithmetic), shape: [1, 1, imageSide, imageSide])
    }

    /// c, of the kernel's shape.
    public func patch<A: Arithmetic>(in arithmetic: A) -> Tensor<A.Scalar> {
        Tensor(pixels(kernelSide, in: arithmetic), shape: kernelShape)
    }
}
