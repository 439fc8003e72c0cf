import Arithmetics

/// A reduction of one or two vectors in several arithmetics.
public struct VectorResults: Sendable {
    public let operation: Operation
    public let operands: [ArrayOperand]
    public let reference: Reference
    /// One an arithmetic, in their order.
    public let outcomes: [Outcome]
    /// Σ|x| ÷ |Σx| for the terms as written, products of a dot product: how far a relative error of the terms can grow in
    /// their sum. nil for a norm, for patterns, and where it is 0/0.
    public let conditionNumber: Double?

    public var terms: Int { operands[0].count }

    /// - Parameter operands: as many as the operation takes, of one count.
    /// - Throws: `EvaluationError`.
    public init(
        _ operation: Operation, _ operands: [ArrayOperand], in arithmetics: [ArithmeticName], reference: Reference,
        instructionSet: InstructionSet = .best
    ) throws(EvaluationError) {
        guard case .reduction(let arity) = operation.shape, operands.count == arity else {
            throw EvaluationError(
                "\(operation.name) takes two vectors, such as 1,2,3 0.5,0.25,1/3 or A.npy B.npy; there "
                    + "\(operands.count == 1 ? "is" : "are") \(operands.count)")
        }
        if arity == 2, operands[0].count != operands[1].count {
            throw EvaluationError(
                "\(operation.name): \(operands[0].text) has \(operands[0].count) elements, \(operands[1].text) has "
                    + "\(operands[1].count); they must be as many")
        }
        self.operation = operation
        self.operands = operands
        self.reference = reference
        let exact = reference.value(of: operation, exactly: operands)
        var outcomes: [Outcome] = []
        for name in arithmetics {
            outcomes.append(
                try VectorResults.outcome(
                    operation, operands, arithmetic(name, instructionSet: instructionSet), name, reference, exact))
        }
        self.outcomes = outcomes
        conditionNumber = exact.flatMap { reference.conditionNumber(of: operation, operands, result: $0) }
    }

    private static func outcome<A: Arithmetic>(
        _ operation: Operation, _ operands: [ArrayOperand], _ a: A, _ name: ArithmeticName, _ reference: Reference,
        _ exact: ExactValue?
    ) throws(EvaluationError) -> Outcome {
        var vectors: [[A.Scalar]] = []
        for operand in operands { vectors.append(try operand.scalars(in: a, name)) }
        var here = a.at(Site(), element: 0)
        let scalar = operation.reduce(vectors, in: &here)
        let result = Reading(scalar, in: a, BitPatterns(name))
        if name.isEnclosing {
            let inputs = vectors.map { a.enclosure($0.span) }
            let isSingle = inputs.allSatisfy { $0?.lower == $0?.upper }
            let truth =
                exact ?? (isSingle ? reference.value(of: operation, at: inputs.compactMap { $0?.lower }) : nil)
            return Outcome(
                name, result, Enclosed([scalar], in: a, against: truth.map { ExactArray([$0]) }, OperationLog()))
        }
        let own = reference.value(of: operation, at: vectors.map { a.exactArray($0.span) })
        func deviation(_ reference: ExactValue) -> Outcome.Deviation {
            Outcome.Deviation(of: result.value, in: a.format, from: reference)
        }
        return Outcome(name, result, operation: deviation(own), total: exact.map(deviation))
    }
}

extension Reference {
    /// The reduction of numbers as they are: exact, rounded once (a norm's root once more).
    func value(of operation: Operation, at vectors: [ExactArray]) -> ExactValue {
        func evaluate(_ a: some Arithmetic) -> ExactValue {
            var a = a
            return a.exactValue(operation.reduce(vectors.map { a.array($0) }, in: &a))
        }
        return evaluate(arithmetic(holding: vectors.map(\.precision).max() ?? 0))
    }

    /// The reduction of numbers as they were written; nil where a pattern has no value of its own.
    func value(of operation: Operation, exactly operands: [ArrayOperand]) -> ExactValue? {
        if operands.contains(where: \.hasPatterns) { return nil }
        // Quotients are added as such: rounded ones would not cancel like them.
        if let total = rationalTerms(operation, operands)?.reduce(Rational(0), +) {
            let rounded = format.round(total)
            return operation == .norm ? value(of: Operation.squareRoot, at: [rounded]) : rounded
        }
        return value(of: operation, at: operands.map { $0.values(bits: precision + 64, self) })
    }

    /// The terms of the sum as rational numbers, where some of them are quotients and all are finite.
    private func rationalTerms(_ operation: Operation, _ operands: [ArrayOperand]) -> [Rational]? {
        let vectors = operands.map(\.rationals)
        guard vectors.contains(where: { $0 != nil }) else { return nil }
        let written = operands.map { $0.rationals ?? $0.exactRationals }
        let complete = written.compactMap { $0 }
        guard complete.count == operands.count else { return nil }
        switch operation {
        case .sum: return complete[0]
        case .norm: return complete[0].map { $0 * $0 }
        default: return zip(complete[0], complete[1]).map { $0 * $1 }
        }
    }

    func conditionNumber(of operation: Operation, _ operands: [ArrayOperand], result: ExactValue) -> Double? {
        guard operation != .norm else { return nil }
        let magnitudes = operands.map { operand in
            let values = operand.values(bits: precision + 64, self)
            return ExactArray((0..<values.count).map { values[$0].magnitude })
        }
        let total = value(of: operation, at: magnitudes)
        let quotient = value(of: Operation.divide, at: [total, result.magnitude]).double
        return quotient.isNaN ? nil : quotient
    }
}

extension ArrayOperand {
    /// Binary fractions as rational numbers; nil unless all are finite.
    fileprivate var exactRationals: [Rational]? {
        guard case .exact(let array) = content else { return nil }
        let rationals = (0..<array.count).compactMap { Rational(array[$0]) }
        return rationals.count == array.count ? rationals : nil
    }
}
