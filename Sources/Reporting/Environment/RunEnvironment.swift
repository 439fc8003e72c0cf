import Arithmetics
import TensorFiles

/// Where and with what a result was made: echoed in every output, part of no digest.
public struct RunEnvironment: Sendable {
    public let machine: Machine
    public let instructionSet: InstructionSet
    public let commit: String?

    public init(instructionSet: InstructionSet) {
        machine = .current
        self.instructionSet = instructionSet
        commit = Versions.commit
    }

    /// One line for a golden trace.
    public var provenance: String {
        let processor = machine.processor.map { ", \($0)" } ?? ""
        let source = commit.map { ", commit \($0)" } ?? ""
        return
            "lockstep \(lockstepVersion)\(source), Swift \(Versions.swift), MPFR \(Versions.mpfr), GMP \(Versions.gmp), "
            + "\(machine.architecture)\(processor), \(machine.system), instruction set \(instructionSet.rawValue)"
    }

    public var json: JSONValue {
        [
            "machine": [
                "architecture": JSONValue(machine.architecture), "system": JSONValue(machine.system),
                "processor": machine.processor.map { JSONValue($0) } ?? .null, "cores": JSONValue(machine.cores),
            ],
            "instructionSet": JSONValue(instructionSet.rawValue), "lockstep": JSONValue(lockstepVersion),
            "commit": commit.map { JSONValue($0) } ?? .null, "swift": JSONValue(Versions.swift),
            "mpfr": JSONValue(Versions.mpfr), "gmp": JSONValue(Versions.gmp),
        ]
    }
}
