import Arithmetics
import Comparison
import Testing
import Training

import class Foundation.FileManager
import func Foundation.NSTemporaryDirectory
import struct Foundation.UUID

/// The theorem of enclosing runs: what `mpfr:Q` makes of the same start with the same reductions stays inside `interval:P`, for
/// every Q >= P. The judge here is `ExactValue`'s order by MPFR; the runs of single numbers know nothing of intervals.
@Suite struct IntervalRunTests {
    /// Everything a training step may hold: each activation and loss, both poolings, momentum, decay, clipping.
    static let studies = [
        "model: mlp(64,8,10)\nbatch: 6\noptimizer: {lr: 0.1, momentum: 0.9, weight-decay: 5e-4, nesterov: true}",
        "model: cnn-small\nbatch: 4\noptimizer: {lr: 0.1, momentum: 0.5, k: 3}\nclip: 0.5",
        """
        model:
          - conv: {out: 2, kernel: 3, pad: 1}
          - softplus
          - max-pool: {size: 2, stride: 2}
          - tanh
          - flatten
          - dense: 10
        batch: 4
        loss: bce
        clip: 1e9
        """,
        """
        model:
          - conv: {out: 2, kernel: 3, stride: 2}
          - swish: {beta: 1.5}
          - dense: 6
          - sigmoid
          - dense: 10
        batch: 4
        loss: mse
        optimizer: {lr: 0.5}
        """,
    ]

    private func study(_ yaml: String, _ arithmetics: [String], steps: Int = 3) throws -> Study {
        let list = arithmetics.map { "\"\($0)\"" }.joined(separator: ", ")
        return try Study(yaml: "\(yaml)\nsteps: \(steps)\narithmetics: [\(list)]\n", path: "study.yaml")
    }

    private func outside(_ interval: ExactState, _ other: ExactState) -> Int? {
        let weights = measure(interval.parameterBounds, against: other.parameters).all.outside
        let buffers = measure(interval.momentumBounds, against: other.momentum).all.outside
        return weights.flatMap { w in buffers.map { w + $0 } ?? w }
    }

    @Test(arguments: studies.map { ($0, "") } + [(studies[1], "pairwise")])
    func finerRunsStayInside(yaml: String, reduction: String) throws {
        let suffix = reduction.isEmpty ? "" : ",reduction=\(reduction)"
        let names =
            ["interval:60", "mpfr:60", "mpfr:200"].map { $0 + suffix } + ["mpfr:90,round=up" + suffix]
        // Names print their parts in one order.
        let prepared = try PreparedStudy(study(yaml, names.map { try ArithmeticName($0).description }))
        var runs = try names.map { try makeRun(prepared, in: ArithmeticName($0)) }
        for step in 1...3 {
            let updates = runs.indices.map { runs[$0].advance(observe: []) }
            let bounds = try #require(updates[0].lossBounds)
            let state = runs[0].state
            #expect(measure(state.parameterBounds, against: nil).all.unbounded == 0)
            // Not by having no claim to make. Digits have flat backgrounds, where max pooling meets equal values that their
            // enclosures cannot tell apart: most bits are honestly lost there.
            let certain = measure(state.parameterBounds, against: nil).all.bitsOfScale
            #expect(certain > (yaml.contains("max-pool") ? 4 : 40), "step \(step)")
            for i in runs.indices.dropFirst() {
                #expect(outside(state, runs[i].state) == 0, "\(names[i]), step \(step)")
                let loss = measure([bounds], against: [ExactArray([updates[i].loss])]).all.outside
                #expect(loss == 0, "\(names[i]), step \(step): loss \(updates[i].loss.hexadecimal)")
            }
        }
        #expect(runs[0].digest != runs[1].digest)
    }

