/// Tensor archives in npz files: a zip whose members are npy files.
///
/// Source: NumPy reference, `numpy.savez`: each array `name` is the member `name.npy`, stored or deflated.
public enum NumpyArchive {
    /// Most bytes of members to unpack, all together, unless the caller says otherwise.
    public static let standardLimit = 1 << 34

    /// Reads a file; tensors in the order of the zip's directory.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: Most bytes to unpack, all members together.
    /// - Throws: `FileError` naming the member.
    public static func read(_ path: String, limit: Int = standardLimit) throws(FileError) -> TensorArchive {
        try decode(readFile(path), limit: limit, path: path)
    }

    /// Reads a file's bytes. No member's data takes memory before its directory entry, its npy header and the limit
    /// agree.
    ///
    /// - Throws: `FileError` naming the member.
    public static func decode(
        _ bytes: [UInt8], limit: Int = standardLimit, path: String = ""
    ) throws(FileError) -> TensorArchive {
        do throws(FileError) {
            return try bytes.withUnsafeBytes { buffer in
                Result { () throws(FileError) in try decode(ZipReader(buffer), limit: limit) }
            }.get()
        } catch {
            throw error.inside(path: path)
        }
    }

    private static func decode(_ zip: borrowing ZipReader, limit: Int) throws(FileError) -> TensorArchive {
        var archive = TensorArchive()
        var total = 0
        for index in 0..<zip.count {
            let entry = try zip.entry(index)
            let place = "member \(FileError.quoted(entry.name))"
            do throws(FileError) {
                let name = try tensorName(ofMember: entry.name)
                guard archive[name] == nil else { throw FileError(problem: "the name occurs twice") }
                guard entry.uncompressedCount <= limit - total else {
                    throw FileError(
                        problem: "the archive unpacks to more than \(limit) bytes, the most that is accepted here")
                }
                total += entry.uncompressedCount
                var member = try zip.open(entry)
                let tensor = try NumpyFile.decode(&member)
                try member.finish()
                try archive.append(name, tensor)
            } catch {
                throw error.inside(path: "", place)
            }
        }
        return archive
    }

    /// The tensor's name, once the member's is known to be harmless as a file name anywhere.
    private static func tensorName(ofMember name: String) throws(FileError) -> String {
        try checkName(name)
        guard name.hasSuffix(".npy") else {
            throw FileError(problem: "is not an .npy member", remedy: "an npz file holds nothing else")
        }
        return String(name.dropLast(4))
    }

    /// Nothing of ours unpacks members onto the disk, but names travel on into reports and other archives.
    private static func checkName(_ name: String) throws(FileError) {
        let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        guard parts.first != "", name.dropFirst().first != ":" else {
            throw FileError(problem: "the name is an absolute path")
        }
        guard !parts.contains("..") else { throw FileError(problem: "the name leads out of its folder with '..'") }
        guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw FileError(problem: "the name holds a control character")
        }
    }

    /// The archive as an npz file; equal archives give equal bytes, since every member bears zip's earliest date.
    ///
    /// - Parameters:
    ///   - archive: Tensors of types that npy knows; no metadata, which npz has no place for.
    ///   - compressed: Deflated instead of stored members.
    /// - Throws: `FileError` naming the tensor.
    public static func encode(
        _ archive: TensorArchive, compressed: Bool = false, path: String = ""
    ) throws(FileError) -> [UInt8] {
        do throws(FileError) {
            guard archive.metadata.isEmpty else {
                throw FileError(problem: "npz has no place for metadata", remedy: "write a safetensors file")
            }
            let zip = try ZipWriter()
            for entry in archive.entries {
                do throws(FileError) {
                    try checkName(entry.name)
                    try zip.add(entry.name + ".npy", NumpyFile.encode(entry.tensor), compressed: compressed)
                } catch {
                    throw error.inside(path: "", "tensor \(FileError.quoted(entry.name))")
                }
            }
            return try zip.finish()
        } catch {
            throw error.inside(path: path)
        }
    }

    /// - Throws: `FileError` as `encode` or when the file cannot be written.
    public static func write(_ archive: TensorArchive, to path: String, compressed: Bool = false) throws(FileError) {
        try writeAtomically(path, encode(archive, compressed: compressed, path: path))
    }
}
