/// A table of numbers as colours: rows by name, columns by number.
public struct HeatMap: Picture {
    /// One line above the picture.
    public var title: String
    public var xLabel: String
    /// What the colours measure.
    public var colors: Axis
    /// From the top down.
    public var rowNames: [String]
    /// Numbers of the columns (steps), rising; evenly drawn whatever their distance.
    public var columns: [Int]
    /// One array a row, one value a column; nil, infinities and NaN stay blank.
    public var values: [[Double?]]

    public init(
        _ title: String, xLabel: String, colors: Axis, rowNames: [String], columns: [Int], values: [[Double?]]
    ) {
        precondition(values.count == rowNames.count && values.allSatisfy { $0.count == columns.count }, "shapes differ")
        self.title = title
        self.xLabel = xLabel
        self.colors = colors
        self.rowNames = rowNames
        self.columns = columns
        self.values = values
    }

    public var size: (width: Int, height: Int) { (900, min(4000, 150 + 20 * max(6, rowNames.count))) }

    public var script: String {
        var lines = ["set title \"\(Gnuplot.quoted(title))\"", "set xlabel \"\(Gnuplot.quoted(xLabel))\"", "unset key"]
        lines += colors.commands("cb")
        lines += [Gnuplot.palette, "set border 3", "set tics nomirror out"]
        let names = rowNames.enumerated().map { "\"\(Gnuplot.quoted($1))\" \($0)" }
        lines.append("set ytics (\(names.joined(separator: ", ")))")
        // At most some ten columns carry their number.
        let stride = max(1, (columns.count + 9) / 10)
        let numbers = Swift.stride(from: 0, to: columns.count, by: stride).map { "\"\(columns[$0])\" \($0)" }
        lines.append("set xtics (\(numbers.joined(separator: ", ")))")
        lines += [
            "set xrange [-0.5:\(Double(columns.count) - 0.5)]", "set yrange [\(Double(rowNames.count) - 0.5):-0.5]",
        ]
        let shown = values.map { row in
            row.map { value in value.flatMap { colors.shows($0) ? "\($0)" : nil } ?? "NaN" }.joined(separator: " ")
        }
        guard values.contains(where: { $0.contains { $0.map(colors.shows) ?? false } }) else {
            lines += ["set label 1 'nothing to show' at graph 0.5,0.5 center", "plot NaN notitle"]
            return lines.joined(separator: "\n")
        }
        lines += Gnuplot.block("map", shown)
        lines.append("plot $map matrix using 1:2:3 with image pixels")
        return lines.joined(separator: "\n")
    }
}
