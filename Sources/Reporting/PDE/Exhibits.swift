import TensorFiles

/// The files of an experiment: figures, and the numbers behind them.
public struct Exhibits: Sendable {
    /// Names without ending.
    public var figures: [(name: String, picture: any Picture)]
    public var tables: [(name: String, table: CSVTable)]

    public init(figures: [(name: String, picture: any Picture)], tables: [(name: String, table: CSVTable)]) {
        self.figures = figures
        self.tables = tables
    }

    /// Writes `name.csv` of every table, then `name.svg` and `name.png` of every figure, so that numbers are there even where
    /// gnuplot is not.
    ///
    /// - Throws: `FileError` when a file cannot be written or gnuplot is missing.
    public func write(to folder: String) throws(FileError) {
        for (name, table) in tables { try table.write(to: "\(folder)/\(name).csv") }
        for (name, picture) in figures {
            for ending in ["svg", "png"] { try picture.write(to: "\(folder)/\(name).\(ending)") }
        }
    }
}
