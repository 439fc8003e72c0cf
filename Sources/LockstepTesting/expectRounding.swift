import Arithmetics
import Oracle
import TensorFiles
import Testing

/// Expects that the result of an operation differs from the exact one by no more than rounding, in whatever order it was summed.
///
///     expectRounding(of: "matmul", ["a": (a, [3, 20]), "b": (b, [20, 4])], gives: y)
///     expectRounding(of: "conv2d", ["x": (x, [1, 1, 4, 4]), "w": (w, [2, 1, 3, 3])], attributes: ["pad": 1], gives: y,
///         gradients: ["g": g, "dx": dx, "dw": dw])
///
/// The operation is made exactly and by an ensemble of equally valid ways of rounding; a result that is off more than
/// `limits.maxRatio` times the largest of them is a mistake. `lockstep oracle op` judges files alike.
///
/// - Parameters:
///   - operation: a name of `OperationKind.all`, such as `matmul`, `dense`, `conv2d`, `softmax`, `sum`, `batch-norm`.
///   - operands: values in row-major order and shape, by the operation's names: `a`, `b` (matmul), `x`, `w`, `b`, or `z`.
///   - labels: of a loss, one a row of `z`.
///   - attributes: whole numbers such as `stride` and `pad`.
///   - factors: decimal texts such as `["eps": "1e-5"]`.
///   - result: y, in row-major order.
///   - gradients: `g`, the gradient arriving at y, and any of `dx`, `dw`, … to be judged with it.
public func expectRounding<Number: JudgedNumber>(
    of operation: String, _ operands: KeyValuePairs<String, (values: [Number], shape: [Int])>, labels: [Int]? = nil,
    attributes: [String: Int] = [:], factors: [String: String] = [:], gives result: [Number],
    gradients: KeyValuePairs<String, [Number]> = [:], limits: CheckLimits = CheckLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) {
    do {
        guard let kind = OperationKind.all.first(where: { $0.name == operation }) else {
            let known = OperationKind.all.map(\.name).joined(separator: ", ")
            throw ExpectationError(description: "no operation \"\(operation)\"; there are \(known)")
        }
        var request = OperationRequest(kind)
        request.attributes = attributes
        request.limits = limits
        for (name, text) in factors {
            guard let value = Rational(decimal: text) else {
                throw ExpectationError(description: "\(operation): \(name) is \"\(text)\", which is no decimal number")
            }
            request.factors[name] = value
        }
        for (name, operand) in operands where operand.values.count != operand.shape.reduce(1, *) {
            throw ExpectationError(
                description: "\(operation): \(name) has \(operand.values.count) elements, not the "
                    + "\(operand.shape.reduce(1, *)) of shape \(operand.shape)")
        }
        var inputs = TensorArchive()
        for (name, operand) in operands { try inputs.append(name, StoredTensor(operand.values, shape: operand.shape)) }
        if let labels { try inputs.append("labels", StoredTensor(labels.map(Int64.init), shape: [labels.count])) }
        var output = TensorArchive()
        try output.append("y", StoredTensor(result, shape: [result.count]))
        var tensors = OperationTensors(inputs: .init("operands", inputs), output: .init("result", output))
        if !gradients.isEmpty {
            var archive = TensorArchive()
            for (name, values) in gradients { try archive.append(name, StoredTensor(values, shape: [values.count])) }
            tensors.gradients = .init("gradients", archive)
        }
        let findings = try OperationCheck(request, tensors).run()
        for row in findings.rows where row.verdict != .agrees {
            Issue.record(Comment(rawValue: message(row, findings)), sourceLocation: sourceLocation)
        }
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}

private func message(_ row: OperationFindings.Row, _ findings: OperationFindings) -> String {
    let judgement = row.judgement
    let worst = judgement.worst
    let what =
        row.verdict == .differs
        ? "is more than rounding" : "cannot be told from rounding, nor taken for it"
    return "\(findings.operation): \(row.tensor)[\(worst.element)] \(what): \(worst.ulps) ulps off, "
        + "\(judgement.ratio) times what valid roundings give by \(judgement.measure) (at most "
        + "\(findings.limits.maxRatio)): found \(findings.format.reading(worst.foreign)), exact "
        + "\(worst.reference.decimal(digits: 21))"
}
