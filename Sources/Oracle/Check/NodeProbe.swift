import Arithmetics
import Networks
import Tensors

/// One layer or sum made once in training mode, in any arithmetic, on operands given exactly.
struct NodeProbe {
    let operation: Network.Node.Operation
    /// Batches, with their shapes.
    let inputs: [(values: ExactArray, shape: [Int])]
    let parameters: [ExactArray]

    struct Result {
        var output: ExactArray
        /// One an input; nil where it is not wanted.
        var inputGradients: [ExactArray?] = []
        var parameterGradients: [ExactArray] = []
    }

    /// - Parameters:
    ///   - gradient: arriving at the output; without one there is only a forward pass.
    ///   - wanted: of each input, whether its gradient is.
    func run(in name: ArithmeticName, gradient: ExactArray?, wanted: [Bool] = [], _ request: CheckRequest) -> Result {
        func open<A: Arithmetic>(_ arithmetic: A) -> Result {
            var engine = Engine(arithmetic, threads: request.threads)
            func tensor(_ x: ExactArray, _ shape: [Int]) -> Tensor<A.Scalar> {
                Tensor(arithmetic.array(x), shape: shape)
            }
            func exact(_ x: Tensor<A.Scalar>) -> ExactArray { arithmetic.exactArray(x.elements.span) }
            let x = inputs.map { tensor($0.values, $0.shape) }
            guard case .layer(let layer) = operation else {
                let output = exact(engine.zip(.add, x[0], x[1]))
                return Result(output: output, inputGradients: gradient.map { g in wanted.map { $0 ? g : nil } } ?? [])
            }
            let weights = zip(parameters, layer.parameters).map { tensor($0, $1.shape) }
            let (output, tape) = layer.forward(x[0], weights[...], &engine)
            var result = Result(output: exact(output))
            if let gradient {
                let (dx, own) = layer.backward(
                    tensor(gradient, output.shape), tape, weights[...], wantsInputGradient: wanted[0], &engine)
                result.inputGradients = [dx.map(exact)]
                result.parameterGradients = own.map(exact)
            }
            return result
        }
        return open(arithmetic(name, instructionSet: request.instructionSet))
    }
}

/// The loss made once, in any arithmetic, on logits given exactly.
struct LossProbe {
    let loss: Loss
    let logits: ExactArray
    let outputs: Int
    let labels: [Int]

    func run(in name: ArithmeticName, _ request: CheckRequest) -> (loss: ExactArray, gradient: ExactArray) {
        func open<A: Arithmetic>(_ arithmetic: A) -> (loss: ExactArray, gradient: ExactArray) {
            var engine = Engine(arithmetic, threads: request.threads)
            let z = Tensor(arithmetic.array(logits), shape: [labels.count, outputs])
            let (loss, gradient) = self.loss.evaluate(z, labels: labels, &engine)
            return (arithmetic.exactArray(loss.elements.span), arithmetic.exactArray(gradient.elements.span))
        }
        return open(arithmetic(name, instructionSet: request.instructionSet))
    }
}
