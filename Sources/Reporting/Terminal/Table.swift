/// Rows of texts under headings, aligned. A table wider than the page continues below, its first column repeated.
public struct Table: Sendable {
    public enum Alignment: Sendable { case left, right }

    public struct Column: Sendable {
        /// Lines of the heading.
        let heading: [String]
        let alignment: Alignment
        let cells: [String]

        public init(_ heading: String, _ alignment: Alignment = .right, _ cells: [String]) {
            self.heading = heading.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            self.alignment = alignment
            self.cells = cells
        }

        var width: Int { (heading + cells).map(\.count).max() ?? 0 }
    }

    private let columns: [Column]
    private let gap = "  "

    /// Columns whose cells are all empty are left out.
    public init(_ columns: [Column]) {
        self.columns = columns.filter { $0.cells.contains { !$0.isEmpty } }
    }

    public func lines(_ style: TextStyle, indent: Int = 2) -> [String] {
        guard let first = columns.first else { return [] }
        var lines: [String] = []
        var rest = columns.dropFirst()
        repeat {
            var panel = [first]
            var width = indent + first.width
            while let next = rest.first, panel.count == 1 || width + gap.count + next.width <= style.width {
                panel.append(next)
                width += gap.count + next.width
                rest = rest.dropFirst()
            }
            if !lines.isEmpty { lines.append("") }
            lines += render(panel, style, String(repeating: " ", count: indent))
        } while !rest.isEmpty
        return lines
    }

    private func render(_ panel: [Column], _ style: TextStyle, _ indent: String) -> [String] {
        let height = panel.map(\.heading.count).max() ?? 0
        var lines: [String] = []
        for i in 0..<height {
            // Headings stand on the line below them.
            let texts = panel.map { column in
                let skipped = height - column.heading.count
                return i < skipped ? "" : column.heading[i - skipped]
            }
            lines.append(style.bold(line(panel, texts, indent)))
        }
        let rule = style.hasUnicode ? "\u{2500}" : "-"
        lines.append(
            indent + panel.map { String(repeating: rule, count: $0.width) }.joined(separator: gap))
        for row in 0..<(panel.first?.cells.count ?? 0) {
            lines.append(line(panel, panel.map { $0.cells[row] }, indent))
        }
        return lines
    }

    private func line(_ panel: [Column], _ texts: [String], _ indent: String) -> String {
        let cells = zip(panel, texts).map { column, text in
            let space = String(repeating: " ", count: max(0, column.width - text.count))
            return column.alignment == .left ? text + space : space + text
        }
        var line = indent + cells.joined(separator: gap)
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}
