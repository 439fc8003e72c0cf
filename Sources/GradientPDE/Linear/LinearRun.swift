import Arithmetics
import Networks
import Tensors

/// Gradient descent on the linearised one-layer network: kernel w, image I, valid convolution, X the patches as columns.
///
/// One update, every operation rounded, in this order: c = conv2d(I, w); q = conv2d's kernel gradient with c as arriving
/// gradient, which is XXᵀw; G = (½a × (mean(I) + β × q)) + α × w; w ← w - Δt × G as the contract's SGD step (section 4, with
/// its factor k). Before the update: loss = BCE-with-logits(mean(swish(c)), 1) + ½α × dot(w, w).
///
/// - Source: Sun, Lao, Yezzi, Sundaramoorthi, *A PDE-based Explanation of Extreme Numerical Sensitivities and Edge of Stability
///   in Training Neural Networks* (arXiv 2206.02001), the linear example.
public struct LinearRun<A: Arithmetic>: Sendable {
    public let arithmetic: A
    public let network: CheckerboardNetwork
    public private(set) var step = 0
    /// w, shape [1, 1, side, side].
    public private(set) var kernel: Tensor<A.Scalar>

    /// How a product with the image is made: by the classes of positions, or position by position.
    private let classes: PatchClasses?
    private let shape: ConvolutionShape
    private let image: Tensor<A.Scalar>
    private let patch: Tensor<A.Scalar>
    /// mean(I), where it is the same at every update; nil where roundings depend on place.
    private let meanOfImage: A.Scalar?
    private let isHomogeneous: Bool
    private let halfSlope, beta, decay, halfDecay: A.Scalar
    private let constants: DescentConstants<A.Scalar>
    private let threads: Int

    /// - Parameters:
    ///   - kernel: the start, as many numbers of the grid as there are weights.
    ///   - classes: of the same network, to convolve by classes where that gives the same bits; nil for every position.
    ///   - isHomogeneous: leave mean(I) out: the update's tangent map. (It is 0 anyway where the image's side is even.)
    public init(
        _ network: CheckerboardNetwork, _ coefficients: LinearCoefficients, kernel: ExactArray, in arithmetic: A,
        classes: PatchClasses?, isHomogeneous: Bool = false, threads: Int = 1
    ) {
        precondition(kernel.count == network.weights, "the kernel does not fit the network")
        self.arithmetic = arithmetic
        self.network = network
        self.threads = threads
        self.isHomogeneous = isHomogeneous
        self.kernel = Tensor(arithmetic.array(kernel), shape: network.kernelShape)
        self.classes = arithmetic.place == nil ? classes : nil
        let side = network.imageSide
        shape = ConvolutionShape(
            batch: 1, inChannels: 1, inHeight: side, inWidth: side, outChannels: 1, kernelHeight: network.kernelSide,
            kernelWidth: network.kernelSide)
        image = network.image(in: arithmetic)
        patch = network.patch(in: arithmetic)
        let half = ExactValue(0.5)
        halfSlope = arithmetic.constant(coefficients.slope.times(half))
        beta = arithmetic.constant(coefficients.beta)
        decay = arithmetic.constant(coefficients.decay)
        halfDecay = arithmetic.constant(coefficients.decay.times(half))
        constants = DescentConstants(
            rate: arithmetic.constant(coefficients.timeStep), momentum: nil, weightDecay: nil, nesterov: false,
            isFirst: true, k: coefficients.k)
        if arithmetic.place == nil {
            var engine = Engine(arithmetic, threads: threads)
            meanOfImage = engine.mean(image).elements[0]
        } else {
            meanOfImage = nil
        }
    }

    /// Were products with the image made by classes of positions?
    public var usesClasses: Bool { classes != nil }

