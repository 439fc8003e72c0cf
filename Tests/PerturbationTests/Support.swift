import Arithmetics
import Comparison
import Foundation
import Perturbation
import Testing
import Training

/// A study that takes next to no time.
func study(_ more: String = "") throws -> Study {
    let yaml = """
        model: mlp(16,6,3)
        data: synthetic:1x4x4,3,60
        batch: 8
        optimizer: {lr: 0.3, momentum: 0.5}
        """
    return try Study(yaml: yaml + "\n" + more, path: "study.yaml")
}

func dataSet(_ study: Study) throws -> DataSet {
    try DataSet(named: study.data, testFraction: study.testFraction, seed: study.seed)
}

/// The text of the error that `body` throws.
func message(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "(no error)"
    } catch {
        return "\(error)"
    }
}

/// A folder of a test's own, removed when the value goes.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "lockstep-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

extension JobQueue {
    /// Runs to the end, or until so many updates are made.
    func run(atOnce: Int = 1, updates: Int = .max) throws -> [ComparisonFindings?] {
        let made = Counter()
        return try run(
            atOnce: atOnce, shouldStop: { made.value >= updates }, advanced: { made.add($0) })
    }
}

final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    var value: Int { lock.withLock { count } }
    func add(_ n: Int) { lock.withLock { count += n } }
}
