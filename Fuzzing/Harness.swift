// libFuzzer calls this with bytes of its own making. Fuzzing/run compiles it into one module with Sources/TensorFiles and
// Tests/TensorFilesTests/ReaderProperties.swift; the package does not know of it.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which reader, out of LOCKSTEP_FUZZ.
private let reader = getenv("LOCKSTEP_FUZZ").flatMap { Reader(rawValue: String(cString: $0)) }

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let reader else { fatalError("LOCKSTEP_FUZZ names no reader") }
    if let objection = reader.objection(to: [UInt8](UnsafeBufferPointer(start: start, count: count))) {
        fatalError(objection)
    }
    return 0
}
