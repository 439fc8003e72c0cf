/// What is wrong with a file, where in it, and what would be right; always one line.
///
/// Example: `weights.safetensors: tensor "fc1.weight": offsets [0, 99999999] reach beyond the file's 2048 data bytes`.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as the caller named it; empty for data that has no file yet.
    public var path: String
    /// The member, field or offset concerned, such as `tensor "fc1.weight"`.
    public var place: String?
    /// What was found.
    public var problem: String
    /// What would be right, where the problem does not already say so.
    public var remedy: String?

    public init(path: String = "", place: String? = nil, problem: String, remedy: String? = nil) {
        self.path = path
        self.place = place
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let parts = [path.isEmpty ? nil : path, place, problem].compactMap { $0 }
        let line = parts.joined(separator: ": ") + (remedy.map { "; " + $0 } ?? "")
        return FileError.onOneLine(line)
    }

    /// The same error, known to come from `path`, inside `outerPlace` when one is given.
    func inside(path: String, _ outerPlace: String? = nil) -> FileError {
        var error = self
        error.path = path
        let places = [outerPlace, place].compactMap { $0 }
        error.place = places.isEmpty ? nil : places.joined(separator: ": ")
        return error
    }

    /// A name out of a file, quoted, with a length that cannot flood a terminal.
    static func quoted(_ name: String) -> String {
        let longest = 120
        let shown = name.unicodeScalars.prefix(longest)
        var text = "\""
        for scalar in shown {
            if scalar == "\"" || scalar == "\\" { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text + (shown.endIndex == name.unicodeScalars.endIndex ? "\"" : "…\"")
    }

    /// Control characters and line separators escaped, because names and paths come from strangers.
    private static func onOneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format:
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            default:
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
