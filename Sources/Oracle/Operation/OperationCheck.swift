import Arithmetics
import Comparison
import Networks
import TensorFiles
import Tensors
import Training

/// What another program computed with one operation.
public struct OperationRequest: Sendable {
    public var operation: OperationKind
    /// Files, each holding what the property of `OperationTensors` says. Not read where tensors are handed over in memory.
    public var inputs: String
    public var output: String?
    public var gradients: String?
    public var names: [NameMapping] = []
    public var attributes: [String: Int] = [:]
    public var factors: [String: Rational] = [:]
    public var limits = CheckLimits()
    public var reference: ArithmeticName?
    public var threads = 1
    public var instructionSet = InstructionSet.best

    public init(_ operation: OperationKind, inputs: String = "") {
        self.operation = operation
        self.inputs = inputs
    }
}

/// What the check of an operation found.
public struct OperationFindings: Sendable {
    public struct Row: Sendable {
        /// `y`, `dx`, …
        public let tensor: String
        public let judgement: CheckFindings.Judgement
        /// Of results that are sums of products: how ill-conditioned they are.
        public let conditioning: Conditioning?
        public internal(set) var verdict: Verdict
    }

    /// Condition numbers Σ|terms| / |Σ terms| of the elements, and the foreign errors in units of u · Σ|terms|.
    ///
    /// Any order of summation and any fusing gives at most n·u/(1 - n·u) in that unit, n the number of terms.
    ///
    /// - Source: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.1.
    public struct Conditioning: Sendable {
        public let median: Double
        public let largest: Double
        /// At the element of the largest error.
        public let atWorst: Double
        /// Largest foreign error in units of u · Σ|terms|.
        public let backwardError: Double
        /// What it can be for a correct program: the number of roundings a term goes through.
        public let bound: Double
    }

    public let operation: String
    public let format: Format
    public let reference: ArithmeticName
    public let ensemble: [String]
    public let limits: CheckLimits
    public internal(set) var rows: [Row] = []
    public internal(set) var notes: [String] = []

    public var verdict: Verdict {
        if rows.contains(where: { $0.verdict == .differs }) { return .differs }
        return rows.isEmpty || rows.contains { $0.verdict == .undetermined } ? .undetermined : .agrees
    }
}

/// Judges one operation on a user's own tensors.
public struct OperationCheck {
    private let request: OperationRequest
    private let body: OperationKind.OperationBody
    private let operands: [(name: String, shape: [Int], values: ExactArray)]
    private let labels: [Int]
    private let arriving: ExactArray?
    private let foreign: [(name: String, format: Format, values: ExactArray)]
    private let format: Format

    /// The check of what the request's files hold.
    ///
    /// - Throws: `FileError`, `StudyError`: one line.
    public init(_ request: OperationRequest) throws {
        try self.init(request, OperationTensors(filesOf: request))
    }

    /// The check of tensors in memory.
    ///
    /// - Throws: `FileError`, `StudyError`: one line.
    public init(_ request: OperationRequest, _ tensors: OperationTensors) throws {
        self.request = request
        let kind = request.operation
        let given = try OperationOperands(request, tensors)
        operands = given.operands
        labels = given.labels
        format = given.format
        let shapes = OperationShapes(
            operation: kind.name, shapes: Dictionary(uniqueKeysWithValues: operands.map { ($0.name, $0.shape) }),
            attributes: try OperationCheck.attributes(request),
            factors: try OperationCheck.factors(request, given.format), format: given.format)
        body = try kind.make(shapes)
        if case .loss = body, let z = operands.first, z.shape[0] != given.labels.count {
            throw StudyError("\(kind.name): z has \(z.shape[0]) rows, but there are \(given.labels.count) labels")
        }
        if case .loss = body, let z = operands.first,
            let bad = given.labels.first(where: { !(0..<z.shape[1]).contains($0) })
        {
            throw StudyError("\(kind.name): label \(bad) is none of 0...\(z.shape[1] - 1), the columns of z")
        }
        arriving = given.arriving?.values
        foreign = given.results
        guard !foreign.isEmpty else {
            throw StudyError(
                "\(kind.name): no result to judge; give --output FILE with y, or --gradients FILE with dx, …")
        }
        try checkShapes()
    }

    private static func attributes(_ request: OperationRequest) throws(StudyError) -> [String: Int] {
        var result: [String: Int] = [:]
        for (name, standard) in request.operation.attributes {
            guard let value = request.attributes[name] ?? standard else {
                throw StudyError("\(request.operation.name): \(name) is wanted; give --set \(name)=N")
            }
            guard (0...4096).contains(value) else {
                throw StudyError("\(request.operation.name): \(name) is \(value); it goes from 0 to 4096")
            }
            result[name] = value
        }
        let known = request.operation.attributes.map(\.name) + request.operation.factors.map(\.name)
        for name in (Array(request.attributes.keys) + Array(request.factors.keys)).sorted() where !known.contains(name)
        {
            let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
            throw StudyError("\(request.operation.name): no option \"\(name)\"; \(list)")
        }
        return result
    }

