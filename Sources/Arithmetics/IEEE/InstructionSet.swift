import CKernels

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Which machine instructions the kernels use. Never changes a bit of a result.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// Baseline instructions and a software fma: runs anywhere.
    case plain
    case avx2, avx512, neon

    /// Is the path compiled in, and does this processor have it?
    public var isAvailable: Bool { ls_path_available(path) }

    /// The fastest path of this machine.
    public static let best = allCases.first { $0.path == ls_path_best() } ?? .plain

    /// The environment variable that selects a path by name.
    public static let variable = "LOCKSTEP_ISA"

    /// The path of a name, as the environment variable gives it.
    ///
    /// - Throws: `ArithmeticNameError` when the text names no path, or one that this machine lacks.
    public init(named text: String) throws(ArithmeticNameError) {
        guard let set = InstructionSet(rawValue: text), set.isAvailable else {
            let available = InstructionSet.allCases.filter(\.isAvailable).map(\.rawValue).joined(separator: ", ")
            throw ArithmeticNameError(
                "\(InstructionSet.variable)=\(text): no such instruction set here; this machine has \(available)")
        }
        self = set
    }

    /// The path the environment asks for, or else the best one.
    ///
    /// - Throws: `ArithmeticNameError` when the variable names no path, or one that this machine lacks.
    public static func selected() throws(ArithmeticNameError) -> InstructionSet {
        guard let raw = getenv(variable) else { return best }
        return try InstructionSet(named: String(cString: raw))
    }

    package var path: ls_path {
        switch self {
        case .plain: LS_PLAIN
        case .avx2: LS_AVX2
        case .avx512: LS_AVX512
        case .neon: LS_NEON
        }
    }
}
