import TensorFiles

/// The numbers behind a figure: a header, then rows, with commas between (RFC 4180).
public struct CSVTable: Sendable {
    public var columns: [String]
    public var rows: [[String]]

    public init(columns: [String], rows: [[String]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "every row has a field a column")
        self.columns = columns
        self.rows = rows
    }

    /// With a line feed after every line; fields with commas, quotes or line breaks in quotes.
    public var text: String {
        ([columns] + rows).map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
    }

    /// - Throws: `FileError` when the file cannot be written.
    public func write(to path: String) throws(FileError) { try writeAtomically(path, Array(text.utf8)) }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
