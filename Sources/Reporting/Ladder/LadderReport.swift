import Arithmetics
import Comparison
import Training

/// A precision ladder as it is shown: what was found, and the answer to how many bits so many steps need.
public struct LadderReport: Sendable {
    public let study: Study
    public let findings: LadderFindings
    public let ladder: Ladder
    /// Steps that the answer is asked for.
    public let trustSteps: Int
    public let environment: RunEnvironment
    /// Stopped by the user before its end.
    public let isInterrupted: Bool

    public init(_ runs: LadderRuns, _ environment: RunEnvironment, isInterrupted: Bool) {
        study = runs.prepared.study
        findings = runs.findings
        ladder = runs.findings.ladder
        trustSteps = runs.options.trustSteps ?? study.steps
        self.environment = environment
        self.isInterrupted = isInterrupted
    }

    public var title: String { "\(study.model.summary) on \(study.data)" }

    /// Every estimate of the exponent there is, by name.
    var exponents: [(name: String, value: Double, low: Double?, high: Double?)] {
        var all: [(String, Double, Double?, Double?)] = []
        if let fit = ladder.fit {
            all.append(
                (
                    "ladder, regression", fit.regression.exponent, fit.regression.exponentLow,
                    fit.regression.exponentHigh
                ))
            all.append(
                (
                    "ladder, increments", fit.increments.exponent, fit.increments.exponentLow,
                    fit.increments.exponentHigh
                ))
        }
        if let growth = findings.amplificationExponent {
            all.append(("amplification", growth.value, growth.low, growth.high))
        }
        if let growth = findings.lyapunovExponent { all.append(("tangent map", growth.value, growth.low, growth.high)) }
        return all
    }
}

extension Figure {
    /// First step off against bits, with the line of the regression as far as the answer.
    public init(_ report: LadderReport) {
        let ladder = report.ladder
        let points = ladder.rungs.compactMap { rung in rung.delay.map { (Double(rung.bits), Double($0)) } }
        var curves = [Curve("first step off by \(Numbers.percentage(ladder.threshold))", points, .points)]
        if let fit = ladder.fit {
            let last = points.last?.0 ?? 0
            let end = ladder.bitsNeeded(toTrust: report.trustSteps).map { max(last, Double($0.expected)) } ?? last
            let start = max(0, -fit.intercept / fit.regression.slope)
            curves.append(
                Curve(
                    "slope \(Numbers.short(fit.regression.slope)) steps a bit: exponent \(Numbers.short(fit.regression.exponent)) a step",
                    [start, end].map { ($0, fit.intercept + fit.regression.slope * $0) }, .dashes))
        }
        self.init(
            "\(report.title): precision ladder against \(report.findings.reference)",
            x: Axis("bits of precision"), y: Axis("first step off"), curves: curves)
        if ladder.fit != nil {
            markers = [
                Marker(.horizontal, at: Double(report.trustSteps), "\(Numbers.count(report.trustSteps, "step"))")
            ]
        }
    }
}

extension CSVTable {
    /// Relative L2 error by step, a column a rung; empty once it is off.
    public init(_ findings: LadderFindings) {
        self.init(
            columns: ["step"] + findings.rungs.map { "mpfr:\($0.bits)" },
            rows: (0...findings.step).map { step in
                ["\(step)"] + findings.rungs.map { step < $0.errors.count ? "\($0.errors[step])" : "" }
            })
    }
}

extension Numbers {
    /// A share as people write it: `1%`, `0.5%`.
    static func percentage(_ x: Double) -> String {
        readable(ExactValue((100 * x * 1e9).rounded() / 1e9).decimal(digits: 3)) + "%"
    }
}
