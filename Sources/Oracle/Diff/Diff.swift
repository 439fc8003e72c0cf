import Arithmetics
import Comparison
import TensorFiles
import Training

/// What to compare, and how.
public struct DiffRequest: Sendable {
    public var tolerance = DifferenceTolerance()
    /// `THEIRS=OURS`: B's name and A's.
    public var rules: [NameMapping] = []
    public var scheme: NameScheme?
    /// Compare this step only; it also says which step a file without a number is.
    public var step: Int?
    /// The series of A and of B; nil: those that both have.
    public var arithmeticA: String?
    public var arithmeticB: String?

    public init() {}
}

/// Two recordings compared: A, the reference, and B.
public struct Diff {
    /// `progress` told the comparison to stop.
    public struct Interrupted: Error {}

    private let a: Recording
    private let b: Recording
    private let request: DiffRequest
    private let pairs: [SeriesPair]
    private var notes = OrderedNotes()
    /// Rules that were of use.
    private var usedRules: Set<NameMapping> = []

    private struct SeriesPair {
        let a: Recording.Series
        let b: Recording.Series
        let steps: Steps
    }

    /// Finds out which steps face each other.
    ///
    /// - Throws: `StudyError` when none do.
    public init(_ a: Recording, _ b: Recording, _ request: DiffRequest = DiffRequest()) throws(StudyError) {
        self.a = a
        self.b = b
        self.request = request
        var pairs: [SeriesPair] = []
        for (one, other) in try Diff.series(a, b, request) {
            pairs.append(SeriesPair(a: one, b: other, steps: try Diff.facing(one, other, a, b, request)))
        }
        self.pairs = pairs
        if a.kind != b.kind {
            notes.add(
                "A: \(a.kind.rawValue), B: \(b.kind.rawValue); what only one of these kinds holds is no difference"
            )
            for pair in pairs {
                for (side, steps) in [("A", pair.steps.onlyInA), ("B", pair.steps.onlyInB)] where !steps.isEmpty {
                    notes.add("not compared: \(steps.count) steps that only \(side) has")
                }
            }
        }
        if let one = a.trace, let other = b.trace {
            if one.contract != other.contract {
                notes.add("the traces are of contract versions \(one.contract) and \(other.contract)")
            }
            if one.dataDigest != other.dataDigest { notes.add("the traces were recorded on different data") }
            let lines = other.study.yaml.split(separator: "\n")
            let own = one.study.yaml.split(separator: "\n")
            for line in own.filter({ !lines.contains($0) }).prefix(3) {
                notes.add("the studies differ: A has \"\(line)\"")
            }
            for line in lines.filter({ !own.contains($0) }).prefix(3) {
                notes.add("the studies differ: B has \"\(line)\"")
            }
        }
    }

    /// Steps to compare.
    public var stepCount: Int { pairs.reduce(0) { $0 + $1.steps.pairs.count } }

    /// Compares every step.
    ///
    /// - Parameter progress: called with the number of steps compared so far; returning false stops the work.
    /// - Throws: what reading the files throws; `StudyError` when nothing could be compared, or a rule of names fits nothing;
    ///   `Interrupted`.
    public mutating func run(progress: (Int) -> Bool = { _ in true }) throws -> DiffFindings {
        var series: [SeriesDifference] = []
        var made = 0
        var compared = 0
        for pair in pairs {
            var one = SeriesDifference(a: pair.a.arithmetic, b: pair.b.arithmetic, steps: [])
            if a.kind == b.kind { (one.onlyInA, one.onlyInB) = (pair.steps.onlyInA, pair.steps.onlyInB) }
            for step in pair.steps.pairs {
                let found = try compare(step.a, step.b)
                compared += found.tensors.count { if case .incomparable = $0.content { false } else { true } }
                one.steps.append(found)
                made += 1
                guard progress(made) else { throw Interrupted() }
            }
            series.append(one)
        }
        if let rule = request.rules.first(where: { !usedRules.contains($0) }) {
            throw StudyError("map: \(b.path) has no tensor \"\(rule.theirs)\"")
        }
        let anyMissing = series.contains { one in one.steps.contains { !$0.onlyInA.isEmpty || !$0.onlyInB.isEmpty } }
        guard compared > 0 || anyMissing else {
            throw StudyError(
                "\(a.path) and \(b.path) have nothing that can be compared; tensors of other names are given with --map THEIRS=OURS"
            )
        }
        guard compared > 0 else {
            let (x, y) = (
                series[0].steps.first?.onlyInA.first ?? "none", series[0].steps.first?.onlyInB.first ?? "none"
            )
            throw StudyError(
                "\(a.path) and \(b.path) have no tensor in common (\"\(x)\", \"\(y)\"); name them with --map THEIRS=OURS"
            )
        }
        let isIdentical = series.allSatisfy { $0.agrees && $0.steps.allSatisfy(\.isIdentical) }
        let verdict: DiffFindings.Verdict =
            isIdentical ? .identical : series.allSatisfy(\.agrees) ? .agrees : .differs
        return DiffFindings(verdict: verdict, tolerance: request.tolerance, series: series, notes: notes.lines)
    }

