import CZip

/// The content of a gzip file, all its members one after the other.
///
/// - Parameters:
///   - bytes: The whole file.
///   - limit: Most bytes of content to accept; memory stays within it whatever the file claims.
///   - path: The file's name, for the error.
/// - Throws: `FileError` for data that is no gzip, damaged, cut short, or larger than `limit`.
/// - Source: RFC 1952, *GZIP file format specification version 4.3*, section 2.2, for members.
public func gunzip(_ bytes: [UInt8], limit: Int, path: String = "") throws(FileError) -> [UInt8] {
    guard bytes.starts(with: [0x1F, 0x8B]) else {
        throw FileError(path: path, problem: "not a gzip file", remedy: "the first bytes must be 1f 8b")
    }
    var stream = z_stream()
    // 15 is the largest window; 16 more asks for gzip's header, and with it for its checksum and length.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw FileError(path: path, problem: "the decompressor could not be started")
    }
    defer { inflateEnd(&stream) }

    var content: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    var position = 0
    while true {
        let step = inflate(&stream, bytes[position...], into: &block)
        position += step.consumed
        guard step.produced <= limit - content.count else {
            throw FileError(path: path, problem: "holds more than \(limit) bytes, the most that is accepted here")
        }
        content += block[..<step.produced]
        switch step.status {
        case Z_OK where step.consumed > 0 || step.produced > 0:
            continue
        case Z_STREAM_END where position == bytes.count:
            return content
        case Z_STREAM_END:
            guard bytes[position...].starts(with: [0x1F, 0x8B]) else {
                throw FileError(
                    path: path, place: "offset \(position)", problem: "bytes after the end that are no gzip member")
            }
            inflateReset(&stream)
        case Z_OK, Z_BUF_ERROR:
            throw FileError(path: path, place: "offset \(bytes.count)", problem: "the gzip data is cut short")
        default:
            let reason = stream.msg.map { String(cString: $0) } ?? "error \(step.status)"
            throw FileError(path: path, place: "offset \(position)", problem: "damaged gzip data (\(reason))")
        }
    }
}

/// One step of zlib, over input of any length: its counters have 32 bits.
private func inflate(
    _ stream: inout z_stream, _ input: ArraySlice<UInt8>, into block: inout [UInt8]
) -> (status: Int32, consumed: Int, produced: Int) {
    input.withUnsafeBufferPointer { source in
        block.withUnsafeMutableBufferPointer { target in
            // zlib declares its input mutable and does not write to it.
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = UInt32(min(source.count, 1 << 30))
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            let offered = Int(stream.avail_in)
            let status = inflate(&stream, Z_NO_FLUSH)
            return (status, offered - Int(stream.avail_in), target.count - Int(stream.avail_out))
        }
    }
}
