/// One axis of a figure: what it measures, and how.
public struct Axis: Sendable {
    public enum Scale: Sendable { case linear, logarithmic }

    public var label: String
    public var scale: Scale
    /// What is shown; nil where the data decide.
    public var range: ClosedRange<Double>?

    public init(_ label: String, _ scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
        self.label = label
        self.scale = scale
        self.range = range
    }

    /// A logarithmic axis has no place for 0 or less, and no axis for what is not finite.
    func shows(_ value: Double) -> Bool { value.isFinite && (scale == .linear || value > 0) }

    /// - Parameter axis: gnuplot's letter, `x`, `y` or `cb`.
    func commands(_ axis: String) -> [String] {
        var lines = ["set \(axis)label \"\(Gnuplot.quoted(label))\""]
        if scale == .logarithmic { lines += ["set logscale \(axis)", "set format \(axis) '10^{%L}'"] }
        if let range { lines.append("set \(axis)range [\(range.lowerBound):\(range.upperBound)]") }
        return lines
    }
}