    private mutating func compare(_ x: RecordedStep, _ y: RecordedStep) throws -> StepDifference {
        let (ours, theirs) = (try x.tensors(), try y.tensors())
        var result = StepDifference(a: x.number, b: y.number, tensors: [])
        compareLosses(x.loss, y.loss, &result)
        let pairing = NamePairing(rules: request.rules, scheme: request.scheme)
        let names = try pairing.names(a: ours.map(\.name), b: theirs.map(\.name))
        for rule in request.rules
        where theirs.contains(where: { NameMap.translate(NamePairing.split($0.name).base, rule) != nil }) {
            usedRules.insert(rule)
        }
        var facing: [String: RecordedTensor] = [:]
        for tensor in theirs { if let name = names[tensor.name] { facing[name] = tensor } }
        if request.scheme == nil, request.rules.isEmpty {
            let renamed = theirs.compactMap { tensor in
                names[tensor.name].flatMap { $0 == tensor.name ? nil : "\(tensor.name) = \($0)" }
            }
            if !renamed.isEmpty {
                notes.add(
                    "names were matched in the order of the layers: \(renamed.prefix(4).joined(separator: ", "))\(renamed.count > 4 ? ", …" : "")"
                )
            }
        }
        for tensor in ours {
            guard let other = facing[tensor.name] else {
                missing(tensor.name, "A", theirs, &result.onlyInA)
                continue
            }
            let found = tensor.difference(from: other, request.tolerance)
            if case .incomparable = found.content {
                notes.add(
                    "not compared: \(tensor.name), of which only digests in \(tensor.type ?? "?") and \(other.type ?? "?") are known"
                )
            }
            result.tensors.append(found)
        }
        let known = Set(ours.map(\.name))
        for tensor in theirs where names[tensor.name].map({ !known.contains($0) }) ?? true {
            missing(tensor.name, "B", ours, &result.onlyInB)
        }
        return result
    }

    /// A tensor that the other side lacks. Where the recordings are of different kinds, buffers, gradients and activations of
    /// which the other side holds none at all are no difference.
    private mutating func missing(
        _ name: String, _ side: String, _ others: [RecordedTensor], _ list: inout [String]
    ) {
        let suffix = NamePairing.split(name).suffix
        if a.kind != b.kind, !suffix.isEmpty, !others.contains(where: { $0.name.hasSuffix(suffix) }) {
            notes.add("not compared: tensors *\(suffix), which only \(side) holds")
        } else {
            list.append(name)
        }
    }

    private mutating func compareLosses(
        _ x: RecordedStep.Loss?, _ y: RecordedStep.Loss?, _ result: inout StepDifference
    ) {
        let (p, q): (ExactValue, ExactValue)
        switch (x, y) {
        case (.exact(let one)?, .exact(let other)?), (.printed(let one)?, .printed(let other)?): (p, q) = (one, other)
        case (nil, nil): return
        case (nil, _), (_, nil):
            notes.add("not compared: losses, which only one side holds")
            return
        default:
            notes.add("not compared: losses, which one side holds as printed text")
            return
        }
        let loss = RecordedTensor("loss", shape: [], ExactArray([p]), nil)
        result.tensors.append(
            loss.difference(from: RecordedTensor("loss", shape: [], ExactArray([q]), nil), request.tolerance))
    }
}

/// Lines without repetition.
private struct OrderedNotes {
    private(set) var lines: [String] = []
    mutating func add(_ line: String) { if !lines.contains(line) { lines.append(line) } }
}
