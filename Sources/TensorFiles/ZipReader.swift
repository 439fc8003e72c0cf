import CZip

/// A zip file in memory, read through libzip. What decides is the central directory and each member's CRC-32, which
/// libzip checks when a member is read to its end.
struct ZipReader: ~Copyable {
    struct Entry {
        var index: UInt64
        var name: String
        var compressedCount: Int
        var uncompressedCount: Int
    }

    private let archive: OpaquePointer
    /// Members in the central directory.
    let count: Int

    /// - Parameter bytes: The file; must outlive the reader.
    /// - Throws: `FileError` when it is no zip file.
    init(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        // The end record alone has 22 bytes; libzip would take an empty file for an empty archive.
        guard bytes.count >= 22 else { throw FileError(problem: "\(bytes.count) bytes are too few for a zip file") }
        var status = zip_error_t()
        zip_error_init(&status)
        defer { zip_error_fini(&status) }
        guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &status) else {
            throw FileError(problem: "cannot be read as a zip file (\(String(cString: zip_error_strerror(&status))))")
        }
        guard let archive = zip_open_from_source(source, ZIP_RDONLY, &status) else {
            zip_source_free(source)
            throw FileError(problem: "not a whole zip file (\(String(cString: zip_error_strerror(&status))))")
        }
        self.archive = archive
        count = Int(clamping: zip_get_num_entries(archive, 0))
    }

    deinit {
        zip_discard(archive)
    }

    /// What the directory says of a member, its sizes found possible.
    ///
    /// - Throws: `FileError` naming the member when it is encrypted, packed by an unknown method or claims impossible
    ///   sizes.
    func entry(_ index: Int) throws(FileError) -> Entry {
        var status = zip_stat_t()
        let sizes = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE
        let wanted = UInt64(ZIP_STAT_NAME | sizes | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD)
        guard zip_stat_index(archive, UInt64(index), 0, &status) == 0, status.valid & wanted == wanted,
            let text = status.name
        else {
            throw FileError(place: "member \(index)", problem: "has an incomplete directory entry")
        }
        let name = String(cString: text)
        func error(_ problem: String, _ remedy: String? = nil) -> FileError {
            FileError(place: "member \(FileError.quoted(name))", problem: problem, remedy: remedy)
        }
        guard status.encryption_method == UInt16(ZIP_EM_NONE) else { throw error("is encrypted") }
        guard let packed = Int(exactly: status.comp_size), let unpacked = Int(exactly: status.size) else {
            throw error("claims an impossible size")
        }
        let most: Int
        switch Int32(status.comp_method) {
        case ZIP_CM_STORE: most = packed
        // Deflate spends at least 2 bits on a match of at most 258 bytes: no more than 1032 bytes come from one.
        case ZIP_CM_DEFLATE: most = packed.multipliedReportingOverflow(by: 1032).partialValue
        default: throw error("compression method \(status.comp_method)", "known are 0 (stored) and 8 (deflated)")
        }
        guard packed <= Int.max / 1032, unpacked <= most else {
            throw error("claims \(unpacked) bytes out of \(packed) packed ones, more than they can hold")
        }
        return Entry(index: UInt64(index), name: name, compressedCount: packed, uncompressedCount: unpacked)
    }

    /// - Throws: `FileError` when the member cannot be opened.
    func open(_ entry: Entry) throws(FileError) -> ZipMember {
        guard let file = zip_fopen_index(archive, entry.index, 0) else {
            throw FileError(problem: "cannot be opened (\(String(cString: zip_strerror(archive))))")
        }
        return ZipMember(file: file, totalCount: entry.uncompressedCount)
    }
}

/// One member, unpacked as it is read. Lives no longer than its reader.
final class ZipMember: ByteSource {
    let totalCount: Int
    private let file: OpaquePointer

    fileprivate init(file: OpaquePointer, totalCount: Int) {
        self.file = file
        self.totalCount = totalCount
    }

    deinit {
        zip_fclose(file)
    }

    func next(_ count: Int) throws(FileError) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            while filled < count {
                let step = zip_fread(file, base + filled, UInt64(count - filled))
                guard step > 0 else { return }
                filled += Int(step)
            }
        }
        guard bytes.count == count else { throw damaged("ends before the size it claims") }
        return bytes
    }

    /// Reads the end, which is where libzip compares the checksum.
    ///
    /// - Throws: `FileError` when the checksum differs or more bytes follow.
    func finish() throws(FileError) {
        var extra: UInt8 = 0
        guard zip_fread(file, &extra, 1) == 0 else { throw damaged("holds more bytes than it claims") }
    }

    private func damaged(_ problem: String) -> FileError {
        // libzip marks this result as never null only where it was built by Clang; the type makes both compile.
        let reported: UnsafeMutablePointer<zip_error_t>? = zip_file_get_error(file)
        guard let status = reported, zip_error_code_zip(status) != ZIP_ER_OK else {
            return FileError(problem: problem)
        }
        return FileError(problem: "damaged (\(String(cString: zip_error_strerror(status))))")
    }
}
