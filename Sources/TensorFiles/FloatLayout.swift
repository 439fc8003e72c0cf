/// Widths and special values of a narrow floating-point format; decodes its encodings into binary64, which holds them
/// all.
///
/// Decoding by hand rather than through `Float16`, which Swift does not offer on every machine.
struct FloatLayout {
    var exponentBits: Int
    var fractionBits: Int
    /// False for E4M3, whose top exponent holds numbers, all but the last fraction, which is NaN.
    var hasInfinity = true

    static let binary16 = FloatLayout(exponentBits: 5, fractionBits: 10)
    static let bfloat16 = FloatLayout(exponentBits: 8, fractionBits: 7)
    static let e4m3 = FloatLayout(exponentBits: 4, fractionBits: 3, hasInfinity: false)
    static let e5m2 = FloatLayout(exponentBits: 5, fractionBits: 2)

    /// The value of an encoding, exactly; every NaN encoding gives the same quiet NaN.
    ///
    /// Source: IEEE 754-2019, section 3.4; OCP *8-bit Floating Point Specification (OFP8)*, section 5.
    func value(of encoding: UInt16) -> Double {
        let fractionMask = 1 << fractionBits - 1
        let topExponent = 1 << exponentBits - 1
        let bias = topExponent >> 1
        let fraction = Int(encoding) & fractionMask
        let exponent = Int(encoding) >> fractionBits & topExponent
        let isNegative = Int(encoding) >> (fractionBits + exponentBits) & 1 == 1

        if exponent == topExponent {
            if hasInfinity { return fraction != 0 ? .nan : isNegative ? -.infinity : .infinity }
            if fraction == fractionMask { return .nan }
        }
        // A subnormal has the least normal exponent and no leading one.
        let significand = exponent == 0 ? fraction : fraction | 1 << fractionBits
        let scale = max(exponent, 1) - bias - fractionBits
        let magnitude = significand == 0 ? 0 : Double(sign: .plus, exponent: scale, significand: Double(significand))
        return isNegative ? -magnitude : magnitude
    }
}
