import Comparison

// Which steps and which tensors carry the error (contract, section 6; measures.md).

extension HeatMap {
    /// Most cells of a picture: more are finer than anyone sees, and make large files.
    private static let mostCells = 4000

    /// The relative L2 error of every tensor, from the top in declaration order, after every measured step.
    public init(errorsOf run: RunRecord, title: String) {
        self.init(
            of: run, title, colors: Axis("relative L2 error", .logarithmic),
            rows: ["all weights"] + run.tensorNames
        ) { step in [step.error?.relativeL2] + step.tensors.map(\.error.relativeL2) }
    }

    /// Of every tensor the share of a step's error that this step's own arithmetic added: ‖δ‖ ÷ (‖δ‖ + ‖p‖), 1 where all of
    /// it is new, 0 where all of it came from the error before.
    public init(localSharesOf run: RunRecord, title: String) {
        self.init(
            of: run, title, colors: Axis("share of local error", range: 0...1), rows: ["all weights"] + run.tensorNames
        ) { step in
            [Self.share(step.localError, step.propagatedError)]
                + step.tensors.map { Self.share($0.parts?.local, $0.parts?.propagated) }
        }
    }

    private static func share(_ local: Double?, _ propagated: Double?) -> Double? {
        guard let local, let propagated, local + propagated > 0 else { return nil }
        return local / (local + propagated)
    }

    private init(
        of run: RunRecord, _ title: String, colors: Axis, rows: [String], _ values: (StepRecord) -> [Double?]
    ) {
        let measured = run.steps.filter { $0.error != nil && $0.step > 0 }
        let most = max(10, HeatMap.mostCells / rows.count)
        let stride = (measured.count + most - 1) / max(1, most)
        let shown = measured.indices.filter { stride < 2 || (measured.count - 1 - $0) % stride == 0 }
        let columns = shown.map { values(measured[$0]) }
        self.init(
            title, xLabel: "step", colors: colors, rowNames: rows, columns: shown.map { measured[$0].step },
            values: rows.indices.map { r in columns.map { $0.indices.contains(r) ? $0[r] : nil } })
    }
}

extension RunRecord {
    /// Names of the tensors that were measured, in declaration order.
    var tensorNames: [String] { steps.first { !$0.tensors.isEmpty }?.tensors.map(\.name) ?? [] }
}
