import CMPFR
import Foundation

/// Version of this project: the newest heading of CHANGELOG.
public let lockstepVersion = "0.1.0"

/// What this program was built of, as reports echo it.
public enum Versions {
    /// Of the compiler, to the minor version.
    public static var swift: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    /// Of the library that is loaded, not of the header.
    public static var mpfr: String { String(cString: mpfr_get_version()) }
    public static var gmp: String { String(cString: ls_gmp_version()) }

    /// Commit of the checkout that holds the running program, nil when it stands elsewhere. It is the checkout's HEAD: a
    /// program that was not built again since can be older.
    public static var commit: String? {
        guard let program = Bundle.main.executablePath else { return nil }
        var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.path + "/Sources/lockstep"),
                let commit = GitFolder(checkout: folder.path)?.head
            {
                return commit
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}

/// The part of a git repository's layout that leads from HEAD to a commit.
///
/// - Source: gitrepository-layout(5).
struct GitFolder {
    /// HEAD is here; references are here or, for a linked worktree, in the common folder.
    private let folders: [String]

    init?(checkout: String) {
        let path = checkout + "/.git"
        var folder = path
        if let link = GitFolder.text(path) {
            guard link.hasPrefix("gitdir: ") else { return nil }
            let target = String(link.dropFirst("gitdir: ".count))
            folder = target.hasPrefix("/") ? target : checkout + "/" + target
        }
        var folders = [folder]
        if let common = GitFolder.text(folder + "/commondir") {
            folders.append(common.hasPrefix("/") ? common : folder + "/" + common)
        }
        self.folders = folders
    }

    var head: String? {
        guard let head = GitFolder.text(folders[0] + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else { return GitFolder.commit(head) }
        let name = String(head.dropFirst("ref: ".count))
        for folder in folders {
            if let commit = GitFolder.text("\(folder)/\(name)").flatMap(GitFolder.commit) { return commit }
            let packed = GitFolder.text(folder + "/packed-refs")?.split(separator: "\n") ?? []
            if let line = packed.first(where: { $0.hasSuffix(" " + name) }) {
                return GitFolder.commit(String(line.prefix { $0 != " " }))
            }
        }
        return nil
    }

    private static func text(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func commit(_ text: String) -> String? {
        text.count >= 40 && text.allSatisfy(\.isHexDigit) ? text : nil
    }
}
