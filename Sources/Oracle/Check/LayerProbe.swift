import Arithmetics
import Networks
import Tensors

/// One layer made once, in any arithmetic, on operands given exactly.
struct LayerProbe {
    let layer: any Layer
    /// Shape of the batch that goes in.
    let inputShape: [Int]
    let input: ExactArray
    let parameters: [ExactArray]

    struct Result {
        var output: ExactArray
        var inputGradient: ExactArray?
        var parameterGradients: [ExactArray] = []
    }

    /// - Parameter gradient: arriving at the output; without one there is only a forward pass.
    func run(
        in name: ArithmeticName, gradient: ExactArray?, wantsInputGradient: Bool, _ request: CheckRequest
    ) -> Result {
        func open<A: Arithmetic>(_ arithmetic: A) -> Result {
            var engine = Engine(arithmetic, threads: request.threads)
            func tensor(_ x: ExactArray, _ shape: [Int]) -> Tensor<A.Scalar> {
                Tensor(arithmetic.array(x), shape: shape)
            }
            func exact(_ x: Tensor<A.Scalar>) -> ExactArray { arithmetic.exactArray(x.elements.span) }
            let weights = zip(parameters, layer.parameters).map { tensor($0, $1.shape) }
            let (output, tape) = layer.forward(tensor(input, inputShape), weights[...], &engine)
            var result = Result(output: exact(output))
            if let gradient {
                let (dx, own) = layer.backward(
                    tensor(gradient, output.shape), tape, weights[...], wantsInputGradient: wantsInputGradient,
                    &engine)
                result.inputGradient = dx.map(exact)
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
