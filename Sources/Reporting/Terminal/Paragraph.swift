/// `name  part, part, part`, continued on the next line below the first part where the page ends.
enum Paragraph {
    static func lines(
        _ parts: [String], after name: String, margin: Int = 12, separator: String = ", ", _ style: TextStyle
    ) -> [String] {
        var lines: [String] = []
        var line = ""
        for (i, part) in parts.enumerated() {
            let text = part + (i < parts.count - 1 ? separator : "")
            if !line.isEmpty, margin + line.count + text.count > style.width {
                lines.append(line)
                line = ""
            }
            line += text
        }
        lines.append(line)
        return lines.enumerated().map { i, text in
            let head = i == 0 ? name : ""
            let space = String(repeating: " ", count: max(1, margin - 2 - head.count))
            var line = "  " + style.dim(head) + space + text
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
