import Arithmetics
import Networks
import Tensors

/// Plain SGD with weight decay on the checkerboard network, in one arithmetic. A value: a copy goes its own way.
public struct NonlinearRun<A: Arithmetic>: Sendable {
    /// How a pass is made; the bits are the same.
    public enum Method: String, Sendable {
        /// The layers of the network, position by position.
        case layers
        /// See `PatchClasses`. Only where roundings do not depend on place.
        case patchClasses = "patch classes"
    }

    public let arithmetic: A
    public let network: CheckerboardNetwork
    public let method: Method
    public private(set) var step = 0
    /// Shape [1, 1, side, side].
    public internal(set) var kernel: Tensor<A.Scalar>

    private let classes: PatchClasses?
    private let layers: Network
    private let image: Tensor<A.Scalar>
    private let patches: Tensor<A.Scalar>
    private let patch: Tensor<A.Scalar>
    private let constants: DescentConstants<A.Scalar>
    private let halfDecay: A.Scalar
    private let threads: Int

    /// - Parameters:
    ///   - rate: η on the grid.
    ///   - decay: α on the grid.
    ///   - k: the factor of perturbed SGD (contract, section 4).
    ///   - kernel: the start, as many numbers of the grid as there are weights.
    ///   - classes: of the same network, to pass by classes where that gives the same bits; nil for the layers.
    public init(
        _ network: CheckerboardNetwork, rate: ExactValue, decay: ExactValue, k: Int = 1, kernel: ExactArray,
        in arithmetic: A, classes: PatchClasses?, threads: Int = 1
    ) {
        precondition(kernel.count == network.weights, "the kernel does not fit the network")
        self.arithmetic = arithmetic
        self.network = network
        self.threads = threads
        self.kernel = Tensor(arithmetic.array(kernel), shape: network.kernelShape)
        let usable = arithmetic.place == nil ? classes : nil
        self.classes = usable
        method = usable == nil ? .layers : .patchClasses
        layers = network.network
        let none = Tensor<A.Scalar>([], shape: [0])
        image = usable == nil ? network.image(in: arithmetic) : none
        patches = usable?.patches(in: arithmetic) ?? none
        patch = network.patch(in: arithmetic)
        constants = DescentConstants(
            rate: arithmetic.constant(rate), momentum: nil,
            weightDecay: decay.kind == .zero ? nil : arithmetic.constant(decay), nesterov: false, isFirst: true, k: k)
        halfDecay = arithmetic.constant(decay.times(ExactValue(0.5)))
    }

    /// Makes one update.
    ///
    /// - Returns: what there was before it. Total loss, ⟨c, K⟩ and ‖K‖² are evaluated beside the training: their operations are
    ///   numbered like those of an evaluation pass.
    @discardableResult
    public mutating func advance() -> NonlinearRecord<A.Scalar> {
        var engine = Engine(arithmetic, step: UInt64(step), threads: threads)
        let (loss, gradient) = pass(&engine)
        let record = record(crossEntropy: loss)
        var velocity: Tensor<A.Scalar>?
        engine.descend(&kernel, &velocity, gradient, constants)
        step += 1
        return record
    }

    private func pass(_ engine: inout Engine<A>) -> (loss: Tensor<A.Scalar>, gradient: Tensor<A.Scalar>) {
        if let classes { return classes.pass(kernel: kernel, patches: patches, &engine) }
        // No layer here has running statistics.
        var statistics: [Tensor<A.Scalar>] = []
        let (output, tapes) = layers.forward(image, [kernel], &statistics, .training, &engine)
        let (loss, arrived) = Loss.binaryCrossEntropy.evaluate(output, labels: [0], &engine)
        return (loss, layers.backward(arrived, tapes, [kernel], &engine)[0])
    }

    /// Cross-entropy + ½α × dot(K, K), dot(c, K) and dot(K, K).
    private func record(crossEntropy: Tensor<A.Scalar>) -> NonlinearRecord<A.Scalar> {
        var engine = Engine(evaluating: 1, after: 0, in: arithmetic, step: UInt64(step), threads: threads)
        let squaredNorm = engine.dot(kernel, kernel)
        let penalty = engine.zip(.multiply, squaredNorm, halfDecay)
        let total = engine.zip(.add, crossEntropy, penalty)
        let projection = engine.dot(patch, kernel)
        return NonlinearRecord(
            step: step, totalLoss: total.elements[0], crossEntropy: crossEntropy.elements[0],
            projection: projection.elements[0], squaredNorm: squaredNorm.elements[0])
    }

    /// The kernel exactly.
    public var state: ExactArray { arithmetic.exactArray(kernel.elements.span) }
}

/// What a step began with.
public struct NonlinearRecord<Scalar: BitwiseCopyable & Sendable>: Sendable {
    public let step: Int
    /// Cross-entropy + ½α‖K‖².
    public let totalLoss: Scalar
    public let crossEntropy: Scalar
    /// z = ⟨c, K⟩.
    public let projection: Scalar
    /// ‖K‖².
    public let squaredNorm: Scalar
}
