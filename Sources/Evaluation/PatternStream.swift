import Arithmetics

/// Answers lines of bit patterns, any number at a time: each line holds as many patterns as the operation takes, and its
/// answer repeats them before the pattern of the result.
///
/// Lines are numbered over the whole stream: where roundings are stochastic, the number is the element.
public protocol PatternStream {
    /// Answers complete lines.
    ///
    /// - Parameter lines: bytes up to a newline, or to the end of the stream.
    /// - Returns: the answers, and what is wrong with the line after the last that was answered.
    mutating func answer(_ lines: [UInt8]) -> (text: [UInt8], mistake: EvaluationError?)
}

/// - Throws: `EvaluationError` unless the operation is elementwise.
public func patternStream(
    _ operation: Operation, in name: ArithmeticName, threads: Int = 1, instructionSet: InstructionSet = .best
) throws(EvaluationError) -> any PatternStream {
    guard case .elementwise(let arity) = operation.shape else {
        throw EvaluationError("\(operation.name): takes vectors; a line of bits holds the values of one operation")
    }
    try operation.check(name)
    func make(_ a: some Arithmetic) -> any PatternStream {
        let patterns = BitPatterns(name)
        guard let words = patterns.words else {
            return Lines(LongPatterns(a, operation, patterns, name), arity: arity)
        }
        return Lines(WordPatterns(a, operation, words, patterns, name, threads: threads), arity: arity)
    }
    return make(arithmetic(name, instructionSet: instructionSet))
}

/// Reads patterns, evaluates whole columns of them, and writes patterns.
private protocol PatternEvaluator {
    associatedtype Pattern
    var digits: Int { get }
    var name: ArithmeticName { get }
    /// The pattern of so many valid digits, most significant first.
    func pattern(_ digits: UnsafeBufferPointer<UInt8>) throws(BitPatternError) -> Pattern
    /// One result for each row of the columns.
    mutating func evaluate(_ columns: [[Pattern]], firstElement: Int) -> [Pattern]
    func write(_ pattern: Pattern, to text: UnsafeMutablePointer<UInt8>)
}

/// Splits lines into patterns: for every evaluator alike.
private struct Lines<Evaluator: PatternEvaluator>: PatternStream {
    private var evaluator: Evaluator
    private let arity: Int
    private var answered = 0

    init(_ evaluator: Evaluator, arity: Int) {
        self.evaluator = evaluator
        self.arity = arity
    }

    mutating func answer(_ lines: [UInt8]) -> (text: [UInt8], mistake: EvaluationError?) {
        var columns = [[Evaluator.Pattern]](repeating: [], count: arity)
        let room = lines.count / (arity * (evaluator.digits + 1)) + 1
        for i in columns.indices { columns[i].reserveCapacity(room) }
        let (rows, mistake) = lines.withUnsafeBufferPointer { read($0, into: &columns) }
        // The line of a mistake may have begun well.
        for i in columns.indices { columns[i].removeLast(columns[i].count - rows) }
        let results = evaluator.evaluate(columns, firstElement: answered)
        answered += rows
        let stride = evaluator.digits + 1
        let text = [UInt8](unsafeUninitializedCapacity: rows * (arity + 1) * stride) { buffer, count in
            guard var next = buffer.baseAddress else { return }
            for row in 0..<rows {
                for column in columns {
                    evaluator.write(column[row], to: next)
                    next[stride - 1] = UInt8(ascii: " ")
                    next += stride
                }
                evaluator.write(results[row], to: next)
                next[stride - 1] = UInt8(ascii: "\n")
                next += stride
            }
            count = rows * (arity + 1) * stride
        }
        return (text, mistake)
    }

    /// Fills the columns up to the first mistake, whose line may stand there in part, after so many whole rows.
    private func read(
        _ bytes: UnsafeBufferPointer<UInt8>, into columns: inout [[Evaluator.Pattern]]
    ) -> (rows: Int, mistake: EvaluationError?) {
        var position = 0
        var rows = 0
        func fail(_ problem: String) -> (rows: Int, mistake: EvaluationError?) {
            (rows, EvaluationError("standard input: line \(answered + rows + 1): \(problem)"))
        }
        while position < bytes.count {
            var column = 0
            while true {
                while position < bytes.count, isSpace(bytes[position]) { position += 1 }
                guard position < bytes.count, bytes[position] != newline else { break }
                let start = position
                while position < bytes.count, bytes[position] != newline, !isSpace(bytes[position]) { position += 1 }
                let word = UnsafeBufferPointer(rebasing: bytes[start..<position])
                guard column < arity else { return fail("holds more than \(wanted)") }
                do throws(BitPatternError) {
                    columns[column].append(try pattern(word))
                } catch {
                    // What is no text is shown as such, and a long word is cut short.
                    let shown = String(decoding: word.prefix(40), as: UTF8.self).filter {
                        $0.isASCII && $0 > " " && $0 < "\u{7F}"
                    }
                    return fail("\"\(shown)\(word.count > 40 ? "..." : "")\" \(error), in \(evaluator.name)")
                }
                column += 1
            }
            guard column == arity else {
                return fail(column == 0 ? "is empty; it should hold \(wanted)" : "holds \(column), not \(wanted)")
            }
            position += 1
            rows += 1
        }
        return (rows, nil)
    }

