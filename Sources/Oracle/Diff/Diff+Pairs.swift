import Training

// Which series and steps of two recordings face each other.

extension Diff {
    static func series(
        _ a: Recording, _ b: Recording, _ request: DiffRequest
    ) throws(StudyError) -> [(Recording.Series, Recording.Series)] {
        let (ours, theirs) = (try chosen(a, request.arithmeticA), try chosen(b, request.arithmeticB))
        // One on each side: whatever their names.
        if ours.count == 1, theirs.count == 1 { return [(ours[0], theirs[0])] }
        let pairs = ours.compactMap { one in
            theirs.first { $0.arithmetic == one.arithmetic }.map { (one, $0) }
        }
        func names(_ series: [Recording.Series]) -> String {
            series.map { $0.arithmetic ?? "one without a name" }.joined(separator: ", ")
        }
        guard !pairs.isEmpty, pairs.count == ours.count, pairs.count == theirs.count else {
            throw StudyError(
                "\(a.path) holds \(names(ours)) and \(b.path) \(names(theirs)); choose with --arithmetic-a NAME and --arithmetic-b NAME"
            )
        }
        return pairs
    }

    private static func chosen(_ recording: Recording, _ name: String?) throws(StudyError) -> [Recording.Series] {
        guard let name else { return recording.series }
        let found = recording.series.filter { $0.arithmetic == name }
        guard !found.isEmpty else {
            let known = recording.series.map { $0.arithmetic ?? "one without a name" }.joined(separator: ", ")
            throw StudyError("\(recording.path): holds no arithmetic \"\(name)\"; it has \(known)")
        }
        return found
    }

    /// Steps by number. A file faces the only step of the other side, the step that its name says, or that of `--step`.
    fileprivate static func match(
        _ ours: [RecordedStep], _ theirs: [RecordedStep], _ request: DiffRequest
    ) -> [(a: RecordedStep, b: RecordedStep)] {
        func single(_ steps: [RecordedStep]) -> RecordedStep? { steps.count == 1 ? steps[0] : nil }
        func numbered(_ steps: [RecordedStep], _ number: Int?) -> RecordedStep? {
            number.flatMap { number in steps.first { $0.number == number } }
        }
        if let step = request.step {
            // A file stands for any step.
            guard let one = numbered(ours, step) ?? single(ours), let other = numbered(theirs, step) ?? single(theirs)
            else { return [] }
            return [(one, other)]
        }
        if let one = single(ours), let other = single(theirs) { return [(one, other)] }
        return ours.compactMap { one in numbered(theirs, one.number).map { (one, $0) } }
            .filter { $0.a.holdsTensors == $0.b.holdsTensors }
    }
}

extension Diff {
    struct Steps {
        let pairs: [(a: RecordedStep, b: RecordedStep)]
        let onlyInA: [Int]
        let onlyInB: [Int]
    }

    /// - Throws: `StudyError` when no steps face each other.
    static func facing(
        _ one: Recording.Series, _ other: Recording.Series, _ a: Recording, _ b: Recording, _ request: DiffRequest
    ) throws(StudyError) -> Steps {
        let pairs = match(one.steps, other.steps, request)
        func range(_ series: Recording.Series) -> String {
            let numbers = series.numbers.compactMap { $0 }
            guard let first = numbers.first, let last = numbers.last else { return "a file without a number" }
            return numbers.count == 1 ? "step \(first)" : "\(numbers.count) steps from \(first) to \(last)"
        }
        guard !pairs.isEmpty else {
            let remedy = request.step == nil ? "say which step it is with --step N" : "--step must be one of them"
            throw StudyError("\(a.path) holds \(range(one)) and \(b.path) \(range(other)); \(remedy)")
        }
        guard request.step == nil, one.steps.count > 1 || other.steps.count > 1 else {
            return Steps(pairs: pairs, onlyInA: [], onlyInB: [])
        }
        func numbers(_ series: Recording.Series) -> Set<Int> {
            Set(series.steps.compactMap { $0.holdsTensors ? $0.number : nil })
        }
        let (ours, theirs) = (numbers(one), numbers(other))
        return Steps(
            pairs: pairs, onlyInA: ours.subtracting(theirs).sorted(), onlyInB: theirs.subtracting(ours).sorted())
    }
}
