import ArgumentParser
import Arithmetics
import Foundation
import Reporting
import TensorFiles
import Training

/// How a command runs, whatever it computes. Nothing here changes a result.
struct MachineOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("1 to 256; never changes a result. (default: number of cores)", valueName: "n"))
    var threads: String?

    /// - Throws: `StudyError` for anything but 1...256.
    func threadCount() throws(StudyError) -> Int {
        guard let threads else { return min(256, max(1, ProcessInfo.processInfo.activeProcessorCount)) }
        return try wholeNumber(threads, of: "threads", in: 1...256)
    }
}

/// Where results go.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the full result; - is standard output, which then holds nothing else.", valueName: "file"))
    var json: String?

    @Flag(name: .shortAndLong, help: "No live line and no table; mistakes are still told.")
    var quiet = false

    /// Is standard output free for the table?
    var showsText: Bool { !quiet && json != "-" }

    /// Finds out before a long run that its result could not be written.
    func check() throws(FileError) {
        guard let json, json != "-" else { return }
        try checkWritable(file: json)
    }

    /// A value that nobody asked for is not made.
    func write(_ value: @autoclosure () -> JSONValue) throws(FileError) {
        switch json {
        case nil: break
        case "-": try TextOutput.standardOutput.write(value().encoded(.pretty) + [UInt8(ascii: "\n")])
        case let path?: try value().write(to: path)
        }
    }
}

/// The result for CI systems.
struct JUnitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write a JUnit report, which CI systems show.", valueName: "file"))
    var junit: String?

    func check() throws(FileError) {
        if let junit { try checkWritable(file: junit) }
    }

    func write(_ report: @autoclosure () -> String) throws(FileError) {
        if let junit { try writeAtomically(junit, Array(report().utf8)) }
    }
}

/// A whole number out of an option's text.
func wholeNumber(_ text: String, of option: String, in range: ClosedRange<Int>) throws(StudyError) -> Int {
    guard let value = Int(text), range.contains(value) else {
        throw StudyError("\(option): \"\(text)\" is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
}

/// - Throws: `FileError` unless a file of this name can be made or replaced.
func checkWritable(file path: String) throws(FileError) {
    guard !path.isEmpty else { throw FileError(problem: "the path of an output is empty", remedy: "name a file") }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
        if isFolder.boolValue { throw FileError(path: path, problem: "is a folder, not a file") }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw FileError(path: path, problem: "permission denied", remedy: "it must be a file that can be written")
        }
    }
    // Devices are written as they are; everything else through a file beside it.
    guard !path.hasPrefix("/dev/") else { return }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
        throw FileError(path: path, problem: "its folder does not exist", remedy: "make the folder first")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
        throw FileError(path: path, problem: "permission denied", remedy: "its folder must be one that can be written")
    }
}

/// - Throws: `FileError` unless a picture of this name can be made or replaced.
func checkPicture(_ path: String) throws(FileError) {
    _ = try PictureFormat(path: path)
    try checkWritable(file: path)
}

/// Makes a folder that files will go to, if it is not there.
///
/// - Throws: `FileError` unless files can be made in it.
func prepareFolder(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw FileError(problem: "the path of a folder is empty", remedy: "name a folder") }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
        guard isFolder.boolValue else { throw FileError(path: path, problem: "is a file, not a folder") }
    } else {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw FileError(
                path: path, problem: "cannot be made", remedy: "name a folder in a place that can be written")
        }
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
        throw FileError(path: path, problem: "permission denied", remedy: "name a folder that can be written")
    }
}
