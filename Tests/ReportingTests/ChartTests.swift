import Reporting
import Testing

private func chart(_ points: [(x: Int, y: Double)]) -> Chart { Chart("title", [Chart.Curve("c", points)], rows: 9) }

/// Row and column of every mark of the curve: the characters between the axis and the name.
private func marks(_ lines: [String]) -> [(row: Int, column: Int)] {
    var found: [(row: Int, column: Int)] = []
    for (row, line) in lines.dropFirst().dropLast(2).enumerated() {
        guard let axis = line.firstIndex(where: { $0 == "|" || $0 == "+" }) else { continue }
        let part = line[line.index(after: axis)...].prefix(while: { $0 == " " || $0 == "*" })
        var plot = String(part)
        // The name's own mark stands at the end.
        if line.hasSuffix(" * c") { plot = String(plot.dropLast(2)) }
        for (column, character) in plot.enumerated() where character == "*" { found.append((row, column)) }
    }
    return found
}

@Test func powersOfTenFallOnTheDiagonal() {
    // From 1e-8 at the first step to 1 at the last: one row a decade.
    let lines = chart((0...8).map { ($0, [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1][$0]) }).lines(.plain)
    #expect(lines.count == 1 + 9 + 2)
    let dots = marks(lines)
    #expect(Set(dots.map(\.row)) == Set(0..<9))
    for (a, b) in zip(dots.sorted { $0.column < $1.column }, dots.sorted { $0.column < $1.column }.dropFirst()) {
        #expect(b.row <= a.row, "the curve rises")
    }
    #expect(lines[1].hasPrefix("   1e0 +") && lines[9].hasPrefix("  1e-8 +"), "\(lines)")
    #expect(lines[1].hasSuffix("* c"))
    #expect(lines.allSatisfy { $0.count <= TextStyle.plain.width })
}

@Test func whatALogarithmCannotShowLeavesAGap() {
    let lines = chart([(0, 0), (10, 1e-3), (20, .infinity), (30, 1e-3), (40, .nan)]).lines(.plain)
    let columns = marks(lines).map(\.column)
    // Two single dots: at a quarter and at three quarters.
    #expect(columns.count == 2, "\(lines)")
    #expect(chart([(0, 0), (5, 0)]).lines(.plain).isEmpty)
    #expect(chart([(0, 1)]).lines(.plain).isEmpty)
    #expect(chart([]).lines(.plain).isEmpty)
}

@Test func brailleDotsFormTheLine() {
    let style = TextStyle(width: 40, isTerminal: true, hasColor: false, hasUnicode: true)
    let lines = chart([(0, 1e-4), (100, 1e-4)]).lines(style)
    let braille = lines.joined().unicodeScalars.filter { (0x2800...0x28FF).contains($0.value) }
    // A level line: the same two neighbouring dots in every character.
    #expect(braille.count > 10 && Set(braille.dropLast()).count == 1)
    #expect(lines.allSatisfy { $0.count <= 40 })
    #expect(!lines.joined().contains("\u{1B}"))
}

@Test func colorIsOnlyAddedNeverNeeded() {
    let points = (0...20).map { (x: $0, y: 1e-9 * Double($0 * $0 + 1)) }
    let plain = TextStyle(width: 70, isTerminal: true, hasColor: false, hasUnicode: true)
    let colored = TextStyle(width: 70, isTerminal: true, hasColor: true, hasUnicode: true)
    let stripped = chart(points).lines(colored).map { $0.replacing(#/\u{1B}\[[0-9]+m/#, with: "") }
    #expect(stripped == chart(points).lines(plain))
}

@Test func narrowPageHasNoChart() {
    var style = TextStyle.plain
    style.width = 20
    #expect(chart([(0, 1), (5, 2)]).lines(style).isEmpty)
}
