import Foundation
import TensorFiles
import Training

/// The findings of a finished comparison in a file, with what they are findings of: a comparison that is asked for again is
/// read instead of made again.
public struct FindingsFile: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    private struct Content: Codable {
        var contract: Int
        /// Everything that determines the findings, a line each.
        var origin: String
        var findings: ComparisonFindings
    }

    public var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Writes by rename when complete.
    ///
    /// - Parameter origin: all that determines the findings, in lines.
    public func write(_ findings: ComparisonFindings, of origin: String) throws(FileError) {
        let data: Data
        do {
            data = try Checkpoint.encoder.encode(Content(contract: contractVersion, origin: origin, findings: findings))
        } catch {
            throw FileError(path: path, problem: "cannot be encoded: \(error.localizedDescription)")
        }
        try writeAtomically(path, Array(data))
    }

    /// - Throws: `FileError` for a file that cannot be read; `StudyError` when the findings are of something else.
    public func read(of origin: String) throws -> ComparisonFindings {
        let content: Content
        do {
            content = try Checkpoint.decoder.decode(Content.self, from: Data(try readFile(path)))
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(path: path, problem: "is damaged", remedy: "remove it, and it is made again")
        }
        guard content.contract == contractVersion else {
            throw StudyError(
                "\(path): is of contract version \(content.contract); this program's is \(contractVersion)")
        }
        guard content.origin == origin else {
            let theirs = content.origin.split(separator: "\n")
            let line = origin.split(separator: "\n").first { !theirs.contains($0) }
            throw StudyError("\(path): is of another study\(line.map { "; it lacks \"\($0)\"" } ?? "")")
        }
        return content.findings
    }
}
