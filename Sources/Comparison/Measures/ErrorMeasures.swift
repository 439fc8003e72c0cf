import Arithmetics

/// How far numbers of one format lie from a reference: the contract's measures, section 6, each rounded to binary64.
public struct ErrorMeasures: Sendable, Equatable, Codable {
    /// Largest |x - y| / ulp(y), ulp in x's format.
    public var maxUlp: Double
    /// Largest |x - y| in ulps of the largest reference magnitude of the tensor: weights near zero do not dominate it.
    public var maxUlpOfScale: Double
    public var meanUlp: Double
    public var medianUlp: Double
    /// Largest number of representable values between x and the reference rounded to x's format; nil when a NaN meets a
    /// number.
    public var maxOrdinal: Double?
    /// 2·mean(|a - b| / (|a| + |b|)), in [0, 2].
    public var relativeL1: Double
    /// ‖a - b‖₂ / ‖b‖₂.
    public var relativeL2: Double
    /// -log₂ of the relative L2 error; ∞ when identical.
    public var matchingBits: Double
    /// Where the squared error sits; nil when there is no error.
    public var localisation: Localisation?
    /// The element of the largest ulp error; nil when identical.
    public var worst: Element?

    /// Share of the squared error in the worst ⌈n/100⌉ elements, and participation ratio (Σe²)² / (n·Σe⁴).
    public struct Localisation: Sendable, Equatable, Codable {
        public var worstShare: Double
        public var participationRatio: Double
    }

    public struct Element: Sendable, Equatable, Codable {
        public var index: Int
        public var value: ExactValue
        public var reference: ExactValue
    }
}

extension ExactValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = ExactValue(hexadecimal: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an exact number: \(text)")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }
}
