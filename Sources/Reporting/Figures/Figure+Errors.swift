import Comparison

extension Figure {
    /// The picture of a comparison: relative L2 error of every run against step, on a logarithmic axis.
    public init(errorsOf result: ComparisonFindings, title: String) {
        self.init(
            title, x: Axis("step"), y: Axis("relative L2 error of the weights", .logarithmic),
            curves: result.runs.map { run in
                Curve(
                    run.arithmetic,
                    run.steps.compactMap { step in step.error.map { (Double(step.step), $0.relativeL2) } }, .linesPoints
                )
            })
    }
}
