import Training

/// Which tensors of B are which of A: by rules, by the same name, and by the naming of a framework.
public struct NamePairing {
    let rules: [NameMapping]
    let scheme: NameScheme?

    /// What `compare --save` and folders of steps add to a parameter's name.
    static let suffixes = [".momentum", ".gradient", ".activation"]

    /// A parameter's name and what is added to it.
    static func split(_ name: String) -> (base: String, suffix: String) {
        for suffix in suffixes where name.hasSuffix(suffix) { return (String(name.dropLast(suffix.count)), suffix) }
        return (name, "")
    }

    /// A's name for each tensor of B that has one.
    ///
    /// - Throws: `StudyError` when two tensors of B become one, or names do not follow the scheme asked for.
    func names(a: [String], b: [String]) throws(StudyError) -> [String: String] {
        var result: [String: String] = [:]
        for name in b {
            let (base, suffix) = NamePairing.split(name)
            let ruled = rules.lazy.compactMap { NameMap.translate(base, $0) }.first
            if let ruled {
                result[name] = ruled + suffix
            } else if scheme == nil, a.contains(name) {
                result[name] = name
            }
        }
        if scheme != nil || (rules.isEmpty && result.isEmpty) {
            for (theirs, ours) in try bySchemes(a, b.filter { result[$0] == nil }) { result[theirs] = ours }
        }
        var used: [String: String] = [:]
        for name in b {
            guard let ours = result[name] else { continue }
            if let other = used.updateValue(name, forKey: ours) {
                throw StudyError("map: both \"\(other)\" and \"\(name)\" of the second become \(ours)")
            }
        }
        return result
    }

    /// Schemes whose tensors have our layout: values in another layout cannot be brought to ours without the network.
    public static let usable: [NameScheme] = [.lockstep, .pytorch]

    private func bySchemes(_ a: [String], _ b: [String]) throws(StudyError) -> [String: String] {
        for one in scheme.map({ [$0] }) ?? [.pytorch] {
            if let found = NamePairing.match(one, ours: a, theirs: b) { return found }
            if let found = NamePairing.match(one, ours: b, theirs: a) {
                return Dictionary(found.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            }
        }
        guard let scheme else { return [:] }
        throw StudyError(
            "names: the tensors are not \(scheme.rawValue)'s of the same layers; give --map THEIRS=OURS for each")
    }

    /// Our name for each of theirs with every suffix.
    private static func match(_ scheme: NameScheme, ours: [String], theirs: [String]) -> [String: String]? {
        var bases: [String] = []
        for name in ours {
            let base = split(name).base
            let parts = base.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1] == "weight" || parts[1] == "bias" else { continue }
            if !bases.contains(base) { bases.append(base) }
        }
        var others: [String] = []
        for name in theirs { if !others.contains(split(name).base) { others.append(split(name).base) } }
        guard !bases.isEmpty, let found = scheme.names(for: bases, in: others, partial: false) else { return nil }
        let ourName = Dictionary(found.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var result: [String: String] = [:]
        for name in theirs {
            let (base, suffix) = split(name)
            if let own = ourName[base] { result[name] = own + suffix }
        }
        return result
    }
}
