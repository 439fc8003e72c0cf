import Arithmetics
import Oracle
import TensorFiles
import Training

/// A check of another program's training as it is shown.
public struct CheckReport: Sendable {
    public let study: Study
    public let findings: CheckFindings
    public let environment: RunEnvironment

    public init(_ study: Study, _ findings: CheckFindings, _ environment: RunEnvironment) {
        self.study = study
        self.findings = findings
        self.environment = environment
    }

    /// The judgement of each tensor that lies farthest outside the ensemble, in order of first appearance.
    var worstOfEach: [CheckFindings.Judgement] {
        var rows: [CheckFindings.Judgement] = []
        for judgement in findings.judgements {
            if let i = rows.firstIndex(where: { $0.subject == judgement.subject && $0.tensor == judgement.tensor }) {
                if judgement.ratio > rows[i].ratio { rows[i] = judgement }
            } else {
                rows.append(judgement)
            }
        }
        return rows
    }

    /// `fc1.weight[3] after update 2`, `the loss of update 3`.
    static func place(_ judgement: CheckFindings.Judgement) -> String {
        let element = "\(judgement.tensor)[\(judgement.worst.element)]"
        return switch judgement.subject {
        case .loss: "the loss of update \(judgement.step)"
        case .gradient: "the gradient of \(element) in update \(judgement.step)"
        case .momentum: "the momentum of \(element) after update \(judgement.update)"
        case .weights, .statistics: "\(element) after update \(judgement.update)"
        }
    }

    /// Why a tensor differs, in one line.
    static func sentence(_ judgement: CheckFindings.Judgement, _ limits: CheckLimits) -> String {
        let worst = judgement.worst
        if limits.bitwise {
            return
                "\(place(judgement)) is \(worst.foreign.hexadecimal), Lockstep's own run has \(worst.own.hexadecimal)"
        }
        return
            "\(place(judgement)) is \(worst.foreign.decimal(digits: 9)), exactly it would be \(worst.reference.decimal(digits: 9)): \(Numbers.short(worst.ulps)) ulps; its error is \(Numbers.short(judgement.ratio)) times the largest of the ensemble (\(judgement.measure))"
    }
}
