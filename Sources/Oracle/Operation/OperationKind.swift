import Arithmetics
import Networks
import Training

/// An operation that another program's result is judged by, with what its operands are called in files.
public struct OperationKind: Sendable {
    public let name: String
    /// Tensors of the inputs file, in order; those after `required` may be missing.
    public let operands: [String]
    public let required: Int
    /// Wants integer `labels`, one a row.
    public let takesLabels: Bool
    /// Whole-number options with their defaults; nil: must be given.
    public let attributes: [(name: String, standard: Int?)]
    /// Real options with their defaults.
    public let factors: [(name: String, standard: String)]
    let make: @Sendable (OperationShapes) throws(StudyError) -> OperationBody

    /// What is computed, once shapes are known.
    enum OperationBody: Sendable {
        case layer(any Layer)
        case loss(Loss)
        case matmul(transposeA: Bool, transposeB: Bool)
        case softmax(logarithm: Bool)
        case sum(mean: Bool)
    }

    private init(
        _ name: String, _ operands: [String], required: Int? = nil, labels: Bool = false,
        attributes: [(name: String, standard: Int?)] = [], factors: [(name: String, standard: String)] = [],
        _ make: @escaping @Sendable (OperationShapes) throws(StudyError) -> OperationBody
    ) {
        self.name = name
        self.operands = operands
        self.required = required ?? operands.count
        takesLabels = labels
        self.attributes = attributes
        self.factors = factors
        self.make = make
    }

    public static let all: [OperationKind] = {
        var list = [
            OperationKind("matmul", ["a", "b"], attributes: [("transpose-a", 0), ("transpose-b", 0)]) {
                s throws(StudyError) in
                try s.expect("a", axes: 2)
                try s.expect("b", axes: 2)
                let (ta, tb) = (s.attribute("transpose-a") != 0, s.attribute("transpose-b") != 0)
                let inner = (s["a"][ta ? 0 : 1], s["b"][tb ? 1 : 0])
                guard inner.0 == inner.1 else {
                    throw StudyError(
                        "matmul: a is \(s["a"]) and b \(s["b"]): the inner sizes \(inner.0) and \(inner.1) differ")
                }
                return .matmul(transposeA: ta, transposeB: tb)
            },
            OperationKind("dense", ["x", "w", "b"], required: 2) { s throws(StudyError) in
                try s.expect("w", axes: 2)
                let inputs = s["x"].dropFirst().reduce(1, *)
                guard s["x"].count >= 2, s["w"][1] == inputs else {
                    throw StudyError("dense: x is \(s["x"]) and w \(s["w"]); w is [outputs, inputs]")
                }
                return .layer(Dense(inputs: inputs, outputs: s["w"][0], hasBias: s.has("b")))
            },
            OperationKind(
                "conv2d", ["x", "w", "b"], required: 2, attributes: [("stride", 1), ("pad", 0), ("groups", 1)]
            ) { s throws(StudyError) in
                try s.expect("x", axes: 4)
                try s.expect("w", axes: 4)
                guard s["w"][2] == s["w"][3] else { throw StudyError("conv2d: the kernel \(s["w"]) is not square") }
                let specification = LayerSpecification.convolution(
                    channels: s["w"][0], kernel: s["w"][2], stride: s.attribute("stride"), padding: s.attribute("pad"),
                    groups: s.attribute("groups"), bias: s.has("b"))
                return .layer(try s.layer(specification))
            },
            OperationKind(
                "average-pool", ["x"], attributes: [("size", nil), ("stride", 0), ("pad", 0)]
            ) { s throws(StudyError) in
                .layer(
                    try s.layer(
                        .averagePool(window: s.attribute("size"), stride: s.stride, padding: s.attribute("pad"))))
            },
            OperationKind(
                "max-pool", ["x"], attributes: [("size", nil), ("stride", 0), ("pad", 0)]
            ) { s throws(StudyError) in
                .layer(
                    try s.layer(.maxPool(window: s.attribute("size"), stride: s.stride, padding: s.attribute("pad"))))
            },
            OperationKind("batch-norm", ["x", "w", "b"], factors: [("eps", "1e-5")]) { s throws(StudyError) in
                guard s["x"].count >= 2 else {
                    throw StudyError("batch-norm: x is \(s["x"]); it is [batch, channels, …]")
                }
                return .layer(
                    BatchNorm(shape: Array(s["x"].dropFirst()), epsilon: s.factor("eps"), rho: .zero))
            },
            OperationKind("layer-norm", ["x", "w", "b"], factors: [("eps", "1e-5")]) { s throws(StudyError) in
                guard s["x"].count >= 2 else { throw StudyError("layer-norm: x is \(s["x"]); it is [rows, …]") }
                return .layer(LayerNorm(shape: Array(s["x"].dropFirst()), epsilon: s.factor("eps")))
            },
            OperationKind("softmax", ["x"]) { s throws(StudyError) in
                try s.expect("x", axes: 2)
                return .softmax(logarithm: false)
            },
            OperationKind("log-softmax", ["x"]) { s throws(StudyError) in
                try s.expect("x", axes: 2)
                return .softmax(logarithm: true)
            },
            OperationKind("sum", ["x"]) { _ throws(StudyError) in .sum(mean: false) },
            OperationKind("mean", ["x"]) { _ throws(StudyError) in .sum(mean: true) },
            OperationKind("swish", ["x"], factors: [("beta", "1")]) { s throws(StudyError) in
                .layer(Activation(.swish(beta: s.factor("beta")), shape: Array(s["x"].dropFirst())))
            },
        ]
        let activations: [(String, Activation.Function)] = [
            ("relu", .relu), ("sigmoid", .sigmoid), ("tanh", .tanh), ("softplus", .softplus),
        ]
        for (name, function) in activations {
            list.append(
                OperationKind(name, ["x"]) { s throws(StudyError) in
                    .layer(Activation(function, shape: Array(s["x"].dropFirst())))
                })
        }
        for loss in Loss.allCases {
            list.append(
                OperationKind(loss.rawValue, ["z"], labels: true) { s throws(StudyError) in
                    try s.expect("z", axes: 2)
                    return .loss(loss)
                })
        }
        return list
    }()
}

/// Shapes of the operands and options of one operation.
struct OperationShapes {
    let operation: String
    let shapes: [String: [Int]]
    let attributes: [String: Int]
    let factors: [String: ExactValue]
    let format: Format

    subscript(operand: String) -> [Int] { shapes[operand] ?? [] }
    func has(_ operand: String) -> Bool { shapes[operand] != nil }
    func attribute(_ name: String) -> Int { attributes[name] ?? 0 }
    func factor(_ name: String) -> ExactValue { factors[name] ?? .zero }
    /// Of a pool: its size unless given.
    var stride: Int { attribute("stride") == 0 ? attribute("size") : attribute("stride") }

    func expect(_ operand: String, axes: Int) throws(StudyError) {
        guard self[operand].count == axes else {
            throw StudyError("\(operation): \(operand) has shape \(self[operand]); \(axes) axes are wanted")
        }
    }

    /// The layer for the shape of x, with the mistakes of a study's layer told.
    func layer(_ specification: LayerSpecification) throws(StudyError) -> any Layer {
        do { return try specification.layer(for: Array(self["x"].dropFirst()), grid: format) } catch {
            throw StudyError("\(operation): \(error)")
        }
    }
}
