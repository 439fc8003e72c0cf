import Arithmetics
import Comparison
import Oracle

/// A diff as it is shown.
public struct DiffReport: Sendable {
    public struct Side: Sendable {
        public let path: String
        public let kind: Recording.Kind

        public init(_ recording: Recording) {
            path = recording.path
            kind = recording.kind
        }
    }

    public let a: Side
    public let b: Side
    public let findings: DiffFindings

    public init(_ a: Recording, _ b: Recording, _ findings: DiffFindings) {
        (self.a, self.b) = (Side(a), Side(b))
        self.findings = findings
    }

    /// Counts over some tensors.
    struct Totals {
        var tensors = 0
        var differingTensors = 0
        var elements = 0
        var differing = 0
        var outside = 0
        var maxUlp = 0.0
        var maxRelativeL2 = 0.0
        var histogram = UlpHistogram()

        mutating func add(_ tensor: TensorDifference) {
            tensors += 1
            if !tensor.isIdentical { differingTensors += 1 }
            guard let found = tensor.values else { return }
            elements += found.count
            differing += found.differing
            outside += found.outside
            histogram.add(found.histogram)
            maxUlp = max(maxUlp, found.measures?.maxUlp ?? 0)
            maxRelativeL2 = max(maxRelativeL2, found.measures?.relativeL2 ?? 0)
        }
    }

    func totals(_ steps: [StepDifference]) -> Totals {
        var result = Totals()
        for step in steps { for tensor in step.tensors { result.add(tensor) } }
        return result
    }

    /// The step whose tensors are shown: the first beyond the tolerance, else the first that is not identical, else the last.
    var shown: (series: SeriesDifference, step: StepDifference)? {
        if let first = findings.firstStep { return first }
        for series in findings.series {
            if let step = series.steps.first(where: { !$0.isIdentical }) { return (series, step) }
        }
        return findings.series.last.flatMap { series in series.steps.last.map { (series, $0) } }
    }
}

extension TensorDifference {
    /// `float32`, or `float32, float64` where they differ.
    var types: String {
        let (x, y) = (aType ?? "?", bType ?? "?")
        return x == y || aType == nil && bType == nil ? (aType ?? "") : "\(x), \(y)"
    }

    /// Row-major position of an element: `[1, 3]`; nil for fewer than two axes.
    func position(_ index: Int) -> [Int]? {
        guard let shape, shape.count > 1 else { return nil }
        var rest = index
        var result: [Int] = []
        for length in shape.reversed() {
            result.append(length > 0 ? rest % length : 0)
            rest = length > 0 ? rest / length : 0
        }
        return result.reversed()
    }

    /// The contract's bits of a number of a named format, as one hexadecimal number; nil elsewhere.
    static func bits(_ value: ExactValue, _ format: Format?) -> String? {
        guard let format, format.name != nil, format.holds(value) else { return nil }
        var bytes: [UInt8] = []
        format.contractEncode(value, into: &bytes)
        return bytes.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
