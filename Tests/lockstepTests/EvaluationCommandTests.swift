import Arithmetics
import Foundation
import TensorFiles
import Testing

// `lockstep eval`, end to end.

@Test func evaluationIsATableOfWhatEachArithmeticGives() throws {
    let place = try Workplace()
    let result = try place.run(["eval", "exp", "0.1"])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
    for text in ["exp(0.1)", "float ", "3f8d763e", "double ", "0x1.1aec7b35a00d4p+0", "mpfr:256", "mpfr:320"] {
        #expect(result.output.contains(text), "\(text) in \(result.output)")
    }
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(result.output.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
}

@Test func numbersAreShownAsPeopleReadThem() throws {
    let place = try Workplace()
    let result = try place.run([
        "eval", "round", "0x1.cp8", "-1/10000", "1.23456789e8", "10e299", "2/3", "-a", "double", "-a", "mpfr:300",
    ])
    for text in [
        "  448  ", "  -0.0001  ", "  123456789  ", "  1e300  ", "  0.6666666666666666  ", "  0x1.55555555555555...p-1",
    ] {
        #expect(result.output.contains(text), "\(text) in \(result.output)")
    }
    let full = try place.run(["eval", "round", "2/3", "-a", "mpfr:300", "--full"])
    #expect(full.output.contains("0x1." + String(repeating: "5", count: 74)) && !full.output.contains("..."), "\(full)")
}

@Test func valuesMayBeginWithASignAnywhere() throws {
    let place = try Workplace()
    let values = ["1", "-1", "-0", "-0", "-.5", "-inf", "3", "-1/3"]
    let result = try place.run(["eval", "-a", "float", "subtract"] + values + ["--json", "-"])
    #expect(result.status == 0, "\(result)")
    let json = try JSONValue(parsing: Array(result.output.utf8), path: "standard output")
    let read = json["evaluations"]?.array?.flatMap { $0["values"]?.array ?? [] }.compactMap(\.string)
    #expect(read == values)
    let bits = json["evaluations"]?.array?.map { $0["results"]?[0]?["result"]?["bits"]?.string }
    #expect(bits == ["40000000", "00000000", "7f800000", "40555555"])
}

@Test func jsonHoldsEverything() throws {
    let place = try Workplace()
    let result = try place.run(["eval", "divide", "1", "3", "-a", "float", "-q", "--json", "r.json"])
    #expect(result.status == 0 && result.output.isEmpty)
    let json = try place.json("r.json")
    #expect(json.object?.keys == ["schema", "contract", "environment", "function", "reference", "evaluations"])
    #expect(json["schema"]?.string == "lockstep.eval/1" && json["reference"]?.string == "mpfr:256")
    let one = json["evaluations"]?[0]?["results"]?[0]
    #expect(one?.object?.keys == ["arithmetic", "inputs", "result", "operation", "total"])
    #expect(one?["operation"]?["ulpError"]?.double == 1.0 / 3)
    #expect(one?["result"]?["hex"]?.string == "0x1.555556p-2")
}

/// Every number of E4M3 by its definition, exp by the C library, and the nearest number by looking at all of them; no exp of a
/// number but 0 lies near enough to a midpoint for the last bits of binary64 to matter.
@Test func everyPatternOfE4M3HasItsExponential() throws {
    func number(_ pattern: Int) -> Double {
        let (field, fraction) = (pattern >> 3 & 15, Double(pattern & 7))
        let magnitude = field == 0 ? fraction * 0x1p-9 : (1 + fraction / 8) * pow(2, Double(field - 7))
        return pattern & 0x7f == 0x7f ? .nan : pattern & 0x80 != 0 ? -magnitude : magnitude
    }
    func nearest(_ x: Double) -> Int {
        if x.isNaN || x > 464 { return 0x7f }
        return (0..<0x7f).min { a, b in
            let (da, db) = (abs(number(a) - x), abs(number(b) - x))
            return da < db || (da == db && a % 2 == 0 && b % 2 == 1)
        } ?? 0
    }
    let lines = (0..<256).map { String(format: "%02x", $0) }
    let expected = (0..<256).map { "\(lines[$0]) \(String(format: "%02x", nearest(exp(number($0)))))\n" }.joined()
    let place = try Workplace()
    try place.write("in", lines.joined(separator: "\n"))
    let result = try place.shell("\"$LOCKSTEP\" eval exp --stdin --bits -a fp8-e4m3 < in")
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output == expected)
}

