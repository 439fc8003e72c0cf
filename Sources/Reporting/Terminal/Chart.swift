import Arithmetics

/// Positive values against step, on a logarithmic scale, drawn with characters. Each curve's name stands at its end.
public struct Chart: Sendable {
    public struct Curve: Sendable {
        let name: String
        let points: [(x: Int, y: Double)]

        /// Points that a logarithm cannot show (0, not finite) leave a gap.
        public init(_ name: String, _ points: [(x: Int, y: Double)]) {
            self.name = name
            self.points = points
        }
    }

    private let title: String
    private let curves: [Curve]
    private let rows: Int

    public init(_ title: String, _ curves: [Curve], rows: Int = 12) {
        self.title = title
        self.curves = curves
        self.rows = rows
    }

    private static let marks: [Character] = ["*", "o", "+", "x", "#", "@"]
    private static let colors: [TextStyle.Color] = [.cyan, .yellow, .magenta, .green, .blue, .red]

    /// No lines when there is nothing to show.
    public func lines(_ style: TextStyle, indent: Int = 2) -> [String] {
        let shown = curves.flatMap(\.points).filter { $0.y > 0 && $0.y.isFinite }
        guard let lowest = shown.map(\.y).min(), let highest = shown.map(\.y).max(),
            let last = curves.flatMap(\.points).map(\.x).max(), last > 0
        else { return [] }
        let axis = PowersOfTen(from: lowest, to: highest, rows: rows)
        let names = curves.enumerated().map { i, curve in
            style.hasUnicode ? curve.name : "\(Chart.marks[i % Chart.marks.count]) \(curve.name)"
        }
        let nameWidth = min(32, names.map(\.count).max() ?? 0)
        let labelWidth = (0..<rows).map { axis.label(row: $0).count }.max() ?? 0
        let columns = min(100, style.width - indent - labelWidth - 2 - 1 - nameWidth)
        guard columns >= 10 else { return [] }

        var canvas = Canvas(columns: columns, rows: rows, braille: style.hasUnicode)
        var ends: [(row: Int, curve: Int)] = []
        for (i, curve) in curves.enumerated() {
            var previous: (x: Int, y: Int)?
            for point in curve.points {
                guard point.y > 0, point.y.isFinite else {
                    previous = nil
                    continue
                }
                let dot = (x: point.x * (canvas.width - 1) / last, y: axis.dot(point.y, height: canvas.height))
                canvas.line(from: previous ?? dot, to: dot, owner: i)
                previous = dot
            }
            if let previous { ends.append((previous.y * rows / canvas.height, i)) }
        }
        let places = Chart.spread(ends, rows: rows)
        let space = String(repeating: " ", count: indent)
        var lines = [space + style.bold(title)]
        for row in 0..<rows {
            let label = axis.label(row: row)
            let bar = style.hasUnicode ? (label.isEmpty ? "\u{2502}" : "\u{2524}") : (label.isEmpty ? "|" : "+")
            var line = space + String(repeating: " ", count: labelWidth - label.count) + label + " " + bar
            line += Chart.paint(canvas.row(row, marks: Chart.marks), style)
            if let curve = places[row] {
                line +=
                    " "
                    + style.colored(String(names[curve].prefix(nameWidth)), Chart.colors[curve % Chart.colors.count])
            }
            while line.hasSuffix(" ") { line.removeLast() }
            lines.append(line)
        }
        let margin = space + String(repeating: " ", count: labelWidth + 1)
        let rule = String(repeating: style.hasUnicode ? "\u{2500}" : "-", count: columns)
        lines.append(margin + (style.hasUnicode ? "\u{2514}" : "+") + rule)
        let end = Numbers.grouped(last)
        let between = String(repeating: " ", count: max(1, columns - "step 0".count - end.count))
        lines.append(margin + " step 0" + between + end)
        return lines
    }

    /// Neighbouring characters of one curve share an escape code.
    private static func paint(_ cells: [(character: Character, owner: Int?)], _ style: TextStyle) -> String {
        var line = ""
        var run = ""
        var owner: Int?
        func flush() {
            line += owner.map { style.colored(run, colors[$0 % colors.count]) } ?? run
            run = ""
        }
        for cell in cells {
            if cell.owner != owner {
                flush()
                owner = cell.owner
            }
            run.append(cell.character)
        }
        flush()
        return line
    }

    /// A row for each curve's name, near the row where the curve ends; no two share one.
    private static func spread(_ ends: [(row: Int, curve: Int)], rows: Int) -> [Int: Int] {
        var places: [Int: Int] = [:]
        for end in ends.sorted(by: { ($0.row, $0.curve) < ($1.row, $1.curve) }) {
            let nearest = (0..<rows).filter { places[$0] == nil }.min { abs($0 - end.row) < abs($1 - end.row) }
            if let nearest { places[nearest] = end.curve }
        }
        return places
    }
}

/// A scale of whole powers of ten.
private struct PowersOfTen {
    private let rows: Int
    /// Exponents at the bottom and the top.
    private let low: Double
    private let high: Double
    private let spacing: Int

    init(from lowest: Double, to highest: Double, rows: Int) {
        self.rows = rows
        low = PowersOfTen.exponent(lowest).rounded(.down)
        high = max(low + 1, PowersOfTen.exponent(highest).rounded(.up))
        // About five labels.
        spacing = max(1, Int((high - low) / 5 + 0.5))
    }

    /// log₁₀ by the contract's logarithm: every machine draws the same.
    private static func exponent(_ y: Double) -> Double {
        let arithmetic = Binary64()
        return arithmetic.elementary(.log, y) / arithmetic.elementary(.log, 10)
    }

    private func position(_ exponent: Double, height: Int) -> Int {
        Int(((high - exponent) / (high - low) * Double(height - 1)).rounded())
    }

    func dot(_ y: Double, height: Int) -> Int { position(PowersOfTen.exponent(y), height: height) }

    /// The power of ten that falls on a row, if it is one of those shown.
    func label(row: Int) -> String {
        for exponent in stride(from: Int(low), through: Int(high), by: spacing)
        where position(Double(exponent), height: rows) == row {
            return "1e\(exponent)"
        }
        return ""
    }
}
