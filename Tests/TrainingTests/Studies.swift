import Arithmetics
import Testing
import Training

/// A study from YAML lines, so that tests read like the files users write.
func study(_ yaml: String) throws -> Study { try Study(yaml: yaml, path: "study.yaml") }

/// A run of a study in one of its arithmetics, at its starting point.
func start(
    _ yaml: String, in name: String, instructionSet: InstructionSet = .best, threads: Int = 1
) throws -> any Run {
    let study = try study(yaml)
    return try makeRun(
        PreparedStudy(study), in: ArithmeticName(name), instructionSet: instructionSet, threads: threads)
}

/// What a run shows of itself: the loss of each update, and all weights after it.
struct Trace: Equatable {
    var losses: [ExactValue] = []
    /// One more than losses: the starting point comes first.
    var digests: [String]

    /// Makes so many updates.
    init(_ run: inout any Run, steps: Int) {
        digests = [run.digest]
        for _ in 0..<steps {
            losses.append(run.advance(observe: []).loss)
            digests.append(run.digest)
        }
    }

    /// The first step at which two traces differ; nil when they are the same.
    func firstDifference(from other: Trace) -> Int? {
        guard digests.count == other.digests.count else { return min(digests.count, other.digests.count) }
        return digests.indices.first { k in
            digests[k] != other.digests[k] || (k > 0 && losses[k - 1] != other.losses[k - 1])
        }
    }

    /// Does training do anything: is every state new, but for one update that a warm-up may make at rate 0?
    var moves: Bool { digests.count > 2 && Set(digests).count >= digests.count - 1 }
}