    /// Makes one update.
    ///
    /// - Parameter recording: whether to evaluate what there was before it: beside the update, numbered like the operations of
    ///   an evaluation pass.
    @discardableResult
    public mutating func advance(recording: Bool = true) -> NonlinearRecord<A.Scalar>? {
        var engine = Engine(arithmetic, step: UInt64(step), threads: threads)
        // Outputs at every position, or of each class.
        let outputs: Tensor<A.Scalar>
        let product: Tensor<A.Scalar>
        if let classes {
            outputs = classes.outputs(of: kernel, patch: patch, &engine)
            product = classes.kernelGradient(outputs, &engine)
        } else {
            outputs = engine.convolve(image, kernel, shape)
            product = engine.convolveKernelGradient(outputs, image, shape)
        }
        let record = recording ? record(outputs) : nil
        let mean = meanOfImage ?? engine.mean(image).elements[0]
        var gradient = engine.zip(.multiply, product, beta)
        if !isHomogeneous { gradient = engine.zip(.add, gradient, mean) }
        gradient = engine.zip(.multiply, gradient, halfSlope)
        let pull = engine.zip(.multiply, kernel, decay)
        gradient = engine.zip(.add, gradient, pull)
        var velocity: Tensor<A.Scalar>?
        engine.descend(&kernel, &velocity, gradient, constants)
        step += 1
        return record
    }

    /// Cross-entropy + ½α × dot(w, w), dot(c, w) with c the corner's patch, and dot(w, w).
    private func record(_ outputs: Tensor<A.Scalar>) -> NonlinearRecord<A.Scalar> {
        var engine = Engine(evaluating: 1, after: 0, in: arithmetic, step: UInt64(step), threads: threads)
        let activated = engine.map(.swish(beta: beta), outputs)
        let sum = classes?.sumOverPositions(activated, &engine) ?? engine.sum(activated)
        let mean = engine.zip(.multiply, sum, engine.reciprocal(network.positions))
        let (loss, _) = Loss.binaryCrossEntropy.evaluate(mean.reshaped([1, 1]), labels: [0], &engine)
        let squaredNorm = engine.dot(kernel, kernel)
        let penalty = engine.zip(.multiply, squaredNorm, halfDecay)
        let total = engine.zip(.add, loss, penalty)
        let projection = engine.dot(patch, kernel)
        return NonlinearRecord(
            step: step, totalLoss: total.elements[0], crossEntropy: loss.elements[0],
            projection: projection.elements[0], squaredNorm: squaredNorm.elements[0])
    }

    /// The kernel exactly; of enclosures, the middles.
    public var state: ExactArray { arithmetic.exactArray(kernel.elements.span) }
}

extension PatchClasses {
    /// What the convolution gives at positions of either class: shape [2].
    func outputs<A: Arithmetic>(
        of kernel: Tensor<A.Scalar>, patch: Tensor<A.Scalar>, _ engine: inout Engine<A>
    ) -> Tensor<A.Scalar> {
        let opposite = patch.elements.map { engine.arithmetic.negate($0) }
        let patches = Tensor(patch.elements + opposite, shape: [2, network.weights])
        return engine.matmul(patches, kernel.reshaped([network.weights, 1])).reshaped([2])
    }

    /// Σ over all positions in order, each term that of its class: shape [1].
    func sumOverPositions<A: Arithmetic>(_ x: Tensor<A.Scalar>, _ engine: inout Engine<A>) -> Tensor<A.Scalar> {
        engine.gatherSums(x, positions, shape: [1])
    }

    /// The kernel gradient of a convolution whose arriving gradient is that of either class.
    func kernelGradient<A: Arithmetic>(_ g: Tensor<A.Scalar>, _ engine: inout Engine<A>) -> Tensor<A.Scalar> {
        let signed = Tensor(g.elements + g.elements.map { engine.arithmetic.negate($0) }, shape: [4])
        let gradients = engine.gatherSums(signed, gradientTerms, shape: [2])
        return engine.gather(gradients, gradientOfWeight, shape: network.kernelShape)
    }
}
