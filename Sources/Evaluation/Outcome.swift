import Arithmetics
import Comparison

/// What one arithmetic makes of an operation, and how far that is from the exact result.
public struct Outcome: Sendable {
    public let arithmetic: ArithmeticName
    /// The numbers of the format nearest to the values as written; empty for a rounding, which takes them as they are, and for
    /// vectors.
    public let inputs: [Reading]
    public let result: Reading
    /// Against the exact operation on those inputs: the operation's own error. nil where there is nothing to measure.
    public let operation: Deviation?
    /// Against the exact operation on the values as written: with the error of rounding the inputs. nil for bit patterns,
    /// which are each arithmetic's own.
    public let total: Deviation?
    /// Instead of both, of an arithmetic that gives bounds.
    public let enclosed: Enclosed?

    public struct Deviation: Sendable {
        public let reference: ExactValue
        /// |result - reference| in ulps of the format at the reference: contract, section 6.
        public let ulpError: Double

        init(of x: ExactValue, in format: Format, from reference: ExactValue) {
            self.reference = reference
            ulpError = measure([ExactArray([x])], against: [ExactArray([reference])], in: format).all.maxUlp
        }
    }
}

/// An operation on values, group after group.
public struct ScalarResults: Sendable {
    public let operation: Operation
    public let arithmetics: [ArithmeticName]
    public let reference: Reference
    public let groups: [Group]

    public struct Group: Sendable {
        public let operands: [Operand]
        /// One an arithmetic, in their order.
        public let outcomes: [Outcome]
    }

    /// - Parameters:
    ///   - values: as many for a group as the operation takes, group after group. Where roundings are stochastic, the group's
    ///     number is the element.
    /// - Throws: `EvaluationError` when the values do not make whole groups, or a bit pattern does not fit an arithmetic.
    public init(
        _ operation: Operation, _ values: [Operand], in arithmetics: [ArithmeticName], reference: Reference,
        instructionSet: InstructionSet = .best
    ) throws(EvaluationError) {
        guard case .elementwise(let arity) = operation.shape else {
            preconditionFailure("\(operation.name) takes vectors")
        }
        guard !values.isEmpty, values.count % arity == 0 else {
            let wanted =
                arity == 1
                ? "takes values, each on its own"
                : "takes \(arity) values, or several groups of \(arity) one after the other"
            throw EvaluationError(
                "\(operation.name) \(wanted); there \(values.count == 1 ? "is" : "are") \(values.count)")
        }
        self.operation = operation
        self.arithmetics = arithmetics
        self.reference = reference
        var groups: [Group] = []
        for start in stride(from: 0, to: values.count, by: arity) {
            let operands = Array(values[start..<start + arity])
            for operand in operands {
                if let value = operand.exactValue { try operation.check(value, operand) }
            }
            for name in arithmetics { try operation.check(name) }
            let exact = operation.isMeasured ? reference.value(of: operation, exactly: operands) : nil
            var outcomes: [Outcome] = []
            for name in arithmetics {
                let one = OneGroup(
                    operation: operation, operands: operands, name: name, element: groups.count, reference: reference,
                    exact: exact)
                outcomes.append(try one.outcome(in: arithmetic(name, instructionSet: instructionSet)))
            }
            groups.append(Group(operands: operands, outcomes: outcomes))
        }
        self.groups = groups
    }
}

extension Outcome {
    init(_ name: ArithmeticName, _ result: Reading, operation: Deviation?, total: Deviation?, inputs: [Reading] = []) {
        self.init(
            arithmetic: name, inputs: inputs, result: result, operation: operation, total: total, enclosed: nil)
    }

    init(_ name: ArithmeticName, _ result: Reading, _ enclosed: Enclosed, inputs: [Reading] = []) {
        self.init(
            arithmetic: name, inputs: inputs, result: result, operation: nil, total: nil, enclosed: enclosed)
    }
}

extension Operation {
    /// Bounds have no neighbours.
    func check(_ name: ArithmeticName) throws(EvaluationError) {
        if !isMeasured, name.isEnclosing {
            throw EvaluationError("\(self.name): there is no neighbour of an enclosure; leave \(name) out")
        }
    }

    /// Reducing a huge argument takes as many bits of π as its exponent says.
    fileprivate func check(_ value: ExactValue, _ operand: Operand) throws(EvaluationError) {
        guard self == .elementary(.sin) || self == .elementary(.cos) else { return }
        guard value.exponent <= 1 << 20 else {
            throw EvaluationError("\(name): \"\(operand.text)\" is beyond 2^\(1 << 20), the most it is evaluated for")
        }
    }
}

/// One group in one arithmetic.
private struct OneGroup {
    let operation: Operation
    let operands: [Operand]
    let name: ArithmeticName
    let element: Int
    let reference: Reference
    let exact: ExactValue?

    func outcome<A: Arithmetic>(in a: A) throws(EvaluationError) -> Outcome {
        if name.isEnclosing { return try enclosing(in: a) }
        let patterns = BitPatterns(name)
        var here = a.at(Site(), element: element)
        if operation == .round {
            let scalar = try operands[0].rounded(in: &here, patterns, name)
            let result = Reading(scalar, in: a, patterns)
            let deviation = exact.map { Outcome.Deviation(of: result.value, in: a.format, from: $0) }
            return Outcome(name, result, operation: deviation, total: deviation)
        }
        var scalars: [A.Scalar] = []
        for operand in operands { scalars.append(try operand.constant(in: a, patterns, name)) }
        let inputs = scalars.map { Reading($0, in: a, patterns) }
        for (input, operand) in zip(inputs, operands) { try operation.check(input.value, operand) }
        let result = Reading(operation.apply(scalars, in: &here), in: a, patterns)
        func deviation(_ reference: ExactValue) -> Outcome.Deviation {
            Outcome.Deviation(of: result.value, in: a.format, from: reference)
        }
        let own = operation.isMeasured ? reference.value(of: operation, at: inputs.map(\.value)) : nil
        return Outcome(name, result, operation: own.map(deviation), total: exact.map(deviation), inputs: inputs)
    }

    /// Between bounds the operation's own error and that of the inputs are one; only the exact result can be looked for.
    private func enclosing<A: Arithmetic>(in a: A) throws(EvaluationError) -> Outcome {
        let patterns = BitPatterns(name)
        var a = a
        let log = OperationLog()
        a.operationLog = log
        var scalars: [A.Scalar] = []
        for operand in operands { scalars.append(try operand.constant(in: a, patterns, name)) }
        let inputs = scalars.map { Reading($0, in: a, patterns) }
        for (input, operand) in zip(inputs, operands) { try operation.check(input.value, operand) }
        var here = a.at(Site(), element: element)
        let scalar = operation.apply(scalars, in: &here)
        // Patterns have an exact result where they enclose single numbers.
        let isSingle = inputs.allSatisfy { $0.bounds?.isSingle == true }
        let truth = exact ?? (isSingle ? reference.value(of: operation, at: inputs.map(\.value)) : nil)
        let enclosed = Enclosed([scalar], in: a, against: truth.map { ExactArray([$0]) }, log)
        return Outcome(
            name, Reading(scalar, in: a, patterns), enclosed, inputs: operation == .round ? [] : inputs)
    }
}
