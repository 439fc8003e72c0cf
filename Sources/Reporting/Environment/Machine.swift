import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The machine a result was made on. No result depends on it; reports echo it so that two can be told apart.
public struct Machine: Sendable, Equatable {
    public let architecture: String
    public let system: String
    /// nil where the system does not tell (Linux on Arm).
    public let processor: String?
    public let cores: Int
    public let memoryBytes: UInt64

    public static var current: Machine {
        let process = ProcessInfo.processInfo
        return Machine(
            architecture: architectureName, system: systemName, processor: processorName,
            cores: process.activeProcessorCount, memoryBytes: process.physicalMemory)
    }

    private static var architectureName: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }

    private static var systemName: String {
        #if os(macOS)
            "macOS \(ProcessInfo.processInfo.operatingSystemVersionString)"
        #else
            ProcessInfo.processInfo.operatingSystemVersionString
        #endif
    }

    private static var processorName: String? {
        #if canImport(Darwin)
            var size = 0
            guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0, size > 1 else { return nil }
            var bytes = [UInt8](repeating: 0, count: size)
            guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else { return nil }
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        #else
            guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") }),
                let colon = line.firstIndex(of: ":")
            else { return nil }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        #endif
    }
}
