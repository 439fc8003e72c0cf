import Comparison
import TensorFiles

import struct Foundation.Data
import class Foundation.Pipe
import class Foundation.Process
import struct Foundation.URL

/// The picture of a comparison: relative L2 error of every run against step, on a logarithmic axis, drawn by gnuplot.
public struct ErrorPlot {
    private let script: String

    /// - Parameters:
    ///   - title: one line above the picture.
    ///   - path: where it will be written; its ending chooses the format.
    /// - Throws: `FileError` for an ending that is neither .svg nor .png.
    public init(_ result: ComparisonFindings, title: String, path: String) throws(FileError) {
        let terminal = try ErrorPlot.terminal(for: path)
        var lines = [
            "set terminal \(terminal)",
            "set title \"\(ErrorPlot.quoted(title))\"",
            "set xlabel 'step'",
            "set ylabel 'relative L2 error of the weights'",
            "set logscale y",
            "set format y '10^{%L}'",
            "set grid xtics ytics lt 1 lw 0.5 lc rgb '#d0d0d0'",
            "set border 3",
            "set tics nomirror",
            "set key bottom right opaque",
        ]
        var curves: [String] = []
        for (i, run) in result.runs.enumerated() {
            let points = run.steps.compactMap { step -> String? in
                // A logarithmic axis has no place for 0, and gnuplot none for infinity.
                guard let error = step.error?.relativeL2, error > 0, error.isFinite else { return nil }
                return "\(step.step) \(error)"
            }
            guard !points.isEmpty else { continue }
            lines += ["$run\(i) << EOD"] + points + ["EOD"]
            curves.append("$run\(i) with linespoints pt 7 ps 0.25 lw 2 title \"\(ErrorPlot.quoted(run.arithmetic))\"")
        }
        if curves.isEmpty {
            lines += [
                "set yrange [1e-20:1]", "set label 1 'no differences' at graph 0.5,0.5 center", "plot NaN notitle",
            ]
        } else {
            lines.append("plot " + curves.joined(separator: ", "))
        }
        script = lines.joined(separator: "\n") + "\n"
    }

    /// - Throws: `FileError` for an ending that is neither .svg nor .png.
    public static func check(path: String) throws(FileError) { _ = try terminal(for: path) }

    private static func terminal(for path: String) throws(FileError) -> String {
        if path.hasSuffix(".svg") { return "svg size 800,500 dynamic background '#ffffff' font 'Helvetica,14'" }
        if path.hasSuffix(".png") { return "pngcairo size 1600,1000 font 'Helvetica,26' linewidth 2" }
        throw FileError(path: path, problem: "is no kind of picture", remedy: "end the name in .svg or .png")
    }

    /// Text inside gnuplot's double quotes: its escapes doubled, its markup escaped.
    private static func quoted(_ text: String) -> String {
        text.map { character in
            switch character {
            case "\\", "\"": "\\\(character)"
            case "_", "^", "@", "&", "{", "}", "~": "\\\\\(character)"
            default: "\(character)"
            }
        }.joined()
    }

    /// Draws and writes the picture, by rename when complete.
    ///
    /// - Throws: `FileError` when gnuplot is missing or fails, or the file cannot be written.
    public func write(to path: String) throws(FileError) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gnuplot"]
        let input = Pipe()
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        let picture: Data
        do {
            try process.run()
            // gnuplot reads its whole script before it draws, so writing first cannot block both sides.
            try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
            try input.fileHandleForWriting.close()
            picture = try output.fileHandleForReading.readToEnd() ?? Data()
        } catch {
            throw FileError(
                path: path, problem: "gnuplot could not be started", remedy: "install gnuplot, or leave --plot out")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0, !picture.isEmpty else {
            let missing = process.terminationStatus == 127
            throw FileError(
                path: path, problem: missing ? "gnuplot is not installed" : "gnuplot failed",
                remedy: missing ? "install gnuplot, or leave --plot out" : nil)
        }
        try writeAtomically(path, Array(picture))
    }
}
