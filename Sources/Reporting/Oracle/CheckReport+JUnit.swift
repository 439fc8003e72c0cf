import Oracle

extension CheckReport {
    /// The check as a JUnit report: a test case for each thing judged, tensor by tensor, and one for the verdict.
    public var junit: String {
        var report = JUnitReport(suite: "lockstep oracle check", className: "lockstep.oracle")
        for row in worstOfEach {
            report.add(
                "\(row.subject.rawValue) \(row.tensor)",
                outcome(row.verdict, CheckReport.sentence(row, findings.limits)))
        }
        // The verdict is a case of its own: it may be undetermined although no tensor is, and it names the likely reason.
        let differing = worstOfEach.count { $0.verdict == .differs }
        let reason =
            findings.explanation.map { "\($0.name): \($0.sentence)" }
            ?? findings.reasons.first ?? "\(differing) tensors differ by more than rounding"
        report.add("verdict", outcome(findings.verdict, reason))
        return report.text
    }

    private func outcome(_ verdict: Verdict, _ message: String) -> JUnitReport.Outcome {
        switch verdict {
        case .agrees: .passed
        case .differs: .failed(message)
        case .undetermined: .skipped(message)
        }
    }
}
