import Foundation
import TensorFiles

func isFolder(_ path: String) -> Bool {
    var folder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
}

/// Names of what a folder holds, in the order of their bytes; those that begin with a point are left out.
///
/// - Throws: `FileError` where there is no such folder.
func fileNames(inFolder path: String) throws(FileError) -> [String] {
    guard isFolder(path), let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        let exists = FileManager.default.fileExists(atPath: path)
        throw FileError(
            path: path, problem: exists ? "cannot be read as a folder" : "no such folder",
            remedy: "name the folder that holds the data files")
    }
    return names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
