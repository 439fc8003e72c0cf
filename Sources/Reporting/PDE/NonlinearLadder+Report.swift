import Comparison
import GradientPDE
import TensorFiles

// The precision ladder of one rate, for people and for programs.

extension NonlinearLadder {
    /// - Parameter steps: what bits are asked for.
    func json(toTrust steps: Int) -> JSONValue {
        [
            "lr": JSONValue("\(written)"), "referenceBits": JSONValue(reference),
            "threshold": JSONValue(ofMap.threshold), "map": NonlinearLadder.json(ofMap, steps),
            "network": NonlinearLadder.json(ofNetwork, steps),
        ]
    }

    private static func json(_ ladder: Ladder, _ steps: Int) -> JSONValue {
        [
            "verdict": JSONValue(ladder.verdict.rawValue),
            "rungs": JSONValue(
                ladder.rungs.map { rung in
                    [
                        "bits": JSONValue(rung.bits), "delay": rung.delay.map { JSONValue($0) } ?? .null,
                        "steps": JSONValue(rung.steps),
                    ]
                }),
            "fit": ladder.fit?.json ?? .null,
            "bitsNeeded": ladder.bitsNeeded(toTrust: steps)?.json ?? .null,
        ]
    }

    /// The first step off by precision, the exponent that the slope means, and the bits that so many steps need.
    func lines(toTrust steps: Int, _ style: TextStyle) -> [String] {
        func delay(_ rung: Ladder.Rung) -> String { rung.delay.map(Numbers.grouped) ?? "never" }
        func column(_ heading: String, _ ladder: Ladder) -> Table.Column {
            Table.Column(heading, cells: ladder.rungs.map(delay))
        }
        let table = Table(
            keys: [Table.Column("bits", cells: ofMap.rungs.map { "\($0.bits)" })],
            [column("map", ofMap), column("network", ofNetwork)])
        let off = Numbers.percent(ofMap.threshold)
        return [
            "  Precision ladder, lr \(written): first step off by \(off), against \(Numbers.grouped(reference)) bits"
        ] + table.lines(style) + [says(ofMap, of: "map", steps), says(ofNetwork, of: "network", steps)]
    }

    private func says(_ ladder: Ladder, of name: String, _ steps: Int) -> String {
        switch ladder.verdict {
        case .never: return "  \(name): never off; more bits change nothing"
        case .undetermined: return "  \(name): too few first steps off to say how errors grow"
        case .grows: break
        }
        guard let fit = ladder.fit else { return "" }
        func text(_ e: LadderFit.Estimate) -> String {
            guard let low = e.exponentLow, let high = e.exponentHigh else { return Numbers.short(e.exponent) }
            return "\(Numbers.short(e.exponent)) (\(Numbers.short(low)) to \(Numbers.short(high)))"
        }
        let needed = fit.bitsNeeded(toTrust: steps)
        return """
              \(name): \(Numbers.short(fit.regression.slope)) steps a bit; exponent ln 2/slope = \(text(fit.regression)), by increments \(text(fit.increments));
                \(Numbers.count(steps, "step")) within the threshold want \(Numbers.grouped(needed.expected)) bits
            """
    }
}