@Test func lineHoldsAsManyPatternsAsTheOperationTakes() throws {
    let place = try Workplace()
    // 1 + 2^-24 is a tie; 3F800000 in either case, with a prefix, after spaces, with a carriage return.
    try place.write("in", "3f800000 33800000\r\n  0x3F800000\t33800001 \n7fffffff ff800001\n")
    let sums = try place.shell("\"$LOCKSTEP\" eval add --stdin --bits -a float < in")
    #expect(sums.output == "3f800000 33800000 3f800000\n3f800000 33800001 3f800001\n7fffffff ff800001 7fc00000\n")
    try place.write("in", "40400000 40a00000 c1700000\n")
    #expect(
        try place.shell("\"$LOCKSTEP\" eval fma --stdin --bits -a float < in").output
            == "40400000 40a00000 c1700000 00000000\n")
    // 1 as mpfr:8 has it, and its square root.
    try place.write("in", "01010000000000000080\n")
    let root = try place.shell("\"$LOCKSTEP\" eval sqrt --stdin --bits -a mpfr:8 < in")
    #expect(root.output == "01010000000000000080 01010000000000000080\n")
}

/// The lines before it are answered; threads and the size of blocks do not show.
@Test func malformedLineIsNamedAndThoseBeforeItAreAnswered() throws {
    let place = try Workplace()
    for (line, says) in [
        ("3f80000", "line 3: \"3f80000\" has 7 hexadecimal digits, not 8, in float"),
        ("xyzxyzxy", "is not hexadecimal"),
        ("", "line 3: is empty; it should hold 1 bit pattern of 8 hexadecimal digits"),
        ("00000000 00000000", "holds more than 1 bit pattern"),
    ] {
        try place.write("in", "00000000\n80000000\n\(line)\n3f800000\n")
        let result = try place.shell("\"$LOCKSTEP\" eval exp --stdin --bits -a float < in")
        #expect(result.complaint?.hasPrefix("standard input: line 3: ") == true, "\(result)")
        #expect(result.complaint?.contains(says) == true, "\(result)")
        #expect(result.output == "00000000 3f800000\n80000000 3f800000\n")
    }
}

@Test func streamOfBlocksIsNumberedThrough() throws {
    let place = try Workplace()
    // More than one block, and stochastic: a line's number decides its draw.
    let count = 30_000
    try place.write("in", String(repeating: "3eaaaaab\n", count: count))
    let whole = try place.shell(
        "\"$LOCKSTEP\" eval sqrt --stdin --bits -a float,round=stochastic:3 --threads 1 < in")
    let pieces = try place.shell(
        "{ head -n 11 in; sleep 0.3; tail -n +12 in; } | \"$LOCKSTEP\" eval sqrt --stdin --bits -a float,round=stochastic:3"
    )
    #expect(whole.status == 0 && whole.output == pieces.output)
    #expect(Set(whole.output.split(separator: "\n")).count == 2)
    #expect(whole.output.utf8.count == 18 * count)
}

@Test func readerThatGoesAwayAndInterruptEndTheStream() throws {
    let place = try Workplace()
    let gone = try place.shell(
        "{ yes 3f800000 | \"$LOCKSTEP\" eval exp --stdin --bits -a float; echo $? >&2; } | head -1")
    #expect(gone.output == "3f800000 402df854\n" && gone.errors == "0\n", "\(gone)")

    // The answer comes before the stream ends; so does an interrupt's.
    let process = place.process(["eval", "exp", "--stdin", "--bits", "-a", "float"])
    let input = Pipe()
    for name in ["out", "errors"] { try place.write(name, "") }
    process.standardInput = input
    process.standardOutput = FileHandle(forWritingAtPath: place.path("out"))
    process.standardError = FileHandle(forWritingAtPath: place.path("errors"))
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("3f800000\n3f8".utf8))
    let deadline = ContinuousClock.now + .seconds(60)
    while try readFile(place.path("out")).isEmpty, ContinuousClock.now < deadline { usleep(10_000) }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(String(decoding: try readFile(place.path("out")), as: UTF8.self) == "3f800000 402df854\n")
    let errors = String(decoding: try readFile(place.path("errors")), as: UTF8.self)
    #expect(errors == "lockstep: interrupted; every line that had come is answered\n")
}

