import Arithmetics
import TensorFiles

/// A number that the expectations judge: `Float` or `Double`.
public protocol JudgedNumber: BinaryFloatingPoint, StoredElement, CustomStringConvertible, Sendable {
    /// Whose ulps are counted, and whose encodings are compared.
    static var judgedFormat: Format { get }
    static func exactValues(_ values: [Self]) -> ExactArray
}

extension Float: JudgedNumber {
    public static var judgedFormat: Format { .binary32 }
    public static func exactValues(_ values: [Float]) -> ExactArray { ExactArray(values) }
}

extension Double: JudgedNumber {
    public static var judgedFormat: Format { .binary64 }
    public static func exactValues(_ values: [Double]) -> ExactArray { ExactArray(values) }
}

extension Format {
    /// Hexadecimal digits of the encoding; every NaN is the canonical one.
    func pattern(_ x: ExactValue) -> String {
        BitPatterns(ArithmeticName(self == .binary32 ? .binary32 : .binary64)).text(x)
    }

    /// `0.1 (bits 3dcccccd, 0x1.99999ap-4)`: digits enough to tell all numbers of the format apart.
    func reading(_ x: ExactValue) -> String {
        "\(x.decimal(digits: self == .binary32 ? 9 : 17)) (bits \(pattern(x)), \(x.hexadecimal))"
    }
}
