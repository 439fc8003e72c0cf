import TensorFiles
import Testing

@Suite struct JSONWriterTests {
    private let sample: JSONValue = [
        "study": ["steps": 100, "rate": 0.1, "names": ["a/b", "\"\\\u{1}\u{1F}\n\u{7F}\u{e9}"]],
        "empty": [[], [:]], "none": nil, "yes": true,
    ]

    @Test func compactTextHasNothingToSpare() {
        #expect(
            sample.text() == #"{"study":{"steps":100,"rate":0.1,"names":["a/b","\"\\\u0001\u001f\n"# + "\u{7F}\u{e9}"
                + #""]},"empty":[[],{}],"none":null,"yes":true}"#)
    }

    @Test func prettyTextIsIndentedByTwo() {
        let value: JSONValue = ["a": [1, ["b": false]], "c": [], "d": [:]]
        #expect(
            value.text(.pretty) == """
                {
                  "a": [
                    1,
                    {
                      "b": false
                    }
                  ],
                  "c": [],
                  "d": {}
                }
                """)
    }

    @Test func whatIsWrittenReadsBackEqual() throws {
        #expect(try JSONValue(parsing: sample.encoded(.compact)) == sample)
        #expect(try JSONValue(parsing: sample.encoded(.pretty)) == sample)
        let everyASCII = JSONValue((0..<0x80).map { String(Unicode.Scalar(UInt8($0))) }.joined())
        #expect(try JSONValue(parsing: everyASCII.text()) == everyASCII)
    }

    @Test func doublesComeBackToTheBit() throws {
        var random = SplitMix64(state: 1)
        let edges: [Double] = [
            0, -0.0, 1, 100, 1e15, 1e16, 1e22, 0.1, .leastNonzeroMagnitude, 0x1p-1022, .greatestFiniteMagnitude,
            0x1p53 + 2,
        ]
        let words = (0..<500).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
        for value in edges + words {
            let text = JSONValue(value).text()
            let back = try JSONValue(parsing: text).double
            #expect(back?.bitPattern == value.bitPattern, "\(text)")
        }
        #expect(
            JSONValue(0.1).text() == "0.1" && JSONValue(Float(0.1)).text() == "0.1" && JSONValue(1e-7).text() == "1e-07"
        )
        #expect(JSONValue(Double.nan).text() == "\"NaN\"" && JSONValue(-Float.infinity).text() == "\"-Infinity\"")
        #expect(JSONValue(Double.infinity).double == .infinity && JSONValue(Double.nan).double?.isNaN == true)
    }

    @Test func objectsKeepTheirOrder() {
        var object: JSONObject = ["z": 1, "a": 2, "m": 3]
        object["a"] = "new"
        object["z"] = nil
        object["b"] = [1.5]
        object["absent"] = nil
        #expect(JSONValue(object).text() == #"{"a":"new","m":3,"b":[1.5]}"#)
    }

    @Test func filesEndInANewline() throws {
        try withScratchFolder { folder in
            try JSONValue(["a": 1]).write(to: folder + "/r.json", .compact)
            #expect(try readFile(folder + "/r.json") == Array("{\"a\":1}\n".utf8))
        }
    }
}
