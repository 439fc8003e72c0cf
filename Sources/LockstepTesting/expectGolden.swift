import Foundation
import Oracle
import TensorFiles
import Testing
import Training

/// Whether golden files are written instead of compared.
public enum GoldenRecording {
    /// `LOCKSTEP_RECORD_GOLDEN`: set to 1 when the tests are run, expectations record.
    public static let variable = "LOCKSTEP_RECORD_GOLDEN"
    public static var isAskedFor: Bool { ProcessInfo.processInfo.environment[variable] == "1" }
}

/// Expects the values of a golden file, every bit of them.
///
///     expectGolden(["loss": [loss], "weights": weights], at: "Golden/step.values")
///
/// The message names the first difference: name, element, both bit patterns, ulps. With `LOCKSTEP_RECORD_GOLDEN=1` in the
/// environment the file is written instead, and the test fails: a recording never passes.
///
/// - Parameters:
///   - values: one number at least; names have no spaces.
///   - path: from the folder of the calling file, unless it begins with a slash.
public func expectGolden<Number: JudgedNumber>(
    _ values: KeyValuePairs<String, [Number]>, at path: String, recording: Bool = GoldenRecording.isAskedFor,
    filePath: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) {
    let path = resolve(path, beside: filePath)
    reporting(sourceLocation) {
        let found = try GoldenValues(values)
        if recording {
            try writeAtomically(path, Array(found.text.utf8))
            return recorded(path)
        }
        return try GoldenValues(contentsOf: path).firstDifference(in: found).map { "\(path): \($0)" }
    }
}

/// Expects that Lockstep gives a study's recorded trajectory again, on this machine and every bit of it.
///
///     expectGolden(study: "Golden/study.yaml", trace: "Golden/study.trace")
///
/// This tells whether compiler and machine are in order before your own code is blamed. Recording: as above.
///
/// - Parameters:
///   - study: a study file; what it says must be what was recorded.
///   - trace: the golden trace, as `lockstep oracle record` writes it.
public func expectGolden(
    study: String, trace: String, recording: Bool = GoldenRecording.isAskedFor, filePath: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    reporting(sourceLocation) {
        let path = resolve(study, beside: filePath)
        let yaml = String(decoding: try readFile(path, limit: 1 << 24), as: UTF8.self)
        return try difference(Study(yaml: yaml, path: path), resolve(trace, beside: filePath), recording)
    }
}

/// As above, with a study made in Swift.
public func expectGolden(
    _ study: Study, trace: String, recording: Bool = GoldenRecording.isAskedFor, filePath: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    reporting(sourceLocation) { try difference(study, resolve(trace, beside: filePath), recording) }
}

private func difference(_ study: Study, _ path: String, _ recording: Bool) throws -> String? {
    if recording {
        try Trace.record(study, TraceOptions()).write(to: path)
        return recorded(path)
    }
    let trace = try Trace(contentsOf: path)
    guard trace.study == study else {
        let lines = (trace.study.yaml.split(separator: "\n"), study.yaml.split(separator: "\n"))
        let first = zip(lines.0, lines.1).first { $0 != $1 }
        return "\(path): was recorded for another study: "
            + (first.map { "\"\($0)\", not \"\($1)\"" } ?? "it says \(lines.0.count) lines, not \(lines.1.count)")
    }
    return try trace.verify(TraceOptions()).map { "\(path): \($0)" }
}

private func recorded(_ path: String) -> String {
    "recorded \(path); run again without \(GoldenRecording.variable) to compare with it"
}

private func resolve(_ path: String, beside file: String) -> String {
    path.hasPrefix("/") ? path : URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: path).path
}

/// Records an issue with what is told, or thrown.
private func reporting(_ location: SourceLocation, _ body: () throws -> String?) {
    let problem: String?
    do { problem = try body() } catch { problem = "\(error)" }
    if let problem { Issue.record(Comment(rawValue: problem), sourceLocation: location) }
}
