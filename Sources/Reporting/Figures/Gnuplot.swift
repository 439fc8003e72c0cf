import TensorFiles

import struct Foundation.Data
import class Foundation.Pipe
import class Foundation.Process
import struct Foundation.URL

/// A picture that gnuplot draws: a script without its terminal, and the size it is meant for.
///
/// gnuplot is a program beside ours, not linked: without it everything but pictures works.
public protocol Picture: Sendable {
    /// Of the drawing, in SVG's units.
    var size: (width: Int, height: Int) { get }
    /// gnuplot commands. The command that draws is the last, so that the whole script is read before anything comes out.
    var script: String { get }
}

extension Picture {
    /// Draws and writes the picture, by rename when complete. The ending chooses the format.
    ///
    /// - Throws: `FileError` for an ending that is neither .svg nor .png, when gnuplot is missing or fails, or when the file
    ///   cannot be written.
    public func write(to path: String) throws(FileError) {
        let terminal = try PictureFormat(path: path).terminal(size)
        try writeAtomically(path, try Gnuplot.draw("set terminal \(terminal)\n\(script)\n", for: path))
    }
}

/// The kinds of picture file, by the ending of their names.
public enum PictureFormat: Sendable {
    case svg, png

    /// - Throws: `FileError` for an ending that is neither .svg nor .png.
    public init(path: String) throws(FileError) {
        if path.hasSuffix(".svg") {
            self = .svg
        } else if path.hasSuffix(".png") {
            self = .png
        } else {
            throw FileError(path: path, problem: "is no kind of picture", remedy: "end the name in .svg or .png")
        }
    }

    /// PNGs have twice the size, for screens that show two pixels for one.
    func terminal(_ size: (width: Int, height: Int)) -> String {
        switch self {
        case .svg: "svg size \(size.width),\(size.height) dynamic background '#ffffff' font 'Helvetica,14'"
        case .png: "pngcairo size \(2 * size.width),\(2 * size.height) font 'Helvetica,26' linewidth 2"
        }
    }
}

enum Gnuplot {
    /// From dark to light, even to the eye, and told apart by eyes that see fewer colours: viridis, by nine of its colours
    /// (S. van der Walt and N. Smith, matplotlib).
    static let palette =
        "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', 5 '#28ae80', 6 '#5ec962', 7 '#addc30', 8 '#fde725')"

    /// What gnuplot writes to standard output for a script.
    static func draw(_ script: String, for path: String) throws(FileError) -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gnuplot"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        let errors = Pipe()
        process.standardError = errors
        var picture: Data?
        do { try process.run() } catch {
            throw FileError(
                path: path, problem: "gnuplot could not be started", remedy: "install gnuplot, or leave the picture out"
            )
        }
        do {
            try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
            try input.fileHandleForWriting.close()
            picture = try output.fileHandleForReading.readToEnd()
        } catch {
            // A program that ended early says why by its exit code.
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0, let picture, !picture.isEmpty else {
            guard process.terminationStatus != 127 else {
                throw FileError(
                    path: path, problem: "gnuplot is not installed", remedy: "install gnuplot, or leave the picture out"
                )
            }
            let said = errors.fileHandleForReading.availableData
            // Its last line says what; those before it quote the script.
            let reason = String(decoding: said, as: UTF8.self).split(separator: "\n").last.map(String.init)
            throw FileError(path: path, problem: "gnuplot failed", remedy: reason)
        }
        return Array(picture)
    }

    /// Text inside gnuplot's double quotes: its escapes doubled, its markup escaped, on one line.
    static func quoted(_ text: String) -> String {
        text.map { character in
            switch character {
            case "\\", "\"": "\\\(character)"
            case "_", "^", "@", "&", "{", "}", "~": "\\\\\(character)"
            case _ where character.isNewline: " "
            default: "\(character)"
            }
        }.joined()
    }

    /// The lines of a block of data, named `$name`.
    static func block(_ name: String, _ rows: [String]) -> [String] { ["$\(name) << EOD"] + rows + ["EOD"] }
}
