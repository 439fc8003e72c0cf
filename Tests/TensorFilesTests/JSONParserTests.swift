import TensorFiles
import Testing

@Suite struct JSONParserTests {
    @Test func everyKindOfValueIsRead() throws {
        let text =
            " {\"n\": null, \"t\":true,\"f\" :false, \"x\": -1.50e+2,\r\n\t\"s\": \"h\u{e9}\", \"a\": [1, [], {}]} "
        let value = try JSONValue(parsing: text)
        #expect(value.object?.keys == ["n", "t", "f", "x", "s", "a"])
        #expect(value["n"]?.isNull == true && value["t"]?.bool == true && value["f"]?.bool == false)
        #expect(value["x"]?.number?.literal == "-1.50e+2" && value["x"]?.double == -150 && value["x"]?.int == nil)
        #expect(value["s"]?.string == "h\u{e9}")
        #expect(value["a"]?[0]?.int == 1 && value["a"]?[1] == [] && value["a"]?[2] == [:] && value["a"]?[3] == nil)
        #expect(value["missing"] == nil && value[0] == nil)
    }

    @Test func escapesAreDecoded() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\uFFFF\ud834\uDD1e\u0000""#
        #expect(try JSONValue(parsing: text).string == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{FFFF}\u{1D11E}\0")
    }

    @Test func numbersKeepEveryDigit() throws {
        let digits = "0.1000000000000000055511151231257827021181583404541015625"
        #expect(try JSONValue(parsing: digits).text() == digits)
        #expect(try JSONValue(parsing: "18446744073709551616").int == nil)
        #expect(try JSONValue(parsing: "1e999").double == nil)
        #expect(try JSONValue(parsing: "9223372036854775807").int == .max)
        #expect(JSONNumber(literal: "1.") == nil && JSONNumber(literal: "01") == nil && JSONNumber(literal: "") == nil)
        #expect(
            JSONNumber(literal: "+1") == nil && JSONNumber(literal: "1 ") == nil && JSONNumber(literal: "-0")?.int == 0)
    }

    @Test(arguments: [
        ("", "line 1, column 1 (offset 0): the text ends where a value was expected"),
        ("{\"a\":1,\n \"a\":2}", "line 2, column 2 (offset 9): key \"a\" occurs twice"),
        ("{\"\\u0061\":1,\"a\":2}", "line 1, column 13 (offset 12): key \"a\" occurs twice"),
        ("[1 2]", "line 1, column 4 (offset 3): found '2' where ',' or ']' was expected"),
        ("[1,]", "line 1, column 4 (offset 3): found ']' where a value was expected"),
        ("{\"a\":1,}", "line 1, column 8 (offset 7): found '}' where a key in quotes was expected"),
        ("{a:1}", "line 1, column 2 (offset 1): found 'a' where a key in quotes was expected"),
        ("{\"a\" 1}", "line 1, column 6 (offset 5): found '1' where ':' was expected"),
        ("[1", "line 1, column 3 (offset 2): the text ends where ',' or ']' was expected"),
        ("1 1", "line 1, column 3 (offset 2): found '1' where the end of the text was expected"),
        ("01", "line 1, column 2 (offset 1): found '1' where the end of the text was expected"),
        ("-", "line 1, column 1 (offset 0): an incomplete number"),
        ("[1.]", "line 1, column 2 (offset 1): an incomplete number"),
        ("1e+", "line 1, column 1 (offset 0): an incomplete number"),
        ("NaN", "line 1, column 1 (offset 0): found 'N' where a value was expected"),
        ("nul", "line 1, column 1 (offset 0): found 'n' where a value was expected"),
        ("\"\u{e9}\u{e9}", "line 1, column 1 (offset 0): the string has no closing quote"),
        ("[\"\u{e9}\u{1D11E}\" x", "line 1, column 7 (offset 10): found 'x' where ',' or ']' was expected"),
        ("\"a\tb\"", "line 1, column 3 (offset 2): a control character inside a string; write it as \\u00XX"),
        (
            "\"\\x\"",
            "line 1, column 2 (offset 1): an unknown escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        ),
        ("\"\\u12g4\"", "line 1, column 2 (offset 1): \\u needs four hexadecimal digits"),
        ("\"\\ud834\"", "line 1, column 2 (offset 1): half of a surrogate pair"),
        ("\"\\udd1e\\ud834\"", "line 1, column 2 (offset 1): half of a surrogate pair"),
        ("\"\\ud834\\u0041\"", "line 1, column 2 (offset 1): half of a surrogate pair"),
        ("\"\\", "line 1, column 2 (offset 1): an unfinished escape"),
        ("\u{FEFF}1", "line 1, column 1 (offset 0): a byte order mark, which JSON does not allow"),
    ])
    func eachFaultHasItsLine(text: String, expected: String) {
        #expect(line { try JSONValue(parsing: text, path: "r.json") } == "r.json: " + expected)
    }

    @Test func nestingEndsAtSixtyFour() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try JSONValue(parsing: nested(64)).text() == nested(64))
        #expect(
            line { try JSONValue(parsing: nested(65)) }
                == "line 1, column 65 (offset 64): more than 64 arrays and objects inside one another")
        #expect(
            line { try JSONValue(parsing: String(repeating: "{\"\":", count: 100_000)) }
                == "line 1, column 257 (offset 256): more than 64 arrays and objects inside one another")
    }

    @Test func onlyWellFormedUTF8IsRead() throws {
        // Every lead byte with second bytes at the edges; the standard library's repairing decoder is the independent
        // judge.
        var misjudged: [[UInt8]] = []
        for lead in UInt8(0x80)...0xFF {
            for second: UInt8 in [0x20, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF] {
                for tail in [[], [0x80], [0xBF, 0x80], [0x80, 0xBF, 0x80], [0x20]] as [[UInt8]] {
                    let text = [0x22, lead, second] + tail + [0x22]
                    let isWellFormed = Array(String(decoding: text, as: UTF8.self).utf8) == text
                    let result = line { try JSONValue(parsing: text) }
                    if result.contains("invalid UTF-8") == isWellFormed { misjudged.append(text) }
                }
            }
        }
        #expect(misjudged == [])
        #expect(
            line { try JSONValue(parsing: [0x0A, 0x22, 0x61, 0xED, 0xA0, 0x80, 0x22]) }
                == "line 2, column 3 (offset 3): invalid UTF-8")
    }
}
