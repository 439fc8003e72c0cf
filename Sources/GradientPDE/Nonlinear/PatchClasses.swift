import Arithmetics
import Networks
import Tensors

/// One pass through the checkerboard network by classes of positions instead of position by position: the same bits.
///
/// Why: (1) There are two patches, so the operands of an output, and of everything made of it element by element, are those of
/// one of two positions, in the same order; equal operands give equal bits wherever roundings do not depend on place.
/// (2) Sums over positions run over all of them in the contract's order, each term taken from its class. (3) A dot product
/// with the image has only exact products, ±g: in every reduction that is the sum of the signed values, a fused addition of an
/// exact product being the addition of it.
/// Where roundings depend on place (stochastic), the definition runs: `NonlinearRun` chooses.
public struct PatchClasses: Sendable {
    let network: CheckerboardNetwork
    /// The class of every position, 0 for c and 1 for -c: one list.
    let positions: IndexLists
    /// Terms of the gradient of a weight where c is -1, and of one where it is +1, as indices into (g of class 0, g of class 1,
    /// their negatives).
    let gradientTerms: IndexLists
    /// Which of the two a weight has.
    let gradientOfWeight: [Int32]

    public init(_ network: CheckerboardNetwork) {
        self.network = network
        let side = network.outputSide
        let classes = (0..<side * side).map { Int32(($0 / side + $0 % side) % 2) }
        let count = Int32(classes.count)
        positions = IndexLists(offsets: [0, count], indices: classes)
        // The pixel that weight w meets at a position is c[w] in class 0, -c[w] in class 1.
        gradientTerms = IndexLists(
            offsets: [0, count, 2 * count], indices: classes.map { $0 == 0 ? 2 : 1 } + classes.map { $0 == 0 ? 0 : 3 })
        let kernelSide = network.kernelSide
        gradientOfWeight = (0..<network.weights).map { Int32(($0 / kernelSide + $0 % kernelSide) % 2) }
    }

    /// c and -c, shape [2, weights].
    func patches<A: Arithmetic>(in arithmetic: A) -> Tensor<A.Scalar> {
        let patch = network.patch(in: arithmetic).elements
        return Tensor(patch + patch.map { arithmetic.negate($0) }, shape: [2, network.weights])
    }

    /// - Parameter patches: c and -c.
    /// - Returns: cross-entropy, shape [1], and gradient, of the kernel's shape.
    func pass<A: Arithmetic>(
        kernel: Tensor<A.Scalar>, patches: Tensor<A.Scalar>, _ engine: inout Engine<A>
    ) -> (loss: Tensor<A.Scalar>, gradient: Tensor<A.Scalar>) {
        let swish = engine.constant(.one)
        let y = engine.matmul(patches, kernel.reshaped([network.weights, 1])).reshaped([2])
        let activated = engine.map(.swish(beta: swish), y)
        let share = engine.reciprocal(network.positions)
        let pooled = engine.zip(.multiply, engine.gatherSums(activated, positions, shape: [1]), share)
        let (loss, arrived) = Loss.binaryCrossEntropy.evaluate(pooled.reshaped([1, 1]), labels: [0], &engine)
        // The gradient of the mean is a sum of one term, which makes +0 of -0.
        let one = IndexLists(offsets: [0, 1], indices: [0])
        let g = engine.gatherSums(engine.zip(.multiply, arrived, share), one, shape: [1])
        let ofClasses = engine.zip(.swishGradient(beta: swish), y, g, .scalar)
        let signed = Tensor(ofClasses.elements + engine.map(.negate, ofClasses).elements, shape: [4])
        let gradients = engine.gatherSums(signed, gradientTerms, shape: [2])
        return (loss, engine.gather(gradients, gradientOfWeight, shape: network.kernelShape))
    }
}
