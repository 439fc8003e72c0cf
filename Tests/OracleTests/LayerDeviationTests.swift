import Arithmetics
import Foundation
import Oracle
import TensorFiles
import Testing
import Training

/// A program that uses its kernels in another order trains like one with the kernels reordered: that is how the foreign
/// trace is made here, with no help of the layers that the search tries.
@Suite struct LayerDeviationTests {
    static let orders: [(name: String, partner: @Sendable (Int, Int) -> (Int, Int))] = [
        ("convolution with a flipped kernel", { (2 - $0, 2 - $1) }), ("kernels transposed", { ($1, $0) }),
    ]

    /// Tap (row, column) of every 3×3 kernel exchanged with its partner.
    static func reordered(_ kernels: [Float], _ partner: (Int, Int) -> (Int, Int)) -> [Float] {
        kernels.indices.map { i in
            let (row, column) = partner(i / 3 % 3, i % 3)
            return kernels[i / 9 * 9 + row * 3 + column]
        }
    }

    @Test(arguments: orders.indices) func kernelsUsedInAnotherOrderAreNamed(ordinal: Int) throws {
        let (name, partner) = LayerDeviationTests.orders[ordinal]
        var study = try NameMapTests.study()
        study.arithmetics = [try ArithmeticName("float")]
        let prepared = try PreparedStudy(study)
        let parameters = try prepared.startingPoint(for: study.arithmetics[0]).network.parameters
        var run = try makeRun(prepared, in: study.arithmetics[0])
        func reorder(_ state: ExactState) -> ExactState {
            var tensors = state.parameters
            tensors[0] = ExactArray(LayerDeviationTests.reordered(tensors[0].floats, partner))
            return ExactState(step: state.step, parameters: tensors, momentum: [])
        }
        let folder = NSTemporaryDirectory() + "lockstep-layers-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func save(_ state: ExactState, _ step: Int) throws -> String {
            var archive = TensorArchive()
            for (parameter, values) in zip(parameters, state.parameters) {
                try archive.append(parameter.name, StoredTensor(values.floats, shape: parameter.shape.shape))
            }
            try archive.write(to: "\(folder)/\(step).npz")
            return "\(folder)/\(step).npz"
        }
        var request = CheckRequest(study: study, initial: try save(run.state, 0))
        run.adopt(reorder(run.state))
        for step in 1...2 {
            _ = run.advance(observe: [])
            request.traces.append(.init(step: step, path: try save(reorder(run.state), step)))
        }
        let found = try OracleCheck(request).run()
        #expect(found.verdict == .differs)
        #expect(found.explanation?.name == name)
    }
}
