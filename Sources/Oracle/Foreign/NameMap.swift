import Networks
import Training

/// Which of a file's tensors are which of ours.
public struct NameMap: Sendable {
    /// `THEIRS=OURS`, each side with at most one `*`, which stands for the same text on both.
    public var rules: [NameMapping]
    /// nil: the first scheme that fits the file.
    public var scheme: NameScheme?
    /// nil: the scheme's.
    public var layout: TensorLayout?

    public init(rules: [NameMapping] = [], scheme: NameScheme? = nil, layout: TensorLayout? = nil) {
        self.rules = rules
        self.scheme = scheme
        self.layout = layout
    }

    /// Their name for each of our parameters, and the layout of their values.
    ///
    /// - Throws: `StudyError` naming the parameters that no tensor of the file was found for.
    ///
    /// - Parameters:
    ///   - statistics: tensors that the file may lack.
    ///   - partial: a file that lacks some parameters is understood too, by rules and schemes that number layers.
    func resolve(
        _ parameters: [String], statistics: [String] = [], in file: ForeignFile, partial: Bool = false
    ) throws(StudyError) -> (names: [String: String], layout: TensorLayout) {
        let theirs = file.tensors.map(\.name)
        var names: [String: String] = [:]
        for rule in rules {
            for name in theirs {
                guard let ours = NameMap.translate(name, rule) else { continue }
                guard parameters.contains(ours) || statistics.contains(ours) else {
                    throw StudyError(
                        "map: the model has no tensor \"\(ours)\"; it has \((parameters + statistics).joined(separator: ", "))"
                    )
                }
                if let other = names[ours], other != name {
                    throw StudyError("map: both \"\(other)\" and \"\(name)\" become \(ours)")
                }
                names[ours] = name
            }
        }
        let open = parameters.filter { names[$0] == nil }
        let openStatistics = statistics.filter { names[$0] == nil }
        if open.isEmpty {
            for name in openStatistics where theirs.contains(name) { names[name] = name }
            return (names, layout ?? scheme?.layout ?? .channelsFirst)
        }
        let rest = theirs.filter { !names.values.contains($0) }
        for scheme in scheme.map({ [$0] }) ?? NameScheme.allCases {
            guard let found = scheme.names(for: open, statistics: openStatistics, in: rest, partial: partial) else {
                continue
            }
            return (names.merging(found) { $1 }, layout ?? scheme.layout)
        }
        if partial, !names.isEmpty { return (names, layout ?? scheme?.layout ?? .channelsFirst) }
        let how = scheme.map { "names that \($0.rawValue) would give" } ?? "a known naming"
        throw StudyError(
            "\(file.path): its tensors \(file.listing) are not \(how) of \(open.joined(separator: ", ")); give --map THEIRS=OURS for each"
        )
    }

    /// What a rule makes of a name; nil where it does not apply.
    static func translate(_ name: String, _ rule: NameMapping) -> String? {
        guard let star = rule.theirs.firstIndex(of: "*") else { return rule.theirs == name ? rule.ours : nil }
        let before = rule.theirs[..<star]
        let after = rule.theirs[rule.theirs.index(after: star)...]
        guard name.count >= before.count + after.count, name.hasPrefix(before), name.hasSuffix(after) else {
            return nil
        }
        let middle = name.dropFirst(before.count).dropLast(after.count)
        guard let place = rule.ours.firstIndex(of: "*") else { return rule.ours }
        return String(rule.ours[..<place]) + middle + rule.ours[rule.ours.index(after: place)...]
    }
}
