import Arithmetics
import Comparison
import Tensors

/// An operation on whole tensors in several arithmetics: a matrix product, or a function element by element.
public struct ArrayResults: Sendable {
    public struct Outcome: Sendable {
        public let arithmetic: ArithmeticName
        public let values: ExactArray
        /// Against the exact operation on the inputs as the arithmetic holds them; nil for one that gives bounds.
        public let operation: ErrorMeasures?
        /// Against the exact operation on the inputs as given; nil for one that gives bounds.
        public let total: ErrorMeasures?
        /// Instead of both, of an arithmetic that gives bounds: against the exact operation on the inputs as given.
        public let enclosed: Enclosed?
    }

    public let operation: Operation
    public let operands: [ArrayOperand]
    public let transposed: (Bool, Bool)
    public let reference: Reference
    /// Shape of the result.
    public let shape: [Int]
    public let outcomes: [Outcome]

    /// - Parameters:
    ///   - operands: two matrices, or tensors of one shape for a function.
    ///   - transposed: whether each matrix is stored transposed.
    /// - Throws: `EvaluationError` for shapes that do not fit together.
    public init(
        _ operation: Operation, _ operands: [ArrayOperand], transposed: (Bool, Bool) = (false, false),
        in arithmetics: [ArithmeticName], reference: Reference, threads: Int = 1, instructionSet: InstructionSet = .best
    ) throws(EvaluationError) {
        self.operation = operation
        self.operands = operands
        self.transposed = transposed
        self.reference = reference
        shape = try ArrayResults.shape(operation, operands, transposed)
        var inputs: [ExactArray] = []
        for operand in operands {
            guard case .exact(let values) = operand.content else {
                throw EvaluationError("\(operation.name): \"\(operand.text)\" is no tensor file")
            }
            inputs.append(values)
        }
        let product = Product(
            operation: operation, inputs: inputs, shapes: operands.map(\.shape), transposed: transposed,
            threads: threads)
        let wide = reference.arithmetic(instructionSet: instructionSet)
        let exact = product.values(of: inputs, in: wide)
        outcomes = arithmetics.map { name in
            product.outcome(
                arithmetic(name, instructionSet: instructionSet), name, wide, exact)
        }
    }

    private static func shape(
        _ operation: Operation, _ operands: [ArrayOperand], _ transposed: (Bool, Bool)
    ) throws(EvaluationError) -> [Int] {
        func fail(_ problem: String) -> EvaluationError { EvaluationError("\(operation.name): \(problem)") }
        if case .elementwise(let arity) = operation.shape {
            guard operation.isMeasured, operation != .fma else {
                throw fail("takes no tensor files")
            }
            guard operands.count == arity else {
                throw fail("takes \(arity == 1 ? "one tensor file" : "two tensor files"); there are \(operands.count)")
            }
            for other in operands where other.shape != operands[0].shape {
                throw fail(
                    "\(operands[0].text) has shape \(operands[0].shape), \(other.text) has \(other.shape); they must be alike"
                )
            }
            return operands[0].shape
        }
        guard operands.count == 2 else {
            throw fail("takes two matrices, A.npy B.npy; there \(operands.count == 1 ? "is" : "are") \(operands.count)")
        }
        for operand in operands where operand.shape.count != 2 {
            throw fail("\(operand.text) has shape \(operand.shape); a matrix has two axes")
        }
        func axes(_ i: Int, _ isTransposed: Bool) -> (rows: Int, columns: Int) {
            let shape = operands[i].shape
            return isTransposed ? (shape[1], shape[0]) : (shape[0], shape[1])
        }
        let a = axes(0, transposed.0)
        let b = axes(1, transposed.1)
        guard a.columns == b.rows else {
            throw fail(
                "\(a.rows) x \(a.columns) times \(b.rows) x \(b.columns): the columns of the first must be as many as the rows of the second"
            )
        }
        return [a.rows, b.columns]
    }
}

/// The operation, in any arithmetic.
private struct Product {
    let operation: Operation
    let inputs: [ExactArray]
    let shapes: [[Int]]
    let transposed: (Bool, Bool)
    let threads: Int

    /// The operation on these numbers, which the arithmetic holds.
    func values<A: Arithmetic>(of inputs: [ExactArray], in a: A) -> ExactArray {
        let elements = result(inputs.map { a.array($0) }, in: a)
        return a.exactArray(elements.span)
    }

    private func result<A: Arithmetic>(_ scalars: [[A.Scalar]], in a: A) -> [A.Scalar] {
        var engine = Engine(a, threads: threads)
        let tensors = zip(scalars, shapes).map { Tensor($0, shape: $1) }
        let result: Tensor<A.Scalar>
        if operation == .round {
            result = tensors[0]
        } else if let function = operation.unary(in: a) {
            result = engine.map(function, tensors[0])
        } else if let function = operation.binary(in: a) {
            result = engine.zip(function, tensors[0], tensors[1])
        } else {
            result = engine.matmul(tensors[0], tensors[1], transposeA: transposed.0, transposeB: transposed.1)
        }
        return result.elements
    }

    func outcome<A: Arithmetic>(
        _ a: A, _ name: ArithmeticName, _ reference: any Arithmetic, _ exact: ExactArray
    ) -> ArrayResults.Outcome {
        if name.isEnclosing {
            var a = a
            let log = OperationLog()
            a.operationLog = log
            let elements = result(inputs.map { a.array($0) }, in: a)
            return ArrayResults.Outcome(
                arithmetic: name, values: a.exactArray(elements.span), operation: nil, total: nil,
                enclosed: Enclosed(elements, in: a, against: exact, log))
        }
        if operation == .round {
            // The inputs as given are what is rounded.
            var engine = Engine(a, threads: threads)
            let rounded = engine.rounded(inputs[0], shape: shapes[0]).elements
            let values = a.exactArray(rounded.span)
            let error = measure([values], against: [exact], in: a.format).all
            return ArrayResults.Outcome(
                arithmetic: name, values: values, operation: error, total: error, enclosed: nil)
        }
        let scalars = inputs.map { a.array($0) }
        let elements = result(scalars, in: a)
        let values = a.exactArray(elements.span)
        let own = self.values(of: scalars.map { a.exactArray($0.span) }, in: reference)
        return ArrayResults.Outcome(
            arithmetic: name, values: values,
            operation: measure([values], against: [own], in: a.format).all,
            total: measure([values], against: [exact], in: a.format).all, enclosed: nil)
    }
}

extension ArrayResults {
    /// The index of an element along every axis.
    public func position(_ index: Int) -> [Int] {
        var rest = index
        return shape.reversed().map { length in
            defer { rest /= length }
            return rest % length
        }.reversed()
    }
}