    /// At 8 bits hardly anything is decided, and the enclosure of every possibility still holds the truth.
    @Test(arguments: studies) func undecidedComparisonsLoseNothing(yaml: String) throws {
        let prepared = try PreparedStudy(study(yaml, ["interval:8", "mpfr:100"]))
        var wide = try makeRun(prepared, in: ArithmeticName("interval:8"))
        var fine = try makeRun(prepared, in: ArithmeticName("mpfr:100"))
        var total = 0
        for step in 1...3 {
            let undecided = try #require(wide.advance(observe: []).undecided)
            #expect((undecided.first == nil) == (undecided.count == 0))
            if let first = undecided.first { #expect(!first.part.isEmpty && first.element >= 0) }
            total += undecided.count
            #expect(fine.advance(observe: []).undecided == nil)
            #expect(outside(wide.state, fine.state) == 0, "step \(step)")
        }
        if yaml.contains("pool: ") || yaml.contains("mlp") { #expect(total > 0) }
    }

    @Test func widthsShrinkWithThePrecision() throws {
        let names = [40, 80, 160].map { "interval:\($0)" }
        let prepared = try PreparedStudy(study(IntervalRunTests.studies[0] + "\ngrid: half", names))
        let bits = try names.map { name in
            var run = try makeRun(prepared, in: ArithmeticName(name))
            for _ in 0..<2 { _ = run.advance(observe: []) }
            return measure(run.state.parameterBounds, against: nil).all
        }
        // 40 and 80 more bits of precision are as many more certain bits, to within the rounding of single weights.
        for (a, b, gained) in [(bits[0], bits[1], 40.0), (bits[1], bits[2], 80.0)] {
            #expect(abs(b.bitsOfScale - a.bitsOfScale - gained) < 2)
            #expect(abs(b.medianBits - a.medianBits - gained) < 1)
        }
    }

    @Test func boundsAreMeasuredInBits() {
        func array(_ x: [Double]) -> ExactArray { ExactArray(x) }
        let first = Enclosure(lower: array([1, 2, -1, 0]), upper: array([1.5, 2, 3, 0]))
        let second = Enclosure(lower: array([4, .nan]), upper: array([.infinity, .nan]))
        let (all, tensors) = measure([first, second], against: [array([1.25, 2.5, 0, 0]), array([5, 7])])
        // Widths by magnitudes: 0.5/1.5, 0, 4/3, 0.
        #expect(abs(tensors[0].leastBits + 0.4150374992788438) < 1e-12)
        #expect(tensors[0].medianBits == .infinity && tensors[0].unbounded == 0)
        #expect(abs(tensors[0].bitsOfScale + 0.4150374992788438) < 1e-12)
        #expect(tensors[0].outside == 1 && tensors[0].firstOutside == 1)
        #expect(tensors[1].unbounded == 2 && tensors[1].leastBits == -.infinity && tensors[1].outside == 0)
        #expect(all.unbounded == 2 && all.bitsOfScale == -.infinity && all.outside == 1)
        #expect(measure([first], against: nil).all.outside == nil)
        #expect(measure([first], against: [array([.nan, 2, 0, 0])]).all.outside == 1)
    }

    @Test func comparisonsReportEnclosures() throws {
        var options = ComparisonOptions()
        options.trust = false
        options.countOperations = true
        var comparison = try LockstepRuns(
            PreparedStudy(study(IntervalRunTests.studies[0], ["interval:60", "mpfr:120", "float"])), options)
        while !comparison.isFinished { try comparison.advance() }
        comparison.finish()
        let result = comparison.result
        #expect(result.reference?.arithmetic == "mpfr:120")
        let steps = result.runs[0].steps
        #expect(steps.count == 4 && steps[0].enclosure?.all.leastBits == .infinity && steps[0].enclosure?.loss == nil)
        let last = try #require(steps[3].enclosure)
        #expect(last.all.outside == 0 && last.tensors.count == 4 && last.loss != nil)
        #expect(result.runs[1].steps[3].enclosure == nil && result.runs[1].undecided == nil)
        #expect(result.runs[0].test?.undecided != nil && result.runs[1].test?.undecided == nil)
        // 6 rows: forward 64·8 + 8·10, backward as much and 8·10 more; then the norms there are not.
        let counts = try #require(result.runs[2].steps[3].operations)
        #expect(counts[.fma] == 6 * (64 * 8 + 8 * 10 + 64 * 8 + 8 * 10 + 8 * 10))
        #expect(counts[.exp] == 60 && counts[.log] == 6 && counts[.exactTerm] == 0)
        #expect(result.runs[1].steps[3].operations?[.exactTerm] ?? 0 > counts[.fma])
        options.countOperations = false
        var plain = try LockstepRuns(comparison.prepared, options)
        while !plain.isFinished { try plain.advance() }
        #expect(plain.result.runs[2].steps[3].operations == nil)
        for i in 0..<3 { #expect(plain.result.runs[i].steps.map(\.digest) == result.runs[i].steps.map(\.digest)) }
    }

    @Test func enclosuresSurviveACheckpoint() throws {
        let folder = NSTemporaryDirectory() + "lockstep-test-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let prepared = try PreparedStudy(study(IntervalRunTests.studies[0], ["interval:60", "mpfr:120"], steps: 4))
        var options = ComparisonOptions()
        options.trust = false
        var unbroken = try LockstepRuns(prepared, options)
        while !unbroken.isFinished { try unbroken.advance() }
        var first = try LockstepRuns(prepared, options)
        for _ in 0..<2 { try first.advance() }
        try Checkpoint(folder: folder).write(first)
        var second = try LockstepRuns(prepared, options)
        try Checkpoint(folder: folder).resume(&second)
        while !second.isFinished { try second.advance() }
        let (a, b) = (unbroken.result.runs[0], second.result.runs[0])
        #expect(a.steps.map(\.digest) == b.steps.map(\.digest))
        #expect(a.steps.map { $0.enclosure?.all } == b.steps.map { $0.enclosure?.all })
    }

    @Test func noSingleStateIsHandedOver() throws {
        var options = ComparisonOptions()
        options.decompose = true
        let prepared = try PreparedStudy(study(IntervalRunTests.studies[0], ["interval:60", "mpfr:120"]))
        #expect(throws: StudyError.self) { _ = try LockstepRuns(prepared, options) }
    }

    @Test func theReferenceIsASingleNumberWhereThereIsOne() throws {
        func reference(_ names: [String]) throws -> String? {
            try study(IntervalRunTests.studies[0], names).effectiveReference?.description
        }
        #expect(try reference(["interval:53", "double"]) == "double")
        #expect(try reference(["float", "interval:100"]) == "interval:100")
        #expect(try reference(["interval:64", "mpfr:65"]) == "mpfr:65")
    }
}
