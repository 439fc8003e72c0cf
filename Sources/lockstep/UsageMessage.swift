import ArgumentParser
import Foundation
import Reporting

/// What the argument parser has to say: help and version as they are, a mistake as one line.
struct UsageMessage {
    private let error: any Error
    private let arguments: [String]

    init(_ error: any Error, _ arguments: [String]) {
        self.error = error
        self.arguments = arguments
    }

    /// - Returns: the exit code.
    func show() -> Int32 {
        guard Lockstep.exitCode(for: error) != .success else {
            let text = Lockstep.fullMessage(
                for: error, columns: min(120, max(60, TextOutput.standardOutput.style.width)))
            do { try TextOutput.standardOutput.write(text + "\n") } catch { return Lockstep.complain("\(error)") }
            return 0
        }
        return Lockstep.complain(mistake)
    }

    /// The names of a command's subcommands.
    private static func names(below command: any ParsableCommand.Type) -> [String] {
        command.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    private var mistake: String {
        var message =
            Lockstep.message(for: error).split(whereSeparator: \.isNewline).first.map(String.init)
            ?? "unusable arguments"
        while message.hasSuffix(".") { message.removeLast() }
        var command: any ParsableCommand.Type = Lockstep.self
        var path = "lockstep"
        // Down to the subcommand that was meant: the words before the first option, which no option can own.
        for (i, word) in arguments.filter({ !$0.hasPrefix("-") }).enumerated() {
            let below = command.configuration.subcommands
            if below.isEmpty { break }
            guard let next = below.first(where: { $0.configuration.commandName == word }) else {
                // With an option before it the word may be that option's value.
                guard i == arguments.firstIndex(of: word) else { break }
                return unknown(word, among: UsageMessage.names(below: command), of: path)
            }
            (command, path) = (next, path + " " + word)
        }
        if path == "lockstep" { return "\(lowercased(message)); lockstep --help lists what there is" }
        return "\(lowercased(message)) (\(path) --help lists the options)"
    }

    private func unknown(_ word: String, among known: [String], of path: String) -> String {
        let remedy =
            nearest(to: word, in: known).map { "did you mean \"\($0)\"?" }
            ?? "there are \(known.joined(separator: ", "))"
        return "\(path) has no subcommand \"\(word)\"; \(remedy) (\(path) --help lists them)"
    }

    private func lowercased(_ message: String) -> String { message.prefix(1).lowercased() + message.dropFirst() }
}

/// The choice that the fewest changes of a letter lead to, if that is no more than a third of its length.
func nearest(to text: String, in choices: [String]) -> String? {
    let best = choices.map { ($0, editDistance(text, $0)) }.min { $0.1 < $1.1 }
    return best.flatMap { $0.1 <= max(1, $0.0.count / 3) ? $0.0 : nil }
}

/// Insertions, deletions, exchanges of a letter, and swaps of two neighbours, the commonest slip of all.
///
/// - Source: Damerau, *A technique for computer detection and correction of spelling errors* (1964).
private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var distance = [[Int]](repeating: Array(0...b.count), count: a.count + 1)
    for i in 0..<a.count {
        distance[i + 1][0] = i + 1
        for j in 0..<b.count {
            var least = min(
                distance[i][j] + (a[i] == b[j] ? 0 : 1), distance[i][j + 1] + 1, distance[i + 1][j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, distance[i - 1][j - 1] + 1) }
            distance[i + 1][j + 1] = least
        }
    }
    return distance[a.count][b.count]
}
