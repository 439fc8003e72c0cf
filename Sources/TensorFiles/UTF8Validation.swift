/// Offset of the first byte that does not continue well-formed UTF-8; nil when all of it is well-formed.
///
/// Source: The Unicode Standard, section 3.9, table "Well-Formed UTF-8 Byte Sequences": the lead byte fixes the length
/// and the range of the second byte, which is how overlong forms, surrogates and values above U+10FFFF are left out.
func firstInvalidUTF8(in bytes: [UInt8]) -> Int? {
    var index = 0
    while index < bytes.count {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[index] {
        case 0x00...0x7F: length = 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return index
        }
        guard length <= bytes.count - index else { return index }
        if length > 1, !second.contains(bytes[index + 1]) { return index }
        for offset in stride(from: 2, to: length, by: 1) where bytes[index + offset] & 0xC0 != 0x80 { return index }
        index += length
    }
    return nil
}
