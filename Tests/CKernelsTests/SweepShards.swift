import CKernels
import Foundation
import SweepSupport

/// The sweep of the binary32 functions in pieces that can be done in any order, by any machine, and are kept as files.
///
/// A shard is one function on the 2²⁴ encodings with the same first eight bits. Its result is a line of text in a file
/// of its own, which appears by rename when the shard is done; a shard whose file is there is not done again.
struct SweepShard: Sendable {
    static let functions = [
        (name: "exp", code: LS_EXP), (name: "expm1", code: LS_EXPM1), (name: "log", code: LS_LOG),
        (name: "log1p", code: LS_LOG1P), (name: "tanh", code: LS_TANH), (name: "sin", code: LS_SIN),
        (name: "cos", code: LS_COS),
    ]
    static let tiles = UInt32(LS_SWEEP_TILES) / 256

    let function: Int
    let leadingBits: UInt32

    var name: String { Self.functions[function].name + "-" + hexadecimal(leadingBits, digits: 2) }

    /// Part k of n, 1 ≤ k ≤ n: every n-th shard, so that parts take about the same time.
    static func part(_ k: Int, of n: Int) -> [SweepShard] {
        let all = functions.indices.flatMap { f in (0..<256).map { SweepShard(function: f, leadingBits: $0) } }
        return all.indices.filter { $0 % n == k - 1 }.map { all[$0] }
    }

    /// "K/N" as LOCKSTEP_SWEEP_PART gives it.
    static func part(named text: String) -> [SweepShard]? {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let k = numbers[0], let n = numbers[1], 1 <= k, k <= n else { return nil }
        return part(k, of: n)
    }

    func run(candidate: ls_candidate_f32? = nil) -> SweepRecord {
        let start = ContinuousClock.now
        let r = ls_sweep_compare(Self.functions[function].code, leadingBits * Self.tiles, Self.tiles, candidate)
        return SweepRecord(
            inputs: r.inputs, calls: r.calls, wrong: r.wrong, seconds: (ContinuousClock.now - start) / .seconds(1),
            examples: r.disagreements)
    }

    func file(in directory: URL) -> URL { directory.appendingPathComponent(name + ".txt") }
}

/// What a shard, or several together, came to.
struct SweepRecord: Sendable {
    var inputs: UInt64 = 0
    var calls: UInt64 = 0
    var wrong: UInt64 = 0
    var seconds = 0.0
    var examples: [String] = []

    var text: String {
        let first = "inputs \(inputs) calls \(calls) wrong \(wrong) seconds \((seconds * 100).rounded() / 100)"
        return ([first] + examples).joined(separator: "\n") + "\n"
    }

    static func += (sum: inout SweepRecord, other: SweepRecord) {
        sum.inputs += other.inputs
        sum.calls += other.calls
        sum.wrong += other.wrong
        sum.seconds += other.seconds
        sum.examples += other.examples
    }
}

extension SweepRecord {
    /// Nil if the text is not one that `text` writes.
    init?(_ text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 8, words[0] == "inputs", words[2] == "calls", words[4] == "wrong", words[6] == "seconds",
            let inputs = UInt64(words[1]), let calls = UInt64(words[3]), let wrong = UInt64(words[5]),
            let seconds = Double(words[7])
        else { return nil }
        self.init(inputs: inputs, calls: calls, wrong: wrong, seconds: seconds, examples: Array(lines.dropFirst()))
    }
}

extension ls_sweep_result {
    /// One line each: argument, direction, result, expected result, as encodings.
    var disagreements: [String] {
        withUnsafeBytes(of: examples) { bytes in
            bytes.bindMemory(to: ls_disagreement.self).prefix(Int(wrong)).map {
                "argument \(hexadecimal($0.argument, digits: 8)) direction \($0.direction.rawValue) "
                    + "result \(hexadecimal($0.result, digits: 8)) expected \(hexadecimal($0.expected, digits: 8))"
            }
        }
    }
}

func hexadecimal(_ bits: UInt32, digits: Int) -> String {
    let text = String(bits, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
