import Foundation
import Reporting
import TensorFiles
import Testing

@Suite("Pictures")
struct PictureTests {
    /// A file of this test's own, removed by the caller.
    private func path(_ ending: String) -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("picture-\(UUID().uuidString).\(ending)").path
    }

    private var figure: Figure {
        Figure(
            "a_title with {markup} and \"quotes\"", x: Axis("step"), y: Axis("error", .logarithmic),
            curves: [
                Figure.Curve("first", [(0, 1e-8), (1, 0), (2, 1e-6), (3, .infinity), (4, .nan), (5, 1)]),
                Figure.Curve("empty", [(0, 0)]),
            ], markers: [Figure.Marker(.vertical, at: 2, "two"), Figure.Marker(.horizontal, at: -1)])
    }

    @Test func `a point that an axis cannot show breaks the curve and is not drawn`() {
        let lines = figure.script.split(separator: "\n", omittingEmptySubsequences: false)
        let start = lines.firstIndex { $0.hasPrefix("$curve0") } ?? 0
        #expect(lines[(start + 1)...].prefix { $0 != "EOD" } == ["0.0 1e-08", "", "2.0 1e-06", "", "", "5.0 1.0"])
        #expect(!figure.script.contains("$curve1"))
        #expect(!figure.script.contains("first -1"))
    }

    @Test(arguments: ["svg", "png"]) func `gnuplot draws figures in both formats`(ending: String) throws {
        let path = path(ending)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try figure.write(to: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        if ending == "png" {
            #expect(bytes.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
        } else {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("a_title with {markup}"))
            #expect(text.contains("two"))
        }
    }

    @Test func `a figure and a heat map of nothing say so`() throws {
        let empty = Figure("", x: Axis("x"), y: Axis("y", .logarithmic))
        let map = HeatMap("", xLabel: "", colors: Axis("c"), rowNames: ["a"], columns: [1], values: [[nil]])
        for picture in [empty, map] as [any Picture] {
            let path = path("svg")
            defer { try? FileManager.default.removeItem(atPath: path) }
            try picture.write(to: path)
            #expect(try String(contentsOfFile: path, encoding: .utf8).contains("nothing to show"))
        }
    }

    @Test func `a heat map draws one rectangle a known value`() throws {
        let map = HeatMap(
            "growth", xLabel: "step", colors: Axis("error", .logarithmic), rowNames: ["fc1.weight", "fc1.bias"],
            columns: [0, 10, 20], values: [[1e-8, 1e-3, 1], [0, nil, .nan]])
        let path = path("svg")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try map.write(to: path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("fc1.weight"))
        #expect(map.script.contains("1e-08 0.001 1.0\nNaN NaN NaN\nEOD"))
    }

    @Test func `an ending that is no picture is refused by name`() {
        #expect(throws: FileError.self) { try figure.write(to: "figure.gif") }
        #expect(throws: FileError.self) { try PictureFormat(path: "figure") }
    }

    @Test func `a table quotes fields that hold its separators`() {
        let table = CSVTable(columns: ["name", "value"], rows: [["mlp(1,2)", "3"], ["a \"b\"", ""]])
        #expect(table.text == "name,value\n\"mlp(1,2)\",3\n\"a \"\"b\"\"\",\n")
    }
}
