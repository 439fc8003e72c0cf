import CKernels

/// Whether compiler and host leave arithmetic alone.
///
/// The contract is about operations that round once, to nearest, with subnormals. A compiler that contracts `a*b + c`, a
/// library that sets the processor to flush subnormals, a caller that left another rounding direction: each gives plausible
/// numbers with other bits. The check computes a few sums and products whose results tell, in every C file of the kernels that
/// computes and in Swift, on the calling thread. It takes about two microseconds.
///
/// The mode of the floating-point unit belongs to a thread, and a thread inherits it when it is created. Threads that work for
/// a run are therefore put into the initial mode for as long as they do (`partition`), whoever created them; what is left to
/// check is the thread that asks for the work.
public struct SelfCheck: Sendable {
    /// What a compiler or a host can do behind the source's back.
    public enum Fault: String, CaseIterable, Sendable {
        /// `a*b + c` became one fma.
        case contraction
        /// Results below the normal range become zero: FTZ, or FZ on Arm.
        case flushedResults = "flushed-results"
        /// Operands below the normal range are taken for zero: DAZ, or FZ on Arm.
        case flushedOperands = "flushed-operands"
        /// Not to nearest, ties to even.
        case roundingDirection = "rounding-direction"
        /// More digits than the format has, or sums rearranged as if they were of real numbers.
        case rearrangement

        fileprivate var bit: UInt32 {
            switch self {
            case .contraction: UInt32(LS_CONTRACTED)
            case .flushedResults: UInt32(LS_FLUSHED_RESULTS)
            case .flushedOperands: UInt32(LS_FLUSHED_OPERANDS)
            case .roundingDirection: UInt32(LS_OTHER_DIRECTION)
            case .rearrangement: UInt32(LS_REARRANGED)
            }
        }

        fileprivate var problem: String {
            switch self {
            case .contraction: "a*b + c is rounded once, not twice,"
            case .flushedResults: "subnormal results become zero"
            case .flushedOperands: "subnormal operands are taken for zero"
            case .roundingDirection: "the processor does not round to nearest"
            case .rearrangement: "sums keep more digits than their format, or are rearranged,"
            }
        }

        fileprivate var remedy: String {
            switch self {
            case .contraction: "compile with -ffp-contract=off"
            case .flushedResults, .flushedOperands:
                "some library in this process set that mode, as those linked with -ffast-math do; run without it (LD_PRELOAD?)"
            case .roundingDirection: "whatever set another direction must put it back with fesetround(FE_TONEAREST)"
            case .rearrangement: "compile without -ffast-math, and for SSE2 rather than x87"
            }
        }
    }

    /// Code that computes: its name, and a function compiled with it that gives what is found there, as bits of `probe.h`.
    public struct Place: Sendable {
        public let name: String
        let probe: @Sendable () -> UInt32

        public init(name: String, probe: @escaping @Sendable () -> UInt32) {
            self.name = name
            self.probe = probe
        }
    }

    /// Where this program computes on this machine.
    public static let places: [Place] =
        [Place(name: "Swift", probe: { probeOfSwift() })]
        + (0..<ls_place_count()).map { i in
            Place(name: String(cString: ls_place_name(i)), probe: { ls_place_probe(i) })
        }

    /// Names of the places that were asked.
    public let asked: [String]
    /// What was found, and where; empty if all is well.
    public let findings: [(fault: Fault, places: [String])]

    /// Asks each place, on the calling thread.
    public init(of places: [Place] = SelfCheck.places) {
        let found = places.map { $0.probe() }
        asked = places.map(\.name)
        findings = Fault.allCases.compactMap { fault in
            let names = zip(places, found).compactMap { $1 & fault.bit != 0 ? $0.name : nil }
            return names.isEmpty ? nil : (fault, names)
        }
    }

    /// - Throws: `SelfCheckError` if anything was found.
    public func require() throws(SelfCheckError) {
        guard findings.isEmpty else { throw SelfCheckError(self) }
    }

    /// One line: what was found, where, and what to do; nil if all is well.
    public var complaint: String? {
        guard !findings.isEmpty else { return nil }
        var remedies: [String] = []
        let problems = findings.map { fault, names in
            if !remedies.contains(fault.remedy) { remedies.append(fault.remedy) }
            return "\(fault.problem) in \(names == asked ? "all code of this thread" : names.joined(separator: ", "))"
        }
        return "self-check: \(problems.joined(separator: "; ")); \(remedies.joined(separator: "; "))"
    }
}

/// Results here would not be those of the contract: one line.
public struct SelfCheckError: Error, CustomStringConvertible, Sendable {
    public let description: String
    init(_ check: SelfCheck) { description = check.complaint ?? "self-check: nothing was found" }
}

/// `ls_probe` again, by Swift's own operations. Operands come from a function that the optimiser does not see into.
private func probeOfSwift() -> UInt32 {
    var found: Int = 0
    let (a, c) = (ls_opaque_f32(0x1.0008p0), ls_opaque_f32(0x1.001p0))
    let (a64, c64) = (ls_opaque_f64(0x1.0000002p0), ls_opaque_f64(0x1.0000004p0))
    let result = ls_opaque_f32(0x1p-100) * ls_opaque_f32(0x1p-40)
    let result64 = ls_opaque_f64(0x1p-1000) * ls_opaque_f64(0x1p-40)
    if result.bitPattern != 1 << 9 || result64.bitPattern != 1 << 34 { found |= LS_FLUSHED_RESULTS }
    if ls_opaque_f32(0x1p-140) * ls_opaque_f32(0x1p40) != 0x1p-100
        || ls_opaque_f64(0x1p-1040) * ls_opaque_f64(0x1p40) != 0x1p-1000
    {
        found |= LS_FLUSHED_OPERANDS
    }
    let (one, half, tiny) = (ls_opaque_f32(1), ls_opaque_f32(0x1p-24), ls_opaque_f32(0x1p-30))
    let (one64, half64, tiny64) = (ls_opaque_f64(1), ls_opaque_f64(0x1p-53), ls_opaque_f64(0x1p-60))
    let toNearest =
        one + tiny == one && one - tiny == one && one + half == one && one64 + tiny64 == one64
        && one64 - tiny64 == one64 && one64 + half64 == one64
    guard toNearest else { return UInt32(found | LS_OTHER_DIRECTION) }
    if (one + tiny) - one != 0 || (one64 + tiny64) - one64 != 0 { found |= LS_REARRANGED }
    if a * a - c != 0 || c - a * a != 0 || a64 * a64 - c64 != 0 || c64 - a64 * a64 != 0 { found |= LS_CONTRACTED }
    return UInt32(found)
}