    private static func factors(_ request: OperationRequest, _ format: Format) throws(StudyError) -> [String:
        ExactValue]
    {
        var result: [String: ExactValue] = [:]
        for (name, standard) in request.operation.factors {
            result[name] = format.round(request.factors[name] ?? Rational(decimal: standard) ?? Rational(0))
        }
        return result
    }

    /// One evaluation settles all shapes; a wrong one is told by name.
    private func checkShapes() throws(StudyError) {
        let kind = request.operation.name
        // The gradient takes the shape of y, which the forward pass alone tells.
        if let arriving, let y = evaluation(with: nil).run(in: ArithmeticName(.binary64)).first?.values,
            y.count != arriving.count
        {
            throw StudyError("\(kind): g has \(arriving.count) elements, but y has \(y.count)")
        }
        let made = evaluation.run(in: ArithmeticName(.binary64))
        for (name, _, values) in foreign {
            guard let own = made.first(where: { $0.name == name }) else {
                let known = made.map(\.name).joined(separator: ", ")
                let hint = arriving == nil ? "; gradients want g, the gradient arriving at y" : ""
                throw StudyError("\(kind): nothing is called \"\(name)\"; there are \(known)\(hint)")
            }
            guard own.values.count == values.count else {
                throw StudyError("\(kind): \(name) has \(values.count) elements, not \(own.values.count)")
            }
        }
    }

    private var evaluation: OperationEvaluation { evaluation(with: arriving) }

    private func evaluation(with arriving: ExactArray?) -> OperationEvaluation {
        OperationEvaluation(
            body: body, operands: operands, labels: labels, arriving: arriving, threads: request.threads,
            instructionSet: request.instructionSet)
    }

    /// Makes the operation exactly, by the ensemble, and judges.
    public func run() throws -> OperationFindings {
        let reference = try request.reference ?? ArithmeticName("mpfr:\(2 * format.precision + 64)")
        guard reference.format.precision > format.precision else {
            throw StudyError("reference: \(reference) is no more precise than the numbers it should judge")
        }
        let members = try EnsembleMember.all(for: format).filter { $0.changesOperations }
        var findings = OperationFindings(
            operation: request.operation.name, format: format, reference: reference, ensemble: members.map(\.label),
            limits: request.limits)
        let evaluation = evaluation
        let exact = evaluation.run(in: reference)
        let made = members.map { evaluation.run(in: $0.arithmetic) }
        let magnitudes = evaluation.magnitudes(in: reference)
        for (name, format, values) in foreign {
            guard let i = exact.firstIndex(where: { $0.name == name }) else { continue }
            let yardstick = Yardstick(exact[i].values, made.map { $0[i].values }, format, start: nil, request.limits)
            let judgement = yardstick.judge(values, .gradient, step: 0, updates: 1, tensor: name)
            let magnitude = magnitudes.first { $0.name == name }
            let conditioning: OperationFindings.Conditioning? = magnitude.map {
                self.conditioning(values, exact[i].values, $0.values, terms: $0.terms, format, judgement.worst.element)
            }
            var row = OperationFindings.Row(
                tensor: name, judgement: judgement, conditioning: conditioning, verdict: judgement.verdict)
            // What some order of summation can give is not known to be a mistake.
            if row.verdict == .differs, request.limits.maxUlp == nil, !request.limits.bitwise, let conditioning,
                conditioning.backwardError <= conditioning.bound
            {
                row.verdict = .undetermined
                findings.notes.append(
                    "\(name) lies outside the ensemble, but inside what some order of summation could give: an unusual order, or a mistake below that"
                )
            }
            findings.rows.append(row)
        }
        return findings
    }

    private func conditioning(
        _ foreign: ExactArray, _ exact: ExactArray, _ magnitude: ExactArray, terms: Int, _ format: Format, _ worst: Int
    ) -> OperationFindings.Conditioning {
        let sizes = magnitude.doubles
        let conditions = zip(sizes, exact.doubles).map { $0 == 0 ? 1 : $0 / abs($1) }
        let unit = Double(sign: .plus, exponent: -format.precision, significand: 1)
        // A result that underflows is off by a quantum whatever its terms are.
        let quantum = format.quantumExponent.map { Double(sign: .plus, exponent: $0, significand: 1) } ?? 0
        var backward = 0.0
        for (error, size) in zip(differences(foreign, exact), sizes) {
            guard error != 0 else { continue }
            let share = max(0, abs(error) - Double(terms) * quantum) / (unit * size)
            if !(share <= backward) { backward = share.isNaN ? .infinity : share }
        }
        let sorted = conditions.sorted()
        let n = Double(terms)
        return OperationFindings.Conditioning(
            median: sorted.isEmpty ? 1 : sorted[sorted.count / 2], largest: sorted.last ?? 1,
            atWorst: conditions.isEmpty ? 1 : conditions[worst], backwardError: backward,
            bound: n * unit < 1 ? n / (1 - n * unit) : .infinity)
    }
}
