import Foundation
import TensorFiles

/// What a run of the built command gave.
struct CommandResult {
    let status: Int32
    let output: String
    let errors: String

    /// The one line that unusable input is answered with; nil unless it is one line and nothing else.
    var complaint: String? {
        guard status == 2, errors.hasPrefix("lockstep: "), errors.hasSuffix("\n"),
            errors.dropLast().allSatisfy({ !$0.isNewline })
        else { return nil }
        return String(errors.dropFirst("lockstep: ".count).dropLast())
    }
}

/// The built command as a child process, in a folder of its own that goes away afterwards.
final class Workplace {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A study that takes next to no time.
    static let tiny = [
        "--data", "synthetic:1x4x4,3,60", "--model", "mlp(16,8,3)", "--batch", "10", "--steps", "3",
    ]

    /// The command stands beside the bundle of tests.
    static var program: URL {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath
        return URL(fileURLWithPath: bundle ?? CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("lockstep")
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: readFile(path(name)), path: name) }

    /// Names of all files and folders, sorted.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    func names(in name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = Workplace.program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs `lockstep` to its end. Both outputs go to files, so that neither can fill up and block.
    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> CommandResult {
        let (output, errors) = (try stream(), try stream())
        let process = process(arguments, environment: environment)
        process.standardOutput = output.handle
        process.standardError = errors.handle
        try finish(process)
        return CommandResult(status: process.terminationStatus, output: try output.text(), errors: try errors.text())
    }

    /// Runs a process to its end, which a defect must not put off for ever.
    private func finish(_ process: Process) throws {
        try process.run()
        let deadline = ContinuousClock.now + .seconds(100)
        while process.isRunning, ContinuousClock.now < deadline { usleep(5_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// `lockstep compare` of the tiny study.
    func compare(_ arguments: [String] = [], environment: [String: String] = [:]) throws -> CommandResult {
        try run(["compare"] + Workplace.tiny + arguments, environment: environment)
    }

    /// A shell line with `$LOCKSTEP` for the command.
    func shell(_ line: String) throws -> CommandResult {
        let (output, errors) = (try stream(), try stream())
        let process = process(["-c", line], environment: ["LOCKSTEP": Workplace.program.path])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.standardOutput = output.handle
        process.standardError = errors.handle
        try finish(process)
        return CommandResult(status: process.terminationStatus, output: try output.text(), errors: try errors.text())
    }

    private struct Stream {
        let path: String
        let handle: FileHandle

        func text() throws -> String {
            try handle.close()
            defer { try? FileManager.default.removeItem(atPath: path) }
            return String(decoding: try readFile(path), as: UTF8.self)
        }
    }

    /// Outside the folder, which shows only what the command itself leaves.
    private func stream() throws -> Stream {
        let path = folder.path + "-\(UUID().uuidString).stream"
        try Data().write(to: URL(fileURLWithPath: path))
        return Stream(path: path, handle: try FileHandle(forWritingTo: URL(fileURLWithPath: path)))
    }
}
