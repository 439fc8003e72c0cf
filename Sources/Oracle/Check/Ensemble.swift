import Arithmetics
import Training

/// Equally valid ways to round one study: what a correct program may differ by.
///
/// No member is more right than another: each makes every operation of the formulas once and rounds it correctly, and they
/// differ in the order of sums and of the samples in a batch, in what is fused, in the direction of roundings, in the factor k
/// of perturbed SGD.
public struct EnsembleMember: Sendable {
    /// `reduction=pairwise`, `k=3`, `fused update`.
    public let label: String
    let arithmetic: ArithmeticName
    let k: Int
    let fusesUpdate: Bool
    let reversesBatch: Bool

    /// Does it round within operations, not only in the update or by the order of samples?
    var changesOperations: Bool { k == 1 && !fusesUpdate && !reversesBatch }

    /// Members for programs that keep their weights in a format. The first is Lockstep's own way, the contract's.
    static func all(for format: Format) throws(ArithmeticNameError) -> [EnsembleMember] {
        let base = format.shortName ?? "float"
        func member(
            _ parts: [String], _ label: String? = nil, k: Int = 1, fused: Bool = false, reversed: Bool = false
        ) throws(ArithmeticNameError) -> EnsembleMember {
            let parts = parts.filter { !$0.isEmpty }
            let name = try ArithmeticName(([base] + parts).joined(separator: ","))
            return EnsembleMember(
                label: label ?? (parts.isEmpty ? base : parts.joined(separator: ",")), arithmetic: name, k: k,
                fusesUpdate: fused, reversesBatch: reversed)
        }
        // Hardware and frameworks sum numbers of small formats in binary32; some sum binary32 in binary64.
        let wide = format.precision < 24 ? "accumulate=float" : format == .binary32 ? "accumulate=double" : ""
        let usual = format.precision < 24 ? wide : ""
        var members = [
            try member([usual]),
            // A block of one term is one rounded product: the chain without fused multiply-add.
            try member(["reduction=blocked:1"]),
            try member(["reduction=pairwise"]),
            try member(["reduction=blocked:8"]),
            try member(["reduction=kahan"]),
            try member(["reduction=exact"]),
            try member([usual], "fused update", fused: true),
            try member([usual], "batch reversed", reversed: true),
            try member([usual], "k=3", k: 3),
            try member([usual], "k=5", k: 5),
            try member([usual], "k=7", k: 7),
            try member(["round=stochastic:1"]),
            try member(["round=stochastic:2"]),
            try member(["round=stochastic:3"]),
        ]
        if usual.isEmpty, !wide.isEmpty { members.append(try member([wide])) }
        if !usual.isEmpty { members.append(try member(["reduction=sequential"])) }
        return members
    }
}
