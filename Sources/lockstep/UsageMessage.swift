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

    private static var subcommands: [String] {
        Lockstep.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    private var mistake: String {
        var message =
            Lockstep.message(for: error).split(whereSeparator: \.isNewline).first.map(String.init)
            ?? "unusable arguments"
        while message.hasSuffix(".") { message.removeLast() }
        let first = arguments.first { !$0.hasPrefix("-") }
        guard let first, UsageMessage.subcommands.contains(first) else {
            let known = UsageMessage.subcommands.joined(separator: ", ")
            guard let first else { return "\(lowercased(message)); lockstep --help lists what there is" }
            let near = nearest(to: first, in: UsageMessage.subcommands).map { "; did you mean \"\($0)\"?" } ?? ""
            return
                "no subcommand \"\(first)\"\(near.isEmpty ? "; there are \(known)" : near) (lockstep --help lists them)"
        }
        return "\(lowercased(message)) (lockstep \(first) --help lists the options)"
    }

    private func lowercased(_ message: String) -> String { message.prefix(1).lowercased() + message.dropFirst() }
}

/// The choice that the fewest changes of a letter lead to, if that is no more than a third of its length.
func nearest(to text: String, in choices: [String]) -> String? {
    let best = choices.map { ($0, editDistance(text, $0)) }.min { $0.1 < $1.1 }
    return best.flatMap { $0.1 <= max(1, $0.0.count / 3) ? $0.0 : nil }
}

/// Insertions, deletions, exchanges of a letter.
///
/// - Source: Wagner and Fischer, *The String-to-String Correction Problem* (1974).
private func editDistance(_ a: String, _ b: String) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(diagonal + (x == y ? 0 : 1), above + 1, row[j] + 1)
            diagonal = above
        }
    }
    return row[b.count]
}
