import Arithmetics
import Networks
import Tensors

/// One operation with its operands, to be made in any arithmetic.
struct OperationEvaluation {
    let body: OperationKind.OperationBody
    let operands: [(name: String, shape: [Int], values: ExactArray)]
    let labels: [Int]
    /// The gradient arriving at y; nil: no gradients are made, but for a loss, whose own is 1.
    let arriving: ExactArray?
    let threads: Int
    let instructionSet: InstructionSet

    typealias Results = [(name: String, values: ExactArray)]

    /// `y`, then `d` + operand for each gradient.
    func run(in name: ArithmeticName) -> Results {
        func open<A: Arithmetic>(_ arithmetic: A) -> Results {
            var engine = Engine(arithmetic, threads: threads)
            let tensors = operands.map { Tensor(arithmetic.array($0.values), shape: $0.shape) }
            return results(tensors, &engine).map { ($0.name, arithmetic.exactArray($0.tensor.elements.span)) }
        }
        return open(arithmetic(name, instructionSet: instructionSet))
    }

    private func results<A: Arithmetic>(
        _ x: [Tensor<A.Scalar>], _ engine: inout Engine<A>
    ) -> [(name: String, tensor: Tensor<A.Scalar>)] {
        let arithmetic = engine.arithmetic
        func gradient(_ shape: [Int]) -> Tensor<A.Scalar>? {
            arriving.map { Tensor(arithmetic.array($0), shape: shape) }
        }
        switch body {
        case .layer(let layer):
            let (y, tape) = layer.forward(x[0], x[1...], &engine)
            guard let g = gradient(y.shape) else { return [("y", y)] }
            let (input, own) = layer.backward(g, tape, x[1...], wantsInputGradient: true, &engine)
            var list = [("y", y)]
            if let input { list.append(("d" + operands[0].name, input)) }
            return list + zip(operands.dropFirst(), own).map { ("d" + $0.name, $1) }
        case .loss(let loss):
            let (value, gradient) = loss.evaluate(x[0], labels: labels, &engine)
            return [("y", value), ("dz", gradient)]
        case .matmul(let ta, let tb):
            let y = engine.matmul(x[0], x[1], transposeA: ta, transposeB: tb)
            guard let g = gradient(y.shape) else { return [("y", y)] }
            // y = A·B: dA = g·Bᵀ, dB = Aᵀ·g, each as its operand is stored.
            let da =
                ta
                ? engine.matmul(x[1], g, transposeA: tb, transposeB: true)
                : engine.matmul(g, x[1], transposeB: !tb)
            let db =
                tb
                ? engine.matmul(g, x[0], transposeA: true, transposeB: ta)
                : engine.matmul(x[0], g, transposeA: !ta)
            return [("y", y), ("da", da), ("db", db)]
        case .softmax(let logarithm): return softmax(x[0], logarithm, gradient(x[0].shape), &engine)
        case .sum(let mean):
            let y = mean ? engine.mean(x[0]) : engine.sum(x[0])
            guard let g = gradient([1]) else { return [("y", y)] }
            let share = mean ? engine.zip(.multiply, g, engine.reciprocal(x[0].count)) : g
            return [("y", y), ("dx", Tensor(repeating: share.elements[0], shape: x[0].shape))]
        }
    }

    /// Row x: m = maximum; t = x - m; e = exp(t); S = Σ e; e ÷ S, or t - log(S).
    private func softmax<A: Arithmetic>(
        _ x: Tensor<A.Scalar>, _ logarithm: Bool, _ g: Tensor<A.Scalar>?, _ engine: inout Engine<A>
    ) -> [(name: String, tensor: Tensor<A.Scalar>)] {
        let (rows, columns) = (x.shape[0], x.shape[1])
        let perRow = Repetition.blocks(of: columns, count: rows)
        let largest = engine.largest(x, engine.maxima(x, .rows(rows, columns: columns)), shape: [rows])
        let t = engine.zip(.subtract, x, largest, perRow)
        let e = engine.map(.elementary(.exp), t)
        let total = engine.sums(e, outer: 1, out: rows, inner: columns)
        let p = engine.zip(.divide, e, total, perRow)
        let y = logarithm ? engine.zip(.subtract, t, engine.map(.elementary(.log), total), perRow) : p
        guard let g else { return [("y", y)] }
        if logarithm {
            let sum = engine.sums(g, outer: 1, out: rows, inner: columns)
            return [("y", y), ("dx", engine.zip(.subtract, g, engine.zip(.multiply, p, sum, perRow)))]
        }
        let sum = engine.sums(engine.zip(.multiply, g, p), outer: 1, out: rows, inner: columns)
        return [("y", y), ("dx", engine.zip(.multiply, p, engine.zip(.subtract, g, sum, perRow)))]
    }

    /// Σ|terms| of every result that is a sum of products or of operands, and the most roundings that a term goes through.
    func magnitudes(in name: ArithmeticName) -> [(name: String, values: ExactArray, terms: Int)] {
        switch body {
        case .matmul, .sum: break
        case .layer(let layer) where layer is Dense || layer is Convolution: break
        default: return []
        }
        var absolute = self
        func magnitude(_ x: ExactArray) -> ExactArray {
            ExactArray((0..<x.count).map { x[$0].isNegative ? x[$0].negated : x[$0] })
        }
        let positive = operands.map { ($0.name, $0.shape, magnitude($0.values)) }
        absolute = OperationEvaluation(
            body: body, operands: positive, labels: labels, arriving: arriving.map(magnitude), threads: threads,
            instructionSet: instructionSet)
        // No sum has more terms than all operands have elements; a product and its bias are two roundings more.
        return absolute.run(in: name).map { result in
            (result.name, result.values, terms(of: result.name, results: result.values.count) + 2)
        }
    }

    private func terms(of result: String, results: Int) -> Int {
        let counts = Dictionary(uniqueKeysWithValues: operands.map { ($0.name, $0.values.count) })
        switch body {
        case .sum: return result == "y" ? operands[0].values.count : 1
        case .matmul(let ta, let tb):
            let (a, b) = (operands[0].shape, operands[1].shape)
            return result == "y" ? a[ta ? 0 : 1] : result == "da" ? b[tb ? 0 : 1] : a[ta ? 1 : 0]
        default:
            // y: weights of one output; dx: weights at most; dw, db: outputs at most.
            let weights = counts["w"] ?? 1
            let outputs = (arriving?.count ?? results)
            return result == "y" ? weights / max(1, operands[1].shape[0]) : result == "dx" ? weights : outputs
        }
    }
}