/// Hilbert matrices: every product by exact rational arithmetic.
@Test func matrixProductIsMeasuredAgainstTheExactOne() throws {
    let place = try Workplace()
    let n = 6
    let a = (0..<n * n).map { 1 / Float($0 / n + $0 % n + 1) }
    let b = (0..<n * n).map { Float($0 % 5) - 2.5 }
    try NumpyFile.write(try StoredTensor(a, shape: [n, n]), to: place.path("a.npy"))
    try NumpyFile.write(try StoredTensor(b, shape: [n, n]), to: place.path("b.npy"))
    let result = try place.run([
        "eval", "matmul", "a.npy", "b.npy", "-a", "float", "-a", "bfloat16", "-a", "mpfr:100", "--json", "-",
    ])
    #expect(result.status == 0, "\(result)")
    let json = try JSONValue(parsing: Array(result.output.utf8), path: "standard output")
    #expect(json["shape"] == [6, 6])
    // The worst element of float, chained by hand with the language's fma, and its exact value.
    let worst = json["results"]?[0]?["operation"]?["worst"]
    let position = worst?["index"]?.array?.compactMap(\.int)
    let index = try #require(position)
    var chain: Float = 0
    var exact = Rational(0)
    for k in 0..<n {
        let (x, y) = (a[index[0] * n + k], b[k * n + index[1]])
        chain = chain.addingProduct(x, y)
        let product = try #require(Rational(ExactValue(x))) * (try #require(Rational(ExactValue(y))))
        exact = exact + product
    }
    #expect(worst?["value"]?.string == ExactValue(chain).hexadecimal)
    #expect(worst?["reference"]?.string == Format.mpfr(precision: 256).round(exact).hexadecimal)
    // float holds the inputs, bfloat16 does not.
    let totals = json["results"]?.array?.map { $0["total"]?["relativeL2"]?.double ?? .nan } ?? []
    let operations = json["results"]?.array?.map { $0["operation"]?["relativeL2"]?.double ?? .nan } ?? []
    #expect(totals[0] == operations[0] && totals[1] > operations[1] && totals[2] < 1e-28)

    let saved = try place.run([
        "eval", "matmul", "a.npy", "b.npy", "--transpose-b", "-a", "float", "--output", "c.npy", "-q",
    ])
    #expect(saved.status == 0 && saved.output.isEmpty, "\(saved)")
    let c = try NumpyFile.read(place.path("c.npy"))
    var first: Float = 0
    for k in 0..<n { first = first.addingProduct(a[k], b[n + k]) }
    #expect(c.type == .float32 && c.shape == [n, n])
    #expect(try c.floats()[1] == first)
}

@Test func savedResultsKeepTheirFormat() throws {
    let place = try Workplace()
    try NumpyFile.write(
        try StoredTensor([0.25, -1.5, .infinity, .nan] as [Double], shape: [2, 2]), to: place.path("x.npy"))
    for (name, file, type) in [
        ("half", "r.npy", ElementType.float16), ("bfloat16", "r.npy", .float32),
        ("bfloat16", "r.safetensors", .bfloat16),
        ("fp8-e5m2", "r.safetensors", .fp8e5m2), ("tf32", "r.safetensors", .float32), ("double", "r.npy", .float64),
    ] {
        let result = try place.run(["eval", "relu", "x.npy", "-a", name, "--output", file, "-q"])
        #expect(result.status == 0, "\(result)")
        let tensor = try #require(try TensorArchive.read(place.path(file)).entries.first?.tensor)
        #expect(tensor.type == type && tensor.shape == [2, 2])
        let values = try tensor.doubles()
        #expect(values[..<3] == [0.25, 0, .infinity] && values[3].isNaN, "\(name) \(file)")
    }
    let long = try place.run(["eval", "relu", "x.npy", "-a", "mpfr:90", "--output", "r.json", "-q"])
    #expect(long.status == 0)
    #expect(try place.json("r.json")["tensors"]?["result"]?["values"] == ["0x1p-2", "0x0p+0", "Infinity", "NaN"])
}

