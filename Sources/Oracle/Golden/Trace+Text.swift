import Arithmetics
import TensorFiles
import Training

// Traces are text that tools can compare line by line. Every line after the header ends in a chain: the first 16 digits of
// the SHA-256 of the chain before it and the line, so that a changed, lost or swapped line is found where it stands.

extension Trace {
    private static let header = "lockstep-trace 1"

    public var text: String {
        var writer = ChainedLines(first: Trace.header)
        writer.append("contract \(contract)")
        for line in provenance { writer.append("provenance \(line)") }
        for line in study.yaml.split(separator: "\n") { writer.append("study \(line)") }
        writer.append("data \(dataDigest)")
        for section in sections {
            writer.append("arithmetic \(section.arithmetic)")
            for step in section.steps {
                writer.append("step \(step.step) loss \(step.loss?.hexadecimal ?? "-")")
                for tensor in step.tensors {
                    let values = tensor.values.map { " values \($0.joined(separator: ","))" } ?? ""
                    writer.append("tensor \(tensor.name) \(tensor.digest)\(values)")
                }
            }
        }
        writer.append("end")
        return writer.text
    }

    /// Writes the text, by rename when complete.
    public func write(to path: String) throws(FileError) { try writeAtomically(path, Array(text.utf8)) }

    /// - Throws: `FileError` when the file cannot be read; `TraceError` with path and line when it is no trace, is damaged, or
    ///   was changed after recording.
    public init(contentsOf path: String) throws {
        let bytes = try readFile(path, limit: 1 << 30)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw TraceError("\(path): is not text") }
        try self.init(text, path: path)
    }

    /// - Parameter path: for messages.
    public init(_ text: String, path: String) throws(TraceError) {
        var lines = try CheckedLines(text, header: Trace.header, path: path)
        var contract: Int?
        var provenance: [String] = []
        var yaml = ""
        var dataDigest: String?
        var sections: [Section] = []
        var ended = false
        while let line = try lines.next() {
            guard !ended else { throw lines.error("a line after the end") }
            let (word, rest) = Trace.split(line)
            switch word {
            case "contract": contract = Int(rest)
            case "provenance": provenance.append(rest)
            case "study": yaml += rest + "\n"
            case "data": dataDigest = rest
            case "arithmetic":
                do { sections.append(Section(arithmetic: try ArithmeticName(rest), steps: [])) } catch {
                    throw lines.error("\(error)")
                }
            case "step":
                let parts = rest.split(separator: " ")
                guard !sections.isEmpty, parts.count == 3, let number = Int(parts[0]), parts[1] == "loss",
                    number == sections[sections.count - 1].steps.count
                else { throw lines.error("no step follows here") }
                let loss = parts[2] == "-" ? nil : ExactValue(hexadecimal: String(parts[2]))
                guard (loss == nil) == (number == 0) else { throw lines.error("the loss is no exact number") }
                sections[sections.count - 1].steps.append(Step(step: number, loss: loss, tensors: []))
            case "tensor":
                let parts = rest.split(separator: " ")
                guard let section = sections.indices.last, let step = sections[section].steps.indices.last,
                    parts.count == 2 || (parts.count == 4 && parts[2] == "values")
                else { throw lines.error("no tensor follows here") }
                let values = parts.count == 4 ? parts[3].split(separator: ",").map(String.init) : nil
                sections[section].steps[step].tensors.append(
                    TensorEntry(name: String(parts[0]), digest: String(parts[1]), values: values))
            case "end": ended = true
            default: throw lines.error("no line begins with \"\(word)\"")
            }
        }
        guard ended else { throw TraceError("\(path): is cut off: the last line is missing") }
        guard let contract, let dataDigest, !sections.isEmpty else {
            throw TraceError("\(path): contract, data or arithmetics are missing")
        }
        let study: Study
        do { study = try Study(yaml: yaml, path: "\(path): study") } catch { throw TraceError("\(error)") }
        guard study.arithmetics == sections.map(\.arithmetic) else {
            throw TraceError("\(path): the arithmetics are not those of the study")
        }
        self.init(
            contract: contract, provenance: provenance, study: study, dataDigest: dataDigest, sections: sections)
    }

    private static func split(_ line: Substring) -> (word: Substring, rest: String) {
        guard let space = line.firstIndex(of: " ") else { return (line, "") }
        return (line[..<space], String(line[line.index(after: space)...]))
    }
}

/// The chain after a line: its first digits are enough to find an accident, and traces stay readable.
private func chain(_ previous: some StringProtocol, _ line: some StringProtocol) -> String {
    String(Digest.hexadecimal(of: Array("\(previous)\n\(line)\n".utf8)).prefix(16))
}

private struct ChainedLines {
    private(set) var text: String
    private var last: String

    init(first: String) {
        text = first + "\n"
        last = chain("", first)
    }

    mutating func append(_ line: String) {
        last = chain(last, line)
        text += "\(line) #\(last)\n"
    }
}

private struct CheckedLines {
    private var lines: ArraySlice<Substring>
    private let path: String
    private var number = 1
    private var last: String

    init(_ text: String, header: String, path: String) throws(TraceError) {
        // Characters are not bytes: a line may end in "\r\n" after a careless checkout.
        lines = text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)[...]
        self.path = path
        guard let first = lines.popFirst(), first.hasPrefix("lockstep-trace ") else {
            throw TraceError("\(path): is no trace; the first line of one is \"\(header)\"")
        }
        guard first == header else {
            throw TraceError("\(path): \"\(first)\" is not a version this program reads (\"\(header)\")")
        }
        last = chain("", header)
    }

    /// The next line without its chain, which is checked.
    mutating func next() throws(TraceError) -> Substring? {
        guard let line = lines.popFirst() else { return nil }
        number += 1
        guard let mark = line.lastIndex(of: "#"), mark > line.startIndex else { throw error("the chain is missing") }
        let content = line[..<line.index(before: mark)]
        last = chain(last, content)
        guard line[line.index(after: mark)...] == last else {
            throw error("the chain is broken here: the file was changed after recording, or a line is lost")
        }
        return content
    }

    func error(_ problem: String) -> TraceError { TraceError("\(path):\(number): \(problem)") }
}
