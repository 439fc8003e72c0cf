import Arithmetics
import Comparison

// The report for people: a table of rungs, one of exponents, and the answer in words.

extension LadderReport {
    public func text(_ style: TextStyle) -> String {
        let sections = [[heading(style)], rungTable.lines(style), exponentTable.lines(style), answerLines(style)]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var percent: String { Numbers.percentage(ladder.threshold) }

    private func heading(_ style: TextStyle) -> String {
        let after = isInterrupted ? "stopped after" : "after"
        return style.bold("Precision ladder of \(title)")
            + ", \(after) \(Numbers.count(findings.step, "step")), against \(findings.reference)"
    }

    private var rungTable: Table {
        Table(
            keys: [Table.Column("bits", cells: ladder.rungs.map { "\($0.bits)" })],
            [
                Table.Column(
                    "first step\noff by \(percent)",
                    cells: ladder.rungs.map { $0.delay.map { Numbers.grouped($0) } ?? "never" }),
                Table.Column(
                    "on the\nline",
                    cells: ladder.rungs.map { rung in
                        ladder.fit.map { Numbers.short($0.delay(bits: rung.bits).value) } ?? ""
                    }),
                Table.Column(
                    "largest error\nbefore", cells: ladder.rungs.map { $0.largestError.map { Numbers.short($0) } ?? "" }
                ),
            ])
    }

    private var exponentTable: Table {
        Table(
            keys: [Table.Column("exponent per step", .left, cells: exponents.map(\.name))],
            [
                Table.Column("value", cells: exponents.map { Numbers.short($0.value) }),
                Table.Column(
                    "95%", .left,
                    cells: exponents.map { exponent in
                        guard let low = exponent.low, let high = exponent.high else { return "" }
                        return "\(Numbers.short(low)) to \(Numbers.short(high))"
                    }),
            ])
    }

    private func answerLines(_ style: TextStyle) -> [String] {
        var lines: [String] = []
        if let step = findings.blowUp {
            lines += Paragraph.lines(
                ["a weight of \(findings.reference) is not finite from step \(step) on: the ladder ends there"],
                after: "blow-up", style)
        }
        return lines + Paragraph.lines(answer, after: "answer", separator: " ", style)
    }

    /// What is known of the bits that so many steps need, in sentences.
    var answer: [String] {
        let steps = Numbers.count(trustSteps, "step")
        switch ladder.verdict {
        case .grows:
            guard let needed = ladder.bitsNeeded(toTrust: trustSteps) else { return [] }
            let sure = needed.sure.map { ", \(Numbers.grouped($0)) to be sure at 95%" } ?? ""
            let sign = needed.offset < 0 ? "-" : "+"
            return [
                "\(Numbers.grouped(needed.expected)) bits keep \(steps) within \(percent)\(sure):",
                "\(Numbers.short(needed.perStep)) bits a step × \(Numbers.grouped(trustSteps))",
                "\(sign) \(Numbers.short(abs(needed.offset))) for the threshold and the size of the rounding errors.",
            ]
        case .never:
            let constant =
                ladder.constantBits.map { "about \(Numbers.grouped($0)) bits are enough" } ?? "no bits are known"
            let watched = Numbers.count(findings.step, "step")
            let signs = exponents.map { "\($0.name) \(Numbers.short($0.value))" }.joined(separator: ", ")
            let why = signs.isEmpty ? "--lyapunov measures it" : "measured: \(signs)"
            if exponents.contains(where: { ($0.low ?? 0) > 0 }) {
                return [
                    "first step off: never in \(watched), at any precision here.",
                    "But the exponent is positive (\(signs)): errors grow, and \(constant)", "for these steps only.",
                ]
            }
            return [
                "first step off: never in \(watched), at any precision here.",
                "If the exponent is not positive (\(why)),", "\(constant), however many steps are made.",
            ]
        case .undetermined:
            return [
                "undetermined: \(ladder.rungs.count { $0.delay != nil }) of \(ladder.rungs.count) rungs went off,",
                "and their first steps off do not rise clearly with the bits;",
                "more steps or other precisions may tell.",
            ]
        }
    }
}