@Test func vectorsComeFromFilesAndLists() throws {
    let place = try Workplace()
    try NumpyFile.write(try StoredTensor([1, 2, 3] as [Int], shape: [3]), to: place.path("x.npy"))
    let dot = try place.run(["eval", "dot", "x.npy", "1/2,-1,4", "-a", "double", "--json", "-"])
    #expect(dot.status == 0, "\(dot)")
    let json = try JSONValue(parsing: Array(dot.output.utf8), path: "standard output")
    #expect(json["results"]?[0]?["result"]?["decimal"]?.string == "1.05e1")
    #expect(json["conditionNumber"]?.double == 14.5 / 10.5)
    let sum = try place.run(["eval", "sum", "0.1", "0.2", "-0.3"])
    #expect(sum.status == 0 && sum.output.contains("3 terms, condition number infinite"), "\(sum)")
}

@Test func enclosuresHaveColumnsOfTheirOwn() throws {
    let place = try Workplace()
    let result = try place.run(["eval", "exp", "0.1", "-a", "float", "-a", "interval:100"])
    #expect(result.status == 0, "\(result)")
    for text in ["[1.10517091, 1.10517092]", "certain", "inside", "yes", "exact inside: whether"] {
        #expect(result.output.contains(text), "\(text) in \(result.output)")
    }
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    // 1/3 in eight bits is between 170 and 171 of 512ths; [-1, 2] is neither positive nor not.
    try place.write("in", "0101000000000000008001010000000000000080 010200000000000000c0010200000000000000C0\n")
    let third = try place.shell("\"$LOCKSTEP\" eval divide --stdin --bits -a interval:8 < in")
    #expect(third.output.hasSuffix(" 01ffffffffffffffffaa01ffffffffffffffffab\n"), "\(third)")
    let relu = try place.run(["eval", "relu", "bits:8101000000000000008001020000000000000080", "-a", "interval:8"])
    #expect(relu.output.contains("interval:8: 1 comparison could not be decided"), "\(relu)")
}

@Test func enclosuresOfTensorsHoldTheExactResults() throws {
    let place = try Workplace()
    let x: [Double] = [0.1, -2.5, 1e-3, 7, 0.3, -0.7]
    try NumpyFile.write(try StoredTensor(x, shape: [2, 3]), to: place.path("x.npy"))
    let result = try place.run([
        "eval", "matmul", "x.npy", "x.npy", "--transpose-b", "-a", "interval:24", "-a", "double", "--json", "r.json",
    ])
    #expect(result.status == 0 && result.output.contains("exact outside"), "\(result)")
    let json = try place.json("r.json")
    let enclosure = json["results"]?[0]?["enclosure"]
    #expect(enclosure?["outside"]?.int == 0 && enclosure?["unbounded"]?.int == 0 && enclosure?["undecided"]?.int == 0)
    // Inputs of 53 bits in 24 bits are one ulp wide, so products are a few.
    let width = enclosure?["maxWidthUlp"]?.double ?? 0
    #expect(1 <= width && width < 64)
    #expect(json["results"]?[0]?["operation"] == .null && json["results"]?[1]?["enclosure"] == nil)
    let saved = try place.run(["eval", "exp", "x.npy", "-a", "interval:24", "--output", "y.json", "-q"])
    #expect(saved.status == 0, "\(saved)")
    let tensors = try place.json("y.json")["tensors"]
    #expect(tensors?.object?.keys == ["result.lower", "result.upper"])
    #expect(tensors?["result.lower"]?["values"]?[3] != tensors?["result.upper"]?["values"]?[3])
}

