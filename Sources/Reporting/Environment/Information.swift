import Arithmetics
import Evaluation
import Networks
import TensorFiles
import Training

/// What `lockstep info` tells: versions, the machine, and what can be named.
public struct Information: Sendable {
    private let environment: RunEnvironment
    private let selfCheck = SelfCheck()

    /// - Throws: `ArithmeticNameError` when the environment asks for an instruction set that is not there.
    public init() throws(ArithmeticNameError) {
        environment = RunEnvironment(instructionSet: try InstructionSet.selected())
    }

    /// What can be named, by kind.
    private var choices: [(key: String, title: String, names: [String])] {
        [
            (
                "arithmetics", "arithmetics",
                ["float", "double", "mpfr:P (P from 2 to 16384)", "mpfr:P@FORMAT", "interval:P"]
            ),
            ("formats", "formats", Format.named.map { $0.names.joined(separator: " = ") }),
            ("reductions", "reductions", Information.list(Reduction.choices)),
            ("functions", "functions", Evaluation.Operation.names),
            ("models", "models", ["mlp(IN,HIDDEN,...,OUT)", "lenet5", "cnn-small", "a list of layers in a study"]),
            ("layers", "layers", LayerSpecification.names),
            ("losses", "losses", Loss.allCases.map(\.rawValue)),
            ("initializers", "initialisers", Information.list(Initializer.choices)),
            ("dataSets", "data sets", DataSetName.forms.map { $0.replacing("\u{2026}", with: "...") }),
            ("studyFields", "study fields", Study.fields),
        ]
    }

    private static let exitCodes: [(code: Int, meaning: String)] = [
        (0, "done, or every bit reproduced"), (1, "differs: a golden trace was not reproduced"),
        (2, "unusable input: one line on standard error says what is wrong"),
        (130, "interrupted; what was finished is kept"),
    ]

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }

    private var availableSets: [String] { InstructionSet.allCases.filter(\.isAvailable).map(\.rawValue) }

    public var json: JSONValue {
        var object = JSONObject()
        object["schema"] = "lockstep.info/1"
        object["contract"] = JSONValue(contractVersion)
        object["environment"] = environment.json
        object["instructionSets"] = JSONValue(availableSets.map { JSONValue($0) })
        object["selfCheck"] = [
            "passed": JSONValue(selfCheck.findings.isEmpty), "places": JSONValue(selfCheck.asked.map { JSONValue($0) }),
            "findings": JSONValue(
                selfCheck.findings.map {
                    ["fault": JSONValue($0.fault.rawValue), "places": JSONValue($0.places.map { JSONValue($0) })]
                }),
        ]
        for choice in choices { object[choice.key] = JSONValue(choice.names.map { JSONValue($0) }) }
        object["exitCodes"] = JSONValue(
            Information.exitCodes.map { ["code": JSONValue($0.code), "meaning": JSONValue($0.meaning)] })
        return JSONValue(object)
    }

    public func text(_ style: TextStyle) -> String {
        let machine = environment.machine
        var lines = ["\(style.bold("lockstep \(lockstepVersion)")), arithmetic contract \(contractVersion)", ""]
        func add(_ name: String, _ parts: [String], separator: String = ", ") {
            lines += Paragraph.lines(parts, after: name, margin: 17, separator: separator, style)
        }
        add("versions", ["Swift \(Versions.swift)", "MPFR \(Versions.mpfr)", "GMP \(Versions.gmp)"])
        if let commit = environment.commit { add("commit", [commit]) }
        add(
            "machine",
            [machine.processor, machine.architecture, Numbers.count(machine.cores, "core"), machine.system].compactMap {
                $0
            })
        add("instructions", availableSets.map { $0 == environment.instructionSet.rawValue ? "\($0) (in use)" : $0 })
        add("", ["\(InstructionSet.variable)=plain forces one; no result depends on it"])
        add(
            "self-check",
            selfCheck.complaint.map { ["refuses to compute: \($0.dropFirst("self-check: ".count))"] }
                ?? ["passed: \(selfCheck.asked[0])"] + selfCheck.asked.dropFirst())
        lines.append("")
        for choice in choices { add(choice.title, choice.names, separator: choice.key == "dataSets" ? "  " : ", ") }
        lines.append("")
        for (i, exit) in Information.exitCodes.enumerated() {
            add(i == 0 ? "exit codes" : "", ["\(exit.code)  \(exit.meaning)"])
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
