import Arithmetics
import TensorFiles
import Training

/// The losses that another program printed or saved: one for each update, from update 0.
struct ForeignLosses: Sendable {
    let values: [Double]
    /// Unit roundoff is half of this relative step: of the file's format, or of the digits that a text gives.
    let format: Format?

    /// A text with one number a line (decimal, or hexadecimal such as 0x1.8p-3), or a tensor file with one array.
    ///
    /// - Throws: `FileError`; `StudyError` for a line that is no number, naming it.
    init(_ path: String) throws {
        if path.hasSuffix(".npy") || path.hasSuffix(".npz") || path.hasSuffix(".safetensors") {
            let file = try ForeignFile(path)
            guard file.tensors.count == 1, let only = file.tensors.first else {
                throw StudyError(
                    "\(path): holds \(file.tensors.count) floating-point tensors; one array of losses is wanted")
            }
            values = only.values
            format = only.format
            return
        }
        guard let text = String(validating: try readFile(path, limit: 1 << 28), as: UTF8.self) else {
            throw StudyError("\(path): is not text; losses are numbers, one a line, or an .npy file")
        }
        var values: [Double] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (i, line) in lines.enumerated() {
            let word = line.filter { !$0.isWhitespace }
            if word.isEmpty, i == lines.count - 1 { continue }
            guard let value = Double(word) else {
                throw StudyError("\(path):\(i + 1): \"\(word.prefix(40))\" is not a number; one loss a line is wanted")
            }
            values.append(value)
        }
        self.values = values
        format = nil
    }
}