struct UnusableEvaluation: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let says: String

    init(_ arguments: String..., says: String) {
        self.arguments = arguments
        self.says = says
    }

    var testDescription: String { arguments.joined(separator: " ") }

    static let all = [
        UnusableEvaluation("gelu", "1", says: "no function \"gelu\"; there are exp, expm1,"),
        UnusableEvaluation("exp", says: "exp: wants values"),
        UnusableEvaluation("exp", "1", "--jsno", "x", says: "unknown option '--jsno' (lockstep eval --help"),
        UnusableEvaluation("exp", "one", says: "\"one\" is no number; write a decimal (0.1, 1e-7), a quotient"),
        UnusableEvaluation("fma", "1", "2", says: "fma takes 3 values, or several groups of 3"),
        UnusableEvaluation("exp", "1", "-a", "quad", says: "\"quad\": no format \"quad\"; the formats are half,"),
        UnusableEvaluation("exp", "1", "-a", "float", "-a", "float", says: "arithmetic: float is given twice"),
        UnusableEvaluation("exp", "1", "-a", "half,master=float", says: "master= is for training"),
        UnusableEvaluation("exp", "bits:3f80", says: "\"bits:3f80\" has 4 hexadecimal digits, not 8, in float"),
        UnusableEvaluation("sin", "0x1p2000000", says: "sin: \"0x1p2000000\" is beyond 2^1048576"),
        UnusableEvaluation("exp", "1", "--reference", "float", says: "reference: \"float\" is not mpfr:P alone"),
        UnusableEvaluation(
            "exp", "1", "--stdin", "--bits", "-a", "float", says: "stdin: the values come from standard input"),
        UnusableEvaluation("exp", "--stdin", "-a", "float", says: "stdin: wants --bits beside it"),
        UnusableEvaluation("exp", "--stdin", "--bits", says: "stdin: wants one arithmetic, -a NAME; there are 0"),
        UnusableEvaluation("sum", "--stdin", "--bits", "-a", "float", says: "sum: takes vectors; a line of bits"),
        UnusableEvaluation("exp", "no.npy", says: "no.npy: no such file or folder"),
        UnusableEvaluation("matmul", "m.npy", says: "matmul: takes two matrices, A.npy B.npy; there is 1"),
        UnusableEvaluation("matmul", "m.npy", "m.npy", says: "matmul: 2 x 3 times 2 x 3: the columns of the first"),
        UnusableEvaluation("matmul", "m.npy", "1,2", says: "matmul: 1,2 has shape [2]; a matrix has two axes"),
        UnusableEvaluation("dot", "m.npy", "1,2", says: "dot: m.npy has 6 elements, 1,2 has 2"),
        UnusableEvaluation("sum", "m.npy", "1", says: "\"m.npy\" is a file, which stands alone; there are 2 values"),
        UnusableEvaluation(
            "exp", "m.npy", "--output", "r.npy", says: "output: wants one arithmetic, -a NAME; there are 3"),
        UnusableEvaluation("exp", "1", "--output", "r.npy", says: "output: a tensor operation has a result to save"),
        UnusableEvaluation(
            "exp", "m.npy", "-a", "mpfr:90", "--output", "r.npy",
            says: "r.npy: cannot hold numbers of mpfr:90; end the name in .json"
        ),
        UnusableEvaluation("exp", "1", "--transpose-a", says: "transpose-a: is for matmul, not exp"),
        UnusableEvaluation("next-up", "m.npy", says: "next-up: takes no tensor files"),
        UnusableEvaluation(
            "next-up", "1", "-a", "interval:9",
            says: "next-up: there is no neighbour of an enclosure; leave interval:9 out"),
        UnusableEvaluation(
            "exp", "bits:01020000000000000080" + "01010000000000000080", "-a", "interval:8",
            says: "is no enclosure: the lower bound lies above the upper one"),
        UnusableEvaluation(
            "exp", "m.npy", "-a", "interval:9", "--output", "r.npy",
            says: "r.npy: cannot hold numbers of interval:9; end the name in .json"),
    ]
}

@Test(arguments: UnusableEvaluation.all)
func unusableEvaluationGetsOneLineAndLeavesNothing(_ one: UnusableEvaluation) throws {
    let place = try Workplace()
    try NumpyFile.write(try StoredTensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]), to: place.path("m.npy"))
    let result = try place.run(["eval"] + one.arguments)
    let complaint = try #require(result.complaint, "\(result)")
    #expect(complaint.contains(one.says))
    #expect(result.output.isEmpty)
    #expect(try place.names() == ["m.npy"])
}
