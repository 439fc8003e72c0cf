import CDigits
import TensorFiles

/// The built-in data set: 1,797 handwritten digits, 8 × 8, grey values 0 to 16.
///
/// - Source: Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository (1998), the
///   test part, as scikit-learn ships it.
enum Digits {
    static let count = 1797
    static let side = 8

    static func load() throws(FileError) -> LoadedData {
        let packed = UnsafeBufferPointer(start: ls_digits_bytes(), count: Int(ls_digits_gzip_count))
        let samples = try parse(gunzip([UInt8](packed), limit: 1 << 20, path: "digits"))
        guard samples.count == count else {
            throw FileError(path: "digits", problem: "holds \(samples.count) samples, not \(count)")
        }
        return LoadedData(shape: [1, side, side], training: samples)
    }

    /// Every pixel three times in both directions, inside a border of 2 zeros: 28 × 28.
    static func loadEnlarged() throws(FileError) -> LoadedData {
        var loaded = try load()
        guard case .bytes(let small, let white) = loaded.training.pixels else { return loaded }
        let width = 3 * side + 4
        var large = [UInt8](repeating: 0, count: count * width * width)
        for (position, byte) in small.enumerated() where byte != 0 {
            let (sample, pixel) = position.quotientAndRemainder(dividingBy: side * side)
            let (row, column) = pixel.quotientAndRemainder(dividingBy: side)
            let corner = (sample * width + 2 + 3 * row) * width + 2 + 3 * column
            for line in 0..<3 {
                for i in 0..<3 { large[corner + line * width + i] = byte }
            }
        }
        loaded.shape = [1, width, width]
        loaded.training = Samples(labels: loaded.training.labels, pixels: .bytes(large, white: white))
        return loaded
    }

    /// Lines of 64 grey values and a label, with commas between: digits only, every line ended.
    static func parse(_ text: [UInt8]) throws(FileError) -> Samples {
        let fields = side * side
        var pixels: [UInt8] = []
        var labels: [Int] = []
        pixels.reserveCapacity(count * fields)
        var field = 0
        var value: Int?
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: ",") where field < fields, UInt8(ascii: "\n") where field == fields:
                break
            default:
                throw malformed(labels.count, field)
            }
            guard value ?? 0 <= (field < fields ? 16 : 9) else { throw malformed(labels.count, field) }
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") {
                guard let complete = value else { throw malformed(labels.count, field) }
                value = nil
                if field < fields {
                    pixels.append(UInt8(complete))
                    field += 1
                } else {
                    labels.append(complete)
                    field = 0
                }
            }
        }
        guard field == 0, value == nil else { throw malformed(labels.count, field) }
        return Samples(labels: labels, pixels: .bytes(pixels, white: 16))
    }

    private static func malformed(_ line: Int, _ field: Int) -> FileError {
        FileError(
            path: "digits", place: "line \(line + 1), field \(field + 1)", problem: "is malformed",
            remedy: "expected 64 values 0 to 16 and a label 0 to 9 with commas between")
    }
}
