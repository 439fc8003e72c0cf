import CZip

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Builds a zip file in memory through libzip.
final class ZipWriter {
    private let source: OpaquePointer
    private let archive: OpaquePointer
    /// Closing frees the archive; until then it is ours to discard.
    private var isClosed = false

    /// - Throws: `FileError` when libzip cannot start, which only lack of memory explains.
    init() throws(FileError) {
        var status = zip_error_t()
        zip_error_init(&status)
        defer { zip_error_fini(&status) }
        guard let source = zip_source_buffer_create(nil, 0, 0, &status) else { throw Self.failure(&status) }
        guard let archive = zip_open_from_source(source, ZIP_TRUNCATE, &status) else {
            zip_source_free(source)
            throw Self.failure(&status)
        }
        // The archive takes our reference with it when it is closed; the finished bytes are read through this second
        // one.
        zip_source_keep(source)
        self.source = source
        self.archive = archive
    }

    deinit {
        if !isClosed { zip_discard(archive) }
        zip_source_free(source)
    }

    /// - Throws: `FileError` when libzip refuses the member.
    func add(_ name: String, _ bytes: [UInt8], compressed: Bool) throws(FileError) {
        // libzip reads the data at the end, in `finish`, and frees this copy.
        guard let copy = malloc(max(bytes.count, 1)) else {
            throw FileError(problem: "no memory for \(bytes.count) bytes")
        }
        bytes.withUnsafeBytes { buffer in
            if let base = buffer.baseAddress { memcpy(copy, base, buffer.count) }
        }
        guard let member = zip_source_buffer(archive, copy, UInt64(bytes.count), 1) else {
            free(copy)
            throw failure()
        }
        let index = zip_file_add(archive, name, member, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(member)
            throw failure()
        }
        let method = compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE
        // 1 January 1980, 0:00, the first moment zip can name: the clock stays out of the file.
        let firstDay: UInt16 = 1 << 5 | 1
        guard zip_set_file_compression(archive, UInt64(index), method, 0) == 0,
            zip_file_set_dostime(archive, UInt64(index), 0, firstDay, 0) == 0
        else { throw failure() }
    }

    /// The finished file. The writer cannot be used after it.
    ///
    /// - Throws: `FileError` when libzip cannot write it.
    func finish() throws(FileError) -> [UInt8] {
        // libzip deletes an archive that would be empty; this is the end record of one, by the zip specification
        // (PKWARE, *APPNOTE.TXT*, section 4.3.16).
        guard zip_get_num_entries(archive, 0) > 0 else {
            return [0x50, 0x4B, 0x05, 0x06] + [UInt8](repeating: 0, count: 18)
        }
        guard zip_close(archive) == 0 else { throw failure() }
        isClosed = true
        var status = zip_stat_t()
        guard zip_source_stat(source, &status) == 0, let size = Int(exactly: status.size), zip_source_open(source) == 0
        else {
            throw FileError(problem: "the finished zip file cannot be read back")
        }
        defer { zip_source_close(source) }
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            while filled < size {
                let step = zip_source_read(source, base + filled, UInt64(size - filled))
                guard step > 0 else { return }
                filled += Int(step)
            }
        }
        guard bytes.count == size else { throw FileError(problem: "the finished zip file cannot be read back") }
        return bytes
    }

    private func failure() -> FileError {
        FileError(problem: "the zip file cannot be made (\(String(cString: zip_strerror(archive))))")
    }

    private static func failure(_ status: inout zip_error_t) -> FileError {
        FileError(problem: "the zip file cannot be made (\(String(cString: zip_error_strerror(&status))))")
    }
}