    private var wanted: String {
        "\(arity) bit pattern\(arity == 1 ? "" : "s") of \(evaluator.digits) hexadecimal digits"
    }

    private func pattern(_ word: UnsafeBufferPointer<UInt8>) throws(BitPatternError) -> Evaluator.Pattern {
        let isPrefixed =
            word.count == evaluator.digits + 2 && word[0] == UInt8(ascii: "0") && word[1] | 32 == UInt8(ascii: "x")
        return try evaluator.pattern(isPrefixed ? UnsafeBufferPointer(rebasing: word[2...]) : word)
    }
}

private let newline = UInt8(ascii: "\n")

@inline(__always)
private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

/// Patterns of at most 64 bits, of formats within binary64: columns go through the arithmetic's bulk operations.
private struct WordPatterns<A: Arithmetic>: PatternEvaluator {
    private let arithmetic: A
    private let operation: Operation
    private let words: BitPatternWords
    private let patterns: BitPatterns
    let name: ArithmeticName
    let digits: Int
    private let threads: Int

    init(
        _ arithmetic: A, _ operation: Operation, _ words: BitPatternWords, _ patterns: BitPatterns,
        _ name: ArithmeticName,
        threads: Int
    ) {
        self.arithmetic = arithmetic
        self.operation = operation
        self.words = words
        self.patterns = patterns
        self.name = name
        self.threads = threads
        digits = patterns.digits
    }

    func pattern(_ text: UnsafeBufferPointer<UInt8>) throws(BitPatternError) -> UInt64 {
        var word: UInt64 = 0
        var isValid = text.count == digits
        for byte in text {
            guard let digit = hexadecimalDigit(byte) else {
                isValid = false
                break
            }
            word = word << 4 | UInt64(digit)
        }
        guard isValid, words.double(word) != nil else {
            // Slowly, for what is wrong.
            _ = try patterns.value(String(decoding: text, as: UTF8.self))
            throw words.misfit
        }
        return word
    }

    func write(_ word: UInt64, to text: UnsafeMutablePointer<UInt8>) {
        var word = word
        for i in stride(from: digits - 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: word & 15)
            text[i] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            word >>= 4
        }
    }

    func evaluate(_ columns: [[UInt64]], firstElement: Int) -> [UInt64] {
        let inputs = columns.map { column in
            // A pattern that was read has a number.
            arithmetic.array(ExactArray(column.map { words.double($0) ?? .nan }))
        }
        let count = columns[0].count
        let (first, last) = (inputs[0], inputs[inputs.count - 1])
        var site = Site(threads: threads)
        site.firstElement = firstElement
        let results = [A.Scalar](unsafeUninitializedCapacity: count) { buffer, used in
            var out = buffer.extracting(0..<count).mutableSpan
            if let function = operation.unary(in: arithmetic) {
                arithmetic.map(function, first.span, into: &out, at: site)
            } else if let function = operation.binary(in: arithmetic) {
                arithmetic.zip(function, first.span, last.span, .none(count), into: &out, at: site)
            } else {
                for i in 0..<count {
                    var here = arithmetic.at(site, element: i)
                    out[i] = operation.apply(inputs.map { $0[i] }, in: &here)
                }
            }
            used = count
        }
        return arithmetic.exactArray(results.span).doubles.map { words.word($0) }
    }
}

/// Patterns of any length, scalar by scalar.
private struct LongPatterns<A: Arithmetic>: PatternEvaluator {
    private let arithmetic: A
    private let operation: Operation
    private let patterns: BitPatterns
    let name: ArithmeticName
    let digits: Int

    /// A scalar, and its digits as they were read.
    struct Pattern {
        let scalar: A.Scalar
        let text: [UInt8]
    }

    init(_ arithmetic: A, _ operation: Operation, _ patterns: BitPatterns, _ name: ArithmeticName) {
        self.arithmetic = arithmetic
        self.operation = operation
        self.patterns = patterns
        self.name = name
        digits = patterns.digits
    }

    func pattern(_ text: UnsafeBufferPointer<UInt8>) throws(BitPatternError) -> Pattern {
        let scalar = try patterns.scalar(String(decoding: text, as: UTF8.self), in: arithmetic)
        return Pattern(scalar: scalar, text: text.map { $0 >= UInt8(ascii: "A") ? $0 | 32 : $0 })
    }

    func write(_ pattern: Pattern, to text: UnsafeMutablePointer<UInt8>) {
        for (i, byte) in pattern.text.enumerated() { text[i] = byte }
    }

    func evaluate(_ columns: [[Pattern]], firstElement: Int) -> [Pattern] {
        var site = Site()
        site.firstElement = firstElement
        return columns[0].indices.map { i in
            var here = arithmetic.at(site, element: i)
            let result = operation.apply(columns.map { $0[i].scalar }, in: &here)
            return Pattern(scalar: result, text: Array(patterns.text(of: result, in: arithmetic).utf8))
        }
    }
}
