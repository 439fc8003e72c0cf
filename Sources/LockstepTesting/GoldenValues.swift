import Arithmetics
import TensorFiles

/// Values to be reproduced to the last bit, as text that tools compare line by line.
///
///     lockstep-values 1
///     header 2 tensors, 4 values; recorded by expectGolden of Lockstep
///     tensor loss float 1
///     40135d8e 2.30258512
///     tensor weights float 3
///     3f800000 1
///     …
///     end
///
/// Encodings count, most significant digit first, NaNs canonical; the decimals after them are for people and are not read.
struct GoldenValues {
    static let first = "lockstep-values 1"

    struct Tensor {
        let name: String
        let format: Format
        var values: [ExactValue]
    }

    var tensors: [Tensor]

    init<Number: JudgedNumber>(_ values: KeyValuePairs<String, [Number]>) throws(FileError) {
        tensors = []
        for (name, numbers) in values {
            guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                throw FileError(path: "values", problem: "\"\(name)\" is no name", remedy: "names have no spaces")
            }
            guard !tensors.contains(where: { $0.name == name }) else {
                throw FileError(path: "values", problem: "\"\(name)\" is there twice", remedy: "name each once")
            }
            let exact = Number.exactValues(numbers)
            tensors.append(Tensor(name: name, format: Number.judgedFormat, values: (0..<exact.count).map { exact[$0] }))
        }
        guard tensors.contains(where: { !$0.values.isEmpty }) else {
            throw FileError(path: "values", problem: "hold no number", remedy: "give at least one")
        }
    }

    var text: String {
        let count = tensors.reduce(0) { $0 + $1.values.count }
        var lines = [
            GoldenValues.first,
            "header \(tensors.count) tensors, \(count) values; recorded by expectGolden of Lockstep",
        ]
        for tensor in tensors {
            lines.append("tensor \(tensor.name) \(tensor.format.shortName ?? "") \(tensor.values.count)")
            for value in tensor.values {
                let digits = tensor.format == .binary32 ? 9 : 17
                lines.append("\(tensor.format.pattern(value)) \(value.decimal(digits: digits))")
            }
        }
        return (lines + ["end", ""]).joined(separator: "\n")
    }

    /// - Throws: `FileError` with the line.
    init(contentsOf path: String) throws(FileError) {
        let bytes = try readFile(path, limit: 1 << 30)
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        func fail(_ line: Int, _ problem: String) -> FileError {
            FileError(
                path: path, place: "line \(line + 1)", problem: problem,
                remedy: "record it again with \(GoldenRecording.variable)=1")
        }
        guard lines.first == Substring(GoldenValues.first) else {
            throw fail(0, "is not \"\(GoldenValues.first)\"")
        }
        tensors = []
        var missing = 0
        var ended = false
        for (number, line) in lines.enumerated().dropFirst() {
            let words = line.split(separator: " ")
            if ended { throw fail(number, "stands after the end") }
            if words.first == "header", number == 1 { continue }
            if missing == 0, words.count == 1, words[0] == "end" {
                ended = true
            } else if missing == 0, words.count == 4, words[0] == "tensor", let count = Int(words[3]), count >= 0,
                let format = [Format.binary32, .binary64].first(where: { $0.shortName == String(words[2]) })
            {
                tensors.append(Tensor(name: String(words[1]), format: format, values: []))
                missing = count
            } else if missing > 0, words.count == 2 {
                let last = tensors.count - 1
                let patterns = BitPatterns(ArithmeticName(tensors[last].format == .binary32 ? .binary32 : .binary64))
                do { tensors[last].values.append(try patterns.value(String(words[0]))) } catch {
                    throw fail(number, "\"\(words[0])\" \(error)")
                }
                missing -= 1
            } else {
                throw fail(number, missing > 0 ? "is no value" : "is neither a tensor nor the end")
            }
        }
        guard ended else { throw fail(lines.count, "the end is missing") }
    }

    /// The first difference of what was found from these, in words; nil where every bit was reproduced.
    func firstDifference(in found: GoldenValues) -> String? {
        for (mine, theirs) in zip(tensors, found.tensors) {
            if mine.name != theirs.name { return "\"\(mine.name)\" was recorded, \"\(theirs.name)\" stands there" }
            let name = mine.name
            if mine.format != theirs.format {
                return "\(name) was recorded as \(mine.format.shortName ?? ""), it is \(theirs.format.shortName ?? "")"
            }
            if mine.values.count != theirs.values.count {
                return "\(name) was recorded with \(mine.values.count) elements, it has \(theirs.values.count)"
            }
            guard let i = mine.values.indices.first(where: { mine.values[$0] != theirs.values[$0] }) else { continue }
            let (x, y) = (theirs.values[i], mine.values[i])
            return "\(name)[\(i)]: recorded \(mine.format.reading(y)), found \(mine.format.reading(x)), "
                + "\(ulpError(x, y, mine.format)) ulps apart"
        }
        if let lost = tensors.dropFirst(found.tensors.count).first {
            return "\"\(lost.name)\" was recorded, it is missing"
        }
        if let new = found.tensors.dropFirst(tensors.count).first { return "\"\(new.name)\" was not recorded" }
        return nil
    }
}
