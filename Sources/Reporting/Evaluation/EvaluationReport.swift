import Arithmetics
import Evaluation

/// What `lockstep eval` tells, for people and for programs.
public struct EvaluationReport: Sendable {
    public enum Results: Sendable {
        case scalars(ScalarResults)
        case vectors(VectorResults)
        case arrays(ArrayResults)
    }

    public let results: Results
    public let environment: RunEnvironment

    public init(_ results: Results, _ environment: RunEnvironment) {
        self.results = results
        self.environment = environment
    }

    var operation: Evaluation.Operation {
        switch results {
        case .scalars(let results): results.operation
        case .vectors(let results): results.operation
        case .arrays(let results): results.operation
        }
    }

    var reference: Reference {
        switch results {
        case .scalars(let results): results.reference
        case .vectors(let results): results.reference
        case .arrays(let results): results.reference
        }
    }
}
