import Reporting
import Testing

private let plain = TextStyle.plain

@Test func columnsAlignAndEmptyOnesVanish() {
    let table = Table(
        keys: [Table.Column("name", .left, cells: ["a", "long name"])],
        [Table.Column("two\nlines", cells: ["1", "23"]), Table.Column("empty", cells: ["", ""])])
    #expect(
        table.lines(plain) == [
            "               two",
            "  name       lines",
            "  ---------  -----",
            "  a              1",
            "  long name     23",
        ])
}

@Test func wideTableContinuesBelowWithItsKeys() {
    let columns = (0..<6).map { Table.Column("column\($0)", startsPart: $0 == 4, cells: ["\($0)"]) }
    let table = Table(keys: [Table.Column("key", .left, cells: ["k"])], columns)
    var narrow = plain
    narrow.width = 40
    let lines = table.lines(narrow)
    #expect(lines.allSatisfy { $0.count <= 40 })
    // 3 + 1 columns to the break, then 2.
    #expect(
        lines.filter { $0.hasPrefix("  k  ") }.map { $0.split(separator: " ").dropFirst() } == [
            ["0", "1", "2"], ["3"], ["4", "5"],
        ])
    var wide = plain
    wide.width = 80
    #expect(table.lines(wide).count == 3)
}

@Test func columnWiderThanThePageStillShows() {
    let word = String(repeating: "w", count: 100)
    let lines = Table(
        keys: [Table.Column("key", .left, cells: ["k"])],
        [Table.Column("a", cells: ["1"]), Table.Column("b", cells: [word])]
    )
    .lines(plain)
    #expect(lines.contains { $0.hasSuffix(word) } && lines.contains { $0.hasSuffix("1") })
}
