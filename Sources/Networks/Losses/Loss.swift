import Arithmetics
import Tensors

/// A loss over a batch of logits [batch, outputs] and labels 0 ..< outputs: the mean, and its gradient.
///
/// The order of operations is the contract's, section 3a. Element-wise losses take one-hot targets.
public enum Loss: String, CaseIterable, Sendable {
    case crossEntropy = "cross-entropy"
    /// Binary cross-entropy with logits.
    case binaryCrossEntropy = "bce"
    case meanSquaredError = "mse"

    /// - Returns: the loss, shape [1], and its gradient by z, shape of z.
    public func evaluate<A: Arithmetic>(
        _ z: Tensor<A.Scalar>, labels: [Int], _ engine: inout Engine<A>
    ) -> (loss: Tensor<A.Scalar>, gradient: Tensor<A.Scalar>) {
        precondition(z.shape.count == 2 && z.shape[0] == labels.count && !labels.isEmpty, "one label a row is wanted")
        engine.enter("loss")
        switch self {
        case .crossEntropy: return softmaxCrossEntropyLoss(z, labels, &engine)
        case .binaryCrossEntropy:
            return binaryCrossEntropyLoss(z, oneHot(labels, z.shape[1], engine.arithmetic), &engine)
        case .meanSquaredError:
            return meanSquaredErrorLoss(z, oneHot(labels, z.shape[1], engine.arithmetic), &engine)
        }
    }

    /// 1 at each row's label, else 0: [batch, outputs].
    private func oneHot<A: Arithmetic>(_ labels: [Int], _ outputs: Int, _ arithmetic: A) -> Tensor<A.Scalar> {
        var targets = Tensor(repeating: arithmetic.zero, shape: [labels.count, outputs])
        for (row, label) in labels.enumerated() { targets.elements[row * outputs + label] = arithmetic.one }
        return targets
    }
}
