import Oracle

extension DiffReport {
    /// The diff as a JUnit report: a test case for each tensor of each series, which fails with its first difference beyond the
    /// tolerance, and one for what only one side has.
    public var junit: String {
        var report = JUnitReport(suite: "lockstep diff", className: "lockstep.diff")
        for series in findings.series {
            let head = series.a.map { "\($0) " } ?? ""
            var names: [String] = []
            var first: [String: String] = [:]
            var isCompared: Set<String> = []
            for step in series.steps {
                let place = (step.a ?? step.b).map { "step \($0): " } ?? ""
                for tensor in step.tensors {
                    if !names.contains(tensor.name) { names.append(tensor.name) }
                    if case .incomparable = tensor.content {} else { isCompared.insert(tensor.name) }
                    if !tensor.agrees, first[tensor.name] == nil { first[tensor.name] = place + tensor.sentence }
                }
            }
            for name in names {
                report.add(
                    head + name,
                    first[name].map { .failed($0) }
                        ?? (isCompared.contains(name) ? .passed : .skipped("digests of different formats")))
            }
            let missing = DiffReport.onlyOnOneSide(series)
            report.add(head + "same steps and tensors", missing.isEmpty ? .passed : .failed(missing))
        }
        return report.text
    }

    private static func onlyOnOneSide(_ series: SeriesDifference) -> String {
        var parts: [String] = []
        func add(_ side: String, _ names: [String]) {
            guard !names.isEmpty else { return }
            let some = names.prefix(10).joined(separator: ", ")
            parts.append("only \(side) has \(some)\(names.count > 10 ? " and \(names.count - 10) more" : "")")
        }
        add("A", series.onlyInA.map { "step \($0)" })
        add("B", series.onlyInB.map { "step \($0)" })
        if let step = series.steps.first(where: { !$0.onlyInA.isEmpty || !$0.onlyInB.isEmpty }) {
            add("A", step.onlyInA)
            add("B", step.onlyInB)
        }
        return parts.joined(separator: "; ")
    }
}

extension TensorDifference {
    /// What differs, in one line.
    fileprivate var sentence: String {
        switch content {
        case .values(let found):
            var text = "\(found.outside) of \(found.count) elements differ"
            if let first = found.first {
                text +=
                    "; the first is [\(first.index)]: A has \(first.reference.hexadecimal), B \(first.value.hexadecimal)"
            }
            return text
        case .shapes(let a, let b):
            return "shape \(a.map { "\($0)" } ?? "unknown") in A, \(b.map { "\($0)" } ?? "unknown") in B"
        case .digests(let a, let b): return "digest \(a) in A, \(b) in B"
        case .unheld(let index, let value, let inA):
            return "\(inA ? "A" : "B")[\(index)] is \(value.hexadecimal), which the other side's format does not hold"
        case .incomparable: return "not compared"
        }
    }
}
