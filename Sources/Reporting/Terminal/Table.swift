/// Rows of texts under headings, aligned. A table wider than the page continues below, its leading columns repeated.
public struct Table: Sendable {
    public enum Alignment: Sendable { case left, right }

    public struct Column: Sendable {
        /// Lines of the heading.
        let heading: [String]
        let alignment: Alignment
        let cells: [String]
        let startsPart: Bool

        /// - Parameter startsPart: a good place to break the table where it is too wide.
        public init(
            _ heading: String, _ alignment: Alignment = .right, startsPart: Bool = false, cells: [String]
        ) {
            self.startsPart = startsPart
            self.heading = heading.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            self.alignment = alignment
            self.cells = cells
        }

        var width: Int { (heading + cells).map(\.count).max() ?? 0 }
    }

    private let keys: [Column]
    private let columns: [Column]
    private let gap = "  "

    /// Columns whose cells are all empty are left out.
    ///
    /// - Parameter keys: what tells the rows apart, repeated in every part.
    public init(keys: [Column], _ columns: [Column]) {
        self.keys = keys
        self.columns = columns.filter { $0.cells.contains { !$0.isEmpty } }
    }

    public func lines(_ style: TextStyle, indent: Int = 2) -> [String] {
        func width(_ columns: [Column]) -> Int { columns.reduce(indent - gap.count) { $0 + gap.count + $1.width } }
        let isWhole = width(keys + columns) <= style.width
        var parts: [[Column]] = [[]]
        for column in columns {
            let part = parts[parts.count - 1]
            let breaks = !isWhole && (column.startsPart || width(keys + part + [column]) > style.width)
            if breaks, !part.isEmpty { parts.append([column]) } else { parts[parts.count - 1].append(column) }
        }
        let space = String(repeating: " ", count: indent)
        return Array(parts.map { render(keys + $0, style, space) }.joined(separator: [""]))
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
